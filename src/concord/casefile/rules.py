"""The rules by which a case file must agree with itself: each a condition in SQL that no row may meet.

`checks.py` runs them. Dates are in order only where order is a fact: a charge before an arrest is allowed.
"""

from dataclasses import dataclass

from concord.engine import literal
from concord.law.elements import VALUES
from concord.vocabulary import AgencyLevel, Code, Grade, Sector


class Weight(Code):
    """An error contradicts itself; a notice may be so, and wants a look."""

    ERROR = "error", "Error"
    NOTICE = "notice", "Notice"


@dataclass(frozen=True)
class Rule:
    """A condition over one table (as `t`, with its joins) that no row may meet.

    `says` may name the columns of `shows`, which are counts, sums or codes, never words about a person. A rule about
    exact dates is for the research grade alone, one about days for the shareable.
    """

    name: str
    table: str
    column: str
    where: str
    says: str
    joins: str = ""
    shows: str = ""
    weight: Weight = Weight.ERROR
    grades: tuple[Grade, ...] = tuple(Grade)


RESEARCH, SHAREABLE = (Grade.RESEARCH,), (Grade.SHAREABLE,)
NO_DATE = "t.{0} is null and t.{0}_partial is null"
DISPOSED = (
    "counts_dismissed", "counts_dismissed_by_plea", "counts_guilty_plea", "counts_guilty_trial", "counts_acquitted",
    "counts_pending",
)  # fmt: skip
SUM = " + ".join(f"coalesce(t.{name}, 0)" for name in DISPOSED)
ALL_KNOWN = " and ".join(f"t.{name} is not null" for name in DISPOSED)
OWN_CHARGES = "from charge h where h.suspect_id = t.suspect_id"
STAGES = "['considered', 'arrest', 'filed', 'amended', 'disposed']"
NOT_OF_ITS_ELEMENT = " or ".join(
    f"(t.element = '{element}' and t.value not in ({', '.join(map(literal, values))}))"
    for element, values in VALUES.items()
)
AGENCY = f"^({'|'.join(AgencyLevel)}):({'|'.join(Sector)})$"

ORDER_OF_DATES = (
    Rule("dates", "case", "closed_on", "t.closed_on < t.opened_on", "closed before it opened", grades=RESEARCH),
    Rule("dates", "case", "closed_days", "t.closed_days < 0", "closed before it opened", grades=SHAREABLE),
    Rule("dates", "charge", "disposed_on", "t.disposed_on < t.filed_on", "disposed before filed", grades=RESEARCH),
    Rule(
        "dates", "charge", "disposed_days", "t.disposed_days < t.filed_days", "disposed before filed", grades=SHAREABLE
    ),
    Rule(
        "dates", "suspect", "convicted_on", "t.convicted_on < t.prosecuted_on", "convicted before the case was filed",
        grades=RESEARCH,
    ),
    Rule(
        "dates", "victim", "convicted_on", "t.convicted_on < t.charged_on", "convicted before charged", grades=RESEARCH
    ),
    Rule("dates", "site_feature", "to_on", "t.to_on < t.from_on", "ends before it begins", grades=RESEARCH),
)  # fmt: skip

CASES = (
    Rule(
        "status", "case", "closed_on", "t.status = 'open' and t.closed_on is not null",
        "open, yet has a day of closing", grades=RESEARCH,
    ),
    Rule("status", "case", "closed_how", "t.status = 'open' and t.closed_how is not null", "open, yet says how closed"),
    Rule(
        "decision", "case", "decision_reason",
        "t.prosecution_decision = 'declined' and t.decision_reason is null "
        "and t.decision_reason_why is distinct from 'withheld'",
        "declined without a reason", weight=Weight.NOTICE,
    ),
    Rule(
        "forum", "case", "forum", "t.adopted_federally_on is not null and t.forum = 'state'",
        "adopted federally, yet the forum is state", weight=Weight.NOTICE, grades=RESEARCH,
    ),
    Rule(
        "agency", "case", "agencies", f"len(list_filter(t.agencies, lambda a: not regexp_matches(a, '{AGENCY}'))) > 0",
        "an agency is not level:sector, as local:law_enforcement",
    ),
    Rule(
        "type", "case", "trafficking_type",
        "t.trafficking_type in ('sex', 'labor') and v.type is not null and v.type <> t.trafficking_type",
        "the case is {0}, a victim of it {1}", joins="join victim v using (case_id)",
        shows="t.trafficking_type, v.type", weight=Weight.NOTICE,
    ),
)  # fmt: skip

