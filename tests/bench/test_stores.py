"""What the wall costs: the audit chain beside the same writes without it, and the reading of a long chain.

pytest -m bench -s tests/bench/test_stores.py

A server as it really runs (fsync on), in a folder of its own; ratios of two things measured in turn in one run.
"""

import statistics
import sys
import threading
from time import perf_counter
from uuid import uuid4

import psycopg
import pytest

from concord.law.wall import Viewer
from concord.site.stores import context, policies
from concord.vocabulary import Role, Sector
from tests.site.committed import Copy

pytestmark = pytest.mark.bench

WRITERS, SECONDS, ROUNDS = 4, 3, 5
ENTRIES = 1_000_000
VIEWER = Viewer(staff=uuid4(), agency=uuid4(), sector=Sector.LAW_ENFORCEMENT, roles=frozenset({Role.DETECTIVE}))
LEAD = """
insert into bench_lead select id, agency_id, now(), 'sex', 'hotline', '2026-01-01', repeat('x', 200)
  from unnest(%s::uuid[], %s::uuid[]) as t(id, agency_id)
"""
TABLE = """
create table bench_lead(id uuid primary key, agency_id uuid not null, created_at timestamptz not null,
  kind text not null, source text not null, on_date date not null, sealed text not null);
create index on bench_lead(agency_id, created_at desc);
grant select, insert on bench_lead to justice_app;
alter table bench_lead enable row level security; alter table bench_lead force row level security;
create policy may_insert on bench_lead for insert to justice_app with check (agency_id = (select guard.agency()));
create policy may_select on bench_lead for select to justice_app using (agency_id = (select guard.agency()));
"""
AUDIT = "; ".join(policies.audit_triggers("bench_lead", "id"))
NO_AUDIT = "; ".join(f"drop trigger {name} on bench_lead" for name in policies.AUDIT_TRIGGERS)


@pytest.fixture
def justice():
    """A copy of the justice store with one table of the shape of a lead, its policies on."""
    copy = Copy("justice")
    copy.run(TABLE)
    yield copy
    copy.drop()


def say(capsys, line):
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


def write_until(store, dsn, end, done):
    """One writer: a transaction with a signed context and one row, again and again, as a request does it."""
    with psycopg.connect(**dsn) as db, db.cursor() as cursor:
        count = 0
        while perf_counter() < end:
            pid, at = cursor.execute(
                "select pg_backend_pid(), (extract(epoch from now()) * 1000000)::bigint"
            ).fetchone()
            text, signature = context.sign(VIEWER, store=store.alias, key=store.context_key, pid=pid, started_us=at)
            cursor.execute(
                "select set_config('role', 'justice_app', true), set_config('concord.ctx', %s, true),"
                " set_config('concord.sig', %s, true)",
                [text, signature],
            )
            cursor.execute(LEAD, [[uuid4()], [VIEWER.agency]])
            db.commit()
            count += 1
    done.append(count)


def writes_per_second(copy) -> float:
    done, end = [], perf_counter() + SECONDS
    writers = [threading.Thread(target=write_until, args=(copy.store, copy.login, end, done)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return sum(done) / SECONDS


def test_writes_with_the_chain_beside_writes_without(justice, capsys):
    audited, plain = [], []
    for _ in range(ROUNDS):
        plain.append(writes_per_second(justice))
        justice.run(AUDIT)
        audited.append(writes_per_second(justice))
        justice.run(NO_AUDIT)
    ratio = statistics.median(a / p for a, p in zip(audited, plain, strict=True))
    with_chain, without = statistics.median(audited), statistics.median(plain)
    say(
        capsys,
        f"{WRITERS} writers: {with_chain:,.0f} audited commits/s, {without:,.0f} without: {ratio:.2f}x (bar 0.5x)",
    )
    assert justice.verify().breaks == []


def test_a_chain_of_a_million_entries_is_read(justice, capsys):
    justice.run(AUDIT)
    batch = 10_000
    for _ in range(0, ENTRIES, batch):
        with justice.session(VIEWER) as cursor:
            ids = [uuid4() for _ in range(batch)]
            cursor.execute(LEAD, [ids, [VIEWER.agency] * batch])
    justice.run("analyze guard.entry; analyze guard.link; analyze guard.detail")
    begin = perf_counter()
    chain = justice.verify()
    seconds = perf_counter() - begin
    say(capsys, f"verify: {chain.entries:,} entries in {chain.links:,} links, {seconds:.1f} s (bar 10 s)")
    assert chain.breaks == []
    assert chain.entries == ENTRIES
