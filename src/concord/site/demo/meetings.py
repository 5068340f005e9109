"""The task forces' shared record: meetings and who came, protocols, training, outreach."""

import datetime as dt
from decimal import Decimal

from concord.site.collaboration.models import AgendaItem, Attendance, Meeting, Outreach, Protocol, Training
from concord.site.demo import cast
from concord.site.demo.draws import Draw, at, days
from concord.site.demo.story import Book, Story, staff_of
from concord.vocabulary import Audience, MeetingKind, OutreachKind, ProtocolKind, Scope, TraffickingType

TABLES = (Meeting, AgendaItem, Attendance, Protocol, Training, Outreach)
T = TraffickingType
COORDINATORS = {"riverton": "riverton_coordination", "three_rivers": "regional_coordination",
                "statewide": "statewide_coordination"}  # fmt: skip
#: How often somebody of an agency comes. Federal offices and the tribe have no accounts and are members all the same.
_COMES = {"fbi": 0.28, "hsi": 0.34, "cinder_lake": 0.5, "us_attorney": 0.45, "riverton_hospital": 0.3,
          "labor_standards": 0.38, "advisors": 0.7}  # fmt: skip
_AGENDA = (
    "Beds this winter", "When a possible victim is found: what we agreed, and what happened", "Quarter's numbers",
    "Interpreters for the night", "Who trains the new patrol class", "Labor: which trades nobody looks at",
    "Referrals both ways: what is slow", "What the advisors ask us to change", "MOUs that end this year",
)  # fmt: skip
_DECISIONS = ("Agreed; the coordinator writes it up.", "Put off until the next meeting.", "Two agencies try it first.")
_PROTOCOLS = (
    (ProtocolKind.REFERRALS, "Referrals between law enforcement and providers", True),
    (ProtocolKind.CONFIDENTIALITY, "What stays with providers", True),
    (ProtocolKind.ARREST_OF_POSSIBLE_VICTIMS, "When a possible victim is found or arrested", True),
    (ProtocolKind.INFORMATION_SHARING, "Right to know and need to know", False),
    (ProtocolKind.LANGUAGE_ACCESS, "Interpreters", False),
    (ProtocolKind.GRANT_REPORTING, "Quarterly reports", False),
)
_TEXT = (
    "Every person who is met during an operation is screened by herself, by somebody trained to do it. An arrest is "
    "not protection, and no arrest is made to get a statement. The advocate on duty is called before the first "
    "question is asked. What a provider knows stays with the provider."
)
_COURSES = (
    ("What trafficking looks like from a patrol car", Audience.LAW_ENFORCEMENT, T.SEX, 30),
    ("Interviews without harm", Audience.LAW_ENFORCEMENT, T.SEX, 14),
    ("Elements and evidence", Audience.PROSECUTION, T.SEX, 8),
    ("Signs in the emergency room", Audience.HEALTH, T.BOTH, 10),
    ("Schools: whom to call", Audience.SCHOOLS, T.SEX, 12),
    ("Housing and the rules that keep people out", Audience.PROVIDERS, T.BOTH, 8),
    ("Hotels", Audience.BUSINESS, T.SEX, 10),
    ("Wage records and debt: labor cases", Audience.LABOR_AGENCIES, T.LABOR, 3),
    ("Labor trafficking for patrol", Audience.LAW_ENFORCEMENT, T.LABOR, 2),
)
_EVENTS = (
    (OutreachKind.EVENT, Audience.PUBLIC, T.SEX, 12), (OutreachKind.STREET, Audience.PUBLIC, T.SEX, 14),
    (OutreachKind.CAMPAIGN, Audience.PUBLIC, T.BOTH, 4), (OutreachKind.MATERIALS, Audience.BUSINESS, T.SEX, 8),
    (OutreachKind.WORKSITE, Audience.LABOR_AGENCIES, T.LABOR, 3),
)  # fmt: skip


def write(story: Story) -> None:
    for force in cast.TASK_FORCES.values():
        draw = Draw(f"meetings {force.key}")
        _meetings(story, draw, force)
        _protocols(story, draw, force)
        _courses(story, draw, force)
        _events(story, draw, force)


def _row(book: Book, draw: Draw, model, force: cast.TaskForce, on: dt.date, **columns):
    coordinator = COORDINATORS[force.key]
    return book.write(
        model(id=draw.id(), agency_id=cast.AGENCIES[coordinator].id, created_by_id=staff_of(coordinator)[0].id,
              created_at=at(on, 16), task_force_id=force.id, **columns)
    )  # fmt: skip


def _members(force: cast.TaskForce) -> list[cast.Agency]:
    return [agency for agency in cast.AGENCIES.values() if force.key in agency.task_forces]


