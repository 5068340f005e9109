"""The wall holds whatever people do, in whatever order: a machine acts as all of them and, after each step, tries to
read across by every way out.

The world is small and rolled back; requests are those of a browser, under the web login and the true middleware.
`CONCORD_LONG=1` runs more and other examples each time, with more ways out after every step.
"""

import datetime as dt
import os
import re
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from concord.law.wall import Compartment, Facts, Viewer
from concord.site.accounts import standing
from concord.site.accounts.models import Membership, Mou
from concord.site.bridge.models import AdvocateCall
from concord.site.justice import models as justice
from concord.site.services import models as services
from concord.site.stores import acting
from concord.vocabulary import DeclineReason, Sector, StoreKind
from tests import stores as installation
from tests.site.world import World
from tests.sweep import ways
from tests.sweep.planted import Agreement, Planted, Register, unguessable

LONG = os.environ.get("CONCORD_LONG") == "1"
LISTS_A_STEP, RECORDS_A_STEP, SEARCHES_A_STEP = (24, 24, 12) if LONG else (10, 8, 4)
POLICE = ("detective", "deputy", "outsider")
ADVOCATES = ("advocate", "second_advocate", "counsel")
WHO = (
    "detective", "supervisor", "privacy_officer", "deputy", "prosecutor", "advocate", "second_advocate",
    "lantern_admin", "counsel", "coordinator", "evaluator", "outsider",
)  # fmt: skip
SHARING = ("police", "sheriff", "prosecutor", "lantern", "harbor")
UUID_IN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY = "2026-03-03"


@dataclass(eq=False)
class File:
    """A client's file as the machine knows it."""

    id: UUID
    provider: str
    alias: str
    assigned: set[UUID]
    restricted: bool = False
    principal: "File | None" = None


@dataclass(eq=False)
class Case:
    id: UUID
    holder: str
    team: dict[str, UUID] = field(default_factory=dict)
    people: list[UUID] = field(default_factory=list)
    referrals: list[UUID] = field(default_factory=list)
    joined: "Case | None" = None


@dataclass(eq=False)
class Sent:
    id: UUID
    sender: str
    to: str
    kind: str
    answered: bool = False


