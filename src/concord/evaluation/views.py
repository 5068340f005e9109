"""Four views over the case-file tables, alike for both grades of a bundle: what the aggregates and sections read.

A research bundle has dates, a shareable one days since the case opened; here both have days. Whether something happened
is three-valued: true, false, or null where the file does not say. Not arrested is a date left blank with the reason
`not_applicable`; an arrest whose day was lost is still an arrest. Views are DuckDB's; the aggregates that read them are
plain SQL (`aggregates/`).
"""

from datetime import date

from concord.casefile.columns import Table
from concord.engine import Engine, literal, quoted
from concord.law.charges import BROAD, STRICT, ChargeSet
from concord.vocabulary import Grade

DAYS_IN_A_MONTH = 30.4375
KNOWN_TYPES = "('sex', 'labor', 'both')"
CONVICTED = "('convicted_plea', 'convicted_trial')"
IN_COURT = "('filed', 'amended', 'disposed')"


def create(engine: Engine, tables: dict[str, Table], grade: Grade, matures_on: date | None, months: int) -> None:
    """Make the views `cases`, `suspects`, `victims` and `charges`. `months` is how long a case must have been followed
    for its outcome to count (`mature`); with no day of maturity every case counts."""
    exact = grade is Grade.RESEARCH
    for name, sql in (
        ("_charge", _charge_sets()),
        ("_court", _court()),
        ("_opened", _opened(exact, matures_on, months)),
        ("suspects", _suspects(exact)),
        ("victims", _victims(exact)),
        ("charges", _charges(exact, tables["charge"])),
        ("cases", _cases(exact)),
    ):
        engine.add_view(name, sql)


def _happened(stem: str, exact: bool) -> str:
    if exact:
        return f"(t.{stem}_on is not null or t.{stem}_on_partial is not null)"
    return f"(t.{stem}_days is not null or coalesce(t.{stem}_days_why, '') = 'withheld')"


def _did_not(stem: str, exact: bool) -> str:
    return f"coalesce(t.{stem}_{'on' if exact else 'days'}_why, '') = 'not_applicable'"


def _event(stem: str, exact: bool, otherwise: str = "false") -> str:
    """True, false or null: did it happen. `otherwise` is other evidence that it did."""
    return (
        f"case when {_happened(stem, exact)} or coalesce({otherwise}, false) then true "
        f"when {_did_not(stem, exact)} then false end"
    )


def _days(stem: str, exact: bool) -> str:
    return f"date_diff('day', c.opened_on, t.{stem}_on)" if exact else f"t.{stem}_days"


def _in_set(within: ChargeSet) -> str:
    """Three-valued: is the charge of the set. Unknown while its class, or what was produced, could decide."""
    listed = ", ".join(literal(code) for code in sorted(within.classes))
    producing = ", ".join(literal(code) for code in sorted(within.producing))
    made = f"when t.class in ({producing}) then t.csam_production " if producing else ""
    could = ", ".join(literal(code) for code in sorted(within.classes | within.producing))
    return (
        f"case when t.class in ({listed}) then true {made}when t.class is not null then false "
        f"when len(t.class_possible) > 0 and not list_has_any(t.class_possible, [{could}]) then false end"
    )


def _charge_sets() -> str:
    return (
        f"select t.*, {_in_set(STRICT)} as in_strict, {_in_set(BROAD)} as in_broad, t.stage in {IN_COURT} as in_court, "
        "not exists (from charge o where o.from_charge_id = t.charge_id) as standing from charge t"
    )


def _court() -> str:
    """For each suspect: charged in court, under which set, found guilty, held in custody."""

    def under(which: str) -> str:
        return (
            f"case when bool_or(t.in_court and t.{which}) then true "
            f"when bool_or(t.in_court and t.{which} is null) then null else false end as {which}"
        )

    return (
        "select suspect_id, bool_or(t.stage = 'arrest') as at_arrest, bool_or(t.in_court) as in_court, "
        f"{under('in_strict')}, {under('in_broad')}, "
        "bool_or(coalesce(t.counts_guilty_plea, 0) + coalesce(t.counts_guilty_trial, 0) > 0) as guilty, "
        "bool_or(t.sentence_kind in ('months', 'life', 'time_served')) as custody, "
        "bool_or(t.sentence_kind is not null) as sentenced from _charge t group by suspect_id"
    )


def _opened(exact: bool, matures_on: date | None, months: int) -> str:
    """The cases with their quarter of opening and how many days each was followed at the least."""
    quarter = "(year(opened_on)::varchar || '-Q' || quarter(opened_on)::varchar)" if exact else "opened_quarter"
    last = (
        "opened_on"
        if exact
        else "(make_date(left(opened_quarter, 4)::integer, right(opened_quarter, 1)::integer * 3, 1) "
        "+ interval 1 month - interval 1 day)::date"
    )
    followed = f"date_diff('day', {last}, {literal(matures_on)}::date)" if matures_on else "null::bigint"
    mature = f"coalesce({followed} >= {round(months * DAYS_IN_A_MONTH)}, false)" if matures_on else "true"
    opened = "opened_on" if exact else "null::date as opened_on"
    return (
        f'select case_id, site_id, {opened}, {quarter} as quarter, {followed} as followed_days, {mature} as mature, '
        f"case when trafficking_type in {KNOWN_TYPES} then trafficking_type end as type, "
        f'{_event("adopted_federally", exact)} as adopted from "case" t'
    )


