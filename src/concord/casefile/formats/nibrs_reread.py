"""Which NIBRS incidents a person should read again for signs of trafficking: the rules, as data.

A rule sends a file to a re-read queue; it says nothing about anyone. Local records miss most trafficking because it is
booked as something else (Farrell et al. 2012, NCJ 238795, read such files again; so did the study of misidentification
in J. Crime & Justice 2020). NIBRS codes are of the FBI's Technical Specification 2019.1.
"""

from dataclasses import dataclass

from concord.casefile.formats.nibrs import Incident

SELLING, PROMOTING, BUYING = "40A", "40B", "40C"
KIDNAPPING, EXTORTION = "100", "210"
ASSAULTS = ("13A", "13B", "13C")
FORCED_SEX = ("11A", "11B", "11C", "11D")
STATUTORY_RAPE, OBSCENE_MATERIAL = "36B", "370"
SMUGGLING, FORGERY, IMPERSONATION, IDENTITY_THEFT = "30C", "250", "26C", "26F"
EMPLOYEE = "EE"
EXPLOITING_CHILDREN = "E"
HOTEL, CYBERSPACE = "14", "58"
WORKPLACES = ("03", "05", "06", "21", "24", "39", "40", "44", "45", "46", "47", "48")
TO_HIRE = (HOTEL, "03", "18", "51", CYBERSPACE)

SPEC = "FBI NIBRS Technical Specification 2019.1"
TVPA = "22 USC 7102(11)"
OTHER_CRIME = "Farrell et al. 2012 (NCJ 238795), case types 2 and 5"
LABOR = "Owens et al. 2014 (ICPSR 35609)"
REREAD = "Law enforcement identification, J. Crime & Justice 2020"


@dataclass(frozen=True)
class Rule:
    """Every condition stated must hold in one incident; an empty one is not asked.

    `offenses` any of them; `with_` any of these too; `at` the place of one of the `offenses`; `relationship` of any
    individual victim; `activity` of any offense; `victim_under` some individual victim certainly under that age;
    `arrested_under` someone arrested for one of the `offenses` certainly under it; `victims` at least so many people.
    """

    code: str
    says: str
    source: str
    offenses: tuple[str, ...]
    with_: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    relationship: str = ""
    activity: str = ""
    victim_under: int = 0
    arrested_under: int = 0
    victims: int = 0

    def matches(self, incident: Incident) -> bool:
        """Whether the incident meets every condition stated. Unknown ages meet none."""
        people = [victim for victim in incident.victims if victim.type in ("I", "L")]
        codes = incident.codes()
        return (
            not codes.isdisjoint(self.offenses)
            and (not self.with_ or not codes.isdisjoint(self.with_))
            and (not self.at or any(o.code in self.offenses and o.location in self.at for o in incident.offenses))
            and (not self.relationship or any(self.relationship in person.relationships for person in people))
            and (not self.activity or any(self.activity in offense.activities for offense in incident.offenses))
            and (not self.victim_under or any(person.age.certainly_under(self.victim_under) for person in people))
            and (not self.arrested_under or self._arrested_minor(incident))
            and len(people) >= self.victims
        )

    def _arrested_minor(self, incident: Incident) -> bool:
        arrested = [arrestee for arrestee in incident.arrestees if arrestee.offense in self.offenses]
        return any(arrestee.age.certainly_under(self.arrested_under) for arrestee in arrested)


RULES = (
    Rule("reported", "Reported as human trafficking", SPEC, ("64A", "64B")),
    Rule("selling", "A selling-sex charge: the person arrested may be a victim", REREAD, (SELLING,)),
    Rule("promoting", "Promoting prostitution: whom, by what means", OTHER_CRIME, (PROMOTING,)),
    Rule("buying", "Buying sex: of whom, through whom", OTHER_CRIME, (BUYING,)),
    Rule(
        "minor_arrested", "Under 18 and arrested over commercial sex: no force need be shown", TVPA,
        (SELLING, PROMOTING, BUYING), arrested_under=18,
    ),
    Rule(
        "kidnapping_for_hire", "Kidnapping beside a commercial sex offense", OTHER_CRIME,
        (KIDNAPPING,), with_=(SELLING, PROMOTING, BUYING),
    ),
    Rule(
        "kidnapping_at_venue", "Kidnapping at a hotel, bar, lot, rest area or online", OTHER_CRIME,
        (KIDNAPPING,), at=TO_HIRE,
    ),
    Rule(
        "assault_for_hire", "Assault, threats or extortion beside a commercial sex offense", OTHER_CRIME,
        (*ASSAULTS, EXTORTION), with_=(SELLING, PROMOTING, BUYING),
    ),
    Rule(
        "employee_harmed",
        "The victim was the offender's employee: assault, threats, kidnapping, extortion, rape", LABOR,
        (*ASSAULTS, EXTORTION, KIDNAPPING, *FORCED_SEX), relationship=EMPLOYEE,
    ),
    Rule(
        "workers_threatened", "Three or more people threatened or held at a place of work", LABOR,
        ("13C", EXTORTION, KIDNAPPING), at=WORKPLACES, victims=3,
    ),
    Rule(
        "papers", "Smuggling beside forged or borrowed papers", LABOR,
        (SMUGGLING,), with_=(FORGERY, IMPERSONATION, IDENTITY_THEFT),
    ),
    Rule(
        "minor_images", "Obscene material with a victim under 18 in the incident", TVPA,
        (OBSCENE_MATERIAL,), victim_under=18,
    ),
    Rule("images_of_children", "Obscene material, exploiting children", TVPA, (OBSCENE_MATERIAL,),
         activity=EXPLOITING_CHILDREN),
    Rule("statutory", "Statutory rape of a person under 18", TVPA, (STATUTORY_RAPE,), victim_under=18),
    Rule(
        "minor_at_hotel", "Sexual offense against a person under 18 at a hotel or online", TVPA,
        (*FORCED_SEX, STATUTORY_RAPE), at=(HOTEL, CYBERSPACE), victim_under=18,
    ),
)  # fmt: skip


def candidates(incident: Incident, rules: tuple[Rule, ...] = RULES) -> tuple[Rule, ...]:
    """The rules that send this incident to be read again, in their order; none sends it nowhere."""
    return tuple(rule for rule in rules if rule.matches(incident))
