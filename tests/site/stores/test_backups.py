"""What a backup does not hold."""

import subprocess
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from concord.site.stores import backups
from tests import stores as installation

KEYS_AND_SESSIONS = {
    "default": ("insert into signin_session(session_key, session_data, expire_date)"
                " values ('cookieofsomebody', 'x', now() + interval '1 day')", "cookieofsomebody"),
    "hub": ("update guard.secret set store = 'keyofthelogin'", "keyofthelogin"),
}  # fmt: skip


@pytest.mark.parametrize("alias", KEYS_AND_SESSIONS)
def test_a_thief_of_a_backup_is_signed_in_as_nobody_and_signs_for_nobody(committed, tmp_path, alias):
    statement, secret = KEYS_AND_SESSIONS[alias]
    copy, server = committed(alias), installation._server
    copy.run(statement)
    made = backups.back_up(server, alias, {"database": copy.name, "kind": copy.store.kind.value}, tmp_path)
    in_words = [server.bindir / "pg_restore", "--file=-", made.path]
    read = subprocess.run(in_words, capture_output=True, text=True, check=True)
    assert "create table" in read.stdout.lower()
    assert secret not in read.stdout


SENT = """
insert into bridge_package(id, from_agency_id, to_agency_id, to_staff_id, sent_by_id, sent_at, expires_at, content)
  values ('{id}', '{id}', gen_random_uuid(), '{id}', '{id}', now(), now() + interval '30 days', '{content}');
insert into bridge_packagekey(id, package_id, from_agency_id, to_agency_id, sealed)
  select gen_random_uuid(), id, from_agency_id, to_agency_id, '{key}' from bridge_package where id = '{id}';
"""


@pytest.fixture
def sent(committed):
    """A copy of the hub in which a package was sent, and words that its content and its key can be told by."""
    hub, content, key = committed("hub"), f"content {uuid4()}", f"key {uuid4()}"
    hub.run(f"begin; set local role hub_owner; {SENT.format(id=uuid4(), content=content, key=key)} commit;")
    return hub, content, key


def rows(dsn: str) -> tuple:
    with psycopg.connect(dsn) as db:
        counted = "select (select count(*) from bridge_package), (select count(*) from bridge_packagekey)"
        return db.execute(counted).fetchone()


def test_a_restored_hub_has_its_packages_and_none_of_their_keys(sent, tmp_path):
    hub, content, key = sent
    server, entry = installation._server, {"database": hub.name, "kind": "hub"}
    before = rows(hub.dsn)
    assert min(before) > 0
    made = backups.back_up(server, "hub", entry, tmp_path)
    aside = backups.restore(server, made, entry)
    try:
        assert rows(hub.dsn) == (before[0], 0)
        read = subprocess.run([server.bindir / "pg_restore", "--file=-", made.path], capture_output=True, check=True)
        assert content.encode().hex() in read.stdout.decode()
        assert key.encode().hex() not in read.stdout.decode()
    finally:
        with psycopg.connect(installation.admin_dsn(), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(aside)))


def test_the_write_ahead_log_holds_what_was_sent_and_not_its_key(sent):
    hub, content, key = sent
    with psycopg.connect(hub.dsn, autocommit=True) as db:
        db.execute("checkpoint")
    log = b"".join(path.read_bytes() for path in (installation._server.data / "pg_wal").iterdir() if path.is_file())
    assert content.encode() in log
    assert key.encode() not in log
