"""What of a provider's client files needs this person today."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.accounts.agreements import day_words
from concord.site.accounts.directory import agency_names
from concord.site.pages.records import Action
from concord.site.pages.worklist import MOST, Section, Work, count
from concord.site.services import caseload, duties, reach
from concord.site.stores.outages import StoreAway
from concord.vocabulary import ReferralKind, ReleasePurpose, Role

_CASEWORK = (Role.ADVOCATE, Role.CASE_MANAGER, Role.COUNSEL)
_LEADING = (Role.ADMINISTRATOR, Role.SUPERVISOR)
_AHEAD = timedelta(days=7)


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    settings.CONCORD_RINGS.warm(viewer.agency)
    today = timezone.localdate(now)
    found = duties.sections(viewer)
    if viewer.has(*_CASEWORK):
        found += [_contacts(viewer, today), _to_do(viewer, today), *_lost(viewer, today)]
        found += _releases(viewer, today)
    found.append(_referrals(viewer))
    if viewer.has(*_LEADING):
        found += [_unassigned(viewer), _without_staff(viewer)]
    return found


def begin(viewer: Viewer) -> list[Action]:
    """Whoever may stand at the counter finds the words for it from her home."""
    return [Action(_("A subpoena or an order came"), reverse("services:demand_came"))]


def _contacts(viewer, today) -> Section:
    """Whom to reach, and what to beware of before dialling."""
    due = caseload.contacts_due(viewer, today + _AHEAD)
    works = tuple(
        Work(what=client.display_name, why=_careful(client), due=client.next_contact_on,
             url=reverse("services:client", args=[client.pk]),
             action=Action(_("Enter the contact"), reverse("services:contact_new", args=[client.pk])))
        for client in due[:MOST]
    )  # fmt: skip
    return Section(_("Next safe contacts"), works, empty=_("No contact is due this week."), count=count(due, works),
                   more=Action(_("Your caseload"), reverse("services:clients")))  # fmt: skip


def _careful(client) -> str:
    ways = reach.read(client.reach)
    return ". ".join([ways[0].words, *ways[0].warnings]) if ways else _("No safe way has been recorded.")


def _to_do(viewer, today) -> Section:
    due = caseload.follow_ups_due(viewer, today + _AHEAD)
    works = tuple(
        Work(what=one.what, why=one.client.display_name, due=one.due_on,
             url=reverse("services:client", args=[one.client_id]))
        for one in due[:MOST]
    )  # fmt: skip
    return Section(_("To do"), works, empty=_("Nothing is due this week."), count=count(due, works))


def _releases(viewer, today) -> list[Section]:
    """Who may still see something ends by itself; whether she wants it to go on has to be asked before."""
    ending = caseload.releases_ending(viewer, today, today + _AHEAD)
    works = tuple(
        Work(what=row.client.display_name, why=ReleasePurpose(row.purpose).label, due=row.expires_on,
             url=reverse("services:release", args=[row.pk]),
             action=Action(_("Ask whether to renew"), reverse("services:release_renew", args=[row.pk])))
        for row in ending[:MOST]
    )  # fmt: skip
    return [Section(_("Releases that end soon"), works, count=count(ending, works))] if works else []


def _lost(viewer, today) -> list[Section]:
    lost = caseload.maybe_lost(viewer, today).order_by("last_reached_on", "id")
    works = tuple(
        Work(what=client.display_name, url=reverse("services:client", args=[client.pk]),
             why=_("Tried %(n)d times without reaching her or him.") % {"n": client.attempts_since},
             action=Action(_("Decide"), reverse("services:close", args=[client.pk])))
        for client in lost[:MOST]
    )  # fmt: skip
    return [Section(_("No contact for long"), works, count=count(lost, works))] if works else []


def _referrals(viewer) -> Section:
    try:
        waiting = caseload.referrals_waiting(viewer, MOST)
    except StoreAway:
        why = _("They are kept in the task force's hub, which does not answer. Look again in a few minutes.")
        return Section(_("Referrals waiting"), (Work(_("Referrals cannot be looked at just now"), why),))
    names = agency_names(row.from_agency_id for row in waiting)
    works = tuple(
        Work(what=ReferralKind(row.kind).label, why=_("From %(agency)s, %(on)s.")
             % {"agency": names.get(row.from_agency_id, ""), "on": day_words(timezone.localdate(row.received_at))},
             url=reverse("services:referral", args=[row.pk]))
        for row in waiting
    )  # fmt: skip
    more = Action(_("All referrals"), reverse("services:referrals"))
    return Section(_("Referrals waiting"), works, empty=_("No referral waits for a decision."), more=more)  # fmt: skip


def _unassigned(viewer) -> Section:
    nobodys = caseload.unassigned(viewer).order_by("first_contact_on", "id")
    works = tuple(
        Work(what=client.display_name, why=_("Nobody is assigned."), url=reverse("services:staff", args=[client.pk]),
             action=Action(_("Assign"), reverse("services:staff", args=[client.pk])))
        for client in nobodys[:MOST]
    )  # fmt: skip
    return Section(_("Files without staff"), works, empty=_("Every open file has somebody."),
                   count=count(nobodys, works),
                   more=Action(_("All of them"), reverse("services:clients") + "?whose=nobody"))


def _without_staff(viewer) -> Section:
    n = len(caseload.files_without_staff(viewer))
    works = (
        Work(
            what=_("Restricted files that nobody can open"),
            why=_("%(n)d wait for somebody.") % {"n": n},
            url=reverse("services:keeping"),
            action=Action(_("Name somebody"), reverse("services:keeping")),
        ),
    )
    return Section(_("Restricted files"), works if n else (), empty=_("Every restricted file has somebody."),
                   count=n or None)  # fmt: skip
