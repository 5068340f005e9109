"""Five fields open a record. The rest is asked once, at the milestone where it is known.

The table is the whole of it. Nothing in a client's record asks for contact with police, a signature or immigration
status at the door: shelter and services are not conditional on them (34 USC 20703(k), 12291(b)(2)), and status appears
only when she asks for relief. Columns are named as in the case file where they go there.
"""

from collections.abc import Collection
from dataclasses import dataclass

from concord.vocabulary import Milestone, RecordKind


@dataclass(frozen=True)
class Field:
    """A question on a record: the column it fills, the words people read, and the milestone that asks it."""

    kind: RecordKind
    milestone: Milestone
    name: str
    words: str


def _fields(kind: RecordKind, milestone: Milestone, **questions: str) -> tuple[Field, ...]:
    return tuple(Field(kind, milestone, name, words) for name, words in questions.items())


FIELDS: tuple[Field, ...] = (
    *_fields(
        RecordKind.LEAD,
        Milestone.OPENING,
        received_on="When did it come in?",
        source="From where?",
        trafficking_type="Sex, labor, both, or not yet known?",
        county="Where is it said to happen?",
        summary="What was said?",
    ),
    *_fields(
        RecordKind.LEAD,
        Milestone.TRIAGE,
        caller_permission="What may be passed on?",
        minors="Is a minor said to be involved?",
        danger_now="Is someone in danger now?",
        labor_considered="Was labor trafficking considered?",
    ),
    *_fields(
        RecordKind.LEAD,
        Milestone.CLOSURE,
        decision="What was decided?",
        no_action_reason="If nothing: why?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.OPENING,
        opened_on="When was it opened?",
        source="What led to it?",
        trafficking_type="Sex, labor, both, or not yet known?",
        proactive="Proactive or reactive?",
        initially_classified_as="Opened as what kind of offence?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.VICTIM_IDENTIFIED,
        victim_status="Potential or confirmed, decided by whom?",
        identified_by="Who first saw it?",
        age_at_first_act="How old at the first act?",
        means="What methods of control?",
        venue="Where?",
        industry="In what trade?",
        referred_to_services_on="When were services offered by referral?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.SCREENING,
        screened="Was the person screened? Declined and unable are answers.",
        screening_tool="With which tool and version?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.SUSPECT_IDENTIFIED,
        suspect_role="What part did the suspect play?",
        relationship="What was the suspect to the victim?",
        also_victim="Is the suspect also a victim?",
        race="Race as recorded",
        race_source="Who said so?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.ARREST,
        charges="Which charges, count by count?",
        legal_basis="If a possible victim: on what legal ground?",
        stated_purpose="If a possible victim: what was it for?",
        alternatives="If a possible victim: what was considered instead?",
        advocate_called="If a possible victim: was an advocate called?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.PROSECUTION_REFERRAL,
        methods="How was it investigated?",
        referred_to_prosecution_on="When did it go to the prosecutor?",
        forum="To which courts?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.CHARGING,
        prosecution_decision="Accepted or declined?",
        decision_reason="Why?",
        reason_not_trafficking="If not charged as trafficking: why?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.DISPOSITION,
        dispositions="What became of each count?",
        sentence="What sentence?",
        restitution="Restitution asked, ordered, paid?",
        took_part="Did the victim take part?",
    ),
    *_fields(
        RecordKind.INVESTIGATION,
        Milestone.CLOSURE,
        closed_on="When was it closed?",
        closed_how="How?",
    ),
    *_fields(
        RecordKind.CLIENT,
        Milestone.OPENING,
        first_contact_on="When did you first speak?",
        called="What would she or he like to be called?",
        safe_contact="How is it safe to reach her or him?",
        language="In which language?",
        need_now="What is needed now?",
    ),
    *_fields(
        RecordKind.CLIENT,
        Milestone.ENROLMENT,
        referral_source="Who sent her or him?",
        age="How old?",
        gender="Gender",
        race="Race and ethnicity, if she or he wants to say",
        trafficking_type="Sex, labor, both, or not yet known?",
        living_situation="Where is she or he living?",
        family_served="Is family served too?",
    ),
    *_fields(
        RecordKind.CLIENT,
        Milestone.SERVICE_PLAN,
        needs="Which services does she or he want?",
        safety_plan="What would make her or him safer?",
        record_relief_offered="Was help with a criminal record offered?",
    ),
    *_fields(
        RecordKind.CLIENT,
        Milestone.RELIEF_REQUEST,
        relief="Which relief?",
        citizenship="Citizenship or status, for the request only",
    ),
    *_fields(
        RecordKind.CLIENT,
        Milestone.CLOSURE,
        closed_on="When was the file closed?",
        closure_reason="Why?",
        living_situation_at_exit="Where is she or he living now?",
    ),
)


def asked_at(kind: RecordKind, milestone: Milestone) -> tuple[Field, ...]:
    """What a milestone asks of a record; nothing where it does not concern that record."""
    return tuple(field for field in FIELDS if field.kind is kind and field.milestone is milestone)


def opening(kind: RecordKind) -> tuple[Field, ...]:
    return asked_at(kind, Milestone.OPENING)


def still_to_ask(kind: RecordKind, reached: Collection[Milestone], answered: Collection[str]) -> tuple[Field, ...]:
    """Fields of the milestones reached that nobody has answered yet. A milestone not reached asks nothing.

    "Not asked" and "declined" are answers: put their fields in `answered` too.
    """
    return tuple(
        field for field in FIELDS if field.kind is kind and field.milestone in reached and field.name not in answered
    )
