"""Names of staff and agencies for a page: one query each, never a look-up per row. Rows elsewhere hold plain ids."""

from collections.abc import Iterable
from uuid import UUID

from concord.site.accounts.models import Agency, Staff


def agency_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {i for i in ids if i}
    return dict(Agency.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def staff_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {i for i in ids if i}
    return dict(Staff.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
