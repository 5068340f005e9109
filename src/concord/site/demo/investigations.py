"""Three years of investigations: some four hundred, with what real files lack, and a few that the tour looks at."""

import datetime as dt

from concord.site.demo import cast, courts, roster
from concord.site.demo.casefiles import (
    LABOR_SOURCES,
    SOURCES,
    Case,
    adopt,
    close_case,
    code_names,
    join_team,
    lead_for,
    neighbours,
    open_case,
    write_lead,
)
from concord.site.demo.courts import D, Way
from concord.site.demo.draws import ENDINGS, Draw, Names, at, days
from concord.site.demo.story import Story, staff_of
from concord.site.justice.codes import HearingKind, LeadDecision
from concord.site.justice.models import Lead, Person
from concord.vocabulary import (
    Answer,
    ArrestStatedPurpose,
    ChargeClass,
    ClosedHow,
    Forum,
    InvestigationMethod,
    LeadSource,
    NoActionReason,
    PersonRole,
    ProsecutionDecision,
    Role,
    Sector,
    SuspectOutcome,
    TraffickingType,
    VictimStatus,
)

T, R, V = TraffickingType, PersonRole, VictimStatus
ORDINARY = 394
YEARS = 3

#: Titles of the investigations that the tour opens.
LABOR_CASE = "Copper Orchard"
DUAL_CASE = "Slate Weathervane"
LAPSED_CASE = "Pewter Ferryman"

HOLDERS = {"riverton_police": 30, "alder_sheriff": 17, "larkmoor_police": 14, "state_police": 25,
           "labor_standards": 4, "alder_da": 4, "attorney_general": 4}  # fmt: skip
KINDS = {T.SEX: 81, T.LABOR: 8, T.BOTH: 3, T.NOT_YET_KNOWN: 8}
WAITING_LEADS = {"riverton_police": 11, "alder_sheriff": 4, "larkmoor_police": 4, "state_police": 5,
                 "labor_standards": 3}  # fmt: skip
NO_ACTION_LEADS = 150
_NO_ACTION = {
    NoActionReason.TOO_LITTLE: 38, NoActionReason.NOT_TRAFFICKING: 27, NoActionReason.OUTSIDE_AREA: 12,
    NoActionReason.DUPLICATE: 9, NoActionReason.CALLER_WISH: 8, NoActionReason.UNSAFE_TO_ACT: 3,
    NoActionReason.OTHER: 3,
}  # fmt: skip


def write(story: Story) -> None:
    """Everything of the justice store but what was sent over the bridge."""
    draw, names = Draw("justice"), Names(ENDINGS["justice"])
    titles = iter(code_names(draw))
    for _ in range(ORDINARY):
        _ordinary(_new_case(story, draw, names), next(titles))
    _labor_case(story, draw, names)
    _dual_case(story, draw, names)
    _lapsed_case(story, draw, names)
    _reviews_of_this_week(story, draw, names, titles)
    _other_leads(story, draw)


def _new_case(story: Story, draw: Draw, names: Names) -> Case:
    holder = cast.AGENCIES[draw.of(HOLDERS)]
    kind = draw.of(KINDS)
    if holder.sector is Sector.LABOR_REGULATOR:
        kind = T.LABOR
    ago = 1 + int(YEARS * 365 * draw.random() ** 1.1)
    return Case(story.justice, draw, names, holder, story.today, story.today - days(ago), kind)


def _ordinary(case: Case, title: str) -> None:
    draw = case.draw
    open_case(case, title)
    if draw.maybe(0.62):
        lead_for(case)
    victims = _victims(case)
    suspects = _suspects(case)
    _both(case, victims, suspects)
    if victims and suspects:
        roster.pair_up(case, victims, suspects, draw.within(case.opened, min(case.today, case.opened + days(30))))
    _partners(case)
    ended = _pursue(case, victims, suspects)
    _arrests_of_victims(case, victims)
    _close(case, suspects, ended)
    _judge(case, victims)


