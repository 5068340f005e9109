"""STROBE and COREQ filled from what a study's files and protocol say; what they do not say is named, with its place.

Items are numbered as the statements number them; their topics are in our own words. STROBE: von Elm and others 2007,
Lancet 370:1453 (22 items, cross-sectional form). COREQ: Tong, Sainsbury, Craig 2007, Int J Qual Health Care 19:349
(32 items). A text of one's own is put into `protocol.toml` under `[stated]` and always wins over what is filled in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from concord.evaluation.protocol import FILE, Protocol


@dataclass(frozen=True)
class Facts:
    """What the files of a study say of themselves, in words and in numbers of sites; never a number of people.

    `tables` are those with rows; `sections` the sections of the report that hold something.
    """

    protocol: Protocol
    sites: int
    sites_without_files: int = 0
    how_drawn: str = ""
    followed_to: str = ""
    opened: str = ""
    codebook: str = ""
    tables: frozenset[str] = frozenset()
    interviewed: bool = False


Fill = Callable[[Facts], str]


@dataclass(frozen=True)
class Item:
    """One item: its number, its topic in our words, the entry that states it, and how it is filled if that is empty."""

    number: int
    topic: str
    entry: str
    fill: Fill = field(default=lambda facts: "")


@dataclass(frozen=True)
class Filled:
    """An item with its text, or with where to state it."""

    number: int
    topic: str
    text: str
    stated: bool


def fill(items: tuple[Item, ...], facts: Facts) -> tuple[Filled, ...]:
    """Every item of a checklist, in order."""
    return tuple(_filled(item, facts, facts.protocol.stated) for item in items)


def _filled(item: Item, facts: Facts, stated: Mapping) -> Filled:
    text = str(stated.get(item.entry, "")).strip() or item.fill(facts)
    return Filled(item.number, item.topic, text or f"not stated: add stated.{item.entry} to {FILE}", bool(text))


def _sentence(*parts: str) -> str:
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _questions(facts: Facts) -> str:
    return _sentence(*(question.text.replace("?", "") for question in facts.protocol.questions))


def _setting(facts: Facts) -> str:
    empty = f"{facts.sites_without_files} gave none" if facts.sites_without_files else ""
    followed = f"Outcomes followed up to {facts.followed_to}" if facts.followed_to else ""
    opened = f"Cases opened {facts.opened}" if facts.opened else ""
    return _sentence(f"{facts.sites} sites with files", empty, opened, followed)


def _participants(facts: Facts) -> str:
    closed = "Closed files only" if facts.protocol.closed_only else ""
    return _sentence(facts.protocol.population, closed, facts.protocol.selection, facts.how_drawn)


def _variables(facts: Facts) -> str:
    return f"Codebook of the case file, {facts.codebook}." if facts.codebook else ""


def _sources(facts: Facts) -> str:
    listed = sorted(facts.tables & {"case", "victim", "suspect", "charge", "site_period", "coding"})
    return f"Case files in linked tables: {', '.join(listed)}." if listed else ""


def _bias(facts: Facts) -> str:
    double = "A part of the files was read by two coders; agreement is in the section of that name"
    return _sentence("How files came is in the section on design, with sites and files left out and why",
                     double if "coding" in facts.tables else "")  # fmt: skip


def _analysis(facts: Facts) -> str:
    level = f"Intervals at {facts.protocol.level:.0%} with sites as clusters, for registered questions alone"
    return _sentence(level, "Blanks are counted as unknown and shown, never taken for no")


def _where(section: str) -> Fill:
    return lambda facts: f"See the section {section}."


def _when(table: str, text: str) -> Fill:
    return lambda facts: text if table in facts.tables else ""


def _interviews(text: str) -> Fill:
    return lambda facts: text if facts.interviewed else ""


def _title(facts: Facts) -> str:
    return _sentence(facts.protocol.title) if facts.protocol.version else ""


STROBE = (
    Item(1, "Title and summary name the design and what was found", "summary", _title),
    Item(2, "What is known, and why this was studied", "background"),
    Item(3, "Aims, with the questions registered beforehand", "aims", _questions),
    Item(4, "Design, early on", "design", lambda facts: "Cross-sectional reading of case files at several sites."),
    Item(5, "Places and dates: cases opened, followed, read", "setting", _setting),
    Item(6, "Who and what could be included, and how chosen", "participants", _participants),
    Item(7, "Outcomes, features and how each is defined", "variables", _variables),
    Item(8, "Where each variable comes from", "sources", _sources),
    Item(9, "What was done about bias", "bias", _bias),
    Item(10, "How the number of files came about", "size", lambda facts: _sentence(facts.protocol.selection)),
    Item(11, "How numbers were grouped", "grouping", _where("Design, and the notes under each table")),
    Item(12, "Methods of analysis, blanks and clusters included", "analysis", _analysis),
    Item(13, "Numbers at each stage, and what was lost where", "flow", _where("Design: frame, chosen, refused, coded")),
    Item(14, "Who and what is described, with blanks by variable", "described", _where("Limits: blanks by variable")),
    Item(15, "Numbers of outcomes", "outcomes", _where("From opening to sentence")),
    Item(16, "Main results with their intervals", "results", _where("From opening to sentence")),
    Item(17, "Other analyses", "other_analyses", _where("Comparing sites and features")),
    Item(18, "Main findings beside the aims", "findings"),
    Item(19, "Limits: direction and size of bias", "limits", _where("Limits")),
    Item(20, "A cautious reading of it all", "reading"),
    Item(21, "To whom it may be generalized", "generalizing"),
    Item(22, "Who paid, and their part in the study", "funding"),
)

COREQ = (
    Item(1, "Who interviewed", "interviewers"),
    Item(2, "Their credentials", "credentials"),
    Item(3, "Their occupation at the time", "occupation"),
    Item(4, "Their gender", "interviewers_gender"),
    Item(5, "Their experience and training", "training"),
    Item(6, "Whether they knew participants before", "relationship"),
    Item(7, "What participants knew about them", "known_of_interviewers"),
    Item(8, "Their own assumptions and interests", "assumptions"),
    Item(9, "Theory behind the study", "theory"),
    Item(10, "How participants were chosen", "interview_sampling"),
    Item(11, "How they were approached", "approach"),
    Item(12, "How many took part", "took_part", _interviews("See the section Interviews: by role and site.")),
    Item(13, "How many refused or left, and why", "refused", _interviews("See the section Interviews: response.")),
    Item(14, "Where interviews were held", "place"),
    Item(15, "Who else was there", "others_present"),
    Item(16, "What matters about the participants", "sample", _interviews("See the section Interviews: roles.")),
    Item(17, "Guide, prompts, and whether it was tried out", "guide", _interviews("See the section Interviews.")),
    Item(18, "Whether interviews were repeated", "repeated"),
    Item(19, "Recording by sound or picture", "recording"),
    Item(20, "Notes made in the field", "field_notes"),
    Item(21, "How long interviews took", "duration"),
    Item(22, "Whether saturation was discussed", "saturation"),
    Item(23, "Whether transcripts went back to participants", "transcripts_returned"),
    Item(24, "How many coded", "coders", _when("segment", "See the section Interviews: agreement on segments.")),
    Item(25, "The tree of codes", "code_tree", _when("segment", "See the section Interviews: themes by site.")),
    Item(26, "Whether themes were given or found", "themes"),
    Item(27, "Software used", "software", _when("segment", "Concord; codes and segments as REFI-QDA.")),
    Item(28, "Whether participants commented on the findings", "member_check"),
    Item(29, "Quotations, each with its participant's number", "quotations"),
    Item(30, "Whether data and findings agree", "consistency"),
    Item(31, "Whether main themes are clear", "main_themes", _when("segment", "See the section Interviews: themes.")),
    Item(32, "Whether rare cases and minor themes are told", "minor_themes"),
)
