"""Saved mappings: how one court's export is read, made once, by name; on a page or from a TOML file."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from concord.casefile.formats.court import BadMapping, CourtMapping
from concord.casefile.reading import Problem, Refused, Report, Source, open_sheet
from concord.law import charges
from concord.law.wall import Viewer
from concord.site.justice.actions.common import in_one_step, own
from concord.site.justice.models import SavedMapping
from concord.site.pages.objections import Objection

NAME_PART = "defendant_name"  # beside CourtMapping's own parts in a TOML file
MOST_WORDS = 60
LONGEST_WORD = 80


@dataclass(frozen=True)
class Mapping:
    """A court's mapping and, where the export has one, the heading of the column of names.

    Names are compared with the agency's own people and forgotten; only of a defendant who waits is one kept, sealed.
    """

    court: CourtMapping
    name_heading: str = ""

    @classmethod
    def from_dict(cls, document: dict) -> "Mapping":
        """Raises BadMapping."""
        parts = dict(document)
        heading = parts.pop(NAME_PART, "")
        if not isinstance(heading, str):
            raise BadMapping(f"{NAME_PART} is the heading of a column")
        court = CourtMapping.from_dict(parts)
        if court.jurisdiction not in charges.packs():
            raise BadMapping(f"there is no law pack {court.jurisdiction}; there are {', '.join(charges.packs())}")
        return cls(court, heading)


def from_toml(path: Path) -> Mapping:
    """A mapping from its file. Raises Objection with what is wrong in it."""
    try:
        return Mapping.from_dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Objection({"mapping": f"{path.name} cannot be read: {error.strerror}."}) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Objection({"mapping": f"{path.name} is not TOML: {error}."}) from None
    except (BadMapping, TypeError, AttributeError) as error:
        raise Objection({"mapping": f"{path.name}: {error}."}) from None


def named(name: str, by: Viewer) -> Mapping:
    """The agency's saved mapping of that name. Raises Objection with the names there are."""
    saved = SavedMapping.objects.filter(agency_id=by.agency, name=name).first()
    if saved is None:
        names = SavedMapping.objects.filter(agency_id=by.agency).order_by("name").values_list("name", flat=True)
        there = ", ".join(names) or "none yet"
        raise Objection({"mapping": f"Your agency has no mapping of that name; saved are: {there}."})
    return opened(saved)


def opened(saved: SavedMapping) -> Mapping:
    return Mapping(CourtMapping.from_dict(saved.document), saved.name_heading)


@in_one_step
def save(*, name: str, document: dict, name_heading: str, by: Viewer) -> SavedMapping:
    """Keep a mapping under a name of the agency's own; the same name again replaces it."""
    try:
        mapping = Mapping.from_dict(document | ({NAME_PART: name_heading} if name_heading else {}))
    except BadMapping as error:
        raise Objection({"": f"{str(error)[:1].upper()}{str(error)[1:]}."}) from None
    held, _made = SavedMapping.objects.update_or_create(
        agency_id=by.agency, name=name, defaults={"document": mapping.court.as_dict(), "name_heading": name_heading},
        create_defaults={**own(by), "document": mapping.court.as_dict(), "name_heading": name_heading})
    return held


def headings(source: Source, **options) -> tuple[str, ...]:
    """The headings of a court's file. Raises Refused."""
    with open_sheet(source, Report(), **options) as sheet:
        return sheet.header


def words(source: Source, columns: list[str], **options) -> dict[str, list[str]]:
    """What stands in columns of codes, the commonest first. Raises Refused where a column does not look like codes."""
    found = {heading: Counter() for heading in columns}
    with open_sheet(source, Report(), **options) as sheet:
        places = {heading: sheet.header.index(heading) for heading in columns}
        for _number, row in sheet.rows:
            for heading, at in places.items():
                text = "" if row[at] is None else str(row[at]).strip()
                if text:
                    found[heading][text] += 1
                if len(found[heading]) > MOST_WORDS or len(text) > LONGEST_WORD:
                    raise Refused(Problem(
                        sheet.file, 0, heading, "code", f"the column holds more than {MOST_WORDS} different words, or "
                        f"one of more than {LONGEST_WORD} letters", "choose the column of codes"))
    return {heading: [word for word, _times in counted.most_common()] for heading, counted in found.items()}
