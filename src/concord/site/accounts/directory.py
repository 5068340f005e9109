"""Names of staff and agencies for a page: one query each, never a look-up per row. Rows elsewhere hold plain ids."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from concord.site.accounts.models import Agency, Staff
from concord.site.stores.outages import StoreAway


def agency_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return _names(Agency, ids)


def staff_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return _names(Staff, ids)


def _names(model, ids) -> dict[UUID, str]:
    """While a hub elsewhere does not answer, a page of one's own files is shown all the same, and says so."""
    wanted = {i for i in ids if i}
    try:
        return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    except StoreAway:
        return dict.fromkeys(wanted, _("name not known just now"))
