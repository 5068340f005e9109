"""The home of each role: what needs her today and the next step, composed of what her rooms say. Not a menu."""

from contextlib import suppress

from django.conf import settings
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.law.wall import STORES, Viewer
from concord.site.pages.records import Action
from concord.site.pages.worklist import Section, Work
from concord.site.stores.outages import StoreAway
from concord.site.web import rooms
from concord.vocabulary import StoreKind


@require_safe
def home(request):
    now = timezone.localtime()
    shown = {
        "title": _("Your day"),
        "intro": formats.date_format(now, "l, F j"),
        "actions": begin(request.viewer),
        "sections": sections(request.viewer, now),
        "now": now,
    }
    return render(request, "pages/home.html", shown)


def sections(viewer: Viewer, now) -> list[Section]:
    """What is overdue first, then what waits, then what is quiet; each room's own order otherwise."""
    found = [*missing_vault(viewer)]
    for room in rooms.modules("home", viewer):
        with suppress(StoreAway):  # the page's notice says what has to wait
            found += room.sections(viewer, now)
    return sorted(found, key=lambda section: (not section.works, not section.is_overdue(now)))


def begin(viewer: Viewer) -> list[Action]:
    """What she can begin whatever waits: a room's `home.begin`, where it has one."""
    found = []
    for room in rooms.modules("home", viewer):
        with suppress(StoreAway):
            found += room.begin(viewer) if hasattr(room, "begin") else []
    return found


def missing_vault(viewer: Viewer) -> list[Section]:
    """A provider whose database is not made yet: what to ask for, with the command that makes it."""
    if StoreKind.VAULT not in STORES[viewer.sector] or settings.CONCORD.vault_of(viewer.agency):
        return []
    command = f"concord database apply --vault NAME={viewer.agency}"
    why = _("Client files get a database of their own. Whoever runs this installation makes it with: %(command)s. NAME "
            "is a short name in small letters. Nothing needs to be restarted.") % {"command": command}
    return [Section(_("Before you begin"), (Work(_("Your agency's client files have no place yet"), why),), count=1)]
