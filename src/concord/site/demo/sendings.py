"""What crossed the bridge: referrals to providers, inquiries, leads passed on; calls for an advocate and the roster."""

import datetime as dt
from uuid import UUID

from concord.site.bridge import envelope
from concord.site.bridge.models import AdvocateCall, DutyShift, Referral
from concord.site.demo import cast
from concord.site.demo.casefiles import write_lead
from concord.site.demo.draws import Draw, at, days
from concord.site.demo.story import Sending, Story, staff_of
from concord.site.justice.codes import LeadDecision
from concord.site.justice.models import Investigation, Person, ReferralAnswer, SentReferral
from concord.vocabulary import (
    AgeGroup,
    Answer,
    CallerPermission,
    ContactCaution,
    Gender,
    LeadSource,
    NoActionReason,
    PersonRole,
    ReferralKind,
    ServiceType,
    SpokenLanguage,
    TraffickingType,
)

K = ReferralKind
TABLES = (Referral, AdvocateCall, DutyShift)
UNDECIDED_DAYS = 9
_PROVIDERS = ("lantern", "open_gate", "harbor")
_SAID = (
    "Wants somebody to talk to who is not police. Asked for a bed for tonight.",
    "Asked about a place to stay and about papers. An advocate may call.",
    "Would like help with getting home to family. Speaks little English.",
    "Said yes to being called. Has a small child with her.",
)
_PASSED_ON = (
    "Three inspections of one restaurant found the same passports in a drawer and nobody who would speak.",
    "A hotel reports one person paying for four rooms, and guests who stay for twenty minutes.",
    "A pay slip with a deduction for a bed, a van and a uniform leaves nothing to be paid.",
    "A neighbor of a house on the ridge says that people who clean there are locked in at night.",
)


def write(story: Story) -> None:
    """After the investigations are written, and before the client files: those rest on what was sent."""
    draw = Draw("bridge")
    _victims_referred(story, draw)
    _inquiries(story, draw)
    _leads_passed_on(story, draw)


def seal_all(story: Story) -> None:
    """The bridge's rows, sealed to their recipients. Needs the agencies' keys; nothing else of the story does."""
    publics = {agency.pk: agency.public_key for agency in _agencies(story)}
    for sent in story.sendings:
        to = cast.AGENCIES[sent.to].id
        story.hub.write(
            Referral(
                id=sent.id, kind=sent.kind, from_agency_id=cast.AGENCIES[sent.sender].id, to_agency_id=to,
                sent_by_id=sent.sent_by, content=envelope.seal(sent.content, public=publics[to], referral=sent.id),
                sent_at=sent.sent_at, received_at=sent.sent_at,
            )
        )  # fmt: skip


def _agencies(story: Story):
    return [row for model, rows in story.hub.pages.items() if model.__name__ == "Agency" for row in rows]


def send(
    story: Story, draw: Draw, kind: K, sender: str, to: str, day: dt.date, content: dict, fate: str = ""
) -> Sending:
    """One referral. Older ones have all been decided by whoever received them; the last days' may still wait."""
    if not fate:
        waiting = (story.today - day).days <= UNDECIDED_DAYS and draw.maybe(0.7)
        fate = "waiting" if waiting else draw.of({"accepted": 78, "declined": 22})
    sent = Sending(
        id=draw.id(), kind=kind, sender=sender, to=to, sent_at=draw.moment(day, 0, 23 if day < story.today else 0),
        sent_by=draw.choice(staff_of(sender)).id, content=content, fate=fate,
    )  # fmt: skip
    story.sendings.append(sent)
    return sent