def _victims(case: Case) -> list[Person]:
    draw = case.draw
    if case.kind is T.NOT_YET_KNOWN and draw.maybe(0.5):
        return []
    n = draw.choices((0, 1, 2, 3, 6, 11), (14, 22, 24, 20, 13, 7) if case.is_labor else (9, 54, 22, 10, 4, 1))[0]
    found = []
    for _ in range(n):
        on = draw.within(case.opened, min(case.today, case.opened + days(45)))
        person = roster.add_person(case, [R.POTENTIAL_VICTIM], on=on, named=draw.maybe(0.6))
        if draw.maybe(0.5) and person.given_name:
            roster.born(case, person)
        found.append(person)
    return found


def _suspects(case: Case) -> list[Person]:
    """Suspects who were seen; about one case in six never has one, and some stay without a name."""
    draw = case.draw
    if draw.maybe(0.17):
        return []
    first = R.EMPLOYER if case.is_labor else R.PRIMARY
    others = (R.FACILITATOR, R.RECRUITER, R.ENFORCER) if case.is_labor else (R.RECRUITER, R.FACILITATOR, R.BUYER)
    roles = [first, *(draw.choice(others) for _ in range(draw.choices((0, 1, 2, 3), (58, 26, 11, 5))[0]))]
    found = []
    for role in roles:
        on = draw.within(case.opened, min(case.today, case.opened + days(60)))
        person = roster.add_person(case, [role], on=on, named=draw.maybe(0.82))
        if person.given_name and draw.maybe(0.7):
            roster.born(case, person)
        found.append(person)
    return found


def _both(case: Case, victims: list[Person], suspects: list[Person]) -> None:
    """Now and then somebody who was exploited is also said to have recruited."""
    if victims and suspects and case.draw.maybe(0.03):
        victims[0].roles = [R.POTENTIAL_VICTIM, R.RECRUITER]


def _partners(case: Case) -> None:
    near = [a for a in neighbours(case.holder) if a.sector is Sector.LAW_ENFORCEMENT]
    for agency in near:
        if case.draw.maybe(0.07 if agency.has_accounts else 0.09):
            join_team(case, agency.key, case.opened)
    near_units = {a.key for a in neighbours(case.holder)}
    if "alder_victim_unit" in near_units and case.draw.maybe(0.3):
        join_team(case, "alder_victim_unit", case.opened)
    if "labor_standards" in near_units and case.is_labor and case.draw.maybe(0.6):
        join_team(case, "labor_standards", case.opened)


def _pursue(case: Case, victims: list[Person], suspects: list[Person]) -> Way | None:
    """Arrest, referral, charges, disposition: as far as this case has come. Returns the way it went, if referred."""
    draw, today = case.draw, case.today
    known = [s for s in suspects if s.given_name]
    if not known:
        return None
    about = courts.what_about(case, victims)
    chance = {T.SEX: 0.84, T.LABOR: 0.34, T.BOTH: 0.55, T.NOT_YET_KNOWN: 0.3}[case.kind]
    arrested = case.opened + days(draw.randint(1, 120))
    trafficking = draw.maybe(0.37)
    if draw.maybe(chance) and arrested < today:
        citations = [*courts.TRAFFICKING[about]] if draw.maybe(0.5) else draw.some(courts.INSTEAD[about], 2)
        for suspect in known[:2]:
            courts.arrest_suspect(case, suspect, draw.moment(arrested, 6, 22), citations)
    elif draw.maybe(0.9 if case.is_labor else 0.7):
        return None
    way = _way(case, arrested + days(draw.randint(1, 40)), trafficking)
    if way is None:
        return None
    office, forum = courts.office_for(case), Forum.STATE
    if draw.maybe(0.06):
        adopt(case, way.referred)
        office, forum = cast.AGENCIES["us_attorney"], Forum.FEDERAL
    courts.refer(case, office, way, forum)
    if draw.maybe(0.25):
        courts.weigh(case, office, known[0], [*courts.TRAFFICKING[about], *courts.INSTEAD[about][:1]], way.referred)
    if way.filed:
        courts.file_charges(case, known[:2], victims, way, about, forum)
    if case.file.adopted_federally_on and not way.disposed:
        for suspect in known[:2]:
            suspect.outcome, suspect.outcome_on = SuspectOutcome.ADOPTED_FEDERALLY, way.referred
    return way


