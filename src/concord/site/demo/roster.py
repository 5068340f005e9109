"""The people of an investigation, with what is known of them and what is not, and what was asserted of whom."""

import datetime as dt

from concord.law.dates import age_on
from concord.site.demo.casefiles import Case
from concord.site.demo.draws import days
from concord.site.justice.models import Assertion, Pair, Person, Scheme, VictimStatusEvent
from concord.vocabulary import Act as Acts
from concord.vocabulary import (
    AgeGroup,
    Answer,
    Basis,
    Benefit,
    Element,
    IdentifiedBy,
    Industry,
    MeansOfControl,
    PersonRole,
    Race,
    RaceSource,
    Relationship,
    Screened,
    Sex,
    SpokenLanguage,
    StatusDecider,
    TookPart,
    TraffickingType,
    Venue,
    VictimStatus,
    Why,
)
from concord.vocabulary import Means as Meanings
from concord.vocabulary import Purpose as Purposes

T, R, W, V = TraffickingType, PersonRole, Why, VictimStatus

_AGES_SEX = ((10, 14), (15, 17), (18, 24), (25, 50))
_AGES_LABOR = ((13, 17), (18, 24), (25, 62))
_RACES_SEX = {Race.BLACK: 34, Race.WHITE: 27, Race.HISPANIC: 24, Race.ASIAN: 7, Race.AIAN: 4, Race.NHPI: 2,
              Race.MENA: 2}  # fmt: skip
_RACES_LABOR = {Race.HISPANIC: 58, Race.ASIAN: 20, Race.BLACK: 8, Race.WHITE: 7, Race.MENA: 4, Race.NHPI: 3}
_RACES_SUSPECTS = {Race.BLACK: 50, Race.WHITE: 24, Race.HISPANIC: 18, Race.ASIAN: 6, Race.MENA: 2}
_MEANS_SEX = (
    MeansOfControl.PHYSICAL_THREATS, MeansOfControl.PHYSICAL_ABUSE, MeansOfControl.SEXUAL_ABUSE,
    MeansOfControl.TAKES_EARNINGS, MeansOfControl.PSYCHOLOGICAL_ABUSE, MeansOfControl.PSYCHOACTIVE_SUBSTANCE,
    MeansOfControl.FALSE_PROMISES, MeansOfControl.RESTRICTS_MOVEMENT,
)  # fmt: skip
_MEANS_LABOR = (
    MeansOfControl.DEBT_BONDAGE, MeansOfControl.WITHHOLDS_DOCUMENTS, MeansOfControl.EXCESSIVE_HOURS,
    MeansOfControl.THREATS_LAW_ENFORCEMENT, MeansOfControl.FALSE_PROMISES, MeansOfControl.RESTRICTS_MOVEMENT,
    MeansOfControl.THREATENS_FAMILY, MeansOfControl.WITHHOLDS_NECESSITIES,
)  # fmt: skip
_INDUSTRIES = {
    Industry.AGRICULTURE: 25, Industry.RESTAURANTS: 18, Industry.CONSTRUCTION: 14, Industry.DOMESTIC_WORK: 12,
    Industry.HOSPITALITY: 10, Industry.CLEANING: 8, Industry.LANDSCAPING: 5, Industry.TRAVELING_SALES: 4,
    Industry.FACTORIES: 4,
}  # fmt: skip
_VENUES_SEX = {
    Venue.HOTEL: 38, Venue.INTERNET: 18, Venue.STREET: 12, Venue.MASSAGE: 9, Venue.RESIDENTIAL_BROTHEL: 7,
    Venue.NON_RELATIVE_HOME: 8, Venue.RELATIVE_HOME: 4, Venue.DANCE_CLUB: 4,
}  # fmt: skip
_VENUES_LABOR = {Venue.FARM: 28, Venue.BAR: 20, Venue.CONSTRUCTION_SITE: 15, Venue.NON_RELATIVE_HOME: 14,
                 Venue.FACTORY: 8, Venue.HOTEL: 8, Venue.OTHER: 7}  # fmt: skip
_SEEN_BY = {
    IdentifiedBy.LE_LOCAL: 40, IdentifiedBy.SELF: 12, IdentifiedBy.FAMILY_OR_FRIEND: 8, IdentifiedBy.SP_TRAFFICKING: 10,
    IdentifiedBy.LE_STATE: 8, IdentifiedBy.SP_EMERGENCY_DEPARTMENT: 4, IdentifiedBy.EDUCATOR: 3,
    IdentifiedBy.CW_CPS: 5, IdentifiedBy.LE_FEDERAL: 4,
}  # fmt: skip


def _or_why(case: Case, known: float, value, whys=(W.NOT_RECORDED, W.NOT_ASKED, W.DECLINED), empty=""):
    """A value that is known with this chance, and otherwise the reason why it is not."""
    if case.draw.maybe(known):
        return value, ""
    return empty, case.draw.choice(whys)


