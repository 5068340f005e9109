"""`law.wall.RULES` as PostgreSQL: grants, row-level security and audit triggers for each table of a store.

A table's policies are the rows of the wall for its compartment, joined by OR, one policy an operation. What a row is
compared with is a subquery of its own, so that the guard is asked once a statement and not once a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import BinaryField, CheckConstraint, Q

from concord.law.wall import Compartment, Condition, Operation, Rule, Walled, rules_for
from concord.site.stores.models import WalledModel
from concord.site.stores.router import kind_of
from concord.vocabulary import Sector, StoreKind


@dataclass(frozen=True)
class Asker:
    """Who asks, as far as a rule limits it: `limits` are the arguments of `guard.who_in`.

    The test stands inside the subquery that gives what a row is compared with, so it runs once a statement, and the
    planner sees a plain comparison of a column, of which it knows how many rows it leaves. To anybody else the subquery
    gives null, which no row equals.
    """

    limits: str = ""

    @classmethod
    def of(cls, rule: Rule) -> "Asker":
        sectors = "null" if rule.sectors == frozenset(Sector) else f"'{{{_listed(rule.sectors)}}}'"
        roles = f"'{{{_listed(rule.roles)}}}'" if rule.roles else "null"
        return cls("" if sectors == roles == "null" else f"{sectors}, {roles}")

    def value(self, name: str) -> str:
        """What the signed context says of her: `agency`, `staff`."""
        return f"(select (guard.who_in({self.limits})).{name})" if self.limits else f"(select guard.{name}())"

    def ids(self, name: str) -> str:
        """The same where it is a list: `partners`, `task_forces`."""
        return f"{self.value(name)}::uuid[]"

    def known(self, function: str) -> str:
        """What the guard knows of her agency: `neighbours`, `founding`."""
        call = f"guard.{function}()"
        test = f"case when (guard.who_in({self.limits})).agency is not null then {call} end" if self.limits else call
        return f"(select {test})::uuid[]"


def _listed(words) -> str:
    return ",".join(sorted(word.value for word in words))


def condition_sql(condition: Condition, w: Walled, asker: Asker = Asker()) -> str:
    """The condition over one row of a table placed on the wall as `w`."""
    own = f"{w.agency} = {asker.value('agency')}"
    match condition:
        case Condition.OWN:
            return own
        case Condition.TEAM:
            if w.case is None:
                return "false"
            seen = f"exists (select from guard.cases_of_the_team where of_case = {w.case})"
            return f"({w.agency} = any({asker.ids('partners')}) and {seen})"
        case Condition.OPEN_FILE:
            files = [column for column in (w.client, w.other_client) if column]
            hidden = "any((select guard.hidden_clients())::uuid[])"
            return f"({own} and {' and '.join(f'not {column} = {hidden}' for column in files)})"
        case Condition.SENDER:
            return f"{w.sender} = {asker.value('agency')}"
        case Condition.TO_PARTNER:
            return f"({w.sender} = {asker.value('agency')} and {w.recipient} = any({asker.ids('partners')}))"
        case Condition.RECIPIENT:
            return f"{w.recipient} = {asker.value('agency')}"
        case Condition.MEMBER:
            return f"{w.task_force} = any({asker.ids('task_forces')})"
        case Condition.NEIGHBOUR:
            return f"{w.agency} = any({asker.known('neighbours')})"
        case Condition.FOUNDING:
            return f"{w.agency} = any({asker.known('founding')})"
        case Condition.SELF:
            return f"({own} and {w.staff} = {asker.value('staff')})"


def rule_sql(rule: Rule, w: Walled) -> str:
    return condition_sql(rule.condition, w, Asker.of(rule))


def expression(store: StoreKind, w: Walled, operation: Operation) -> str | None:
    """Who may do `operation`, as SQL; None where nobody may."""
    rules = rules_for(store, w.compartment, operation)
    return " or ".join(f"({rule_sql(r, w)})" for r in rules) or None


def walled_models(kind: StoreKind) -> list[type[WalledModel]]:
    """Every walled table of a kind of store, in a stable order."""
    models = [m for m in apps.get_models() if issubclass(m, WalledModel) and kind_of(m._meta.app_label) == kind]
    return sorted(models, key=lambda m: m._meta.db_table)


def _visible_targets(model) -> str:
    """Every foreign key of a written row must name a row its writer can see. Row-level security answers before the
    key's own check does, so a row that is hidden and a row that does not exist are refused alike."""
    checks = []
    table = model._meta.db_table
    for f in model._meta.concrete_fields:
        target = f.related_model if f.is_relation else None
        if target is None or target is model or not issubclass(target, WalledModel):
            continue
        other, column = target._meta.db_table, f.column
        same = ""
        if model.wall.case == column and hasattr(target, "wall") and target.wall.case == "id":
            same = f" and t.{target.wall.agency} = {table}.{model.wall.agency}"  # a child is held by the case's holder
        exists = f"exists (select 1 from {other} t where t.id = {table}.{column}{same})"
        checks.append(f"({table}.{column} is null or {exists})" if f.null else exists)
    return "".join(f" and {c}" for c in checks)


def _own_references(model) -> list[str]:
    """Columns by which a table's rows name other rows of the same table. A policy that asked its own table would
    recurse, so a trigger asks instead, as the writer."""
    return [f.column for f in model._meta.concrete_fields if f.is_relation and f.related_model is model]