def _way(case: Case, referred: dt.date, trafficking: bool) -> Way | None:
    draw, today = case.draw, case.today
    if referred >= today:
        return None
    decided = referred + days(draw.randint(3, 75))
    if decided >= today:
        return Way(referred, None, D.PENDING, None, None, trafficking)
    if draw.maybe(0.17):
        return Way(referred, decided, D.DECLINED, None, None, trafficking)
    disposed = decided + days(draw.randint(90, 520))
    return Way(referred, decided, D.ACCEPTED, decided, disposed if disposed < today else None, trafficking)


def _arrests_of_victims(case: Case, victims: list[Person]) -> None:
    """In stings mostly; half of these arrests were meant to protect, to press or to bring to services."""
    sting = InvestigationMethod.UNDERCOVER_STING in case.file.methods
    for victim in victims[:3]:
        if case.is_labor or not case.draw.maybe(0.3 if sting else 0.06):
            continue
        on = case.draw.within(case.opened, min(case.opened + days(30), case.today - days(12)))
        if on < case.today - days(10):
            courts.arrest_survivor(case, victim, case.draw.moment(on, 0, 23))


def _close(case: Case, suspects: list[Person], way: Way | None) -> None:
    draw, age = case.draw, (case.today - case.opened).days
    if way and way.disposed:
        if draw.maybe(0.9):
            close_case(case, ClosedHow.ADJUDICATED, way.disposed)
        return
    if way and (way.filed or way.decision is D.PENDING):
        return
    if not draw.maybe(0.86 if age > 365 else 0.5 if age > 150 else 0.08):
        return
    on = draw.within(case.opened + days(60), case.today - days(1))
    if way:
        on = max(on, way.decided)
        how = {ClosedHow.DECLINED_BY_PROSECUTOR: 8, ClosedHow.EXCEPTIONAL_DECLINED: 2}
    elif suspects:
        how = {ClosedHow.INSUFFICIENT: 40, ClosedHow.UNFOUNDED: 18, ClosedHow.EXCEPTIONAL_VICTIM: 14,
               ClosedHow.VICTIM_WISH: 12, ClosedHow.REFERRED_OUT: 10, ClosedHow.ADMINISTRATIVE: 6}  # fmt: skip
    else:
        how = {ClosedHow.INSUFFICIENT: 36, ClosedHow.UNFOUNDED: 34, ClosedHow.REFERRED_OUT: 16,
               ClosedHow.ADMINISTRATIVE: 14}  # fmt: skip
    close_case(case, draw.of(how), min(max(on, case.opened), case.today))
    for suspect in suspects:
        suspect.outcome = SuspectOutcome.NO_ACTION


def _judge(case: Case, victims: list[Person]) -> None:
    unfounded = case.file.closed_how == ClosedHow.UNFOUNDED
    for victim in victims:
        chances = {V.DETERMINED_NOT: 60, V.POTENTIAL: 40} if unfounded else {V.CONFIRMED: 46, V.POTENTIAL: 44,
                                                                            V.DETERMINED_NOT: 10}  # fmt: skip
        roster.judge(case, victim, victim.identified_on or case.opened, case.draw.of(chances))


# --- Investigations that the tour looks at ----------------------------------------------------------------------------


def _given_case(story, draw, names, holder: str, opened_days_ago: int, kind) -> Case:
    opened = story.today - days(opened_days_ago)
    return Case(story.justice, draw, names, cast.AGENCIES[holder], story.today, opened, kind)


