"""Client files of the three providers: who came, what they wanted, what could be had, whom to call today."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from concord.site.demo import cast
from concord.site.demo.draws import ENDINGS, GIVEN, Draw, Names, at, days
from concord.site.demo.sendings import answer_lead, send
from concord.site.demo.story import Book, Sending, Story, staff_of
from concord.site.services import reach as ways
from concord.site.services import rules
from concord.site.services.models import (
    Assignment,
    Client,
    ClientStatus,
    Contact,
    DisclosureEntry,
    Enrolment,
    FollowUp,
    GroupService,
    Inquiry,
    Need,
    Note,
    ReferralIn,
    ReferredClient,
    Service,
)
from concord.site.services.reach import Way
from concord.vocabulary import (
    Barrier,
    Citizenship,
    ClientKind,
    ClosureReason,
    ContactCaution,
    ContactHow,
    DisclosureBasis,
    DisclosureItem,
    FamilyRelation,
    Gender,
    LivingSituation,
    NoteKind,
    NotServedReason,
    Race,
    ReferralAnswer,
    ReferralKind,
    ReferralSource,
    Role,
    ServiceMode,
    ServiceType,
    ServiceUnit,
    SpokenLanguage,
    StatusDecider,
    TraffickingType,
    VictimStatus,
    Why,
)

S, W, T = ServiceType, Why, TraffickingType
OWN_CLIENTS = {"lantern": 92, "open_gate": 64, "harbor": 46}
_YEARS = 3
_SERVES = {
    "lantern": {S.CM: 24, S.CRI: 12, S.HOU: 9, S.SAF: 9, S.ADV: 9, S.NEC: 9, S.TRN: 8, S.MH: 7, S.PEER: 7, S.BEN: 6},
    "open_gate": {S.CM: 28, S.CRI: 12, S.NEC: 12, S.TRN: 10, S.EMP: 8, S.EDU: 6, S.INT: 8, S.BEN: 8, S.MH: 8},
    "harbor": {S.LEG_I: 38, S.LEG_C: 16, S.LEG_V: 26, S.INT: 8, S.CM: 12},
}
_NEEDS = {S.HOU: 26, S.CRI: 8, S.LEG_I: 14, S.LEG_V: 8, S.MH: 12, S.EMP: 9, S.NEC: 9, S.MED: 7, S.CHC: 5, S.DEN: 2}
_BARRIERS = {
    Barrier.NO_HOUSING_SLOT: 46, Barrier.WAITLIST: 18, Barrier.ELIGIBILITY_RULE: 10, Barrier.CRIMINAL_RECORD: 7,
    Barrier.LANGUAGE: 5, Barrier.COST: 5, Barrier.CHILDCARE: 4, Barrier.CLIENT_DECLINED: 5,
}  # fmt: skip
_SOURCES = {
    ReferralSource.SELF: 18, ReferralSource.HOTLINE: 16, ReferralSource.FAMILY_OR_FRIEND: 10,
    ReferralSource.HEALTH_CARE: 9, ReferralSource.CHILD_WELFARE: 7, ReferralSource.SHELTER: 10,
    ReferralSource.OTHER_PROVIDER: 12, ReferralSource.LABOR_AGENCY: 5, ReferralSource.OUTREACH: 9,
    ReferralSource.COURT: 4,
}  # fmt: skip
_CLOSED = {
    ClosureReason.GOALS_MET: 34, ClosureReason.LOST_CONTACT: 26, ClosureReason.CLIENT_CHOICE: 12,
    ClosureReason.MOVED: 10, ClosureReason.TRANSFERRED: 8, ClosureReason.PROGRAM_LIMIT: 6, ClosureReason.DETAINED: 4,
}  # fmt: skip
_NOT_SERVED = {NotServedReason.NO_CAPACITY: 34, NotServedReason.OUTSIDE_AREA: 18, NotServedReason.NOT_REACHED: 20,
               NotServedReason.CHOSE_NOT: 14, NotServedReason.LANGUAGE: 8, NotServedReason.NOT_ELIGIBLE: 6}  # fmt: skip
_NOTES = (
    "Came with a bag and little else. We went through what she wants this week, and what can wait.",
    "Talked about the plan again. He would rather find work first and see a counselor later.",
    "She was quiet today. We made tea, filled in one form, and left the other for Thursday.",
    "Wants to be asked again before anything is sent to anybody. I said that nothing has been.",
)
_PLANS = ("Code word for the phone is agreed. Leave by the side door; the bus stop by the library is the safe one.",)
_TO_DO = (
    "Ask about the bus pass", "Call the clinic back", "Bring the form for the school", "See if the bed came free",
    "Send the landlord's letter", "Ask how the interview went", "Find an interpreter for Thursday",
    "Renew the food card", "Ask whether the phone still works", "Book the dentist",
    "Go over the lease together", "Bring winter shoes",
)  # fmt: skip


@dataclass
class File:
    """A client's file in the writing."""

    book: Book
    draw: Draw
    provider: cast.Agency
    today: dt.date
    worker: cast.Staff
    client: Client | None = None
    stays: bool = False
    last: dt.date = field(default=dt.date.min)

    def write(self, model, *, on: dt.date, **columns):
        hour = self.draw.randint(9, 18) if on < self.today else 0
        return self.book.write(
            model(
                **{"id": self.draw.id(), "agency_id": self.provider.id, "created_by_id": self.worker.id,
                   "created_at": at(on, hour, self.draw.randrange(60))}
                | ({"client_id": self.client.pk} if self.client else {}) | columns
            )
        )  # fmt: skip