def add_person(case: Case, roles: list[PersonRole], *, on: dt.date, named: bool, **given) -> Person:
    """One more person on the roster: Person n, with a name or without."""
    victim, labor = bool(set(roles) & set(R.victims())), case.is_labor
    columns = _who_it_is(case, victim, labor) | (_name(case) if named else {})
    if victim:
        columns |= _as_victim(case, labor, columns.get("age"))
    case.people += 1
    return case.write(
        Person, on=on, number=case.people, roles=list(roles),
        identified_on=on if named or case.draw.maybe(0.7) else None, **columns | given,
    )  # fmt: skip


def _name(case: Case) -> dict:
    given, family = case.names.next()
    return {"given_name": given, "family_name": family}


def _who_it_is(case: Case, victim: bool, labor: bool) -> dict:
    draw = case.draw
    age, age_why = _or_why(case, 0.74, _age(case, victim, labor), empty=None)
    sexes = {Sex.FEMALE: 88, Sex.MALE: 12} if not labor else {Sex.FEMALE: 40, Sex.MALE: 60}
    sex, sex_why = _or_why(case, 0.96, draw.of(sexes if victim else {Sex.MALE: 80, Sex.FEMALE: 20}))
    races = (_RACES_LABOR if labor else _RACES_SEX) if victim else _RACES_SUSPECTS
    race, race_why = _or_why(case, 0.8, [draw.of(races)], empty=[])
    source = draw.of({RaceSource.OFFICER: 70 if not victim else 40, RaceSource.SELF: 25, RaceSource.RECORD: 15})
    languages = {SpokenLanguage.SPANISH: 45, SpokenLanguage.ENGLISH: 25, SpokenLanguage.TAGALOG: 10,
                 SpokenLanguage.MANDARIN: 10, SpokenLanguage.MAM: 10}  # fmt: skip
    language, language_why = _or_why(
        case, 0.7, draw.of(languages) if victim and labor else SpokenLanguage.ENGLISH
    )
    return {
        "age": age, "age_why": age_why,
        "age_group": _group(age) if age else draw.of({AgeGroup.UNKNOWN: 3, AgeGroup.ADULT: 2}),
        "sex": sex, "sex_why": sex_why, "gender_why": W.NOT_ASKED,
        "race": race, "race_why": race_why, "race_source": source if race else "",
        "race_source_why": "" if race else W.NOT_APPLICABLE, "language": language, "language_why": language_why,
    }  # fmt: skip


def _age(case: Case, victim: bool, labor: bool) -> int:
    if not victim:
        return case.draw.randint(19, 58)
    if labor:
        return case.draw.randint(*case.draw.choices(_AGES_LABOR, (5, 30, 65))[0])
    return case.draw.randint(*case.draw.choices(_AGES_SEX, (7, 31, 38, 24))[0])


def _group(age: int) -> AgeGroup:
    return AgeGroup.MINOR if age < 18 else AgeGroup.ADULT


