"""What a backup does not hold."""

import subprocess

import pytest

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