_NOT_MINUTED_DAYS = 22  # one general meeting of each local and regional task force waits for its minutes


def _meetings(story: Story, draw: Draw, force: cast.TaskForce) -> None:
    """Monthly for the whole task force, with committees between; one is called for next week."""
    every = 61 if force.scope is Scope.STATEWIDE else 30
    for ago in range(-8, 3 * 365, every):
        _meeting(story, draw, force, MeetingKind.GENERAL, story.today - days(ago), 0.72)
    for kind, often, chance in ((MeetingKind.INVESTIGATION, 30, 0.4), (MeetingKind.VICTIM_SERVICES, 45, 0.35),
                                (MeetingKind.LABOR, 180, 0.3), (MeetingKind.SURVIVOR_ADVISORY, 90, 0.3)):  # fmt: skip
        for ago in range(draw.randint(3, often), 3 * 365, often):
            _meeting(story, draw, force, kind, story.today - days(ago), chance)


def _meeting(story: Story, draw: Draw, force: cast.TaskForce, kind: MeetingKind, day: dt.date, chance: float) -> None:
    held = day < story.today
    ago = (story.today - day).days
    minuted = held and ago != _NOT_MINUTED_DAYS and (ago > 20 or draw.maybe(0.5))
    meeting = _row(
        story.hub, draw, Meeting, force, day - days(14), kind=kind, begins_at=at(day, draw.choice((9, 10, 14))),
        place=draw.choice(("County building, room 210", "Lantern House", "By video")),
        minutes_at=at(day, 16) if minuted else None, minutes="As on the agenda." if minuted else "",
    )  # fmt: skip
    for position, words in enumerate(draw.some(_AGENDA, 4, 2), start=1):
        _row(story.hub, draw, AgendaItem, force, day - days(14), meeting_id=meeting.pk, position=position, words=words,
             decision=draw.choice(_DECISIONS) if minuted else "")  # fmt: skip
    if not minuted:
        return
    for agency in _members(force):
        if draw.maybe(_COMES.get(agency.key, 0.85) * (chance / 0.72)):
            _row(story.hub, draw, Attendance, force, day, meeting_id=meeting.pk, attendee_id=agency.id,
                 people=draw.choices((1, 2, 3), (7, 2, 1))[0], remote=draw.maybe(0.4))  # fmt: skip


def _protocols(story: Story, draw: Draw, force: cast.TaskForce) -> None:
    """What is in force, one of it overdue for its review; the arrests protocol is a second version."""
    for n, (kind, title, seen) in enumerate(_PROTOCOLS):
        adopted = story.today - days(draw.randint(420, 700))
        review = story.today + days(-25 if n == 4 else draw.randint(40, 300))
        before = None
        if kind is ProtocolKind.ARREST_OF_POSSIBLE_VICTIMS:
            before = _row(
                story.hub, draw, Protocol, force, adopted - days(800), kind=kind, title=title, version=1,
                text="Officers use their judgement. An advocate may be called after the interview.",
                adopted_on=adopted - days(800), review_on=adopted, replaced_on=adopted,
            )  # fmt: skip
        _row(
            story.hub, draw, Protocol, force, adopted, kind=kind, title=title, version=2 if before else 1, text=_TEXT,
            adopted_on=adopted, review_on=review, survivors_reviewed=seen, replaces_id=before and before.pk,
        )  # fmt: skip


def _courses(story: Story, draw: Draw, force: cast.TaskForce) -> None:
    givers = [agency for agency in _members(force) if agency.has_accounts]
    for title, audience, topic, weight in _COURSES:
        for _ in range(draw.randint(0, weight)):
            on = story.today - days(draw.randint(5, 3 * 365))
            _row(story.hub, draw, Training, force, on, held_on=on, title=title, given_by_id=draw.choice(givers).id,
                 audience=audience, topic=topic, hours=Decimal(draw.choice((1, 2, 4, 8))),
                 people=draw.randint(6, 60))  # fmt: skip


def _events(story: Story, draw: Draw, force: cast.TaskForce) -> None:
    givers = [agency for agency in _members(force) if agency.has_accounts]
    for kind, audience, topic, weight in _EVENTS:
        for _ in range(draw.randint(1, weight)):
            on = story.today - days(draw.randint(5, 3 * 365))
            reached = draw.randint(10, 400) if draw.maybe(0.8) else None
            _row(story.hub, draw, Outreach, force, on, held_on=on, title=kind.label, kind=kind,
                 given_by_id=draw.choice(givers).id, audience=audience, topic=topic, people_reached=reached,
                 materials=draw.randint(50, 900) if kind is OutreachKind.MATERIALS else None)  # fmt: skip
