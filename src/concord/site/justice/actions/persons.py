"""People of an investigation: a roster first, names when they are known, judgements as dated events."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from concord.law.elements import VALUES
from concord.law.wall import Viewer
from concord.site.justice.actions.common import change, held_by, in_one_step, locked, require_open, today
from concord.site.justice.models import Assertion, Investigation, Pair, Person, Scheme, VictimStatusEvent
from concord.site.pages.objections import Objection
from concord.vocabulary import Answer, Basis, Element, PersonRole, StatusDecider, VictimStatus

MOST_AT_ONCE = 500
_SEALED = ("given_name", "family_name", "other_names", "birth_date", "reach", "note")


@in_one_step
def add_people(
    investigation: Investigation, rows: Sequence[dict], *, decider: StatusDecider, by: Viewer
) -> list[Person]:
    """Put people on the roster as Person n, n + 1 ...; whoever is a victim starts as a potential one, from today.

    Each row holds columns of Person; `roles` is needed. All are added, or none.
    """
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise Objection({"": f"Give between one and {MOST_AT_ONCE} people at once."})
    investigation = locked(investigation.pk)
    require_open(investigation)
    last = Person.objects.filter(investigation=investigation).aggregate(n=Max("number"))["n"] or 0
    found = {"identified_on": today()}
    people = [
        Person(**held_by(investigation, by), number=last + n, **(found | row)) for n, row in enumerate(rows, start=1)
    ]
    sealed = [p.pk for p, row in zip(people, rows, strict=True) if any(row.get(name) for name in _SEALED)]
    if sealed:
        settings.CONCORD_RINGS.create_many(investigation.agency_id, sealed)
    Person.objects.bulk_create(people)
    VictimStatusEvent.objects.bulk_create(
        VictimStatusEvent(**held_by(investigation, by), person=person, status=VictimStatus.POTENTIAL,
                          on_date=person.identified_on, decider=decider, decided_by_id=by.staff)
        for person in people if PersonRole.POTENTIAL_VICTIM in person.roles)
    return people


@in_one_step
def same_facts(investigation: Investigation, people: Sequence[Person], facts: dict) -> int:
    """Give many people the same facts at once; an empty answer leaves what each has."""
    require_open(investigation)
    given = {name: value for name, value in facts.items() if value not in (None, "", [])}
    if not given:
        raise Objection({"": "Give at least one fact that holds for all of them."})
    if not people:
        raise Objection({"people": "Choose at least one person."})
    given |= {f"{name}_why": "" for name in given if hasattr(Person, f"{name}_why")}
    return Person.objects.filter(investigation=investigation, pk__in=[p.pk for p in people]).update(**given)


@in_one_step
def change_person(person: Person, facts: dict) -> Person:
    """Change what is known of somebody. A name may not be one that the investigation's title shows to everybody."""
    require_open(person.investigation)
    if "roles" in facts and not facts["roles"]:
        raise Objection({"roles": "Choose at least one role."})
    require_neutral_title(person.investigation, facts)
    change(person, facts)
    return person


def require_neutral_title(investigation: Investigation, facts: dict) -> None:
    """Object where a name in `facts` stands in the investigation's title."""
    title = investigation.code_name.casefold().split()
    for field in ("given_name", "family_name"):
        words = (facts.get(field) or "").casefold().split()
        if any(len(word) > 2 and word in title for word in words):
            raise Objection({field: "The investigation's title holds this name, and titles are seen by many. "
                                    "Change the title first."})


@in_one_step
def record_status(
    person: Person, *, status: VictimStatus, decider: StatusDecider, basis: Basis | str, on: dt.date, note: str,
    by: Viewer,
) -> VictimStatusEvent:
    """A dated judgement: who decided that somebody is a potential victim, a confirmed one, or none, and on what."""
    require_open(person.investigation)
    if on > today():
        raise Objection({"on_date": "This date lies ahead."})
    if status == VictimStatus.CONFIRMED and not basis:
        raise Objection({"basis": "Say on what it rests. A confirmed victim is confirmed on something."})
    event = VictimStatusEvent.objects.create(
        **held_by(person.investigation, by), person=person, status=status, decider=decider, basis=basis, on_date=on,
        note=note, decided_by_id=by.staff)
    change(person, {"roles": _roles_after(person.roles, status)})
    return event


_ROLE_OF = {VictimStatus.POTENTIAL: PersonRole.POTENTIAL_VICTIM, VictimStatus.CONFIRMED: PersonRole.VICTIM}


def _roles_after(roles: list[str], status: VictimStatus) -> list[str]:
    """Roles follow the latest judgement; whoever is no victim and nothing else stays as a witness."""
    others = [role for role in roles if role not in PersonRole.victims()]
    role = _ROLE_OF.get(status)
    return ([role] if role else []) + others or [PersonRole.WITNESS]


# --- Facts of the offence ---------------------------------------------------------------------------------------------


@in_one_step
def make_scheme(
    investigation: Investigation, *, label: str, patterns: list[str], victims: Sequence[Person],
    suspects: Sequence[Person], by: Viewer, relation: str = "",
) -> Scheme:
    """Join every chosen victim with every chosen suspect under one scheme, so that a fact is asserted once for all."""
    require_open(investigation)
    if not victims or not suspects:
        raise Objection({"victims": "Choose at least one victim and one suspect."})
    scheme = Scheme.objects.create(**held_by(investigation, by), label=label, patterns=patterns)
    existing = {
        (pair.victim_id, pair.suspect_id): pair for pair in Pair.objects.filter(investigation=investigation)}
    wanted = {(v.pk, s.pk) for v in victims for s in suspects if v.pk != s.pk}
    Pair.objects.filter(pk__in=[existing[key].pk for key in wanted & existing.keys()]).update(scheme=scheme)
    Pair.objects.bulk_create(
        Pair(**held_by(investigation, by), victim_id=victim, suspect_id=suspect, scheme=scheme, relation=relation)
        for victim, suspect in sorted(wanted - existing.keys()))
    return scheme


@in_one_step
def assert_fact(
    investigation: Investigation, *, of: Pair | Scheme, element: Element, value: str, answer: Answer, basis: Basis,
    on: dt.date, note: str, by: Viewer,
) -> Assertion:
    """Say that a fact holds or was shown not to hold, and on what that rests. Nothing said is unknown."""
    require_open(investigation)
    if value not in [member.value for member in VALUES[element]]:
        raise Objection({"value": "Choose a value of that element."})
    about = {"pair": of} if isinstance(of, Pair) else {"scheme": of}
    return Assertion.objects.create(
        **held_by(investigation, by), **about, element=element, value=value, answer=answer, basis=basis,
        asserted_on=on, note=note)


@in_one_step
def withdraw_fact(claim: Assertion, *, why: str, by: Viewer) -> Assertion:
    """Take a statement back: it stays to be read, with the reason, and counts no more."""
    require_open(claim.investigation)
    if claim.withdrawn_on is not None:
        raise Objection({"": "This statement was already taken back."})
    change(claim, {"withdrawn_on": today(), "withdrawn_by_id": by.staff, "withdrawn_why": why})
    return claim


@in_one_step
def pair_of(investigation: Investigation, *, victim: UUID, suspect: UUID, by: Viewer) -> Pair:
    """The pair of these two, made if it is not there yet."""
    if victim == suspect:
        raise Objection({"suspect": "Choose two different people."})
    pair = Pair.objects.filter(investigation=investigation, victim_id=victim, suspect_id=suspect).first()
    return pair or Pair.objects.create(**held_by(investigation, by), victim_id=victim, suspect_id=suspect)