def _victims_referred(story: Story, draw: Draw) -> None:
    """People of investigations who were told of a provider, and of whom nobody hears again."""
    holders = {agency.id: agency for agency in cast.AGENCIES.values()}
    opened = {case.pk: case for case in story.justice[Investigation]}
    for person in story.justice[Person]:
        if not set(person.roles) & set(PersonRole.victims()) or not draw.maybe(0.34):
            continue
        case, holder = opened[person.investigation_id], holders[person.agency_id]
        day = min((person.identified_on or case.opened_on) + days(draw.randint(0, 6)), story.today - days(1))
        to = draw.choice(_providers_near(holder))
        sent = send(story, draw, K.SERVICES, holder.key, to, day, _content(draw, person))
        person.referred_to_services_on = day
        story.justice.write(
            SentReferral(
                id=sent.id, agency_id=holder.id, created_by_id=sent.sent_by, created_at=sent.sent_at, kind=K.SERVICES,
                person_id=person.pk, investigation_id=person.investigation_id, to_agency_id=cast.AGENCIES[to].id,
                sent_at=sent.sent_at, bridge_done=True,
            )
        )  # fmt: skip


def _providers_near(agency: cast.Agency) -> list[str]:
    forces = set(agency.task_forces)
    return [key for key in _PROVIDERS if forces & set(cast.AGENCIES[key].task_forces)]


def _content(draw: Draw, person: Person | None = None) -> dict:
    content = {
        "summary": draw.choice(_SAID),
        "age_group": str(person.age_group) if person else draw.choice(list(AgeGroup)).value,
        "language": draw.of({SpokenLanguage.ENGLISH: 60, SpokenLanguage.SPANISH: 30, SpokenLanguage.TAGALOG: 10}).value,
        "wants": [code.value for code in draw.some((ServiceType.HOU, ServiceType.CRI, ServiceType.LEG_I), 2)],
    }
    if draw.maybe(0.6):
        content["safe_contact"] = f"555-01{draw.randint(80, 99)}, after {draw.choice(('noon', 'six'))}"
        content["contact_caution"] = [draw.choice(list(ContactCaution)).value]
    return content


def _inquiries(story: Story, draw: Draw) -> None:
    """People who asked the wrong door for help; never leads."""
    for _ in range(36):
        sender = draw.choice(("riverton_coordination", "labor_standards", "alder_victim_unit", "regional_coordination"))
        day = story.today - days(draw.randint(1, 700))
        send(story, draw, K.INQUIRY, sender, draw.choice(_providers_near(cast.AGENCIES[sender])), day, _content(draw))
    for day_ago in (0, 1, 2):
        send(story, draw, K.INQUIRY, "riverton_coordination", "lantern", story.today - days(day_ago), _content(draw),
             "waiting")  # fmt: skip


def _leads_passed_on(story: Story, draw: Draw) -> None:
    """One agency passes a lead to another; what it became stands with the recipient alone."""
    routes = (("labor_standards", "riverton_police"), ("alder_victim_unit", "alder_sheriff"),
              ("riverton_coordination", "riverton_police"), ("state_police", "larkmoor_police"),
              ("regional_coordination", "state_police"))  # fmt: skip
    for n in range(44):
        sender, to = draw.choice(routes)
        waiting = n < 4
        day = story.today - days(draw.randint(1, 5) if waiting else draw.randint(12, 1000))
        if waiting:
            sender, to = routes[0] if n % 2 else routes[2]
        content = {
            "summary": draw.choice(_PASSED_ON),
            "trafficking_type": (TraffickingType.LABOR if "labor" in sender else TraffickingType.NOT_YET_KNOWN).value,
            "permissions": [CallerPermission.PASS_WITHOUT_NAME.value],
        }
        sent = send(story, draw, K.LEAD, sender, to, day, content, "waiting" if waiting else "")
        if sent.fate != "waiting":
            answer_lead(story, draw, sent, day)


