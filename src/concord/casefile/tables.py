"""The case file: every table and column, stated once.

From these statements come the codebook and the entry templates (`codebook.py`), what a reader accepts (`reading.py`),
the SQL types of a bundle and of the views inside each store, the checks of codes, keys and blanks (`checks.py`) and the
shareable form (`bundle.py`). The shape is the field's own: files linked by case, victim and suspect, as ICPSR 37988
archives them, with what the field's questions need besides.

A column that may lack a value has a sibling `<column>_why` with a reason (`vocabulary.Why`): never a sentinel number,
never a silent blank. A partial date stays text in `<column>_partial`. Table and column names are quoted in SQL:
`from "case"`.
"""

from concord.casefile.columns import (
    Share,
    Table,
    age,
    code,
    codes,
    count,
    day,
    flag,
    ident,
    key,
    keys,
    usd,
    word,
    words,
)
from concord.vocabulary import (
    ArrestAlternative,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    AssetKind,
    Basis,
    CaseStatus,
    ChargeClass,
    ChargeStage,
    Citizenship,
    ClosedHow,
    CountSource,
    CountStatus,
    DataQuality,
    DeclineReason,
    Element,
    Forum,
    Gender,
    IdentifiedBy,
    Industry,
    InvestigationMethod,
    LeadSource,
    MeansOfControl,
    NotTraffickingReason,
    PersonRole,
    ProsecutionDecision,
    Race,
    RaceSource,
    Relationship,
    Relief,
    Scheme,
    Scope,
    Screened,
    Sector,
    SeizedFrom,
    SelectedBy,
    SentenceKind,
    Sex,
    SiteFeature,
    StatusDecider,
    SuspectOutcome,
    TookPart,
    TraffickingType,
    Venue,
    VictimStatus,
    Why,
)

FORMAT = "concord-casefile"
FORMAT_VERSION = 1

KNOWN_TYPES = (TraffickingType.SEX.value, TraffickingType.LABOR.value, TraffickingType.BOTH.value)

SITE = Table(
    "site",
    "One task force of the study.",
    ("site_id",),
    (
        ident("site_id", "The site"),
        code("scope", Scope, "How far the task force reaches", needed=True),
        code("lead_sector", Sector, "Sector of the agency that leads"),
        count("population", "People living in its area", share=Share.DROP),
    ),
)

SITE_FEATURE = Table(
    "site_feature",
    "One feature of a site while it held. An open list: a study may add features.",
    ("site_id", "feature", "from_on"),
    (
        key("site_id", "site", "The site", needed=True),
        word("feature", f"What it is: {', '.join(SiteFeature)}, or the study's own word", needed=True),
        word("value", "yes, no, a level or a unit", needed=True),
        day("from_on", "Since when", share=Share.QUARTER),
        day("to_on", "Until when", share=Share.QUARTER),
    ),
)

SITE_PERIOD = Table(
    "site_period",
    "One count of a site in a period: services, housing waits, unmet nights, participation. The only way a provider's "
    "figures reach a study without a client's signed research consent. A measure named `clients:sex` is a part of "
    "`clients`, and parts must add up.",
    ("site_id", "period", "measure", "source"),
    (
        key("site_id", "site", "The site", needed=True),
        word("period", "2024-Q3, 2024-07, 2024 or 2023-07/2024-06", needed=True),
        word("measure", "What was counted", needed=True),
        count("count", "How many"),
        code("status", CountStatus, "Whether the count is exact", needed=True),
        code("source", CountSource, "Which report it comes from", needed=True),
    ),
)

FRAME = Table(
    "frame",
    "One file that could have been studied, whether it was handed over or not.",
    ("file_id",),
    (
        ident("file_id", "The file"),
        key("site_id", "site", "The site", needed=True),
        flag("eligible", "Whether the file meets the study's definition", needed=True),
        word("eligible_not", "If not eligible, which criterion failed", share=Share.DROP),
        code("selected_by", SelectedBy, "Who chose it"),
        word("stratum", "Stratum it was drawn from"),
        count("seed", "Seed of the random draw"),
        flag("received", "Whether it came", needed=True),
        word("refused_because", "If chosen and not received, the site's reason", share=Share.DROP),
        key("case_id", "case", "The case coded from it"),
    ),
)

