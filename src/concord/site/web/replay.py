"""What was done since a backup was made and must stay done, put into the restored store as its administrator: before
anybody's context is valid there, so that no request meets what was erased, taken back or ended.

Plain statements, since nobody acts yet: one short list a kind of store.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

import psycopg

from concord.site.keys.forgetting import Entry, What
from concord.vocabulary import StoreKind


def replay(db: psycopg.Connection, kind: StoreKind, entries: Iterable[Entry], provider: UUID | None = None) -> Counter:
    """Do again what the forget-log says; returns how much of each had come back."""
    back: Counter = Counter()
    with db.transaction():
        for entry in entries:
            if kind is StoreKind.VAULT and entry.said.get("agency") != str(provider):
                continue
            if step := _STEPS.get((kind, entry.what)):
                back[entry.what] += step(db, entry)
        if back.total() and kind is not StoreKind.ACCOUNT:
            db.execute("select guard.add('store.forgotten', null, null, null, null, null)")
    return back


def _empty(db: psycopg.Connection, entry: Entry) -> int:
    subject, said = entry.id("subject"), entry.said
    there = db.execute(
        "select id from services_client where id = %(id)s union all select id from services_inquiry where id = %(id)s",
        {"id": subject},
    ).fetchone()
    removed = 0
    if there:
        statement, day = "select removed from guard.empty_file(%s, %s, %s)", said["erased_at"][:10]
        removed = db.execute(statement, [said["agency"], subject, day]).fetchone()[0]
    db.execute(
        "insert into services_erasure(id, agency_id, created_at, created_by_id, subject, asked_on, erased_at,"
        " complete_by, removed, proof) values (%s, %s, now(), %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (subject) do nothing",
        [said["erasure"], said["agency"], said["by"], subject, said["asked_on"], said["erased_at"], said["complete_by"],
         said["removed"], bytes.fromhex(said["proof"])],
    )  # fmt: skip
    return bool(removed)


def _revoke(db: psycopg.Connection, entry: Entry) -> int:
    said = entry.said
    return db.execute(
        "update services_release set revoked_at = %s, revoked_by_id = %s, revocation_channel = %s"
        " where id = %s and revoked_at is null",
        [said["at"], said["by"], said["channel"], said["release"]],
    ).rowcount


def _withdraw(db: psycopg.Connection, entry: Entry) -> int:
    ids = entry.ids("packages")
    db.execute("delete from bridge_packagekey where package_id = any(%s)", [ids])
    withdrawn = db.execute(
        "update bridge_package set withdrawn_at = now(), content = null where id = any(%s) and withdrawn_at is null",
        [ids],
    ).rowcount
    for id in entry.ids("referrals"):
        db.execute("select guard.make_noise(%s)", [id])
    return withdrawn


def _end(db: psycopg.Connection, entry: Entry) -> int:
    """As `signin.actions.end_user` does; a password of one exclamation mark is none."""
    ended = db.execute(
        "update signin_user set is_active = false, ended_at = %s, password = '!' where staff_id = %s"
        " and ended_at is null returning id",
        [entry.said["at"], entry.said["staff"]],
    ).fetchall()
    for user in ended:
        db.execute("delete from mfa_authenticator where user_id = %s", user)
        db.execute(
            "update signin_invitation set withdrawn_at = now() where user_id = %s and used_at is null"
            " and withdrawn_at is null",
            user,
        )
    return len(ended)


_STEPS: dict[tuple[StoreKind, What], Callable[[psycopg.Connection, Entry], int]] = {
    (StoreKind.VAULT, What.ERASED): _empty,
    (StoreKind.VAULT, What.REVOKED): _revoke,
    (StoreKind.HUB, What.ERASED): _withdraw,
    (StoreKind.HUB, What.REVOKED): _withdraw,
    (StoreKind.ACCOUNT, What.LEFT): _end,
}
