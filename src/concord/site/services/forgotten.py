"""What is written into the forget-log beside a step of a vault, so that no older backup undoes the step."""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from concord.site.keys.forgetting import LogDamaged, What
from concord.site.services.models import Release

log = logging.getLogger("concord.forgetting")


def note_revoked(release: Release, copies: Sequence[UUID]) -> None:
    """Say that a release was taken back. Taking it back does not wait for a disk: the tick says later what could not be
    written now."""
    try:
        settings.CONCORD_FORGOTTEN.append(
            What.REVOKED, agency=str(release.agency_id), release=str(release.pk), at=release.revoked_at.isoformat(),
            by=str(release.revoked_by_id), channel=str(release.revocation_channel), packages=list(map(str, copies)),
        )  # fmt: skip
    except (OSError, LogDamaged) as error:
        log.error("a release taken back is not in the forget-log yet: %s", type(error).__name__)