CASE = Table(
    "case",
    "One investigation of suspected trafficking, whatever it was opened as.",
    ("case_id",),
    (
        ident("case_id", "The case"),
        key("site_id", "site", "The site", needed=True),
        day("opened_on", "First action of the task force", share=Share.QUARTER),
        day("closed_on", "Closed by police"),
        code("status", CaseStatus, "Open or closed", needed=True),
        code("closed_how", ClosedHow, "How police closed it"),
        code("trafficking_type", TraffickingType, "Sex, labor or both", needed=True),
        code("initially_classified_as", ChargeClass, "Class of offence it was opened as"),
        code("source", LeadSource, "Where it came from"),
        flag("proactive", "Whether the task force went looking"),
        codes("methods", InvestigationMethod, "How it was investigated"),
        words("agencies", "Agencies that took part, each level:sector, as local:law_enforcement", share=Share.KEEP),
        words("counties", "Counties it touched", share=Share.DROP),
        day("referred_to_prosecution_on", "Referred to a prosecutor"),
        code("prosecution_decision", ProsecutionDecision, "What the prosecutor decided"),
        code("decision_reason", DeclineReason, "Why it was declined"),
        code("forum", Forum, "In whose courts"),
        day("adopted_federally_on", "Adopted by a federal office: an outcome, not a loss"),
        flag("docket_known", "Whether court outcomes could be looked up"),
        flag("second_read", "Re-read as an other-crime file with indicators"),
        code("data_quality", DataQuality, "Whether outcomes can be counted from it"),
    ),
)

VICTIM = Table(
    "victim",
    "One person, potential or confirmed victim, in one case.",
    ("victim_id",),
    (
        ident("victim_id", "The victim"),
        key("case_id", "case", "The case", needed=True),
        code("status", VictimStatus, "Latest status", needed=True),
        day("status_on", "When that was decided"),
        code("status_by", StatusDecider, "Who decided"),
        age("age_at_first_act", "Age at the first act, in years"),
        flag("minor_at_act", "Under 18 at any act"),
        code("sex", Sex, "Sex as recorded"),
        code("gender", Gender, "Gender as the person says, if said", share=Share.DROP),
        codes("race", Race, "Race or ethnicity, all that apply"),
        code("race_source", RaceSource, "Who said so"),
        code("citizenship", Citizenship, "Status group; police do not record it", default_why=Why.WITHHELD),
        code("type", TraffickingType, "Sex, labor or both", only=KNOWN_TYPES),
        codes("means", MeansOfControl, "Methods of control"),
        code("industry", Industry, "Trade"),
        code("venue", Venue, "Kind of place"),
        code("identified_by", IdentifiedBy, "Who first saw a victim"),
        code("screened", Screened, "Whether screened"),
        word("screening_tool", "Issuer, name and version of the tool"),
        day("referred_to_services_on", "Referred to services by police or prosecutors"),
        flag("services_accepted", "Accepted; known only under her or his release", default_why=Why.WITHHELD),
        code("took_part", TookPart, "Took part in the prosecution"),
        day("arrested_on", "Arrested in this case, though a victim"),
        code("arrest_charge_class", ChargeClass, "Class of the charge at that arrest"),
        code("arrest_legal_basis", ArrestLegalBasis, "Legal basis of that arrest"),
        code("arrest_stated_purpose", ArrestStatedPurpose, "Purpose the officer stated"),
        code("alternative_considered", ArrestAlternative, "What was considered instead"),
        day("charged_on", "Charged, though a victim"),
        code("charge_class", ChargeClass, "Class of that charge"),
        day("second_review_on", "Second review of arrest or charge"),
        day("convicted_on", "Convicted, though a victim"),
        codes("relief", Relief, "Relief granted"),
    ),
)

SUSPECT = Table(
    "suspect",
    "One suspect in one case.",
    ("suspect_id",),
    (
        ident("suspect_id", "The suspect"),
        key("case_id", "case", "The case", needed=True),
        age("age", "Age when identified, in years"),
        code("sex", Sex, "Sex as recorded"),
        codes("race", Race, "Race or ethnicity, all that apply"),
        code("race_source", RaceSource, "Who said so; mostly an officer"),
        code("role", PersonRole, "Role", only=tuple(role.value for role in PersonRole.suspects())),
        key("also_victim_id", "victim", "The same person's row as a victim of this case"),
        day("identified_on", "Identified"),
        day("arrested_on", "Arrested; a charge may come first"),
        day("prosecuted_on", "Case filed in court"),
        day("convicted_on", "Convicted"),
        code("outcome", SuspectOutcome, "What became of the suspect"),
    ),
)

SCHEME = Table(
    "scheme",
    "What a suspect put many victims through alike, so that a fact is asserted once for all of them.",
    ("scheme_id",),
    (
        ident("scheme_id", "The scheme"),
        key("case_id", "case", "The case", needed=True),
        codes("patterns", Scheme, "What it consists of"),
    ),
)

