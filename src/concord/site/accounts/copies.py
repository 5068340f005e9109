"""An agency's keys, kept in step with the hub and with who works there. Outside `acting()`; safe to repeat, so that the
sweeper finishes what was cut short."""

import logging
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from concord.law.wall import Viewer, jobs_staff
from concord.site.accounts.models import Agency
from concord.site.keys import custody
from concord.site.keys.rings import NoKey, RingLost
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector

log = logging.getLogger("concord.keys")


def publish_key(agency: UUID, sector: Sector) -> bool:
    """What others seal to is the key that the agency's ring has now; returns whether the hub had another one."""
    try:
        public = settings.CONCORD_RINGS.public(agency)
    except (NoKey, RingLost):
        return False
    with acting(Viewer(jobs_staff(agency), agency, sector, roles=frozenset({Role.ADMINISTRATOR}))):
        row = Agency.objects.filter(pk=agency, public_key__isnull=False).first()
        if row is None or bytes(row.public_key) == public:
            return False
        row.public_key = public
        row.save(update_fields=["public_key"])
    return True


def take_out(agency: UUID, staff: UUID) -> bool:
    """Whoever has left opens nothing more with the passphrase she had; returns whether she had a copy of the keys. The
    last way to open the files stays: nobody's safety is served by losing every file."""
    try:
        return custody.remove(settings.CONCORD_RINGS, agency, staff=staff, today=timezone.localdate().isoformat())
    except (NoKey, RingLost):
        return False
    except (custody.LastWay, OSError) as error:
        log.error("a former colleague's copy of the keys is still there: %s", type(error).__name__)
        return False
