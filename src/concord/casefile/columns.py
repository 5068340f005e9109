"""How a table of the case file is stated: columns, each with a kind, a code list, a reason when missing, a shared form.

`tables.py` states the tables with these words. Everything else about a column follows from its statement: the fields it
is stored in, their SQL types, what a coder may type, what a shareable bundle shows of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from concord.vocabulary import Code, Why


class Kind(StrEnum):
    """What sort of value a column holds."""

    ID = auto()
    KEY = auto()
    KEYS = auto()
    CODE = auto()
    CODES = auto()
    WORD = auto()
    WORDS = auto()
    COUNT = auto()
    USD = auto()
    DATE = auto()
    FLAG = auto()


SQL = {
    Kind.ID: "VARCHAR",
    Kind.KEY: "VARCHAR",
    Kind.KEYS: "VARCHAR[]",
    Kind.CODE: "VARCHAR",
    Kind.CODES: "VARCHAR[]",
    Kind.WORD: "VARCHAR",
    Kind.WORDS: "VARCHAR[]",
    Kind.COUNT: "INTEGER",
    Kind.USD: "DECIMAL(14,2)",
    Kind.DATE: "DATE",
    Kind.FLAG: "BOOLEAN",
}

HOW_TO_TYPE = {
    Kind.ID: "the study's own id",
    Kind.KEY: "an id",
    Kind.KEYS: "ids joined by ; or the word none",
    Kind.CODE: "one code of the list",
    Kind.CODES: "codes joined by ; or the word none",
    Kind.WORD: "a short text",
    Kind.WORDS: "short texts joined by ; or the word none",
    Kind.COUNT: "a whole number",
    Kind.USD: "US dollars, a point and at most two decimals, no $ and no comma",
    Kind.DATE: "2019-05-14, or 2019-05 or 2019 when no more is known",
    Kind.FLAG: "yes or no",
}


class Share(StrEnum):
    """What a shareable bundle shows of a column."""

    KEEP = "as it is"
    DROP = "left out"
    QUARTER = "the quarter of the year"
    DAYS = "days since the case opened"
    BAND = "an age band"
    THOUSANDS = "rounded to 1,000 dollars"
    YEARS = "rounded to 12 months"


AGE_BANDS = ("0-11", "12-17", "18-24", "25-34", "35-44", "45-54", "55+")


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind, and what it says. Build it with the functions below."""

    name: str
    kind: Kind
    says: str
    codes: type[Code] | None = None
    only: tuple[str, ...] = ()
    refers: str = ""
    needed: bool = False
    share: Share = Share.KEEP
    default_why: Why | None = None
    least: int | None = None
    most: int | None = None

    @property
    def why(self) -> str:
        """Name of the sibling that says why a value is missing; empty where one is always needed."""
        return "" if self.needed else f"{self.name}_why"

    @property
    def partial(self) -> str:
        """Name of the field that keeps a partial date (`2019`, `2019-05`); empty for other kinds."""
        return f"{self.name}_partial" if self.kind is Kind.DATE else ""

    @property
    def is_list(self) -> bool:
        return self.kind in (Kind.KEYS, Kind.CODES, Kind.WORDS)

    def allowed(self) -> tuple[str, ...]:
        """The codes a value may be, in order; empty where any text will do."""
        if self.only:
            return self.only
        return tuple(member.value for member in self.codes) if self.codes else ()

    def fields(self) -> dict[str, str]:
        """The stored fields and their SQL types: the value, its partial date, its reason."""
        stored = {self.name: SQL[self.kind]}
        if self.partial:
            stored[self.partial] = "VARCHAR"
        if self.why:
            stored[self.why] = "VARCHAR"
        return stored

    def entry_fields(self) -> tuple[str, ...]:
        """What a person types, and what a CSV holds: the value (a partial date in it), and the reason."""
        return (self.name, self.why) if self.why else (self.name,)

    def shared(self) -> "Column | None":
        """The column as a shareable bundle has it, or None where it is left out."""
        match self.share:
            case Share.DROP:
                return None
            case Share.QUARTER:
                return replace(self, name=f"{_stem(self.name)}_quarter", kind=Kind.WORD, says=f"{self.says} (quarter)")
            case Share.DAYS:
                says = f"{self.says} (days since the case opened; negative if before)"
                return replace(self, name=f"{_stem(self.name)}_days", kind=Kind.COUNT, says=says)
            case Share.BAND:
                says = f"{self.says} (band)"
                banded = {"kind": Kind.CODE, "only": AGE_BANDS, "least": None, "most": None}
                return replace(self, name=f"{self.name}_band", says=says, **banded)
            case Share.THOUSANDS | Share.YEARS:
                return replace(self, says=f"{self.says} ({self.share.value})")
        return self


def _stem(name: str) -> str:
    return name.removesuffix("_on")


@dataclass(frozen=True)
class Table:
    """One table: what a row is, and its columns. `key` names the columns that tell rows apart."""

    name: str
    says: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")

    def fields(self) -> dict[str, str]:
        """Every stored field and its DuckDB type, in order: what Parquet and the SQL views have."""
        return {name: kind for column in self.columns for name, kind in column.fields().items()}

    def entry_fields(self) -> tuple[str, ...]:
        """The header of the table's CSV, XLSX sheet and entry template."""
        return tuple(name for column in self.columns for name in column.entry_fields())

    def shared(self) -> "Table":
        """The table as a shareable bundle has it."""
        return replace(self, columns=tuple(kept for column in self.columns if (kept := column.shared())))


def ident(name: str, says: str) -> Column:
    return Column(name, Kind.ID, says, needed=True)


def key(name: str, refers: str, says: str, *, needed: bool = False) -> Column:
    return Column(name, Kind.KEY, says, refers=refers, needed=needed)


def keys(name: str, refers: str, says: str) -> Column:
    return Column(name, Kind.KEYS, says, refers=refers)


def code(name: str, codes: type[Code], says: str, **options) -> Column:
    return Column(name, Kind.CODE, says, codes=codes, **options)


def codes(name: str, of: type[Code], says: str, **options) -> Column:
    return Column(name, Kind.CODES, says, codes=of, **options)


def word(name: str, says: str, **options) -> Column:
    return Column(name, Kind.WORD, says, **options)


def words(name: str, says: str, **options) -> Column:
    return Column(name, Kind.WORDS, says, **options)


def count(name: str, says: str, *, least: int = 0, **options) -> Column:
    return Column(name, Kind.COUNT, says, least=least, **options)


def age(name: str, says: str) -> Column:
    return Column(name, Kind.COUNT, says, least=0, most=120, share=Share.BAND)


def usd(name: str, says: str) -> Column:
    return Column(name, Kind.USD, says, least=0, share=Share.THOUSANDS)


def day(name: str, says: str, *, share: Share = Share.DAYS, needed: bool = False) -> Column:
    return Column(name, Kind.DATE, says, share=share, needed=needed)


def flag(name: str, says: str, **options) -> Column:
    return Column(name, Kind.FLAG, says, **options)


def references(tables: dict[str, Table]) -> Iterator[tuple[Table, Column, Table]]:
    """Every column that points at another table, with both tables."""
    for table in tables.values():
        for column in table.columns:
            if column.refers:
                yield table, column, tables[column.refers]