def _as_victim(case: Case, labor: bool, age: int | None) -> dict:
    draw = case.draw
    began = case.opened - days(draw.randint(20, 900))
    first_age = age and max(9, age - (case.today - began).days // 365)
    means, means_why = _or_why(case, 0.7, draw.some(_MEANS_LABOR if labor else _MEANS_SEX, 4), empty=[])
    venue, venue_why = _or_why(case, 0.82, draw.of(_VENUES_LABOR if labor else _VENUES_SEX))
    seen_by, seen_why = _or_why(case, 0.78, draw.of(_SEEN_BY))
    industry, industry_why = _or_why(case, 0.85, draw.of(_INDUSTRIES)) if labor else ("", W.NOT_APPLICABLE)
    screened = draw.of({Screened.YES: 48, Screened.REFUSED: 12, Screened.UNABLE: 8, Screened.NOT_DONE: 22, "": 10})
    took_part, took_why = _or_why(
        case, 0.5, draw.of({TookPart.YES: 4, TookPart.PARTLY: 3, TookPart.NO: 3}), (W.NOT_YET_KNOWN, W.NOT_RECORDED)
    )
    shown = draw.of({"": 25, f"{began.year}": 20, f"{began:%Y-%m}": 35, began.isoformat(): 20})
    return {
        "trafficking_type": case.kind if draw.maybe(0.9) else T.NOT_YET_KNOWN,
        "first_act_on": shown,
        "age_at_first_act": first_age, "age_at_first_act_why": "" if first_age else W.NOT_YET_KNOWN,
        "minor_at_act": Answer.UNKNOWN if first_age is None else Answer.YES if first_age < 18 else Answer.NO,
        "means": means, "means_why": means_why, "venue": venue, "venue_why": venue_why,
        "industry": industry, "industry_why": industry_why,
        "identified_by": seen_by, "identified_by_why": seen_why,
        "screened": screened, "screened_why": "" if screened else W.NOT_RECORDED,
        "screening_tool": "Short form, 16 questions" if screened == Screened.YES and draw.maybe(0.8) else "",
        "took_part": took_part, "took_part_why": took_why,
    }  # fmt: skip


def born(case: Case, person: Person) -> None:
    """A birth date that agrees with the age, where somebody wrote one down."""
    if person.age:
        latest = case.opened - days(365 * person.age + 12)
        day = case.draw.within(latest - days(340), latest)
        person.birth_date, person.age = day, age_on(day, case.opened)


def judge(case: Case, person: Person, on: dt.date, outcome: VictimStatus) -> None:
    """First a potential victim; later, where somebody decided, confirmed or not."""
    decider = StatusDecider.POLICE if case.draw.maybe(0.8) else StatusDecider.NGO
    case.write(VictimStatusEvent, on=on, person_id=person.pk, status=V.POTENTIAL, on_date=on, decider=decider,
               decided_by_id=case.who(), basis="", basis_why=W.NOT_RECORDED)  # fmt: skip
    if outcome is V.POTENTIAL:
        return
    later = case.draw.within(on + days(3), min(on + days(240), case.last))
    confirmed = outcome is V.CONFIRMED
    basis = case.draw.of({Basis.STATEMENT: 55, Basis.DIGITAL: 25, Basis.OBSERVED: 10, Basis.DOCUMENT: 10})
    case.write(
        VictimStatusEvent, on=later, person_id=person.pk, status=outcome, on_date=min(max(later, on), case.today),
        decider=case.draw.of({StatusDecider.POLICE: 6, StatusDecider.COURT_OR_PROSECUTION: 3, StatusDecider.NGO: 1}),
        decided_by_id=case.who(), basis=basis if confirmed or case.draw.maybe(0.5) else "",
    )  # fmt: skip
    others = [role for role in person.roles if role not in R.victims()]
    person.roles = ([R.VICTIM] if confirmed else []) + others or [R.WITNESS]


def pair_up(case: Case, victims: list[Person], suspects: list[Person], on: dt.date) -> None:
    """Pairs of a victim and a suspect, with what was asserted of some of them."""
    relations = (
        (Relationship.EMPLOYER, Relationship.LABOR_CONTRACTOR, Relationship.LANDLORD)
        if case.is_labor
        else (Relationship.INTIMATE_PARTNER, Relationship.ACQUAINTANCE, Relationship.STRANGER,
              Relationship.FRIEND, Relationship.OTHER_FAMILY)
    )  # fmt: skip
    for victim in victims[:4]:
        for suspect in suspects[:2]:
            if victim.pk == suspect.pk:
                continue
            relation, why = _or_why(case, 0.75, case.draw.choice(relations), (W.NOT_RECORDED,))
            pair = case.write(Pair, on=on, victim_id=victim.pk, suspect_id=suspect.pk, relation=relation,
                              relation_why=why)  # fmt: skip
            if case.draw.maybe(0.7):
                assert_facts(case, on, pair_id=pair.pk)


def assert_facts(case: Case, on: dt.date, **about) -> None:
    """Who is said to have done what, by which means, for which purpose; not every element is spoken to."""
    labor = case.is_labor
    said = (
        (Element.ACT, [Acts.RECRUIT, Acts.HARBOR, Acts.TRANSPORT] + ([] if labor else [Acts.ADVERTISE]), 0.9),
        (Element.MEANS, [Meanings.COERCION_SCHEME, Meanings.COERCION_LEGAL, Meanings.FRAUD] if labor
         else [Meanings.FORCE, Meanings.FRAUD, Meanings.COERCION_HARM], 0.65),
        (Element.PURPOSE, [Purposes.FORCED_LABOR, Purposes.DEBT_BONDAGE] if labor else [Purposes.COMMERCIAL_SEX], 0.85),
        (Element.BENEFIT, [Benefit.MONEY, Benefit.LABOR] if labor else [Benefit.MONEY], 0.5),
    )  # fmt: skip
    for element, values, chance in said:
        if case.draw.maybe(chance):
            case.write(
                Assertion, on=on, **about, element=element, value=case.draw.choice(values),
                answer=Answer.YES if case.draw.maybe(0.9) else Answer.NO, asserted_on=on,
                basis=case.draw.of({Basis.STATEMENT: 6, Basis.DIGITAL: 2, Basis.DOCUMENT: 1, Basis.OBSERVED: 1}),
            )  # fmt: skip


def scheme_of(case: Case, label: str, patterns: list[str], victims, suspects, on: dt.date) -> Scheme:
    """Every victim with every suspect under one scheme, asserted once for all."""
    scheme = case.write(Scheme, on=on, label=label, patterns=patterns)
    for victim in victims:
        for suspect in suspects:
            case.write(Pair, on=on, victim_id=victim.pk, suspect_id=suspect.pk, scheme_id=scheme.pk,
                       relation=Relationship.EMPLOYER)  # fmt: skip
    assert_facts(case, on, scheme_id=scheme.pk)
    return scheme