PEOPLE = (
    Rule(
        "confirmed", "victim", "status",
        f"t.status = 'confirmed' and (t.status_by is null or ({NO_DATE.format('status_on')}))",
        "confirmed without who decided and when", grades=RESEARCH,
    ),
    Rule(
        "confirmed", "victim", "status", "t.status = 'confirmed' and t.status_by is null",
        "confirmed without who decided", grades=SHAREABLE,
    ),
    Rule(
        "minor", "victim", "minor_at_act", "t.minor_at_act <> (t.age_at_first_act < 18)",
        "does not agree with age at the first act, {0}", shows="t.age_at_first_act", grades=RESEARCH,
    ),
    Rule(
        "minor", "victim", "minor_at_act",
        "t.minor_at_act <> (t.age_at_first_act_band in ('0-11', '12-17'))",
        "does not agree with age at the first act, {0}", shows="t.age_at_first_act_band", grades=SHAREABLE,
    ),
    Rule(
        "arrest", "victim", "arrest_legal_basis",
        "t.arrest_legal_basis is not null and t.arrested_on is null and t.arrested_on_why = 'not_applicable'",
        "a basis for an arrest that did not take place", grades=RESEARCH,
    ),
    Rule(
        "dual", "suspect", "also_victim_id", "v.case_id <> t.case_id", "the same person is in another case",
        joins="join victim v on v.victim_id = t.also_victim_id",
    ),
    Rule(
        "pair", "pair", "suspect_id", "v.case_id <> s.case_id", "victim and suspect are of different cases",
        joins="join victim v using (victim_id) join suspect s using (suspect_id)",
    ),
    Rule(
        "outcome", "suspect", "outcome",
        "t.outcome in ('dismissed', 'acquitted', 'no_action', 'diverted') and exists "
        f"({OWN_CHARGES} and coalesce(h.counts_guilty_plea, 0) + coalesce(h.counts_guilty_trial, 0) > 0)",
        "{0}, yet a count of a charge is guilty", shows="t.outcome",
    ),
    Rule(
        "outcome", "suspect", "outcome",
        f"t.outcome in ('convicted_plea', 'convicted_trial') and exists ({OWN_CHARGES} and h.stage = 'disposed') "
        f"and not exists ({OWN_CHARGES} and coalesce(h.counts_guilty_plea + h.counts_guilty_trial, 1) > 0)",
        "{0}, yet no count of a charge is guilty", shows="t.outcome",
    ),
    Rule(
        "assertion", "assertion", "pair_id", "(t.pair_id is null) = (t.scheme_id is null)",
        "about a pair or a scheme, never both or neither",
    ),
    Rule("assertion", "assertion", "value", NOT_OF_ITS_ELEMENT, "not a value of {0}", shows="t.element"),
)  # fmt: skip