def write(story: Story) -> None:
    for key, n in OWN_CLIENTS.items():
        draw, names = Draw(f"vault {key}"), Names(ENDINGS[key])
        provider, book = cast.AGENCIES[key], story.vaults[key]
        for sent in [s for s in story.sendings if s.to == key]:
            _received(story, draw, names, book, provider, sent)
        for _ in range(n):
            _client(story, draw, names, book, provider, _some_day(draw, story.today))
        for _ in range(n // 3):
            _inquiry(story, draw, names, book, provider)
        _groups(story, draw, book, provider)
    _planted(story)
    _twice(story)
    _reports(story)


def _some_day(draw: Draw, today: dt.date) -> dt.date:
    return today - days(1 + int(_YEARS * 365 * draw.random() ** 1.2))


def _workers(provider: cast.Agency) -> list[cast.Staff]:
    working = {Role.ADVOCATE, Role.CASE_MANAGER, Role.COUNSEL}
    return [person for person in staff_of(provider.key) if working & set(person.roles)]


def _received(story: Story, draw: Draw, names: Names, book: Book, provider: cast.Agency, sent: Sending) -> None:
    """A referral and what came of it. One that nobody has decided is not in the vault at all."""
    if sent.fate == "waiting":
        return
    file = File(book, draw, provider, story.today, draw.choice(_workers(provider)))
    day = min(sent.sent_at.date() + days(draw.randint(0, 4)), story.today - days(1))
    accepted = sent.fate == "accepted"
    received = file.write(
        ReferralIn, on=day, referral_id=sent.id, decided_at=at(day, 15), decided_by_id=file.worker.id,
        answer=ReferralAnswer.ACCEPTED if accepted else ReferralAnswer.DECLINED,
        reason="" if accepted else draw.of(_NOT_SERVED),
    )  # fmt: skip
    if accepted:
        client = _client(story, draw, names, book, provider, min(sent.sent_at.date(), story.today - days(1)),
                         source=ReferralSource.LAW_ENFORCEMENT_LOCAL, worker=file.worker)  # fmt: skip
        file.client = client
        file.write(ReferredClient, on=day, referral_id=received.pk)


def _client(story, draw, names, book, provider, first: dt.date, *, source=None, worker=None, **given) -> Client:
    file = File(book, draw, provider, story.today, worker or draw.choice(_workers(provider)))
    restricted, file.stays = given.pop("restricted", draw.maybe(0.02)), given.pop("stays", False)
    file.client = file.write(
        Client, on=first, first_contact_on=first, restricted=restricted, restricted_on=first if restricted else None,
        **_who(draw, names) | _whether_asked(draw, first) | given,
    )  # fmt: skip
    _episodes(file, first, source or draw.of(_SOURCES))
    _judge(file, first)
    _care(file, first)
    if draw.maybe(0.09) and file.client.kind == ClientKind.PRINCIPAL:
        _family(story, draw, names, book, provider, file)
    return file.client


def _who(draw: Draw, names: Names) -> dict:
    """What somebody said of herself: a name or only what she wants to be called; much is not asked at first."""
    given, family = names.next()
    known = draw.of({"all": 70, "called": 24, "none": 6})
    labor = draw.maybe(0.24)
    number = f"555-01{draw.randint(0, 99):02}"
    wheres = {ContactHow.CALL: number, ContactHow.TEXT: number, ContactHow.EMAIL: f"letters{number[4:]}@post.example",
              ContactHow.THROUGH: "A cousin at the bakery"}  # fmt: skip
    how = draw.of({ContactHow.CALL: 5, ContactHow.TEXT: 5, ContactHow.EMAIL: 1, ContactHow.THROUGH: 1})
    way = Way(
        how=how,
        where=wheres[how],
        cautions=tuple(draw.some(tuple(ContactCaution), 2)) if draw.maybe(0.6) else (),
        note="Only before the evening shift" if draw.maybe(0.15) else "",
    )
    language = draw.of({SpokenLanguage.SPANISH: 5, SpokenLanguage.TAGALOG: 1, SpokenLanguage.ENGLISH: 2,
                        SpokenLanguage.MANDARIN: 1}) if labor else SpokenLanguage.ENGLISH  # fmt: skip
    reachable = draw.maybe(0.92)
    return {
        "given_name": given if known == "all" else "", "family_name": family if known == "all" else "",
        "called": given if known == "called" else "",
        "language": language, "language_why": "",
        "reach": ways.write([way]) if reachable else None,
        "reach_why": "" if reachable else W.DECLINED,
        "trafficking_type": _or_none(draw, 0.9, T.LABOR if labor else draw.of({T.SEX: 9, T.BOTH: 1})),
    }  # fmt: skip


def _or_none(draw: Draw, known: float, value):
    return value if draw.maybe(known) else None


def _whether_asked(draw: Draw, first: dt.date) -> dict:
    """What the enrolment asked; a quarter was never asked, or declined to say."""
    asked = draw.maybe(0.88)
    birth = first - days(draw.randint(14 * 365, 52 * 365)) if asked and draw.maybe(0.6) else None
    race = [draw.of({Race.BLACK: 28, Race.HISPANIC: 34, Race.WHITE: 22, Race.ASIAN: 10, Race.AIAN: 4})]
    gender = draw.of({Gender.FEMININE: 82, Gender.MASCULINE: 13, Gender.TRANSGENDER_FEMININE: 3,
                      Gender.NON_CONFORMING: 2})  # fmt: skip
    answers = {"birth_date": birth, "race": _or_none(draw, 0.7, race) if asked else None,
               "gender": _or_none(draw, 0.92, gender) if asked else None}  # fmt: skip
    whys = {f"{name}_why": "" if value else (W.DECLINED if asked and draw.maybe(0.5) else W.NOT_ASKED)
            for name, value in answers.items()}  # fmt: skip
    relief = draw.maybe(0.08)
    return answers | whys | {
        "enrolment_asked_at": at(first, 11) if asked else None,
        "citizenship": Citizenship.FOREIGN_NATIONAL if relief else None,
        "citizenship_why": "" if relief else W.WITHHELD,
    }  # fmt: skip


def _episodes(file: File, first: dt.date, source: ReferralSource) -> None:
    """Times of being served: one, or two for who came back."""
    draw, client, age = file.draw, file.client, (file.today - first).days
    closes = draw.maybe(0.78 if age > 365 else 0.42 if age > 180 else 0.14 if age > 45 else 0)
    end = first + days(draw.randint(30, max(31, min(age - 5, 400)))) if closes else None
    if file.stays or (end and end >= file.today):
        end = None
    _enrol(file, first, end, source, reopening=False)
    file.last = end or file.today - days(1)
    if end and draw.maybe(0.08) and (file.today - end).days > 60:
        again = draw.within(end + days(30), file.today - days(10))
        _enrol(file, again, None, source, reopening=True)
        end, file.last = None, file.today - days(1)
    client.is_open = end is None
    file.write(Assignment, on=first, staff_id=file.worker.id, since_date=first, until_date=end)


def _enrol(file: File, first: dt.date, end: dt.date | None, source, *, reopening: bool) -> None:
    draw, client = file.draw, file.client
    age = rules.age_on(client.birth_date, first) if client.birth_date else None
    if age is None and client.enrolment_asked_at and draw.maybe(0.6):
        age = draw.randint(15, 55)
    living = draw.of({LivingSituation.HOMELESS: 20, LivingSituation.FRIENDS_HOME: 18, LivingSituation.OWN_HOME: 12,
                      LivingSituation.TRAFFICKING_SHELTER: 12, LivingSituation.RELATIVE_HOME: 12,
                      LivingSituation.HOMELESS_SHELTER: 14, LivingSituation.DV_SHELTER: 8, None: 10})  # fmt: skip
    after = draw.of({LivingSituation.OWN_HOME: 40, LivingSituation.RELATIVE_HOME: 15, LivingSituation.FRIENDS_HOME: 10,
                     LivingSituation.INDEPENDENT_SUPERVISED: 12, None: 23}) if end else None  # fmt: skip
    file.write(
        Enrolment, on=first, opened_on=first, reopening=reopening, referral_source=source, referral_source_why="",
        age_at_entry=age, age_at_entry_why="" if age else W.NOT_ASKED,
        living_situation=living, living_situation_why="" if living else W.DECLINED,
        closed_on=end, closed_at=at(end, 16) if end else None, closed_by_id=file.worker.id if end else None,
        closure_reason=draw.of(_CLOSED) if end else None, exit_living_situation=after,
        exit_living_situation_why=W.NOT_RECORDED if end and not after else "",
    )  # fmt: skip


def _judge(file: File, first: dt.date) -> None:
    potential = {"status": VictimStatus.POTENTIAL, "decider": StatusDecider.NGO, "basis": "What she told us"}
    file.write(ClientStatus, on=first, on_date=first, decided_by_id=file.worker.id, **potential)
    if file.draw.maybe(0.6):
        later = file.draw.within(first, min(first + days(90), file.last))
        file.write(ClientStatus, on=later, on_date=later, decided_by_id=file.worker.id, status=VictimStatus.CONFIRMED,
                   decider=StatusDecider.NGO, basis="Screening and what she told us since")  # fmt: skip


def _care(file: File, first: dt.date) -> None:
    """Needs, services, contacts, notes and what is due."""
    draw, span = file.draw, max(1, (file.last - first).days)
    for code in dict.fromkeys(draw.of(_NEEDS) for _ in range(draw.randint(1, 5))):
        _need(file, code, draw.within(first, file.last))
    for _ in range(draw.randint(2, 6 + min(span, 500) // 18)):
        _service(file, draw.of(_SERVES[file.provider.key]), draw.within(first, file.last))
    _contacts(file, first)
    for n in range(draw.randint(1, 4)):
        kind, text = (NoteKind.SAFETY_PLAN, draw.choice(_PLANS)) if n == 1 else (NoteKind.CASE, draw.choice(_NOTES))
        on = draw.within(first, file.last)
        file.write(Note, on=on, on_date=on, kind=kind, text=text)
    _follow_ups(file, first)


def _need(file: File, code: ServiceType, asked: dt.date) -> None:
    draw = file.draw
    mode = draw.of({ServiceMode.PROVIDED: 40, ServiceMode.REFERRED: 25, ServiceMode.UNMET: 60 if code is S.HOU else 8,
                    ServiceMode.REQUESTED: 16})  # fmt: skip
    decided = draw.within(asked, min(asked + days(40), file.last))
    if mode is ServiceMode.REQUESTED:
        file.write(Need, on=asked, service_type=code, requested_on=asked, mode=mode)
        return
    need = file.write(
        Need, on=asked, service_type=code, requested_on=asked, mode=mode, decided_on=decided,
        decided_by_id=file.worker.id, barrier=draw.of(_BARRIERS) if mode is ServiceMode.UNMET else None,
    )  # fmt: skip
    if mode is not ServiceMode.UNMET:
        _service(file, code, decided, mode=mode, need_id=need.pk)


def _service(file: File, code: ServiceType, on: dt.date, *, mode=ServiceMode.PROVIDED, **columns) -> None:
    draw = file.draw
    unit, quantity = ServiceUnit.ENCOUNTER, 1
    if code is S.HOU and mode is ServiceMode.PROVIDED:
        unit, quantity = ServiceUnit.NIGHT, draw.randint(1, 28)
    elif code in (S.LEG_I, S.LEG_C, S.LEG_V) and draw.maybe(0.5):
        unit, quantity = ServiceUnit.HOUR, draw.randint(1, 5)
    file.write(
        Service, on=on, service_type=code, mode=mode, on_date=on, quantity=Decimal(quantity), unit=unit,
        referred_to="Legal clinic at the library" if mode is ServiceMode.REFERRED else "", **columns,
    )  # fmt: skip


def _contacts(file: File, first: dt.date) -> None:
    """Tries to reach her, in order; what is kept on the client agrees with them."""
    draw, client = file.draw, file.client
    on_days = sorted({first, *(draw.within(first, file.last) for _ in range(draw.randint(2, 12)))})
    client.last_reached_on, client.attempts_since = first, 0
    for on in on_days:
        reached = on == first or draw.maybe(0.72)
        file.write(
            Contact, on=on, on_date=on, how=draw.choice((ContactHow.CALL, ContactHow.TEXT, ContactHow.IN_PERSON)),
            reached=reached, note="No answer, no message left" if not reached and draw.maybe(0.4) else "",
        )  # fmt: skip
        client.attempts_since = 0 if reached else client.attempts_since + 1
        client.last_reached_on = on if reached else client.last_reached_on
    if client.is_open:
        due = draw.of({0: 16, -2: 7, 1: 12, 2: 10, 5: 18, 12: 20, None: 17})
        client.next_contact_on = None if due is None else file.today + days(due)


def _follow_ups(file: File, first: dt.date) -> None:
    draw = file.draw
    if draw.maybe(0.5):
        done = draw.within(first, file.last)
        file.write(FollowUp, on=first, due_on=done, what=draw.choice(_TO_DO), done_at=at(done, 12),
                   done_by_id=file.worker.id)  # fmt: skip
    if file.client.is_open and draw.maybe(0.4):
        file.write(FollowUp, on=first, due_on=file.today + days(draw.choice((-1, 0, 0, 1, 3, 8))),
                   what=draw.choice(_TO_DO))  # fmt: skip


def _family(story, draw, names, book, provider, file: File) -> None:
    first = min(file.client.first_contact_on + days(draw.randint(0, 40)), file.last)
    relation = draw.of({FamilyRelation.CHILD: 6, FamilyRelation.SPOUSE: 2, FamilyRelation.SIBLING: 1})
    _client(story, draw, names, book, provider, first, source=ReferralSource.FAMILY_OR_FRIEND, worker=file.worker,
            kind=ClientKind.FAMILY, principal_id=file.client.pk, relation=relation, restricted=False)  # fmt: skip


def _inquiry(story, draw, names, book, provider) -> None:
    on = _some_day(draw, story.today)
    file = File(book, draw, provider, story.today, draw.choice(_workers(provider)))
    called = " ".join(names.next()) if draw.maybe(0.4) else ""
    file.write(Inquiry, on=on, on_date=on, called=called, called_why="" if called else W.NOT_ASKED,
               wanted=[draw.of(_NEEDS).value], reason=draw.of(_NOT_SERVED))  # fmt: skip


def _groups(story, draw, book, provider) -> None:
    file = File(book, draw, provider, story.today, _workers(provider)[0])
    for week in range(3, _YEARS * 52, 3):
        on = story.today - days(7 * week)
        file.write(GroupService, on=on, service_type=draw.choice((S.PEER, S.OUT)), on_date=on,
                   people=draw.randint(3, 14), quantity=Decimal(2), unit=ServiceUnit.HOUR)  # fmt: skip


# --- The client whom only Lantern House knows, and reports that clients asked for -------------------------------------


def _planted(story: Story) -> None:
    draw, provider, book = Draw("planted"), cast.AGENCIES["lantern"], story.vaults["lantern"]
    given, family = cast.PLANTED_CLIENT
    tansy = staff_of("lantern")[0]
    client = _client(
        story, draw, Names(("moor",)), book, provider, story.today - days(75), source=ReferralSource.HOTLINE,
        worker=tansy, id=cast.PLANTED_CLIENT_ID, given_name=given, family_name=family, called="", restricted=False,
        birth_date=story.today.replace(year=story.today.year - 29, day=1), birth_date_why="", stays=True, reach_why="",
        reach=ways.write([Way(ContactHow.CALL, "555-0177", [ContactCaution.NO_NAMES], "After eight in the evening")]),
    )  # fmt: skip
    client.next_contact_on = story.today
    file = File(book, draw, provider, story.today, tansy, client)
    for ago in (1, 2, 3):  # so that she is among those whom quick entry offers first
        _service(file, S.CM, story.today - days(ago))


def _twice(story: Story) -> None:
    """Clients who came back and were not found in the first file: a letter is wrong there, or an accent is here."""
    draw, provider, book = Draw("twice"), cast.AGENCIES["lantern"], story.vaults["lantern"]
    known = [c for c in book[Client] if c.given_name and c.birth_date and c.pk != cast.PLANTED_CLIENT_ID
             and c.kind == ClientKind.PRINCIPAL and not c.restricted]  # fmt: skip
    for client, ago in zip(draw.sample(known, 2), (20, 6), strict=True):
        given, family = client.given_name, client.family_name
        _client(
            story, draw, Names(("moor",)), book, provider, story.today - days(ago), source=ReferralSource.HOTLINE,
            given_name=given.replace("a", "á", 1), family_name=f"{family[:-1]}{family[-1] * 2}", called="",
            birth_date=client.birth_date, birth_date_why="", language=client.language, restricted=False, stays=True,
        )  # fmt: skip


def _reports(story: Story) -> None:
    """Clients who asked that police be told, and signed for it; the ledger of each says so."""
    draw, book, provider = Draw("reports"), story.vaults["lantern"], cast.AGENCIES["lantern"]
    known = [c for c in book[Client] if c.is_open and not c.restricted and c.given_name in GIVEN]
    for client, ago in zip(draw.sample(known, 3), (2, 30, 140), strict=True):
        day = max(story.today - days(ago), client.first_contact_on)
        expires = day + days(90)
        content = {
            "summary": "I want police to know about the man at the truck stop. I do not want to be called at work.",
            "language": str(client.language), "permission_signed_on": day.isoformat(),
            "permission_expires_on": expires.isoformat(),
        }  # fmt: skip
        fate = "waiting" if ago < 10 else "accepted"
        sent = send(story, draw, ReferralKind.REPORT, "lantern", "riverton_police", day, content, fate)
        if fate == "accepted":
            answer_lead(story, draw, sent, day)
        file = File(book, draw, provider, story.today, staff_of("lantern")[0], client)
        file.write(
            DisclosureEntry, on=day, at=sent.sent_at, to_agency_id=cast.AGENCIES["riverton_police"].id,
            referral_id=sent.id, basis=DisclosureBasis.PERMISSION, purpose="She asks police to look into it",
            items=[DisclosureItem.SUMMARY.value, DisclosureItem.LANGUAGE.value], content=content,
            permission_signed_on=day, permission_expires_on=expires, bridge_done=True,
        )  # fmt: skip