class TaskForceAtWork(RuleBasedStateMachine):
    """Rules are what people do; the invariant is what nobody may learn from it."""

    def __init__(self):
        super().__init__()
        self.ends = installation.rolled_back()
        self.ends.__enter__()
        self.world = World.build()
        self.register = Register()
        self.files: list[File] = []
        self.cases: list[Case] = []
        self.outside: list[Case] = []
        self.leads: list[tuple[UUID, str]] = []
        self.sent: list[Sent] = []
        self.calls: list[UUID] = []
        self.agreements = {name: Agreement() for name in self.world.agencies}
        self.visitors = {name: ways.Visitor(self.world.users[name]) for name in WHO}
        self.turn = 0

    def teardown(self):
        try:
            self.everything_once()
        finally:
            self.ends.__exit__(None, None, None)

    # --- what the machine knows ---------------------------------------------------------------------------------------

    def agency(self, user: str) -> str:
        pk = self.world.users[user].agency_id
        return next(name for name, agency in self.world.agencies.items() if agency.pk == pk)

    def pk(self, agency: str) -> UUID:
        return self.world.agencies[agency].pk

    def viewer(self, name: str) -> Viewer:
        """Who she is, by what the machine did to the agreements; nothing is asked of the site."""
        user, own = self.world.users[name], self.agency(name)
        force = "farland" if own == "farland_police" else "riverton"
        others = [a for a in self.agreements if (a == "farland_police") == (force == "farland") and a != own]
        mine = self.agreements[own]
        return Viewer(
            staff=user.staff_id, agency=user.agency_id, sector=Sector(user.sector), roles=frozenset(user.roles),
            task_forces=frozenset({self.world.task_forces[force].pk} if mine.member else ()),
            partners=frozenset(self.pk(a) for a in others if mine.shares and self.agreements[a].shares),
        )  # fmt: skip

    def of_file(self, client: File):
        def facts() -> Facts:
            assigned, restricted = set(client.assigned), client.restricted
            if client.principal is not None and client.principal.restricted and not client.restricted:
                assigned, restricted = assigned | client.principal.assigned, True
            return Facts(agency=self.pk(client.provider), restricted=restricted, assigned=frozenset(assigned))

        return facts

    def of_case(self, case: Case):
        """Of a record that was made in `case`: the team that reads it is that of the case it has moved to."""

        def facts() -> Facts:
            now = case.joined or case
            return Facts(agency=self.pk(now.holder), team=frozenset(self.pk(a) for a in now.team))

        return facts

    def of_both(self, one: File, other: File):
        """Of a row about two files: it is for those who may open each of them."""

        def facts() -> Facts:
            closed = [of for of in (self.of_file(one)(), self.of_file(other)()) if of.restricted]
            assigned = frozenset.intersection(*(of.assigned for of in closed)) if closed else frozenset()
            return Facts(agency=self.pk(one.provider), restricted=bool(closed), assigned=assigned)

        return facts

    def of_agency(self, agency: str):
        return lambda: Facts(agency=self.pk(agency))

    def plant(self, what, id, store, compartment, facts, *words, also=lambda viewer: False) -> None:
        self.register.add(Planted(what, id, store, compartment, facts, list(words), also))

    def plant_in_case(self, what, id, case, *words) -> None:
        self.plant(what, id, StoreKind.JUSTICE, Compartment.CASES, self.of_case(case), *words)

    def plant_in_office(self, what, id, agency, *words, compartment=Compartment.OFFICE) -> None:
        self.plant(what, id, StoreKind.JUSTICE, compartment, self.of_agency(agency), *words)

    def plant_in_file(self, what, id, client, *words, also=lambda viewer: False) -> None:
        self.plant(what, id, StoreKind.VAULT, Compartment.CLIENTS, self.of_file(client), *words, also=also)

    def post(self, who: str, path: str, answers: dict, *, may_fail: bool = False) -> str:
        """Send a form as it comes from the page; returns the address it leads to, "" where it was refused."""
        page = self.visitors[who].browser.post(path, {"asked": "x", "client_key": str(uuid4()), **answers})
        self.visitors[who].browser.cookies.pop("messages", None)
        assert page.status_code < 500, (who, path)
        if page.status_code == 302:
            return page.headers["Location"]
        errors = page.context["form"].errors if page.context and "form" in page.context else page.status_code
        assert may_fail, (who, path, errors)
        return ""

    def made(self, address: str) -> UUID:
        return UUID(UUID_IN.search(address)[0])

    # --- police and prosecutors ---------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(POLICE))
    def a_lead_comes_in(self, who):
        told, caller = unguessable("told"), unguessable("caller")
        address = self.post(who, "/leads/new/lead/", {
            "asked_for_help": "no", "received_on": DAY, "source": "patrol", "trafficking_type": "labor", "county": "",
            "summary": told, "caller_name": caller})
        self.leads.append((self.made(address), self.agency(who)))
        self.plant_in_office("lead", self.made(address), self.agency(who), told, caller)

    @rule(who=st.sampled_from(POLICE))
    def an_investigation_is_opened(self, who):
        name, summary = unguessable("case"), unguessable("summary")
        address = self.post(who, "/investigations/new/", {
            "opened_on": DAY, "source": "patrol", "trafficking_type": "labor", "proactive": "yes", "code_name": name,
            "initially_classified_as_why": "not_recorded"})
        case = Case(self.made(address), self.agency(who))
        self.post(who, f"/investigations/{case.id}/facts/", {"code_name": name, "summary": summary})
        self.cases.append(case)
        self.plant_in_case("investigation", case.id, case, name, summary)

    def holder_of(self, case: Case) -> str:
        return {"police": "detective", "sheriff": "deputy", "farland_police": "outsider"}[case.holder]

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def a_person_is_entered(self, data):
        case = data.draw(st.sampled_from(self.cases))
        who, note = self.holder_of(case), unguessable("note")
        given, family = unguessable("given"), unguessable("family")
        self.post(who, f"/investigations/{case.id}/people/enter/", {
            "decider": "police", "rows": "1", "role_0": "employer", "also_0": "potential_victim", "note_0": note})
        person = justice.Person.objects.filter(investigation_id=case.id).latest("number")
        self.post(who, f"/persons/{person.pk}/facts/", {
            "roles": ["employer", "potential_victim"], "given_name": given, "family_name": family, "note": note,
            "age_group": "adult", "minor_at_act": "unknown"})
        case.people.append(person.pk)
        self.plant_in_case("person", person.pk, case, given, family, note)

    @precondition(lambda self: any(case.people for case in self.cases))
    @rule(data=st.data())
    def a_person_is_arrested(self, data):
        case = data.draw(st.sampled_from([case for case in self.cases if case.people]))
        person, place, story = case.people[-1], unguessable("place"), unguessable("story")
        address = self.post(self.holder_of(case), f"/persons/{person}/arrest/", {
            "arrested_at": f"{DAY}T10:00", "place": place, "jurisdiction": "US-CA", "narrative": story,
            "citation_0": "PC 647(b)", "minor_said": "unknown", "forced_crime_said": "unknown",
            "same_scene": "unknown", "advocate_called": "unknown"})
        self.plant_in_case("arrest", self.made(address), case, place, story)

    @rule(who=st.sampled_from(POLICE))
    def somebody_is_arrested_outside_any_investigation(self, who):
        given, family = unguessable("given"), unguessable("family")
        place, story = unguessable("place"), unguessable("story")
        address = self.post(who, "/arrests/new/", {
            "arrested_at": f"{DAY}T10:00", "place": place, "jurisdiction": "US-CA", "narrative": story,
            "role": "potential_victim", "given_name": given, "family_name": family, "citation_0": "PC 647(b)",
            "minor_said": "unknown", "forced_crime_said": "unknown", "same_scene": "unknown",
            "advocate_called": "unknown"})
        arrest = justice.Arrest.objects.get(pk=self.made(address))
        file = Case(arrest.investigation_id, self.agency(who), people=[arrest.person_id])
        self.outside.append(file)
        self.plant_in_case("person arrested outside", arrest.person_id, file, given, family)
        self.plant_in_case("arrest outside", arrest.pk, file, place, story)
        self.plant_in_office("an arrest's file", file.id, file.holder, compartment=Compartment.CASES)

    @precondition(lambda self: any(file.joined is None for file in self.outside))
    @rule(data=st.data())
    def an_arrest_joins_an_investigation(self, data):
        """From now on the team of that investigation reads it."""
        file = data.draw(st.sampled_from([file for file in self.outside if file.joined is None]))
        to = [case for case in self.cases if case.holder == file.holder]
        if to:
            case = data.draw(st.sampled_from(to))
            self.post(self.holder_of(file), f"/investigations/{file.id}/join/", {"investigation": str(case.id)})
            file.joined = case
            case.people += file.people

    @precondition(lambda self: any(case.people for case in self.cases))
    @rule(data=st.data())
    def a_charge_is_filed(self, data):
        case = data.draw(st.sampled_from([case for case in self.cases if case.people]))
        address = self.post(self.holder_of(case), f"/persons/{case.people[0]}/charge/", {
            "citation": "18 USC 1589(a)", "jurisdiction": "US", "counts": "2", "on_date": DAY})
        self.plant_in_case("charge", self.made(address), case)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), agency=st.sampled_from(["sheriff", "prosecutor", "police"]))
    def an_agency_joins_the_team(self, data, agency):
        case = data.draw(st.sampled_from(self.cases))
        if agency in case.team or agency == case.holder:
            return
        address = self.post(self.holder_of(case), f"/investigations/{case.id}/team/add/", {
            "agency": str(self.pk(agency)), "from_date": DAY}, may_fail=True)
        assert bool(address) == (self.pk(agency) in self.viewer(self.holder_of(case)).partners)
        if address:
            case.team[agency] = justice.TeamAgency.objects.get(investigation_id=case.id, member_id=self.pk(agency),
                                                               until_date=None).pk

    @precondition(lambda self: any(case.team for case in self.cases))
    @rule(data=st.data())
    def an_agency_has_left_the_team(self, data):
        """Its last day was yesterday."""
        case = data.draw(st.sampled_from([case for case in self.cases if case.team]))
        agency = data.draw(st.sampled_from(sorted(case.team)))
        row = justice.TeamAgency.objects.filter(pk=case.team.pop(agency))
        assert row.update(from_date=DAY, until_date=timezone.localdate() - dt.timedelta(days=1)) == 1

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def a_prosecutor_decides_and_weighs(self, data):
        case = data.draw(st.sampled_from(self.cases))
        who = self.holder_of(case)
        if self.pk("prosecutor") not in self.viewer(who).partners:
            return
        if not self.post(who, f"/investigations/{case.id}/prosecutor/", {
                "agency": str(self.pk("prosecutor")), "referred_on": DAY, "forum": "state"}, may_fail=True):
            return
        row = justice.ProsecutionReferral.objects.filter(investigation_id=case.id).latest("created_at")
        case.team.setdefault("prosecutor", justice.TeamAgency.objects.filter(
            investigation_id=case.id, member_id=self.pk("prosecutor"), until_date=None).latest("created_at").pk)
        self.plant_in_case("referral to prosecution", row.pk, case)
        reason, sheet = unguessable("reason"), unguessable("worksheet")
        self.post("prosecutor", f"/charging/{row.pk}/", {
            "decision": "declined", "decline_reason": DeclineReason.SURVIVOR_WISH, "note": reason})
        self.post("prosecutor", f"/investigations/{case.id}/office/worksheet/", {
            "forum": "federal", "step_elements": sheet})
        made = justice.DecisionReason.objects.latest("created_at").pk
        office = {"compartment": Compartment.PROSECUTION}
        self.plant_in_office("prosecutor's reason", made, "prosecutor", reason, sheet, **office)
        if case.people:
            note = unguessable("considered")
            self.post("prosecutor", f"/investigations/{case.id}/office/consider/", {
                "person": str(case.people[0]), "jurisdiction": "US", "citation": "18 USC 1589", "counts": "4",
                "note": note})
            made = justice.ConsideredCharge.objects.latest("created_at").pk
            self.plant_in_office("charge considered", made, "prosecutor", note, **office)

    # --- providers ----------------------------------------------------------------------------------------------------

    def alias(self, provider: str) -> str:
        return settings.CONCORD.vault_of(self.pk(provider))

    def in_vault(self, client: File):
        return acting.commanding(client.alias)

    @rule(who=st.sampled_from(ADVOCATES))
    def somebody_asks_for_help(self, who):
        self.open_file(who, reverse("services:client_new"))

    def open_file(self, who, path, principal=None, **more):
        name, where = unguessable("client"), unguessable("where")
        address = self.post(who, path, {
            "called": name, "called_why": "", "first_contact_on": DAY, "reach_how": "text", "reach_where": where,
            "reach_note": "", "language": "spanish", "language_why": "", "need_now": ["HOU"], "someone_else": "1",
            **more})
        provider = self.agency(who)
        client = File(self.made(address), provider, self.alias(provider), {self.world.users[who].staff_id},
                      principal=principal)
        self.files.append(client)
        self.plant_in_file("client", client.id, client, name, where)
        return client

    def somebody_who_opens(self, client: File) -> str | None:
        """A member of staff who can open it, one assigned first."""
        can = [name for name in ADVOCATES if self.agency(name) == client.provider
               and self.register.by_id[str(client.id)].is_for(self.viewer(name))]
        return next((n for n in can if self.world.users[n].staff_id in client.assigned), can[0] if can else None)

    def draw_file(self, data, only=lambda client: True) -> tuple[File | None, str | None]:
        found = [client for client in self.files if only(client)]
        if not found:
            return None, None
        client = data.draw(st.sampled_from(found))
        return client, self.somebody_who_opens(client)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def a_family_member_gets_a_file(self, data):
        client, who = self.draw_file(data, lambda c: c.principal is None)
        if who:
            self.open_file(who, f"/clients/{client.id}/family/new/", principal=client, relation="child")

    @rule(data=st.data(), verdict=st.sampled_from(["same", "different"]))
    def two_files_are_decided_about(self, data, verdict):
        who, provider = "advocate", self.agency("advocate")
        open_to_her = [client for client in self.files if client.provider == provider
                       and self.register.by_id[str(client.id)].is_for(self.viewer(who))]
        if len(open_to_her) < 2:
            return
        one, other = open_to_her[-2:]
        why = unguessable("because")
        path = f"/clients/{one.id}/twice/{other.id}/"
        if not self.post(who, path, {"verdict": verdict, "note": why}, may_fail=True):
            return
        with self.in_vault(one):
            made = services.PairDecision.objects.latest("created_at")
            kept = made.note == why  # the same word again about the same two is not a second decision
        if kept:
            self.plant("decision about two files", made.pk, StoreKind.VAULT, Compartment.CLIENTS,
                       self.of_both(one, other), why)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def a_note_and_a_service_are_entered(self, data):
        client, who = self.draw_file(data)
        if not who:
            return
        text, done = unguessable("wrote"), unguessable("done")
        today = timezone.localdate().isoformat()
        self.post(who, f"/clients/{client.id}/notes/new/", {"kind": "case", "on_date": today, "text": text})
        self.post(who, f"/clients/{client.id}/services/new/", {
            "service_type": "HOU", "mode": "provided", "on_date": today, "quantity": "1", "unit": "encounter",
            "note": done})
        with self.in_vault(client):
            note = services.Note.objects.filter(client_id=client.id).latest("created_at").pk
            service = services.Service.objects.filter(client_id=client.id).latest("created_at").pk
        self.plant_in_file("note", note, client, text)
        self.plant_in_file("service", service, client, done)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def a_file_is_restricted(self, data):
        client, who = self.draw_file(data, lambda c: not c.restricted)
        if who and self.world.users[who].staff_id in client.assigned:
            self.post(who, f"/clients/{client.id}/restriction/", {})
            client.restricted = True

    @precondition(lambda self: any(client.restricted for client in self.files))
    @rule(data=st.data())
    def a_restriction_is_lifted(self, data):
        client, who = self.draw_file(data, lambda c: c.restricted)
        if who:
            self.post(who, f"/clients/{client.id}/restriction/", {"lift": "1"})
            client.restricted = False

    @precondition(lambda self: self.files)
    @rule(data=st.data(), colleague=st.sampled_from(ADVOCATES))
    def a_colleague_is_assigned(self, data, colleague):
        client, who = self.draw_file(data, lambda c: c.provider == self.agency(colleague))
        if who:
            staff = self.world.users[colleague].staff_id
            self.post(who, f"/clients/{client.id}/staff/", {"staff_id": str(staff)})
            client.assigned.add(staff)

    @rule(who=st.sampled_from(("advocate", "detective")))
    def a_form_is_left_half_filled(self, who):
        word, room = unguessable("typed"), {"advocate": "clients", "detective": "justice"}[who]
        form, store, model = {
            "advocate": ("intake", StoreKind.VAULT, services.Draft),
            "detective": ("lead", StoreKind.JUSTICE, justice.Draft),
        }[who]
        answers = {"called": word} if who == "advocate" else {"summary": word}
        page = self.visitors[who].browser.post(f"/{room}/drafts/{form}/", {"client_key": str(uuid4()), **answers})
        assert page.status_code == 200
        user = self.world.users[who]
        with acting.commanding(self.alias(self.agency(who)) if who == "advocate" else None):
            made = model.objects.latest("created_at").pk
        self.plant("draft", made, store, Compartment.DESK,
                   lambda: Facts(agency=user.agency_id, staff=user.staff_id), word)

    # --- across -------------------------------------------------------------------------------------------------------

    def plant_sent(self, sent: Sent, *words) -> None:
        """The row is for both; what it says is for the recipient alone: the sender cannot open it again."""
        sender, to = self.pk(sent.sender), self.pk(sent.to)
        self.plant("referral", sent.id, StoreKind.HUB, Compartment.BRIDGE, lambda: Facts(sender=sender, recipient=to))
        self.plant("content of a referral", uuid4(), StoreKind.HUB, Compartment.BRIDGE, lambda: Facts(recipient=to),
                   *words)
        self.sent.append(sent)

    @rule(who=st.sampled_from(("detective", "deputy")), to=st.sampled_from(("lantern", "harbor")), data=st.data())
    def police_refer_somebody(self, who, to, data):
        own, name, said = self.agency(who), unguessable("named"), unguessable("said")
        people = [p for case in self.cases if case.holder == own for p in case.people]
        person = data.draw(st.sampled_from([None, *people]))
        path = f"/persons/{person}/refer/" if person else "/referrals/send/services/"
        sent = Sent(uuid4(), own, to, "services")
        address = self.post(who, path, {
            "id": str(sent.id), "to_agency": str(self.pk(to)), "summary": said, "name": name, "age_group": "adult",
            "trafficking_type": "not_yet_known", "wants": ["HOU"]}, may_fail=True)
        assert bool(address) == (self.pk(to) in self.viewer(who).partners)
        if address:
            self.plant_sent(sent, name, said)

    @precondition(lambda self: any(s.kind == "services" and not s.answered for s in self.sent))
    @rule(data=st.data(), how=st.sampled_from(("accept", "decline", "open", "ignore")))
    def a_provider_answers(self, data, how):
        """Accepted, turned down, only read or left lying: the sender's pages cost and say the same as before."""
        sent = data.draw(st.sampled_from([s for s in self.sent if s.kind == "services" and not s.answered]))
        sender = {"police": "detective", "sheriff": "deputy"}[sent.sender]
        who = {"lantern": "advocate", "harbor": "counsel"}[sent.to]
        before = self.what_the_sender_sees(sender, sent)
        path = f"/clients/referrals/{sent.id}/"
        if how in ("accept", "decline"):
            sent.answered = True
            note = unguessable("declined")
            answers = {"reason": "no_capacity", "note": note} if how == "decline" else {}
            address = self.post(who, f"{path}{how}/", answers)
            if how == "accept":
                self.plant_accepted(sent, self.made(address), who)
            else:
                with acting.commanding(self.alias(sent.to)):
                    made = services.ReferralIn.objects.get(referral_id=sent.id).pk
                self.plant("turned down referral", made, StoreKind.VAULT, Compartment.PROVIDER,
                           self.of_agency(sent.to), note)
        elif how == "open":
            assert self.visitors[who].ask(path).status == 200
        assert self.what_the_sender_sees(sender, sent) == before, how

    def what_the_sender_sees(self, sender: str, sent: Sent) -> list:
        row = justice.SentReferral.objects.filter(pk=sent.id).first()
        paths = ["/referrals/", "/", *([f"/persons/{row.person_id}/"] if row and row.person_id else [])]
        self.visitors[sender].ask("/")  # what is kept of the agency's standing is asked once in a while
        return [self.visitors[sender].ask(path).plain() for path in paths]

    def plant_accepted(self, sent: Sent, id: UUID, who: str) -> None:
        client = File(id, sent.to, self.alias(sent.to), {self.world.users[who].staff_id})
        self.files.append(client)
        self.plant_in_file("client", id, client)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), to=st.sampled_from(("police", "prosecutor")))
    def a_client_asks_to_report(self, data, to):
        client, who = self.draw_file(data)
        if not who or self.pk(to) not in self.viewer(who).partners:
            return
        said, purpose, key = unguessable("reported"), unguessable("purpose"), str(uuid4())
        today, path = timezone.localdate(), f"/clients/{client.id}/report/"
        until = today + dt.timedelta(days=15)
        dates = {f"permission_{name}_{part}": getattr(day, part) for name, day in (
            ("signed_on", today), ("expires_on", until)) for part in ("month", "day", "year")}
        for step, given in (
            ("to", {"to_agency": str(self.pk(to)), "purpose": purpose, "asked": "to_agency purpose"}),
            ("what", {"items": ["summary"], "summary": said, "asked": "items summary"}),
            ("permission", {**dates, "asked": " ".join(dates)}),
            ("check", {}),
        ):
            self.post(who, f"{path}?step={step}", {"client_key": key, **given})
        with self.in_vault(client):
            entry = services.DisclosureEntry.objects.filter(client_id=client.id).latest("at")
        self.plant_in_file("report", entry.pk, client, purpose)
        recipient = self.pk(to)
        self.plant_in_file("what was reported", uuid4(), client, said, also=lambda v: v.agency == recipient)
        self.plant_sent(Sent(entry.referral_id, client.provider, to, "report"))

    @precondition(lambda self: any(s.kind == "report" and s.to == "police" and not s.answered for s in self.sent))
    @rule(data=st.data())
    def police_make_a_lead_of_a_report(self, data):
        sent = data.draw(st.sampled_from(
            [s for s in self.sent if s.kind == "report" and s.to == "police" and not s.answered]))
        address = self.post("detective", f"/leads/received/{sent.id}/accept/", {})
        sent.answered = True
        self.leads.append((self.made(address), "police"))
        self.plant_in_office("lead", self.made(address), "police")

    @precondition(lambda self: len(self.calls) < 3)
    @rule(who=st.sampled_from(("detective", "deputy")))
    def an_advocate_is_called(self, who):
        if not self.agreements[self.agency(who)].member:
            return
        begins = timezone.localtime() + dt.timedelta(hours=1)
        address = self.post(who, reverse("bridge:call_new"), {
            "id": str(uuid4()), "window_from": begins.strftime("%Y-%m-%dT%H:%M"), "minors": "unknown",
            "window_until": (begins + dt.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
            "task_force": str(self.world.task_forces["riverton"].pk)})
        call, own = self.made(address), self.pk(self.agency(who))
        force = self.world.task_forces["riverton"].pk
        self.calls.append(call)
        self.plant("call for an advocate", call, StoreKind.HUB, Compartment.NETWORK,
                   lambda: Facts(agency=own, task_force=force))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), who=st.sampled_from(("advocate", "counsel")))
    def a_provider_comes(self, data, who):
        call = data.draw(st.sampled_from(self.calls))
        open_still = AdvocateCall.objects.filter(pk=call, answered_at=None).exists()
        if open_still and self.agreements[self.agency(who)].member:
            self.post(who, reverse("bridge:call", args=[call]), {"phone": "555-0188"})

    # --- time passes --------------------------------------------------------------------------------------------------

    @rule(agency=st.sampled_from(SHARING), what=st.sampled_from(("expires", "withdrawn", "left", "renewed")))
    def an_agreement_changes(self, agency, what):
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        mous = Mou.objects.filter(agency=self.world.agencies[agency])
        members = Membership.objects.filter(agency=self.world.agencies[agency])
        if what == "expires":
            mous.update(expires_on=yesterday)
        elif what == "withdrawn":
            mous.update(ended_on=timezone.localdate())
        elif what == "left":
            members.update(until_date=yesterday)
        else:
            mous.update(expires_on=dt.date(2099, 1, 1), ended_on=None)
            members.update(until_date=None)
        agreement = self.agreements[agency]
        agreement.mou = (agreement.mou or what == "renewed") and what not in ("expires", "withdrawn")
        agreement.member = (agreement.member or what == "renewed") and what != "left"
        standing.forget()

    # --- what nobody may learn ----------------------------------------------------------------------------------------

    @initialize()
    def begin(self):
        """Something on each side from the first step on."""
        self.somebody_asks_for_help("advocate")
        self.an_investigation_is_opened("detective")

    @invariant()
    def nobody_reads_across(self):
        self.turn += 1
        viewers = {name: self.viewer(name) for name in WHO}
        for name, viewer in viewers.items():
            assert self.world.viewer(name) == viewer, name  # the site takes her for whom she is; it also keeps it now
            self.register.note_who_knows(viewer)
        leaks = [f"{name}: {leak}" for name, viewer in viewers.items() for leak in self.by_sql(name, viewer)]
        leaks += [f"{name}: {leak}" for name, leak in self.by_pages(viewers)]
        assert leaks == []

    def by_sql(self, name: str, viewer: Viewer) -> list[str]:
        """Her own stores every third step; another agency's, which the door would not open to her, in turn."""
        found, place = [], WHO.index(name) + self.turn
        for n, alias in enumerate(ways.stores_of(viewer)):
            if place % 3 == 0 if self.opens(viewer, alias) else place % 12 == n:
                found += ways.rows(self.register, viewer, alias)
            if place % 12 in (0, n):
                found += ways.guard(self.register, viewer, alias, lambda planted: planted.facts().agency)
        return found

    def opens(self, viewer: Viewer, alias: str) -> bool:
        held = acting.Acting(viewer=viewer, vault=settings.CONCORD.vault_of(viewer.agency))
        return held.allows(settings.CONCORD.stores[alias])

    def by_pages(self, viewers: dict[str, Viewer]):
        """Some of every kind after each step, the next ones after the next; over a run all of them come round."""
        for name, n in self.in_turn(LISTS_A_STEP, len(ways.LISTS)):
            yield from self.told(name, ways.list_page(
                self.register, viewers[name], self.visitors[name], ways.LISTS[n]))
        for name, n in self.in_turn(RECORDS_A_STEP, len(ways.RECORDS)):
            hidden = self.one_hidden(viewers[name], n)
            if hidden:
                yield from self.told(name, ways.record_page(
                    self.register, viewers[name], self.visitors[name], n, hidden, post=n % 3 == 0))
        for name, n in self.in_turn(SEARCHES_A_STEP, 1000):
            word = self.one_word(viewers[name], n)
            if word:
                yield from self.told(name, ways.search(
                    self.register, viewers[name], self.visitors[name], n // 7, word))
        for name, form in self.forgeries(viewers):
            hidden = self.one_hidden(viewers[name], self.turn)
            if hidden:
                yield from self.told(name, ways.forged(
                    self.register, viewers[name], self.visitors[name], form, hidden))

    def told(self, name, leaks):
        return ((name, leak) for leak in leaks)

    def in_turn(self, how_many: int, of: int):
        """Pairs of a person and a number, other ones each time; who and what go round at different speeds."""
        start = self.turn * how_many
        for k in range(start, start + how_many):
            yield WHO[k % len(WHO)], (k // len(WHO) * 7 + k * 5) % of

    def one_hidden(self, viewer: Viewer, n: int) -> Planted | None:
        hidden = self.register.hidden_from(viewer)
        return hidden[n % len(hidden)] if hidden else None

    def one_word(self, viewer: Viewer, n: int) -> str | None:
        words = sorted({word for _planted, word in self.register.words_not_for(viewer)})
        return words[n % len(words)] if words else None

    def forgeries(self, viewers):
        """Forms that take an id, with the rest answered as it should be."""
        today = timezone.localdate().isoformat()
        every = [
            ("second_advocate", ways.Forgery(reverse("services:quick"), "client", {
                "client_key": str(uuid4()), "service_type": "HOU", "quantity": "1", "on_date": today})),
            ("counsel", ways.Forgery(reverse("bridge:send", args=["services"]), "to_agency", {
                "id": str(uuid4()), "summary": "x", "age_group": "adult", "trafficking_type": "not_yet_known"})),
            ("deputy", ways.Forgery(reverse("bridge:call_new"), "task_force", {
                "id": str(uuid4()), "window_from": f"{today}T10:00", "window_until": "2099-01-01T10:00",
                "minors": "unknown"})),
        ]  # fmt: skip
        lead = next((id for id, agency in reversed(self.leads) if agency == "police"), None)
        if lead:
            every += [("detective", ways.Forgery(f"/leads/{lead}/join/", "investigation", {})),
                      ("detective", ways.Forgery(f"/leads/{lead}/assign/", "staff", {}))]
        case = next((case for case in reversed(self.cases) if case.holder == "police"), None)
        if case:
            every.append(("detective", ways.Forgery(f"/investigations/{case.id}/team/add/", "agency", {
                "from_date": today})))
            every += [("detective", ways.Forgery(f"/persons/{person}/charge/", field, {
                "citation": "18 USC 1589(a)", "jurisdiction": "US", "counts": "2", "on_date": DAY}))
                for person in case.people[:1] for field in ("docket", "victims")]
        waiting = next((s for s in self.sent if s.to == "lantern" and s.kind == "services" and not s.answered), None)
        if waiting:
            every.append(("second_advocate", ways.Forgery(f"/clients/referrals/{waiting.id}/accept/", "client", {})))
        yield from every if LONG else islice(every[self.turn % len(every):] + every, 2)

    def everything_once(self):
        """At the end of a run: every store, list and search that each of them has."""
        leaks = []
        for name in WHO:
            viewer, visitor = self.viewer(name), self.visitors[name]
            self.register.note_who_knows(viewer)
            for alias in ways.stores_of(viewer):
                leaks += [f"{name}: {leak}" for leak in ways.rows(self.register, viewer, alias)]
            for path in ways.LISTS if LONG else ways.LISTS[WHO.index(name) % 2 :: 2]:
                leaks += [f"{name}: {leak}" for leak in ways.list_page(self.register, viewer, visitor, path)]
            words = sorted({word for _planted, word in self.register.words_not_for(viewer)})
            for n, word in enumerate(words if LONG else words[:4]):
                leaks += [f"{name}: {leak}" for leak in ways.search(self.register, viewer, visitor, n, word)]
        assert leaks == []


PROFILE = (
    effort(max_examples=5, stateful_step_count=25, deadline=None, database=None, phases=(Phase.generate,))
    if LONG
    else effort(max_examples=1, stateful_step_count=12, deadline=None, database=None, derandomize=True,
                phases=(Phase.generate,))
)  # fmt: skip


@pytest.fixture
def long_standing(monkeypatch):
    """What is kept of an agency's standing is asked again only when the machine says so: statements are compared."""
    monkeypatch.setattr(standing, "KEPT_SECONDS", 3600.0)


EVERY_KIND = {
    "lead", "investigation", "person", "arrest", "charge", "referral to prosecution", "prosecutor's reason",
    "charge considered", "client", "note", "service", "report", "what was reported", "draft", "referral",
    "content of a referral", "turned down referral", "call for an advocate", "arrest outside",
    "person arrested outside", "an arrest's file", "decision about two files",
}  # fmt: skip


class Latest:
    """Draws what was made last, where the machine would draw at random."""

    def draw(self, among):
        return among.elements[-1]


def everything_happens(machine: TaskForceAtWork, last=Latest()):  # noqa: B008  it keeps nothing
    """Each rule at least once, in an order in which each finds something to do."""
    for who in POLICE:
        yield machine.a_lead_comes_in(who)
    yield machine.an_investigation_is_opened("deputy")
    yield machine.an_investigation_is_opened("detective")
    yield machine.a_person_is_entered(last)
    yield machine.police_refer_somebody("detective", "lantern", last)
    yield machine.a_person_is_arrested(last)
    yield machine.somebody_is_arrested_outside_any_investigation("detective")
    yield machine.a_charge_is_filed(last)
    yield machine.an_agency_joins_the_team(last, "sheriff")
    yield machine.an_arrest_joins_an_investigation(last)
    yield machine.a_prosecutor_decides_and_weighs(last)
    for who in ADVOCATES:
        yield machine.somebody_asks_for_help(who)
    yield machine.somebody_asks_for_help("advocate")
    yield machine.two_files_are_decided_about(last, "same")
    yield machine.a_note_and_a_service_are_entered(last)
    yield machine.a_file_is_restricted(last)
    yield machine.a_note_and_a_service_are_entered(last)
    yield machine.a_client_asks_to_report(last, "police")
    yield machine.police_make_a_lead_of_a_report(last)
    yield machine.a_family_member_gets_a_file(last)
    yield machine.a_colleague_is_assigned(last, "second_advocate")
    for who in ("advocate", "detective"):
        yield machine.a_form_is_left_half_filled(who)
    for how in ("ignore", "open", "accept"):
        yield machine.a_provider_answers(last, how)
    yield machine.police_refer_somebody("deputy", "harbor", last)
    yield machine.a_provider_answers(last, "decline")
    yield machine.an_advocate_is_called("detective")
    yield machine.a_provider_comes(last, "counsel")
    for agency, what in (("police", "expires"), ("police", "renewed"), ("lantern", "withdrawn"), ("sheriff", "left"),
                         ("sheriff", "renewed"), ("prosecutor", "expires")):  # fmt: skip
        yield machine.an_agreement_changes(agency, what)
    yield machine.an_agency_has_left_the_team(last)
    yield machine.a_file_is_restricted(last)
    yield machine.a_restriction_is_lifted(last)


def test_nobody_learns_what_is_not_hers_when_everything_happens_once(django_db_blocker, long_standing):
    with django_db_blocker.unblock():
        machine = TaskForceAtWork()
        try:
            machine.begin()
            for _step in everything_happens(machine):
                machine.nobody_reads_across()
            assert {p.what for p in machine.register.planted} >= EVERY_KIND
        finally:
            machine.teardown()


def test_nobody_learns_what_is_not_hers_whatever_is_done(django_db_blocker, long_standing):
    with django_db_blocker.unblock():
        run_state_machine_as_test(
            TaskForceAtWork, settings=effort(PROFILE, suppress_health_check=list(HealthCheck))
        )
