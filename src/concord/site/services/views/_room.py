"""What the pages of this room share: the desk of drafts, how a client is fetched, the head of her file."""

from functools import cached_property
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.accounts.directory import staff_names
from concord.site.pages.drafts import Desk, DraftView
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status, Tab
from concord.site.services import caseload, reach, rules
from concord.site.services.models import Client, Draft
from concord.site.stores import audit
from concord.vocabulary import ClientKind, FamilyRelation, SpokenLanguage

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY

desk = Desk(Draft, "services")


def get_client(request, pk: UUID | str) -> Client:
    """An own client that the viewer may see; a hidden one, one that never was and no id at all answer alike."""
    try:
        pk = UUID(str(pk))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(caseload.clients(request.viewer).select_related("principal"), pk=pk)


class Opened(NamedTuple):
    """A file that is being read: whose, who works with her, and what they and others on the page are called."""

    client: Client
    assigned: list[UUID]
    names: dict[UUID, str]


def opened(client: Client, *others: UUID | None) -> Opened:
    """Record that the file is read, and look its staff's names up together with those of `others`."""
    audit.record("file.read", client)
    assigned = list(client.assignments.filter(until_date=None).values_list("staff_id", flat=True))
    return Opened(client, assigned, staff_names([*assigned, *others]))


def show(request, template: str, file: Opened, more: dict, *, current: str):
    """A page of the file, under its head."""
    said = [file.names.get(staff, _("a former colleague")) for staff in file.assigned]
    return render(request, template, {
        "record": record_of(file.client, staff=said, current=current), "client": file.client, "now": timezone.now(),
        **more,
    })  # fmt: skip


class RoomForm(DraftView):
    """A form of this room, kept while it is typed."""

    desk = desk
    submit_label = ""
    intro = ""

    def more(self):
        return {"submit_label": self.submit_label, "intro": self.intro}


class OfFile:
    """Of a view about one client's file: the client, who is also what its draft is about."""

    @cached_property
    def client(self) -> Client:
        return get_client(self.request, self.kwargs["pk"])

    def subject(self):
        return self.client.pk


class FileForm(OfFile, RoomForm):
    """A form about one client's file."""

    tab = "client"

    def done_url(self, made):
        return reverse(f"services:{self.tab}", args=[self.client.pk])

    def more(self):
        back = {"back_url": self.done_url(None), "back_label": self.client.display_name}
        return super().more() | ({} if self.one_at_a_time else back) | {"page_title": self.title}


# --- The head of a file -----------------------------------------------------------------------------------------------


def record_of(client: Client, *, staff: list[str], current: str) -> Record:
    """The head of a client's file, the same on each of its tabs."""
    today = timezone.localdate()
    step, due, actions = _next_step(client, today)
    return Record(
        kind=_("Client file"),
        title=client.display_name,
        status=_status(client),
        next_step=step,
        next_due=due,
        facts=_facts(client, staff),
        actions=actions,
        tabs=_tabs(client, current),
        access=_access(client, staff),
    )


def _status(client: Client) -> Status:
    if not client.is_open:
        return Status(_("Closed"), "plain")
    return Status(_("Open, restricted"), "warning") if client.restricted else Status(_("Open"), "good")


def _next_step(client: Client, today):
    """What comes next, when, and what can be done about it: the next step's own action first."""
    to = {name: reverse(f"services:{name}", args=[client.pk]) for name in (
        "enrolment", "contact_new", "service_new", "close", "reopen", "needs_new")}  # fmt: skip
    if not client.is_open:
        return _("The file is closed."), None, (Action(_("Open it again"), to["reopen"], primary=True),)
    service = Action(_("Enter a service"), to["service_new"])
    contact = Action(_("Enter a contact"), to["contact_new"])
    need = Action(_("Enter a need"), to["needs_new"])
    if rules.contact_is_lost(
        attempts=client.attempts_since, last_reached_on=client.last_reached_on or client.first_contact_on, today=today
    ):
        step = _("Tried %(n)d times without reaching her or him. Decide whether to close the file.")
        close = Action(_("Close the file"), to["close"], primary=True)
        return step % {"n": client.attempts_since}, None, (close, contact, service)
    if client.enrolment_asked_at is None:
        ask = Action(_("Ask what enrolment needs"), to["enrolment"], primary=True)
        return _("Enrolment has not been asked yet."), None, (ask, service, contact, need)
    if client.next_contact_on:
        reached = Action(_("Enter a contact"), to["contact_new"], primary=True)
        return _("Next safe contact"), client.next_contact_on, (reached, service, need)
    return _("Set a day for the next safe contact."), None, (contact, service, need)


def _facts(client: Client, staff: list[str]) -> tuple[Fact, ...]:
    ways = reach.read(client.reach)
    warnings = [warning for way in ways[:1] for warning in way.warnings]
    facts = [
        Fact(_("Reach safely"), ways[0].words if ways else None, client.reach_why),
        Fact(_("Language"), SpokenLanguage(client.language).label if client.language else None, client.language_why),
        Fact(_("Staff"), ", ".join(staff) or _("Nobody yet")),
    ]
    if warnings:
        facts.insert(1, Fact(_("Careful"), ". ".join(warnings)))
    if client.kind == ClientKind.FAMILY:
        relation = FamilyRelation(client.relation).label if client.relation else _("Family")
        facts.append(Fact(_("Family of a client"), relation))
    return tuple(facts)


def _tabs(client: Client, current: str) -> tuple[Tab, ...]:
    def page(name, label) -> Tab:
        return Tab(label, reverse(f"services:{name}", args=[client.pk]), name == current)

    def together(label, *parts: Tab) -> Tab:
        return Tab(label, parts[0].url, any(part.current for part in parts), parts=parts)

    return (
        page("client", _("Overview")),
        page("services", _("Needs and services")),
        page("notes", _("Notes and contacts")),
        page("details", _("Details")),
        together(
            _("What leaves this file"),
            page("releases", _("Releases")),
            page("ledger", _("What left, and who saw it")),
            page("packet", _("Told once")),
            page("law", _("Orders and duties")),
        ),
        together(_("Staff and keeping"), page("staff", _("Staff")), page("kept", _("How long it is kept"))),
    )


def _access(client: Client, staff: list[str]) -> Access:
    if client.restricted:
        sentence = _("This file is restricted. To everybody else in your agency it does not exist.")
        seers = tuple(Seer(name, _("Assigned to this client.")) for name in staff)
    else:
        sentence = _("This file is in your agency's own database. Nobody outside your agency can open it, ever.")
        seers = (Seer(_("Staff of your agency"), _("An open file of your agency.")),)
    nobody = Seer(
        _("Police, prosecutors, the coordinator, evaluators: nobody"),
        _('A referral answers "received" and nothing more; counts leave without persons (34 USC 12291(b)(2)).'),
    )
    return Access(sentence, (*seers, nobody))


def is_leading(viewer: Viewer) -> bool:
    """Whether she looks after the whole agency's files rather than a caseload of her own."""
    return bool(viewer.roles & LEADING)


LEADING = frozenset({"administrator", "supervisor", "privacy_officer"})
