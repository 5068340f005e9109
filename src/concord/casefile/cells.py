"""One cell between the text a person types and the value a table holds, both ways, by what its column says.

Nothing is guessed: text that is not exactly a value of its column is refused with what was wrong and what to do. The
refusal never repeats what was typed, since a cell may hold a name in the wrong column; only a code is repeated.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from concord.casefile.columns import HOW_TO_TYPE, Column, Kind
from concord.vocabulary import Why

NONE = "none"
FORMULA = ("=", "+", "-", "@")
GUARDED = re.compile(r"'[=+\-@']")
AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
A_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
A_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
A_WHOLE = re.compile(r"-?\d{1,9}")
A_SUM = re.compile(r"-?\d{1,11}(?:\.\d{1,2})?")
LOOKS_LIKE_A_CODE = re.compile(r"[A-Za-z0-9_-]{1,24}")
YEARS = range(1900, 2100)
LONGEST = 2_000


class BadCell(ValueError):
    """A cell that is not a value of its column. `kind` is its sort, the text says why, `what_to_do` the way out."""

    def __init__(self, kind: str, reason: str, what_to_do: str):
        super().__init__(reason)
        self.kind, self.what_to_do = kind, what_to_do


def parse(column: Column, cell: object):
    """The value of a cell, or None when it is empty.

    Takes text, and what an XLSX cell may hold (a number, a date, a yes/no). Gives str, int, Decimal, bool, date, a
    partial date as `2019` or `2019-05`, or a list. Raises BadCell.
    """
    if cell is None:
        return None
    if not isinstance(cell, str):
        return _parse_typed(column, cell)
    text = cell.strip()
    if not text:
        return None
    if "\0" in text:
        raise BadCell("NUL", "the cell holds a NUL byte", "export the file again from its source")
    if len(text) > LONGEST:
        raise BadCell("length", f"the cell is longer than {LONGEST} characters", "shorten it")
    return READERS[column.kind](column, text)


def why(text: object) -> Why | None:
    """The reason of a `_why` cell, or None when empty. Raises BadCell."""
    if text is None or not str(text).strip():
        return None
    try:
        return Why(str(text).strip())
    except ValueError:
        raise BadCell("code", f"{_shown(str(text).strip())} is no reason", f"use one of {', '.join(Why)}") from None


def as_text(column: Column, value: object) -> str:
    """A value as an entry template, CSV or coding row has it. The inverse of `parse`."""
    if value is None:
        return ""
    if column.kind is Kind.FLAG:
        return "yes" if value else "no"
    if column.is_list:
        return ";".join(value) if value else NONE
    if isinstance(value, date):
        return value.isoformat()[:10]
    if column.kind is Kind.WORD:
        return f"'{value}" if value.startswith((*FORMULA, "'")) else value
    return str(value)


def check(column: Column, value: object) -> None:
    """Raise BadCell unless a Python value is one its column may hold. What `parse` gives always passes."""
    parse(column, as_text(column, value))


def _parse_typed(column: Column, cell: object):
    if isinstance(cell, bool):
        if column.kind is Kind.FLAG:
            return cell
    elif isinstance(cell, datetime | date):
        if column.kind is Kind.DATE:
            return _within(column, cell.date() if isinstance(cell, datetime) else cell)
    elif isinstance(cell, int | float):
        if float(cell).is_integer():
            return parse(column, str(int(cell)))
        if column.kind is Kind.USD:
            return parse(column, repr(cell))
    return _bad(column)


def _bad(column: Column, reason: str = "", kind: str = ""):
    raise BadCell(kind or column.kind.value, reason or "the cell is of another sort", HOW_TO_TYPE[column.kind])


def _shown(text: str) -> str:
    """A code may be repeated in a message; anything that might be a person's words may not."""
    return text if LOOKS_LIKE_A_CODE.fullmatch(text) and any(ch in "_-" or ch.isdigit() for ch in text) else "the value"


def _id(column: Column, text: str) -> str:
    if text == NONE or not AN_ID.fullmatch(text):
        raise BadCell("id", "not an id", "ids have letters, digits, . _ : - and at most 64 characters")
    return text


def _code(column: Column, text: str) -> str:
    if text not in column.allowed():
        raise BadCell("code", f"{_shown(text)} is not in the code list", f"use one of {', '.join(column.allowed())}")
    return text


def _word(column: Column, text: str) -> str:
    if GUARDED.match(text):
        return text[1:]
    if text.startswith(FORMULA):
        raise BadCell("formula", f"the text begins with {text[0]}", "put an apostrophe first, or take the sign away")
    if any(unicodedata.category(ch) in ("Cc", "Cs") for ch in text):
        raise BadCell("text", "the text holds a line break or a control character", "put it on one line")
    return text


def _item(column: Column, text: str) -> str:
    if text.startswith((*FORMULA, "'")) or text == NONE:
        raise BadCell("text", "an item of the list is not plain text", HOW_TO_TYPE[column.kind])
    return _word(column, text)


def _listed(column: Column, text: str) -> list[str]:
    if text == NONE:
        return []
    items = [item.strip() for item in text.split(";")]
    if not all(items):
        raise BadCell("list", "an item between two ; is empty", HOW_TO_TYPE[column.kind])
    if len(set(items)) < len(items):
        raise BadCell("list", "an item is named twice", "name each once")
    return [ITEMS[column.kind](column, item) for item in items]


def _within(column: Column, value):
    if isinstance(value, date):
        if value.year not in YEARS:
            raise BadCell("date", f"a year outside {YEARS.start}-{YEARS.stop - 1}", HOW_TO_TYPE[Kind.DATE])
        return value
    if column.least is not None and value < column.least:
        raise BadCell("number", f"the number is below {column.least}", "correct it, or leave it blank with a reason")
    if column.most is not None and value > column.most:
        raise BadCell("number", f"the number is above {column.most}", "correct it, or leave it blank with a reason")
    return value


def _count(column: Column, text: str) -> int:
    if not A_WHOLE.fullmatch(text):
        _bad(column, "not a whole number", "number")
    return _within(column, int(text))


def _usd(column: Column, text: str) -> Decimal:
    if not A_SUM.fullmatch(text):
        _bad(column, "not a sum in dollars", "number")
    try:
        return _within(column, Decimal(text).quantize(Decimal("0.01")))
    except InvalidOperation:
        return _bad(column, "not a sum in dollars", "number")


def _flag(column: Column, text: str) -> bool:
    if text not in ("yes", "no"):
        _bad(column, "neither yes nor no", "yes/no")
    return text == "yes"


def _date(column: Column, text: str) -> date | str:
    """A day, or as much of one as is known. Raises BadCell for a day that no calendar has."""
    if whole := A_DAY.fullmatch(text):
        try:
            return _within(column, date(*map(int, whole.groups())))
        except ValueError as error:
            if isinstance(error, BadCell):
                raise
            raise BadCell("date", "no calendar has this day", "check day and month") from None
    part = A_PARTIAL.fullmatch(text)
    if not part or (part[2] and not 1 <= int(part[2]) <= 12):
        raise BadCell("date", "not a date", HOW_TO_TYPE[Kind.DATE])
    _within(column, date(max(int(part[1]), 1), 1, 1))
    return text


READERS = {
    Kind.ID: _id,
    Kind.KEY: _id,
    Kind.KEYS: _listed,
    Kind.CODE: _code,
    Kind.CODES: _listed,
    Kind.WORD: _word,
    Kind.WORDS: _listed,
    Kind.COUNT: _count,
    Kind.USD: _usd,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
}
ITEMS = {Kind.KEYS: _id, Kind.CODES: _code, Kind.WORDS: _item}