def _labor_case(story: Story, draw: Draw, names: Names) -> None:
    """Forty workers of one orchard, six who held them there, going federal."""
    case = _given_case(story, draw, names, "riverton_police", 420, T.LABOR)
    detective = staff_of("riverton_police")[0].id
    open_case(case, LABOR_CASE, id=cast.LABOR_CASE_ID, source=LeadSource.LABOR_INSPECTION, lead_staff_id=detective,
              counties=["Alder"], proactive=False, proactive_why="", initially_classified_as=ChargeClass.WAGE,
              initially_classified_as_why="")  # fmt: skip
    lead_for(case)
    for agency in ("alder_da", "us_attorney", "labor_standards", "fbi", "alder_victim_unit"):
        join_team(case, agency, case.opened + days(30))
    on = case.opened + days(9)
    victims = [roster.add_person(case, [R.POTENTIAL_VICTIM], on=on, named=n < 31) for n in range(40)]
    roles = (R.EMPLOYER, R.EMPLOYER, R.RECRUITER, R.RECRUITER, R.ENFORCER, R.FACILITATOR)
    suspects = [roster.add_person(case, [role], on=on + days(20), named=True) for role in roles]
    roster.scheme_of(case, "The orchard and its housing", ["recruitment_fraud", "debt", "documents", "housing"],
                     victims, suspects[:2], on + days(40))  # fmt: skip
    adopted = story.today - days(96)
    for suspect in suspects[:4]:
        courts.arrest_suspect(case, suspect, draw.moment(adopted - days(12), 6, 9), ["PC 236.1(a)", "PC 487m"])
    state = Way(adopted - days(40), adopted - days(30), D.DECLINED, None, None, True)
    courts.refer(case, cast.AGENCIES["alder_da"], state)
    courts.weigh(case, cast.AGENCIES["alder_da"], suspects[0], ["PC 236.1(a)", "PC 487m"], adopted - days(38),
                 "Forty workers, one scheme: the federal statute reaches the recruiters abroad.")  # fmt: skip
    adopt(case, adopted)
    federal = Way(adopted, adopted + days(20), D.ACCEPTED, adopted + days(21), None, True)
    courts.refer(case, cast.AGENCIES["us_attorney"], federal, Forum.FEDERAL)
    courts.weigh(case, cast.AGENCIES["us_attorney"], suspects[0], ["18 USC 1589(a)", "18 USC 1351"], adopted + days(5))
    docket = courts.file_charges(case, suspects[:4], victims, federal, "labor", Forum.FEDERAL)
    courts.set_hearing(case, docket, suspects[0], HearingKind.MOTION, story.today + days(2), notified=False)
    for n, victim in enumerate(victims):
        roster.judge(case, victim, on, V.CONFIRMED if n < 22 else V.POTENTIAL)


def _dual_case(story: Story, draw: Draw, names: Names) -> None:
    """Somebody who was made to recruit: a victim and a suspect, arrested, the review still open."""
    case = _given_case(story, draw, names, "riverton_police", 130, T.SEX)
    open_case(case, DUAL_CASE, id=cast.DUAL_CASE_ID, source=LeadSource.HOTLINE,
              lead_staff_id=staff_of("riverton_police")[0].id)  # fmt: skip
    lead_for(case)
    join_team(case, "alder_da", case.opened + days(10))
    join_team(case, "alder_victim_unit", case.opened + days(10))
    first = roster.add_person(case, [R.POTENTIAL_VICTIM], on=case.opened, named=True, age=22, age_why="")
    both = roster.add_person(case, [R.POTENTIAL_VICTIM, R.RECRUITER], on=case.opened + days(6), named=True, age=19,
                             age_why="", id=cast.DUAL_PERSON_ID)  # fmt: skip
    leader = roster.add_person(case, [R.PRIMARY], on=case.opened + days(8), named=True)
    roster.pair_up(case, [first, both], [leader, both], case.opened + days(12))
    courts.arrest_suspect(case, leader, draw.moment(case.opened + days(70)), ["PC 266h(a)"])
    courts.arrest_survivor(case, both, at(story.today - days(2), 21, 40), citation="PC 266i(a)",
                           stated_purpose=ArrestStatedPurpose.LEVERAGE, waits=True)  # fmt: skip
    way = Way(story.today - days(9), None, ProsecutionDecision.PENDING, None, None, False)
    courts.refer(case, cast.AGENCIES["alder_da"], way)
    courts.weigh(case, cast.AGENCIES["alder_da"], both, ["PC 236.1(b)", "PC 266i(a)"], story.today - days(6),
                 "She is a victim of the same man. Do not charge her; ask whether she wants to be heard.")  # fmt: skip
    roster.judge(case, first, case.opened, V.CONFIRMED)
    roster.judge(case, both, case.opened + days(6), V.POTENTIAL)


