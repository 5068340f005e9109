"""What surrounds each page: where she stands in words, at most five places for her role, and what she must know.

Asks no store: what it says comes from the sign-in and from what is kept of her agency's standing.
"""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.law.wall import STORES, Viewer
from concord.site.accounts import agreements
from concord.site.pages.frame import MOST_PLACES, Frame, Person, Place, Search
from concord.site.signin.limits import IDLE_SECONDS
from concord.site.stores import outages
from concord.site.web import rooms
from concord.vocabulary import Role, Sector, StoreKind

# What her agency does here, in words: a person always knows on which side of the wall she stands.
STANDS_FOR = {
    Sector.COMMUNITY_SERVICES: gettext_lazy("client files"),
    Sector.LEGAL_AID: gettext_lazy("client files"),
    Sector.SYSTEM_VICTIM_SERVICES: gettext_lazy("victims in investigations"),
    Sector.CHILD_PROTECTION: gettext_lazy("child protection"),
    Sector.LABOR_REGULATOR: gettext_lazy("labor investigations"),
    Sector.HEALTH: gettext_lazy("health care"),
    Sector.LAW_ENFORCEMENT: gettext_lazy("investigations"),
    Sector.PROSECUTION: gettext_lazy("prosecutions"),
    Sector.DEFENCE: gettext_lazy("defence"),
    Sector.SURVIVOR_ADVISOR: gettext_lazy("survivor advisors"),
    Sector.COORDINATION: gettext_lazy("coordination"),
    Sector.EVALUATION: gettext_lazy("evaluation"),
    Sector.OVERSIGHT: gettext_lazy("oversight"),
}
# What a role does most, where the order of the rooms would leave it out of the five.
FIRST = {
    Role.COORDINATOR: ("reporting:board", "accounts:mous", "collaboration:meetings", "collaboration:trainings"),
    Role.SUPERVISOR: ("justice:reviews", "justice:cases", "justice:leads"),
    Role.PROSECUTOR: ("justice:charging", "justice:cases", "justice:hearings"),
    Role.ADVOCATE: ("services:clients", "services:quick", "services:referrals", "bridge:calls"),
}
SIDES = ((StoreKind.VAULT, "services"), (StoreKind.JUSTICE, "justice"), (StoreKind.STUDY, "study"))
NO_PRIVILEGE = gettext_lazy(
    "You work inside the justice system: what a survivor tells you has no advocate privilege and may have to be "
    "disclosed. Tell her so first; a community advocate can keep it confidential."
)

HUB_AWAY = gettext_lazy(
    "The task force's hub does not answer just now. Your client files work as always; referrals, calls, sealed "
    "copies and the names of staff have to wait."
)


def frame(request) -> dict:
    """Context processor: `frame` for every page, and `idle` where someone is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": Frame(standing="Concord", demo=settings.CONCORD_DEMO)}
    viewer = getattr(request, "viewer", None) or user.viewer()
    standing = getattr(request, "standing", None)
    return {
        "frame": Frame(
            standing=f"{user.agency_name} - {STANDS_FOR[viewer.sector]}",
            task_force=names_of(standing) if standing else "",
            side=side_of(viewer),
            demo=settings.CONCORD_DEMO,
            search=search_of(viewer),
            places=places_of(viewer, "" if getattr(request, "nowhere", False) else request.path),
            quick_exit=reverse("pages:leave") if side_of(viewer) == "services" else "",
            person=Person(user.name, user.agency_name, ", ".join(str(Role(r).label) for r in user.roles)),
            sign_out=reverse("account_logout"),
            notice=notice_for(viewer, standing),
        ),
        "idle": {
            "template": "signin/idle.html",
            "seconds": IDLE_SECONDS,
            "ping": reverse("signin:here"),
            "lock": reverse("signin:lock"),
        },
        "menu": menu_of(viewer),
    }


def names_of(standing) -> str:
    """Her task force; of several the first, and how many more: the line stays one."""
    first, *more = standing.names.values() or ("",)
    return _("%(name)s and %(n)d more") % {"name": first, "n": len(more)} if more else first


def side_of(viewer: Viewer) -> str:
    return next((side for kind, side in SIDES if kind in STORES[viewer.sector]), "hub")


def places_of(viewer: Viewer, path: str) -> tuple[Place, ...]:
    """Her home, then the places of her roles: those of FIRST in its order, the others in that of the rooms."""
    wanted = [name for role in Role if viewer.has(role) for name in FIRST.get(role, ())]
    places = sorted(_of_rooms(viewer), key=lambda place: wanted.index(place[0]) if place[0] in wanted else len(wanted))
    found = [(_("Today"), "/", "home"), *((label, reverse(name), icon) for name, label, icon in places)][:MOST_PLACES]
    current = max((url for _label, url, _icon in found if path.startswith(url)), key=len, default=None)
    return tuple(Place(str(label), url, icon, current=url == current) for label, url, icon in found)


def _of_rooms(viewer: Viewer) -> Iterator[tuple[str, str, str]]:
    for places in rooms.modules("places", viewer):
        for roles, label, name, icon in places.PLACES:
            if viewer.roles & roles:
                yield name, label, icon


def search_of(viewer: Viewer) -> Search | None:
    """The search of the first of her rooms that has one. It says what it searches."""
    for places in rooms.modules("places", viewer):
        search = getattr(places, "SEARCH", None)
        if search:
            return Search(str(search[0]), reverse(search[1]), by_post="post" in search[2:])
    return None


def menu_of(viewer: Viewer) -> list[tuple[str, str]]:
    """What she needs seldom: below her name."""
    links = [(_("Your sign-in"), "mfa_index"), (_("Agencies and people"), "accounts:agencies")]
    for places in rooms.modules("places", viewer):
        links += [(label, name) for roles, label, name in getattr(places, "MENU", ()) if viewer.roles & roles]
    if viewer.has(Role.ADMINISTRATOR, Role.COORDINATOR):
        links.append((_("Who may sign in"), "accounts:people"))
    return [(label, reverse(name)) for label, name in links]


def notice_for(viewer: Viewer, standing) -> str:
    today = timezone.localdate()
    said = [str(NO_PRIVILEGE)] if viewer.sector is Sector.SYSTEM_VICTIM_SERVICES else []
    if standing and (standing.away or outages.is_away(StoreKind.HUB.value)):
        said.append(str(HUB_AWAY))
    for task_force, mou in (standing.mous if standing else {}).items():
        said.append(agreements.notice(standing.names[task_force], mou, today))
    return " ".join(filter(None, said))
