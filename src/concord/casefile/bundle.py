"""A case-file bundle: a folder of tables in Parquet and CSV, a codebook, and a manifest that says what they are.

Two grades. `research` holds exact dates and citations: whoever looks a docket up can tell who it is about, so it is
written only under an agreement with a day to destroy it by. `shareable`, the default, shows days since the case opened,
quarters, bands and classes. Neither is anonymous; what is published goes through disclosure control.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from concord.casefile import cells, fields
from concord.casefile.cells import BadCell
from concord.casefile.codebook import write_codebook
from concord.casefile.columns import Kind, Table
from concord.casefile.tables import FORMAT, FORMAT_VERSION, SHAREABLE, TABLES
from concord.engine import Engine, literal, quoted
from concord.vocabulary import Code, Grade, Why

MANIFEST = "manifest.json"


class Source(Code):
    """How the rows came to be. Source: ours."""

    LIVE_RECORD = "live_record", "Exported from the record of the day's work"
    CODED_FILES = "coded_files", "Coded from files by readers"
    IMPORT = "import", "Imported from another system"


class BundleError(ValueError):
    """A bundle that cannot be written or trusted; the text says which table and row, and what to do."""


@dataclass(frozen=True)
class Origin:
    """What the manifest says about a bundle beyond its tables.

    `matures_on` is the day up to which outcomes were followed. A research bundle needs `agreement` (its number) and
    `destroy_by`.
    """

    source: Source
    matures_on: date
    grade: Grade = Grade.SHAREABLE
    agreement: str = ""
    destroy_by: date | None = None

    def __post_init__(self):
        if self.grade is Grade.RESEARCH and not (self.agreement and self.destroy_by):
            raise BundleError("a research bundle needs the number of its agreement and a day to destroy it by")


def code_lists() -> dict[str, str]:
    """Every code list the tables use, with a digest of its values: two bundles agree on a list when these do."""
    lists = {column.codes for table in TABLES.values() for column in table.columns if column.codes}
    return {
        codes.__name__: _digest(";".join(codes)) for codes in sorted([*lists, Why], key=lambda codes: codes.__name__)
    }


def write(
    folder: Path,
    rows: Mapping[str, Iterable[Mapping]],
    origin: Origin,
    *,
    created: datetime,
    progress: Callable[[str, int], None] = lambda table, done: None,
) -> dict:
    """Write a bundle and return its manifest. Rows are read once, in order, and may be generators.

    `rows` maps a table to dicts of its entry fields (`Table.entry_fields`); absent fields are missing values. Ids must
    already be study ids (`renumber`). `progress` hears each table and how many rows are done. Raises BundleError when
    the folder is not empty, a table or field is unknown, or a value is not one its column may hold.
    """
    folder = Path(folder)
    if unknown := set(rows) - set(TABLES):
        raise BundleError(f"no such table: {', '.join(sorted(unknown))}")
    if folder.exists() and any(folder.iterdir()):
        raise BundleError(f"the folder {folder.name} is not empty: give a new one")
    folder.mkdir(parents=True, exist_ok=True)
    with Engine() as engine:
        for table in TABLES.values():
            load(engine, table, rows.get(table.name, ()), progress)
        frame = frame_summary(engine)
        schema = TABLES if origin.grade is Grade.RESEARCH else _make_shareable(engine)
        files = {name: _write_table(engine, table, folder) for name, table in schema.items()}
    codebook = {path.name: sha256(path) for path in write_codebook(folder, schema)}
    manifest = _manifest(origin, created, files, frame) | {"codebook": codebook}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return manifest


@dataclass(frozen=True)
class Bundle:
    """A bundle that has been opened: its manifest, and its rows one table at a time."""

    folder: Path
    manifest: dict

    @property
    def grade(self) -> Grade:
        return Grade(self.manifest["grade"])

    @property
    def tables(self) -> dict[str, Table]:
        """The tables as this grade has them."""
        return TABLES if self.grade is Grade.RESEARCH else SHAREABLE

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine in which every table is a view of that name; quote `"case"`."""
        with Engine() as engine:
            for name in self.tables:
                engine.add_parquet(name, self.folder / f"{name}.parquet")
            yield engine

    def rows(self, name: str) -> Iterator[dict]:
        """The rows of a table as `write` takes them, read a batch at a time."""
        table = self.tables[name]
        stored = list(table.fields())
        with self.engine() as engine:
            order = ", ".join(quoted(column) for column in table.key if column in stored) or "all"
            for row in engine.stream(f"select * from {quoted(name)} order by {order}"):
                yield _entry(table, dict(zip(stored, row, strict=True)))