def answer_lead(story: Story, draw: Draw, sent: Sending, day: dt.date) -> None:
    """A lead or a report that its recipient took on or turned down."""
    to, decided = cast.AGENCIES[sent.to], day + days(2)
    by = staff_of(sent.to)[0].id
    lead = None
    if sent.fate == "accepted":
        kind = TraffickingType(sent.content.get("trafficking_type", TraffickingType.SEX))
        source = LeadSource.PROVIDER if sent.kind is K.REPORT else LeadSource.OTHER_AGENCY
        lead = write_lead(
            story.justice, draw, to, day, kind, source, from_agency_id=cast.AGENCIES[sent.sender].id,
            referral_id=sent.id, summary=sent.content["summary"], caller=None,
            caller_permission=CallerPermission.PASS_WITHOUT_NAME, decision=LeadDecision.NO_ACTION,
            no_action_reason=draw.of({NoActionReason.TOO_LITTLE: 5, NoActionReason.OUTSIDE_AREA: 2}),
            decided_on=decided + days(9), decided_by_id=by, labor_considered=Answer.YES,
        )  # fmt: skip
    story.justice.write(
        ReferralAnswer(
            id=draw.id(), agency_id=to.id, created_by_id=by, created_at=at(decided, 10), referral_id=sent.id,
            lead_id=lead and lead.pk, decided_on=decided,
            declined_reason="" if lead else NoActionReason.ALREADY_OPEN,
        )
    )  # fmt: skip


# --- Calls and the roster ---------------------------------------------------------------------------------------------


def calls_and_shifts(story: Story) -> None:
    draw = Draw("roster")
    for n in range(30):
        caller = draw.choice(("riverton_police", "alder_sheriff", "state_police"))
        _call(story, draw, caller, story.today - days(draw.randint(2, 800)), answered=n % 9 != 0)
    for caller, in_days in (("riverton_police", 0), ("riverton_police", 1), ("alder_sheriff", 0)):
        _call(story, draw, caller, story.today + days(in_days), answered=False)
    for offset in range(-6, 8):
        for provider, force in (("lantern", "riverton"), ("open_gate", "three_rivers")):
            _shift(story, draw, provider, force, story.today + days(offset))


def _call(story: Story, draw: Draw, caller: str, day: dt.date, *, answered: bool) -> None:
    agency = cast.AGENCIES[caller]
    force = "riverton" if "riverton" in agency.task_forces else agency.task_forces[0]
    provider = "lantern" if force == "riverton" else "open_gate"
    begins = at(day, draw.choice((17, 19, 21)))
    asked = begins - dt.timedelta(hours=draw.randint(20, 60))
    answer = {
        "answered_at": asked + dt.timedelta(minutes=draw.randint(4, 300)),
        "answered_by_agency_id": cast.AGENCIES[provider].id,
        "answered_by_id": staff_of(provider)[0].id,
        "answered_phone": cast.AGENCIES[provider].phone,
    }
    story.hub.write(
        AdvocateCall(
            id=draw.id(), agency_id=agency.id, created_by_id=staff_of(caller)[0].id, created_at=asked,
            task_force_id=cast.TASK_FORCES[force].id, window_from=begins, window_until=begins + dt.timedelta(hours=6),
            people=draw.choice((None, 1, 2, 4)), languages=[draw.choice(list(SpokenLanguage)[:4]).value],
            genders=[Gender.FEMININE.value], minors=draw.choice(list(Answer)).value, **(answer if answered else {}),
        )
    )  # fmt: skip


def _shift(story: Story, draw: Draw, provider: str, force: str, day: dt.date) -> None:
    people = staff_of(provider)
    who: UUID = people[day.toordinal() % 2 if provider == "open_gate" else (day.toordinal() % 2) * 3].id
    story.hub.write(
        DutyShift(
            id=draw.id(), agency_id=cast.AGENCIES[provider].id, created_by_id=people[0].id,
            created_at=at(story.today - days(14), 11), task_force_id=cast.TASK_FORCES[force].id, staff_id=who,
            phone=cast.AGENCIES[provider].phone, begins_at=at(day, 17), ends_at=at(day + days(1), 8),
        )
    )  # fmt: skip