def _suspects(exact: bool) -> str:
    arrested = _event("arrested", exact, "k.at_arrest")
    prosecuted = _event("prosecuted", exact, "k.in_court")
    convicted = _event("convicted", exact, f"k.guilty or t.outcome in {CONVICTED}")

    def charged(which: str) -> str:
        """Nobody out of court is charged; of somebody in court whose charges are not in the file it is unknown."""
        return (
            f"case when k.in_court then k.in_{which} when {_did_not('prosecuted', exact)} then false end"
        )

    return (
        "select t.suspect_id, t.case_id, c.site_id, c.type, c.mature, c.followed_days, t.race as races, "
        f"t.race_source, t.sex, t.role, t.outcome, {arrested} as arrested, {prosecuted} as prosecuted, "
        f"{convicted} as convicted, {charged('strict')} as charged_strict, {charged('broad')} as charged_broad, "
        f"case when k.custody then true when k.sentenced or not ({convicted}) then false end as custody, "
        "case when t.outcome = 'adopted_federally' or c.adopted then true when t.outcome is null and c.adopted is null "
        "then null else false end as adopted, "
        f"{_days('arrested', exact)} as arrested_days, {_days('prosecuted', exact)} as prosecuted_days, "
        f"{_days('convicted', exact)} as convicted_days "
        "from suspect t join _opened c using (case_id) left join _court k using (suspect_id)"
    )


def _victims(exact: bool) -> str:
    plain = ("status", "sex", "race_source", "screened", "took_part", "identified_by", "arrest_legal_basis",
             "arrest_stated_purpose", "arrest_charge_class", "charge_class", "alternative_considered")  # fmt: skip
    return (
        "select t.victim_id, t.case_id, c.site_id, coalesce(t.type, c.type) as type, c.mature, c.followed_days, "
        "t.race as races, t.minor_at_act as minor, "
        + ", ".join(f"t.{column}" for column in plain)
        + f", t.screened_why, t.took_part_why, {_event('arrested', exact)} as arrested, "
        f"{_event('charged', exact)} as charged, {_event('convicted', exact)} as convicted, "
        f"{_event('referred_to_services', exact)} as referred, "
        f"{_days('referred_to_services', exact)} as referred_days, {_days('arrested', exact)} as arrested_days "
        "from victim t join _opened c using (case_id)"
    )


def _charges(exact: bool, charge: Table) -> str:
    own = ", ".join(
        f"t.{quoted(name)}"
        for name in charge.fields()
        if name != "suspect_id" and not name.startswith(("filed_", "disposed_"))
    )
    return (
        f"select t.suspect_id, s.case_id, c.site_id, c.type, c.mature, {own}, t.in_strict, t.in_broad, t.in_court, "
        f"t.standing, {_days('filed', exact)} as filed_days, {_days('disposed', exact)} as disposed_days "
        "from _charge t join suspect s using (suspect_id) join _opened c using (case_id)"
    )


def _any(stage: str) -> str:
    """Over the suspects of a case: true if of any, unknown if of none but unknown of some, else false."""
    return (
        f"case when bool_or(s.{stage}) then true "
        f"when bool_or(s.suspect_id is not null and s.{stage} is null) then null else false end as {stage}"
    )


def _cases(exact: bool) -> str:
    stages = ("arrested", "prosecuted", "charged_strict", "charged_broad", "convicted")
    outcomes = ", ".join(_any(stage) for stage in stages)
    closed = _days("closed", exact)
    referred = _days("referred_to_prosecution", exact)
    return (
        f"with outcome as (select c.case_id, {outcomes}, "
        "case when bool_or(s.custody) then true when bool_or(s.convicted and s.custody is null) then null else false "
        "end as custody from _opened c left join suspects s using (case_id) group by c.case_id), "
        "chosen as (select case_id, min(selected_by) as selected_by, min(stratum) as stratum from frame "
        "where case_id is not null group by case_id) "
        "select c.case_id, c.site_id, c.type, t.status, t.closed_how, t.source, t.proactive, t.forum, t.agencies, "
        "t.prosecution_decision, t.decision_reason, t.docket_known, t.data_quality, t.initially_classified_as, "
        f"c.quarter as opened_quarter, {closed} as closed_days, {referred} as referred_days, "
        "c.followed_days, c.mature, c.adopted, "
        "o.arrested, o.prosecuted, o.charged_strict, o.charged_broad, o.convicted, o.custody, "
        "f.selected_by, f.stratum "
        'from "case" t join _opened c using (case_id) join outcome o using (case_id) left join chosen f using (case_id)'
    )
