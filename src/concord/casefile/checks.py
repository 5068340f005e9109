"""Does a case file agree with itself? Every check reports table, row, column and reason; none removes or changes a row.

A check is a line of SQL over the tables, so a million rows are checked without being held. Those of blanks, codes, keys
and ranges follow from `tables.py`; the reconciling ones are the rules below, each one a condition that must not hold.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from concord.casefile import bundle, cells, reading
from concord.casefile.cells import BadCell
from concord.casefile.columns import Column, Table, references
from concord.casefile.rules import RULES, Rule, Weight
from concord.casefile.tables import TABLES
from concord.engine import Engine, literal, quoted
from concord.vocabulary import Grade, Why


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree. `row` is the row's key, its parts joined by /."""

    check: str
    weight: Weight
    table: str
    row: str
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.weight.value}: {self.table}, {self.row}, {self.column}: {self.reason}"


LOOK_ALIKE = ("case", "charge", "asset")


def run(engine: Engine, grade: Grade = Grade.RESEARCH, tables: Mapping[str, Table] = TABLES) -> Iterator[Finding]:
    """Every finding about the tables of an engine, one at a time, in the order of the tables and then of the rules."""
    for table in tables.values():
        yield from _structure(engine, table)
    for table, column, other in references(dict(tables)):
        yield from _lost_keys(engine, table, column, other)
    for rule in RULES:
        if grade in rule.grades:
            yield from _broken(engine, tables[rule.table], rule)
    for name in LOOK_ALIKE if grade is Grade.RESEARCH else ():  # the shareable form makes rows alike by design
        yield from _look_alikes(engine, tables[name])
    yield from _coded_values(engine, tables)


@dataclass(frozen=True)
class Checked:
    """A folder that was checked: what is wrong with its files, its cells and its rows."""

    broken_files: tuple[str, ...]
    reports: dict[str, reading.Report]
    findings: tuple[Finding, ...]
    counted: dict[str, int]

    @property
    def errors(self) -> int:
        """Broken files, rejected rows and findings that are errors."""
        wrong = sum(finding.weight is Weight.ERROR for finding in self.findings)
        return len(self.broken_files) + sum(report.rejected for report in self.reports.values()) + wrong

    def summary(self) -> Counter:
        """How many findings of each weight, table, column and reason."""
        return Counter((f.weight.value, f.table, f.column, f.reason) for f in self.findings)


def check_folder(folder: Path) -> Checked:
    """Check a bundle, or a folder of filled-in entry templates (CSV, or one casefile.xlsx).

    Raises `bundle.BundleError` or `reading.Refused` when the folder cannot be read at all.
    """
    folder = Path(folder)
    if (folder / bundle.MANIFEST).is_file():
        return _check_bundle(bundle.read(folder))
    return _check_templates(folder)


def _check_bundle(opened: bundle.Bundle) -> Checked:
    with opened.engine() as engine:
        counted = _counted(engine, opened.tables)
        stated = {name: table["rows"] for name, table in opened.manifest["tables"].items()}
        wrong = tuple(f"{name}.parquet: {counted[name]} rows, not {stated.get(name)}" for name in counted
                      if counted[name] != stated.get(name))  # fmt: skip
        findings = tuple(run(engine, opened.grade, opened.tables))
    return Checked(wrong, {}, findings, counted)


def _check_templates(folder: Path) -> Checked:
    reports: dict[str, reading.Report] = {}
    sources = template_sources(folder)
    with Engine() as engine:
        for name, table in TABLES.items():
            rows: Iterator[dict] = iter(())
            if name in sources:
                reports[name] = reading.Report()
                path, sheet = sources[name]
                rows = reading.read_table(path, table, reports[name], sheet=sheet)
            bundle.load(engine, table, rows)
        findings = tuple(run(engine))
        return Checked((), reports, findings, _counted(engine, TABLES))


def template_sources(folder: Path) -> dict[str, tuple[Path, str | None]]:
    """Where each table of a folder of filled-in templates is: {table: (file, sheet or None)}. Raises Refused."""
    found: dict[str, tuple[Path, str | None]] = {}
    workbook = folder / "casefile.xlsx"
    if workbook.is_file():
        found |= {name: (workbook, name) for name in reading.sheet_names(workbook) if name in TABLES}
    for path in sorted(folder.glob("*.csv")):
        if path.stem in TABLES and path.stem in found:
            problem = reading.Problem(path.name, 0, "", "file", "the table is in casefile.xlsx too", "keep one of them")
            raise reading.Refused(problem)
        if path.stem in TABLES:
            found[path.stem] = (path, None)
    if not found:
        problem = reading.Problem(folder.name, 0, "", "file", "no table of a case file is here", "give its folder")
        raise reading.Refused(problem)
    return found