def _lapsed_case(story: Story, draw: Draw, names: Names) -> None:
    """Held by an agency whose MOU has expired: its partners on the team cannot open the file today."""
    case = _given_case(story, draw, names, "larkmoor_police", 200, T.SEX)
    open_case(case, LAPSED_CASE, source=LeadSource.OTHER_AGENCY)
    join_team(case, "alder_sheriff", case.opened)
    join_team(case, "cinder_lake", case.opened)
    victim = roster.add_person(case, [R.POTENTIAL_VICTIM], on=case.opened, named=False)
    roster.judge(case, victim, case.opened, V.POTENTIAL)


def _reviews_of_this_week(story: Story, draw: Draw, names: Names, titles) -> None:
    """Arrests that wait for a supervisor today: in time and overdue, for purposes that conform and that do not."""
    for hours, purpose in (
        (20, ArrestStatedPurpose.PROTECTION),
        (44, ArrestStatedPurpose.ENFORCEMENT),
        (66, ""),
        (118, ArrestStatedPurpose.SERVICES),
    ):
        case = _given_case(story, draw, names, "riverton_police", draw.randint(8, 50), T.SEX)
        open_case(case, next(titles), source=LeadSource.PROACTIVE_OPERATION, proactive=True, proactive_why="",
                  methods=[InvestigationMethod.UNDERCOVER_STING])  # fmt: skip
        person = roster.add_person(case, [R.POTENTIAL_VICTIM], on=story.today - days(5), named=True)
        roster.judge(case, person, story.today - days(5), V.POTENTIAL)
        when = at(story.today, 9) - dt.timedelta(hours=hours)
        arrest = courts.arrest_survivor(case, person, when, stated_purpose=purpose, waits=True)
        arrest.created_by_id = staff_of("riverton_police")[0].id


# --- Leads that opened nothing, and those that wait -------------------------------------------------------------------


def _other_leads(story: Story, draw: Draw) -> None:
    today = story.today
    for _ in range(NO_ACTION_LEADS):
        agency = cast.AGENCIES[draw.of(HOLDERS)]
        received = today - days(draw.randint(8, YEARS * 365))
        kind = draw.of({T.SEX: 58, T.LABOR: 13, T.NOT_YET_KNOWN: 29})
        decided = min(received + days(draw.randint(0, 14)), today)
        write_lead(
            story.justice, draw, agency, received, kind, draw.of(SOURCES), decision=LeadDecision.NO_ACTION,
            no_action_reason=draw.of(_NO_ACTION), decided_on=decided, decided_by_id=staff_of(agency.key)[0].id,
            labor_considered=draw.of({Answer.YES: 60, Answer.NO: 40}),
        )  # fmt: skip
    for key, n in WAITING_LEADS.items():
        for i in range(n):
            _waiting_lead(story, draw, cast.AGENCIES[key], i)


def _waiting_lead(story: Story, draw: Draw, agency: cast.Agency, i: int) -> Lead:
    """Due today, overdue, or in a few days; some not yet anybody's."""
    due = story.today + days((0, -1, 1, 0, 3, -4, 2, 5, 0, 7, 1)[i % 11])
    kind = draw.of({T.SEX: 45, T.LABOR: 25, T.NOT_YET_KNOWN: 30})
    source = draw.of(LABOR_SOURCES if kind is T.LABOR else SOURCES)
    detectives = [p for p in staff_of(agency.key) if Role.SUPERVISOR not in p.roles]
    assigned = detectives[0].id if i % 4 != 3 else None
    return write_lead(
        story.justice, draw, agency, min(due - days(draw.randint(1, 6)), story.today - days(1)), kind, source,
        assigned_to_id=assigned, due_on=due if assigned or i % 2 else None,
    )  # fmt: skip