def read(folder: Path) -> Bundle:
    """Open a bundle. Raises BundleError when it is none, or of another format, or a file is not as it was written."""
    folder = Path(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = (manifest["format"], manifest["format_version"])
    except FileNotFoundError:
        raise BundleError(f"{folder.name} has no {MANIFEST}: it is no bundle") from None
    except (ValueError, KeyError, TypeError):
        raise BundleError(f"{folder.name}/{MANIFEST} cannot be read: ask for the bundle again") from None
    if version != (FORMAT, FORMAT_VERSION):
        raise BundleError(f"{folder.name} is {version[0]} {version[1]}; this release reads {FORMAT} {FORMAT_VERSION}")
    if broken := broken_files(folder, manifest):
        raise BundleError(f"changed since it was written: {', '.join(broken)}. Ask for the bundle again")
    return Bundle(folder, manifest)


def broken_files(folder: Path, manifest: Mapping) -> list[str]:
    """Names of the files that are missing or whose SHA-256 is not the manifest's."""
    tables = manifest["tables"].values()
    stated = {form["file"]: form["sha256"] for table in tables for form in (table["parquet"], table["csv"])}
    stated |= manifest["codebook"]
    return [name for name, digest in stated.items() if not (folder / name).is_file() or sha256(folder / name) != digest]


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def frame_summary(engine: Engine) -> list[dict]:
    """For each site and way of choosing: files in the frame, eligible, received, coded. Rows of the table `frame`."""
    return engine.run(
        "select site_id, selected_by, count(*) as files, count(*) filter (where eligible) as eligible, "
        "count(*) filter (where received) as received, count(case_id) as coded "
        "from frame group by all order by all"
    ).dicts()


def renumber(rows: Mapping[str, Iterable[Mapping]], chance: random.Random) -> tuple[dict[str, list[dict]], dict]:
    """The same rows under study ids, and the key that links them: {table: {old id: study id}}.

    The numbers are dealt in an order that says nothing about the old ids. Pass `random.SystemRandom()`, and keep the
    key in another place than the bundle, or throw it away (28 CFR 22.23). A key whose row is not among `rows` gets an
    id of its own, so that the check of keys still finds it.
    """
    known = {name: [dict(row) for row in rows.get(name, ())] for name in TABLES}
    linked = {name: _dealt(table, known[name], chance) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        for row in known[name]:
            _rename(table, row, linked)
    return known, linked


def _dealt(table: Table, rows: list[dict], chance: random.Random) -> dict[str, str]:
    own = table.columns[0]
    if own.kind is not Kind.ID:
        return {}
    olds = list(dict.fromkeys(row[own.name] for row in rows))
    chance.shuffle(olds)
    return {old: f"{table.name}-{number:06d}" for number, old in enumerate(olds, start=1)}


def _rename(table: Table, row: dict, linked: dict[str, dict[str, str]]) -> None:
    for column in table.columns:
        owner = linked[column.refers or table.name] if column.kind in (Kind.ID, Kind.KEY, Kind.KEYS) else None
        if owner is None or row.get(column.name) is None:
            continue
        value = row[column.name]
        if column.kind is Kind.KEYS:
            row[column.name] = [_linked(owner, column.refers, old) for old in value]
        else:
            row[column.name] = _linked(owner, column.refers or table.name, value)
    if table.name == "coding" and row.get("table_name") in linked:
        row["row_id"] = _linked(linked[row["table_name"]], row["table_name"], row["row_id"])


def _linked(owner: dict[str, str], table: str, old: str) -> str:
    return owner.setdefault(old, f"{table}-x{len(owner) + 1:06d}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def load(
    engine: Engine,
    table: Table,
    rows: Iterable[Mapping],
    progress: Callable[[str, int], None] = lambda table, done: None,
) -> None:
    """Make a table of an engine from rows of entry fields, each cell checked. Nothing is put on a disk.

    Rows are read once, a batch at a time. Raises BundleError at the first value its column may not hold.
    """
    typed_in = f"_{table.name}"
    engine.add_rows(typed_in, dict.fromkeys(table.entry_fields(), "VARCHAR"), _text_rows(table, rows, progress))
    engine.run(f"create table {quoted(table.name)} as {fields.typed(table, quoted(typed_in))}")
    engine.run(f"drop table {quoted(typed_in)}")


def _text_rows(table: Table, rows: Iterable[Mapping], progress: Callable) -> Iterator[dict]:
    names = table.entry_fields()
    for number, row in enumerate(rows, start=1):
        yield dict(zip(names, _text_row(table, number, row), strict=True))
        if number % 10_000 == 0:
            progress(table.name, number)


def _text_row(table: Table, number: int, row: Mapping) -> list[str | None]:
    if unknown := set(row) - set(table.entry_fields()):
        raise BundleError(f"{table.name}, row {number}: no such field: {', '.join(sorted(unknown))}")
    written = []
    for column in table.columns:
        try:
            text = cells.as_text(column, row.get(column.name))
            if cells.parse(column, text) is None and column.needed:
                raise BadCell("blank", "needs a value", "give one")
            written.append(text or None)
            if column.why:
                written.append(cells.why(row.get(column.why)) or (None if text else column.default_why))
        except BadCell as bad:
            raise BundleError(f"{table.name}, row {number}, {column.name}: {bad}; {bad.what_to_do}") from None
    return written


def _make_shareable(engine: Engine) -> dict[str, Table]:
    engine.add_rows("_shown", {"name": "VARCHAR"}, fields.shown_as_they_are(TABLES))
    for name, table in TABLES.items():
        engine.run(f"create table {quoted('_' + name)} as {fields.shared(table)}")
    for name in TABLES:
        engine.run(f"drop table {quoted(name)}")
        engine.run(f"alter table {quoted('_' + name)} rename to {quoted(name)}")
    return SHAREABLE


def _write_table(engine: Engine, table: Table, folder: Path) -> dict:
    order = f"order by {', '.join(quoted(column) for column in table.key if column in table.fields())}"
    stored = f"select {', '.join(map(quoted, table.fields()))} from {quoted(table.name)} {order}"
    parquet, text = folder / f"{table.name}.parquet", folder / f"{table.name}.csv"
    engine.run(f"copy ({stored}) to {literal(parquet)} (format parquet, compression zstd)")
    engine.run(f"copy ({fields.texts(table)} {order}) to {literal(text)} (format csv, header, delim ',')")
    counted = engine.run(f"select count(*) as rows from {quoted(table.name)}").one()["rows"]
    return {
        "rows": counted,
        "parquet": {"file": parquet.name, "sha256": sha256(parquet)},
        "csv": {"file": text.name, "sha256": sha256(text)},
    }


def _manifest(origin: Origin, created: datetime, files: dict, frame: list[dict]) -> dict:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "code_lists": code_lists(),
        "created": created.astimezone(UTC).isoformat(timespec="seconds"),
        "source": origin.source.value,
        "grade": origin.grade.value,
        "matures_on": origin.matures_on.isoformat(),
        "agreement": origin.agreement or None,
        "destroy_by": origin.destroy_by.isoformat() if origin.destroy_by else None,
        "frame": frame,
        "tables": files,
    }


def _entry(table: Table, stored: dict) -> dict:
    row = {}
    for column in table.columns:
        value = stored[column.name]
        row[column.name] = stored[column.partial] if value is None and column.partial else value
        if column.why:
            row[column.why] = Why(stored[column.why]) if stored[column.why] else None
    return row