def _counted(engine: Engine, tables: Mapping[str, Table]) -> dict[str, int]:
    return {name: engine.run(f"select count(*) as n from {quoted(name)}").one()["n"] for name in tables}


def _key(table: Table) -> str:
    parts = ", ".join(f"cast(t.{quoted(column)} as varchar)" for column in table.key if column in table.fields())
    return f"concat_ws('/', {parts})"


def _broken(engine: Engine, table: Table, rule: Rule) -> Iterator[Finding]:
    shows = f", {rule.shows}" if rule.shows else ""
    sql = f"select {_key(table)}{shows} from {quoted(table.name)} t {rule.joins} where {rule.where} order by 1"
    for row, *shown in engine.stream(sql):
        yield Finding(rule.name, rule.weight, table.name, row, rule.column, rule.says.format(*shown))


def _structure(engine: Engine, table: Table) -> Iterator[Finding]:
    twice = f"{_key(table)} in (select {_key(table)} from {quoted(table.name)} t group by all having count(*) > 1)"
    rules = [Rule("duplicate", table.name, table.key[0], twice, "the key stands on more than one row")]
    for column in table.columns:
        rules += [Rule(name, table.name, column.name, where, says) for where, name, says in _of_column(column)]
    for rule in _that_find_something(engine, table, rules):
        yield from _broken(engine, table, rule)


def _that_find_something(engine: Engine, table: Table, rules: list[Rule]) -> list[Rule]:
    """Count all conditions in one pass over the table, so that only those met are gone through row by row."""
    counts = ", ".join(f"count(*) filter (where {rule.where})" for rule in rules)
    (counted,) = engine.run(f"select {counts} from {quoted(table.name)} t").rows
    return [rule for rule, count in zip(rules, counted, strict=True) if count]


def _of_column(column: Column) -> Iterator[tuple[str, str, str]]:
    value = f"t.{quoted(column.name)}"
    empty = f"{value} is null"
    if column.partial and column.partial in column.fields():
        part = f"t.{quoted(column.partial)}"
        empty += f" and {part} is null"
        yield f"not regexp_full_match({part}, '[0-9]{{4}}(-(0[1-9]|1[0-2]))?')", "date", "not a partial date"
    if not column.why:
        yield empty, "blank", "a value is needed"
    else:
        yield f"{empty} and t.{quoted(column.why)} is null", "blank", "no value and no reason why"
        yield f"not ({empty}) and t.{quoted(column.why)} is not null", "blank", "a value and a reason why there is none"
        yield f"t.{quoted(column.why)} not in ({', '.join(map(literal, Why))})", "code", "the reason is of no code list"
    if allowed := ", ".join(map(literal, column.allowed())):
        wrong = f"not list_has_all([{allowed}], {value})" if column.is_list else f"{value} not in ({allowed})"
        yield wrong, "code", "not in its code list"
    if column.least is not None:
        yield f"{value} < {column.least}", "range", f"below {column.least}"
    if column.most is not None:
        yield f"{value} > {column.most}", "range", f"above {column.most}"


def _lost_keys(engine: Engine, table: Table, column: Column, other: Table) -> Iterator[Finding]:
    there = f"select {quoted(other.key[0])} from {quoted(other.name)}"
    if column.is_list:
        joins = f", unnest(t.{quoted(column.name)}) as named(id)"
        where = f"named.id not in ({there})"
    else:
        joins, where = "", f"t.{quoted(column.name)} is not null and t.{quoted(column.name)} not in ({there})"
    says = f"there is no such row in {other.name}"
    yield from _broken(engine, table, Rule("key", table.name, column.name, where, says, joins=joins))


def _look_alikes(engine: Engine, table: Table) -> Iterator[Finding]:
    own = table.columns[0].name
    rest = ", ".join(f"t.{quoted(name)}" for name in table.fields() if name != own)
    where = f"({rest}) in (select ({rest}) from {quoted(table.name)} t group by all having count(*) > 1)"
    says = "another row is the same but for its id; both are kept"
    yield from _broken(engine, table, Rule("look_alike", table.name, own, where, says, weight=Weight.NOTICE))


def _coded_values(engine: Engine, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """What coders put must be a value of the cell's column, typed as in an entry template."""
    table = tables["coding"]
    for row, name, column, value in engine.stream(
        f"select {_key(table)}, table_name, column_name, value from coding t order by 1"
    ):
        try:
            cells.parse(TABLES[name].column(column), value)
        except KeyError:
            yield Finding("coding", Weight.ERROR, "coding", row, "column_name", "there is no such table and column")
        except BadCell as bad:
            yield Finding("coding", Weight.ERROR, "coding", row, "value", f"{bad} ({bad.what_to_do})")