PAIR = Table(
    "pair",
    "One victim and one suspect: the unit of the elements of the offence.",
    ("pair_id",),
    (
        ident("pair_id", "The pair"),
        key("victim_id", "victim", "The victim", needed=True),
        key("suspect_id", "suspect", "The suspect", needed=True),
        code("relation", Relationship, "What the suspect was to the victim"),
        key("scheme_id", "scheme", "The scheme whose assertions the pair shares"),
    ),
)

ASSERTION = Table(
    "assertion",
    "One fact about one element, for a pair or for a scheme. Conclusions are computed, never stored.",
    ("assertion_id",),
    (
        ident("assertion_id", "The assertion"),
        key("pair_id", "pair", "The pair it is about"),
        key("scheme_id", "scheme", "Or the scheme it is about"),
        code("element", Element, "Which element it speaks to", needed=True),
        word("value", "Code of that element: act, means, purpose, knowledge or benefit", needed=True),
        flag("holds", "Yes: it was so. No: it was shown not to be so. Nothing asserted is unknown", needed=True),
        code("basis", Basis, "On what it rests"),
        day("asserted_on", "When it was recorded", share=Share.DROP),
    ),
)

CHARGE = Table(
    "charge",
    "One charge at one stage it reached. A charge filed as one thing and disposed as another is two rows, the later "
    "naming the earlier in `from_charge_id`.",
    ("charge_id",),
    (
        ident("charge_id", "The charge at this stage"),
        key("suspect_id", "suspect", "The suspect", needed=True),
        keys("victim_ids", "victim", "The victims it names"),
        key("from_charge_id", "charge", "The row of the earlier stage that became this one"),
        code("stage", ChargeStage, "Stage", needed=True),
        word("jurisdiction", "US, a state's two letters, or the tribe's court"),
        word("citation", "Citation as the court has it", share=Share.DROP),
        code("class", ChargeClass, "Class of the citation"),
        codes("class_possible", ChargeClass, "While a person must still decide the class: what it could be"),
        flag("csam_production", "If CSAM: production, not possession; the federal series counts only that"),
        count("counts", "Counts of this charge", least=1, needed=True),
        count("counts_dismissed", "of them dismissed, not under a plea"),
        count("counts_dismissed_by_plea", "of them dismissed under a plea"),
        count("counts_guilty_plea", "of them guilty by plea"),
        count("counts_guilty_trial", "of them guilty at trial"),
        count("counts_acquitted", "of them not guilty"),
        count("counts_pending", "of them pending"),
        day("filed_on", "Filed"),
        day("disposed_on", "Disposed"),
        code("reason_not_trafficking", NotTraffickingReason, "If not a trafficking charge, why"),
        code("sentence_kind", SentenceKind, "Kind of sentence; life and time served are no numbers"),
        count("sentence_months", "Months of custody", share=Share.YEARS),
        count("probation_months", "Months of probation", share=Share.YEARS),
        usd("fine_usd", "Fine"),
        usd("restitution_asked_usd", "Restitution asked for"),
        usd("restitution_ordered_usd", "Restitution ordered"),
        usd("restitution_paid_usd", "Restitution paid"),
    ),
)

ASSET = Table(
    "asset",
    "One thing seized.",
    ("asset_id",),
    (
        ident("asset_id", "The asset"),
        key("case_id", "case", "The case", needed=True),
        code("kind", AssetKind, "What it is"),
        code("seized_from", SeizedFrom, "From whom; a victim's own property is returned"),
        usd("value_usd", "Value"),
        day("forfeited_on", "Forfeited"),
        usd("applied_to_restitution_usd", "Applied to restitution"),
        flag("remission", "Remission or restoration asked for"),
        day("returned_on", "Returned to its owner"),
    ),
)

CODING = Table(
    "coding",
    "One judgement of one coder about one cell. Double coding lives here.",
    ("file_id", "table_name", "row_id", "column_name", "coder_id", "round"),
    (
        key("file_id", "frame", "The file", needed=True),
        word("table_name", "Table", needed=True),
        word("row_id", "Row of that table", needed=True),
        word("column_name", "Column", needed=True),
        word("coder_id", "Coder", needed=True),
        count("round", "Round of coding", least=1, needed=True),
        word("value", "What the coder put, as typed in an entry template"),
        day("coded_on", "When", share=Share.DROP),
        flag("adjudicated", "Whether this is the agreed judgement", needed=True),
    ),
)

TABLES = {
    table.name: table
    for table in (
        SITE, SITE_FEATURE, SITE_PERIOD, FRAME, CASE, VICTIM, SUSPECT, SCHEME, PAIR, ASSERTION, CHARGE, ASSET, CODING,
    )
}  # fmt: skip

SHAREABLE = {name: table.shared() for name, table in TABLES.items()}
