"""The case file's columns as SQL: from typed-in text to stored fields, back to text, and on to the shareable form.

All expressions are DuckDB's. A row comes as entry fields: every one is text, and an empty one is null.
"""

from concord.casefile.columns import AGE_BANDS, Column, Kind, Share, Table
from concord.engine import literal, quoted
from concord.vocabulary import Why

ANCHORS = {
    "case": 'select t.*, t.opened_on as _opened from "case" t',
    "victim": 'select t.*, c.opened_on as _opened from victim t left join "case" c using (case_id)',
    "suspect": 'select t.*, c.opened_on as _opened from suspect t left join "case" c using (case_id)',
    "asset": 'select t.*, c.opened_on as _opened from asset t left join "case" c using (case_id)',
    "charge": "select t.*, c.opened_on as _opened from charge t left join suspect s using (suspect_id) "
    'left join "case" c using (case_id)',
}


def typed(table: Table, source: str) -> str:
    """A query that gives the stored fields of a table from its entry fields as text in `source`."""
    expressions = [expression for column in table.columns for expression in _from_text(column)]
    return f"select {', '.join(expressions)} from {source}"


def texts(table: Table) -> str:
    """A query that gives the entry fields as text from the stored table: the rows of its CSV."""
    expressions = []
    for column in table.columns:
        expressions.append(f"{_to_text(column)} as {quoted(column.name)}")
        if column.why:
            expressions.append(quoted(column.why))
    return f"select {', '.join(expressions)} from {quoted(table.name)}"


def shared(table: Table) -> str:
    """A query that gives the shareable fields of a table from the research tables."""
    expressions = [expression for column in table.columns for expression in _shared(table, column)]
    source = ANCHORS.get(table.name, f"select * from {quoted(table.name)}")
    if table.name == "coding":
        expressions = [_coding(expression) for expression in expressions]
    return f"select {', '.join(expressions)} from ({source})"


def _from_text(column: Column) -> list[str]:
    name = quoted(column.name)
    if column.kind is Kind.DATE:
        whole = f"case when length({name}) = 10 then cast({name} as date) end"
        part = f"case when length({name}) < 10 then {name} end"
        expressions = [f"{whole} as {name}", f"{part} as {quoted(column.partial)}"]
    elif column.is_list:
        items = f"case when {name} = 'none' then []::varchar[] else string_split({name}, ';') end"
        expressions = [f"{items} as {name}"]
    elif column.kind is Kind.FLAG:
        expressions = [f"case {name} when 'yes' then true when 'no' then false end as {name}"]
    elif column.kind is Kind.WORD:
        bare = f"case when regexp_matches({name}, '^''[=+@''-]') then substr({name}, 2) else {name} end"
        expressions = [f"{bare} as {name}"]
    else:
        expressions = [f"cast({name} as {column.fields()[column.name]}) as {name}"]
    return [*expressions, quoted(column.why)] if column.why else expressions


def _to_text(column: Column) -> str:
    name = quoted(column.name)
    if column.kind is Kind.DATE:
        return f"coalesce(strftime({name}, '%Y-%m-%d'), {quoted(column.partial)})"
    if column.is_list:
        return f"case when len({name}) = 0 then 'none' else array_to_string({name}, ';') end"
    if column.kind is Kind.FLAG:
        return f"case {name} when true then 'yes' when false then 'no' end"
    if column.kind is Kind.WORD:
        return f"case when regexp_matches({name}, '^[=+@''-]') then '''' || {name} else {name} end"
    return f"cast({name} as varchar)"


def _shared(table: Table, column: Column) -> list[str]:
    after = column.shared()
    if after is None:
        return []
    name, value = quoted(column.name), SHARED.get(column.share, lambda column: quoted(column.name))(column)
    expressions = [f"{value} as {quoted(after.name)}"]
    if column.kind is Kind.DATE and after.kind is Kind.DATE:
        expressions.append(quoted(column.partial))
    if column.why:
        known = f"{name} is not null" + (f" or {quoted(column.partial)} is not null" if column.partial else "")
        withheld = f"case when {known} then {literal(Why.WITHHELD)} end"
        lost = f"case when {value} is null then coalesce({quoted(column.why)}, {withheld}) end"
        kept = quoted(column.why) if value == name else lost
        expressions.append(f"{kept} as {quoted(after.why)}")
    return expressions


def _quarter(column: Column) -> str:
    month = f"case when length({quoted(column.partial)}) = 7 then cast({quoted(column.partial)} || '-01' as date) end"
    day = f"coalesce({quoted(column.name)}, {month})"
    return f"(year({day})::varchar || '-Q' || quarter({day})::varchar)"


def _days(column: Column) -> str:
    return f"cast(date_diff('day', _opened, {quoted(column.name)}) as integer)"


def _band(column: Column) -> str:
    bounds = [int(band.rstrip("+").split("-")[0]) for band in AGE_BANDS]
    above = reversed(list(zip(bounds, AGE_BANDS, strict=True)))
    whens = " ".join(f"when {quoted(column.name)} >= {bound} then '{band}'" for bound, band in above)
    return f"case {whens} end"


def _thousands(column: Column) -> str:
    return f"cast(round({quoted(column.name)} / 1000) * 1000 as decimal(14,2))"


def _years(column: Column) -> str:
    return f"cast(round({quoted(column.name)} / 12.0) * 12 as integer)"


SHARED = {
    Share.QUARTER: _quarter,
    Share.DAYS: _days,
    Share.BAND: _band,
    Share.THOUSANDS: _thousands,
    Share.YEARS: _years,
}


def _coding(expression: str) -> str:
    """A coder's judgement is as open as the column it is about: shown only where that column is shown as it is."""
    shown = "(table_name || '.' || column_name) in (select name from _shown)"
    if expression == '"value" as "value"':
        return f'case when {shown} then "value" end as "value"'
    if expression == '"value_why" as "value_why"':
        return f"case when {shown} or \"value\" is null then value_why else '{Why.WITHHELD}' end as value_why"
    return expression


def shown_as_they_are(tables: dict[str, Table]) -> list[dict]:
    """`table.column` of every coded column that a shareable bundle shows as it is: rows for the table `_shown`."""
    open_kinds = (Kind.WORD, Kind.WORDS, Kind.ID, Kind.KEY, Kind.KEYS)
    return [
        {"name": f"{table.name}.{column.name}"}
        for table in tables.values()
        for column in table.columns
        if column.share is Share.KEEP and column.kind not in open_kinds
    ]