CHARGES = (
    Rule(
        "counts", "charge", "counts", f"t.stage = 'disposed' and {ALL_KNOWN} and t.counts <> {SUM}",
        "{0} counts, dispositions of {1}: a difference of {2}", shows=f"t.counts, {SUM}, t.counts - ({SUM})",
    ),
    Rule(
        "counts", "charge", "counts", f"not (t.stage = 'disposed' and {ALL_KNOWN}) and t.counts < {SUM}",
        "{0} counts, dispositions of {1}: {2} too many", shows=f"t.counts, {SUM}, ({SUM}) - t.counts",
    ),
    Rule(
        "restitution", "charge", "restitution_paid_usd", "t.restitution_paid_usd > t.restitution_ordered_usd",
        "{0} USD paid, {1} ordered", shows="t.restitution_paid_usd, t.restitution_ordered_usd",
    ),
    Rule(
        "sentence", "charge", "sentence_months", "t.sentence_kind <> 'months' and t.sentence_months > 0",
        "{0} months, yet the sentence is {1}", shows="t.sentence_months, t.sentence_kind",
    ),
    Rule(
        "sentence", "charge", "sentence_kind",
        f"t.sentence_kind <> 'none' and {ALL_KNOWN} and t.counts_guilty_plea + t.counts_guilty_trial = 0",
        "a sentence, yet no count is guilty",
    ),
    Rule(
        "reason", "charge", "reason_not_trafficking",
        "t.class in ('HT-SEX', 'HT-LABOR') and t.reason_not_trafficking is not null",
        "a trafficking charge with a reason why it is none",
    ),
    Rule(
        "stages", "charge", "from_charge_id",
        f"e.suspect_id <> t.suspect_id or list_position({STAGES}, e.stage) > list_position({STAGES}, t.stage)",
        "comes from a charge of another suspect or of a later stage",
        joins="join charge e on e.charge_id = t.from_charge_id",
    ),
    Rule(
        "charge_victims", "charge", "victim_ids", "v.case_id <> s.case_id", "names a victim of another case",
        joins="join suspect s using (suspect_id), unnest(t.victim_ids) as named(id) "
        "join victim v on v.victim_id = named.id",
    ),
    Rule(
        "asset", "asset", "forfeited_on", "t.seized_from = 'victim' and t.forfeited_on is not null",
        "a victim's property was forfeited", weight=Weight.NOTICE, grades=RESEARCH,
    ),
)  # fmt: skip

SITES = (
    Rule("frame", "frame", "case_id", "t.received and t.eligible and t.case_id is null", "received, but no case"),
    Rule("frame", "frame", "case_id", "not t.received and t.case_id is not null", "not received, yet there is a case"),
    Rule("frame", "frame", "case_id", "not t.eligible and t.case_id is not null", "not eligible, yet there is a case"),
    Rule(
        "frame", "case", "case_id", "f.case_id is null and exists (from frame)", "the case is of no file of the frame",
        joins="left join frame f on f.case_id = t.case_id",
    ),
    Rule(
        "frame", "case", "site_id", "f.site_id <> t.site_id", "the case and its file are of different sites",
        joins="join frame f on f.case_id = t.case_id",
    ),
    Rule(
        "frame", "frame", "case_id",
        "t.case_id in (select case_id from frame where case_id is not null group by all having count(*) > 1)",
        "two files claim one case",
    ),
    Rule("published", "site_period", "count", "t.status <> 'exact' and t.count is not null", "{0}, yet has a count",
         shows="t.status"),
    Rule("published", "site_period", "count", "t.status = 'exact' and t.count is null", "exact, yet has no count"),
    Rule(
        "published", "site_period", "count", "p.known and p.parts <> t.count",
        "{0}, its parts {1}: a difference of {2}", shows="t.count, p.parts, t.count - p.parts",
        joins="join (select site_id, period, source, split_part(measure, ':', 1) as measure, sum(count) as parts, "
        "bool_and(status = 'exact') as known from site_period where measure like '%:%' group by all) p "
        "using (site_id, period, source, measure)",
    ),
    Rule(
        "adjudicated", "coding", "adjudicated",
        "t.adjudicated and exists (from coding o where o.adjudicated and o.file_id = t.file_id and o.table_name = "
        "t.table_name and o.row_id = t.row_id and o.column_name = t.column_name and (o.coder_id, o.round) <> "
        "(t.coder_id, t.round))",
        "the cell has two agreed judgements",
    ),
)  # fmt: skip

RULES = (*ORDER_OF_DATES, *CASES, *PEOPLE, *CHARGES, *SITES)