def table_statements(kind: StoreKind, model) -> Iterator[str]:
    """All SQL that puts one table behind the wall. Safe to run again."""
    t, w = model._meta.db_table, model.wall
    app, owner, guard = (f"{kind.value}_{r}" for r in ("app", "owner", "guard"))
    yield f"revoke all on {t} from public, {app}"
    yield f"alter table {t} enable row level security"
    yield f"alter table {t} force row level security"
    for name in ("owner_all", "guard_read", "guard_purges", *(f"may_{o.value}" for o in Operation)):
        yield f"drop policy if exists {name} on {t}"
    yield f"create policy owner_all on {t} to {owner} using (true) with check (true)"
    yield f"create policy guard_read on {t} for select to {guard} using (true)"
    yield f"grant select on {t} to {guard}"
    if w.compartment is Compartment.DESK:
        yield f"grant delete on {t} to {guard}"
        yield f"create policy guard_purges on {t} for delete to {guard} using (true)"
    targets = _visible_targets(model)
    for operation in Operation:
        text = expression(kind, w, operation)
        if text is None:
            continue
        check = f"({text}){targets}"
        yield f"grant {operation.value} on {t} to {app}"
        if operation is Operation.CREATE:
            yield f"create policy may_insert on {t} for insert to {app} with check ({check})"
        elif operation is Operation.CHANGE:
            yield f"create policy may_update on {t} for update to {app} using ({text}) with check ({check})"
        else:
            yield f"create policy may_{operation.value} on {t} for {operation.value} to {app} using ({text})"
    yield f"drop trigger if exists seen on {t}"
    if own := _own_references(model):
        names = ", ".join(f"'{column}'" for column in own)
        yield (
            f"create trigger seen before insert or update on {t} for each row "
            f"execute function guard.names_seen_rows({names})"
        )
    yield f"drop trigger if exists held on {t}"
    place = [c for c in ("id", w.agency) if c in {f.column for f in model._meta.concrete_fields}]
    moved = " or ".join(f"old.{c} is distinct from new.{c}" for c in dict.fromkeys(place))
    yield f"create trigger held before update on {t} for each row when ({moved}) execute function guard.held()"
    for name in AUDIT_TRIGGERS:
        yield f"drop trigger if exists {name} on {t}"
    if w.audited:
        yield from audit_triggers(t, w.file)


AUDIT_TRIGGERS = ("audit_added", "audit")


def audit_triggers(table: str, file: str) -> Iterator[str]:
    """Every row that is added, changed or taken away writes an entry; `file` is the column that says whose file."""
    yield (
        f"create trigger audit_added after insert on {table} referencing new table as added for each statement "
        f"execute function guard.rows_added('{file}')"
    )
    yield (
        f"create trigger audit after update or delete on {table} for each row "
        f"execute function guard.row_changed('{file}')"
    )


@dataclass(frozen=True)
class Holding:
    """A table that holds sealed values of persons: the columns that name the person, and the columns that are sealed.

    `filled`: those that a check of the table asks for; they are emptied to nothing instead of to NULL.
    """

    table: str
    named_by: tuple[str, ...]
    columns: tuple[str, ...]
    filled: tuple[str, ...]


def holdings(kind: StoreKind) -> list[Holding]:
    """Where a person's sealed values lie, by looking at every table of a store: what erasing her must empty.

    A person is a row that the wall closes as a file of its own; hers is what points to her and is sealed. A file that
    another file points to (a family member's) stays a file of its own.
    """
    models = walled_models(kind)
    persons = {model for model in models if model.wall.client == "id"}
    found = []
    for model in models:
        columns = tuple(f.column for f in model._meta.concrete_fields if isinstance(f, BinaryField))
        pointing = tuple(f.column for f in model._meta.concrete_fields if f.is_relation and f.related_model in persons)
        named_by = ("id",) if model in persons else pointing
        if columns and named_by:
            asked_for = {name for check in _checks(model) for name in _named(check)}
            filled = tuple(c for c in columns if c in asked_for)
            found.append(Holding(model._meta.db_table, named_by, columns, filled))
    return found


def _checks(model) -> Iterator[Q]:
    return (c.condition for c in model._meta.constraints if isinstance(c, CheckConstraint))


def _named(condition: Q) -> Iterator[str]:
    for part in condition.children:
        if isinstance(part, Q):
            yield from _named(part)
        else:
            yield part[0].partition("__")[0]


def forgetting_statements(kind: StoreKind) -> Iterator[str]:
    """Tell the guard where a person's sealed values lie, and let it take them away."""
    guard = f"{kind.value}_guard"
    yield "delete from guard.sealed"
    for one in holdings(kind):
        named_by, columns, filled = (f"'{{{','.join(names)}}}'" for names in (one.named_by, one.columns, one.filled))
        yield f"insert into guard.sealed values ('{one.table}', {named_by}, {columns}, {filled})"
        yield f"grant update on {one.table} to {guard}"
        yield f"drop policy if exists guard_forgets on {one.table}"
        yield f"create policy guard_forgets on {one.table} for update to {guard} using (true) with check (true)"


def statements(kind: StoreKind) -> Iterator[str]:
    for model in walled_models(kind):
        yield from table_statements(kind, model)
    yield from forgetting_statements(kind)
