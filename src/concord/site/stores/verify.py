"""`concord verify`: reads a store's audit chain from its first link to its head and lists every break.

What it can tell: an entry changed, removed or added; a link removed or reordered; a detail that no longer matches its
entry; a chain cut back to an earlier head (against the heads sealed outside, `heads.jsonl`). What it cannot: who did
it.
"""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

_ALL_LINKS = """
with body as (
  select link, string_agg(guard.line(e), E'\\n' order by id) as lines from guard.entry e group by link
), chain as (
  select l.id, l.n, l.previous, l.hash, lag(l.n, 1, 0::bigint) over w as n_before,
         lag(l.hash, 1, sha256('concord')) over w as hash_before,
         sha256(l.previous || convert_to(coalesce(b.lines, ''), 'UTF8')) as hash_again
    from guard.link l left join body b on b.link = l.id where l.n is not null window w as (order by l.n)
)
select n, n_before, previous is distinct from hash_before, hash is distinct from hash_again from chain
 where n <> n_before + 1 or previous is distinct from hash_before or hash is distinct from hash_again order by n
"""
_OPEN_LINKS = """
select count(*) from guard.entry e
 where not exists (select 1 from guard.link l where l.id = e.link and l.n is not null)
"""
_DETAILS = """
select e.id from guard.detail d join guard.entry e on e.id = d.entry
 where e.digest is distinct from
   sha256(uuid_send(d.salt) || convert_to(coalesce(d.old::text, '') || '|' || coalesce(d.new::text, ''), 'UTF8'))
 order by e.id limit 1000
"""
_HEAD = "select h.n, h.hash, (select coalesce(max(n), 0) from guard.link) from guard.head h"


class Chain(NamedTuple):
    """What was read: how many entries and links, and each break in words."""

    entries: int
    links: int
    breaks: list[str]


def verify(dsn: str, sealed_heads: list[tuple[int, str]] = ()) -> Chain:
    """Check one store's chain. `sealed_heads`: (number, hash in hex) of heads kept outside the store."""
    with psycopg.connect(dsn, autocommit=False) as db:
        db.execute("set transaction isolation level repeatable read, read only")
        db.execute("set local work_mem = '256MB'")
        breaks = [*_links(db), *_details(db), *_head(db), *_heads_outside(db, sealed_heads)]
        entries = db.execute("select count(*) from guard.entry").fetchone()[0]
        links = db.execute("select count(*) from guard.link").fetchone()[0]
    return Chain(entries, links, breaks)


def _links(db) -> Iterator[str]:
    for n, n_before, wrong_previous, wrong_hash in db.execute(_ALL_LINKS):
        if n != n_before + 1:
            yield f"links {n_before + 1} to {n - 1} are missing"
        if wrong_hash:
            yield f"link {n}: its entries are not the ones that were sealed"
        if wrong_previous and n == n_before + 1:
            yield f"link {n} does not follow from link {n_before}"
    loose = db.execute(_OPEN_LINKS).fetchone()[0]
    if loose:
        yield f"{loose} entries belong to no sealed link"


def _details(db) -> Iterator[str]:
    for (entry,) in db.execute(_DETAILS):
        yield f"entry {entry}: what is kept of the change is not what was recorded"


def _head(db) -> Iterator[str]:
    n, _, last = db.execute(_HEAD).fetchone()
    if n != last:
        yield f"the head says {n} links, the chain ends at {last}"


def _heads_outside(db, sealed: list[tuple[int, str]]) -> Iterator[str]:
    for n, expected in sealed:
        row = db.execute("select encode(hash, 'hex') from guard.link where n = %s", [n]).fetchone()
        if row is None:
            yield f"link {n}, whose hash was sealed outside, is gone: the chain was cut or the store restored"
        elif row[0] != expected:
            yield f"link {n} differs from the hash sealed outside"


def head(db) -> tuple[int, str]:
    """The chain's head now: number and hash in hex."""
    n, value, _ = db.execute(_HEAD).fetchone()
    return n, value.hex()


class HeadsFile:
    """Heads kept outside the stores, one line each, only ever appended. Print it, mail it, keep it elsewhere."""

    def __init__(self, path: Path):
        self.path = path

    def append(self, alias: str, n: int, digest: str) -> None:
        line = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "store": alias, "n": n, "hash": digest}
        if self.of(alias)[-1:] == [(n, digest)]:
            return
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def of(self, alias: str) -> list[tuple[int, str]]:
        if not self.path.exists():
            return []
        lines = (json.loads(line) for line in self.path.read_text().splitlines() if line)
        return [(line["n"], line["hash"]) for line in lines if line["store"] == alias and line["n"] > 0]
