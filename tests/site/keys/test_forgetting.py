"""The forget-log and the keys it destroys: appended for certain or not at all, line bound to line; no key returns."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from concord.site.keys import forgetting
from concord.site.keys.forgetting import ForgetLog, LogDamaged, LogUnwritable, What
from concord.site.keys.rings import FileRings, NoKey, RingLost


@pytest.fixture
def log(tmp_path):
    return ForgetLog(tmp_path / "forgotten.jsonl")


@pytest.fixture
def rings(tmp_path):
    rings = FileRings(tmp_path / "rings")
    yield rings
    rings.close()


@pytest.fixture
def agency(rings):
    return rings.create_agency(uuid4()).agency


def test_what_is_appended_is_read_in_order_and_by_what_it_is_about(log):
    agency, staff = uuid4(), uuid4()
    log.append(What.ERASED, agency=str(agency), subject=str(uuid4()), also=[str(uuid4())])
    log.append(What.LEFT, staff=str(staff))
    assert [(e.n, e.what) for e in log.entries()] == [(1, What.ERASED), (2, What.LEFT)]
    assert [e.id("staff") for e in log.of(What.LEFT)] == [staff]
    assert len(log.of(What.ERASED, agency=agency)) == 1
    assert log.of(What.ERASED, agency=uuid4()) == []


def test_the_log_is_its_owners_alone(log):
    log.append(What.LEFT, staff=str(uuid4()))
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("harm", ["changed", "removed", "reordered", "unreadable"])
def test_a_line_that_was_tampered_with_is_found_and_nothing_is_written_on_it(log, harm):
    for _ in range(4):
        log.append(What.LEFT, staff=str(uuid4()))
    lines = log.path.read_bytes().splitlines(keepends=True)
    match harm:
        case "changed":
            body = json.loads(lines[1])
            lines[1] = json.dumps(body | {"staff": str(uuid4())}, separators=(",", ":")).encode() + b"\n"
        case "removed":
            del lines[1]
        case "reordered":
            lines[1], lines[2] = lines[2], lines[1]
        case "unreadable":
            lines[1] = b"\x00\n"
    log.path.write_bytes(b"".join(lines))
    with pytest.raises(LogDamaged, match="line [23]"):
        log.entries()
    with pytest.raises(LogDamaged):
        log.append(What.LEFT, staff=str(uuid4()))


def test_a_line_that_a_crash_cut_off_was_never_there(log):
    log.append(What.LEFT, staff="one")
    with log.path.open("ab") as file:
        file.write(b'{"what":"left","sta')
    assert [e.said["staff"] for e in log.entries()] == ["one"]
    log.append(What.LEFT, staff="two")
    assert [e.said["staff"] for e in log.entries()] == ["one", "two"]


def test_what_the_line_announced_and_did_not_happen_takes_the_line_back(log):
    log.append(What.LEFT, staff="one")
    before = log.path.read_bytes()
    with pytest.raises(ZeroDivisionError), log.appending(What.LEFT, staff="two"):
        1 / 0  # noqa: B018
    assert log.path.read_bytes() == before


def test_many_writers_leave_a_whole_chain(log):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.append(What.LEFT, staff=str(n)), range(60)))
    assert sorted(int(e.said["staff"]) for e in log.entries()) == list(range(60))


def test_what_is_about_a_vault_moves_with_it_and_is_entered_once(log, tmp_path):
    agency, there = uuid4(), ForgetLog(tmp_path / "there.jsonl")
    log.append(What.ERASED, agency=str(agency), subject=str(uuid4()), also=[])
    log.append(What.LEFT, staff=str(uuid4()))
    log.append(What.REVOKED, agency=str(uuid4()), release=str(uuid4()))
    for _carried_twice in range(2):
        there.take_over(json.loads(json.dumps(log.carry(agency))))
    assert [(e.what, e.said) for e in there.entries()] == [(e.what, e.said) for e in log.of(What.ERASED)]


# --- Keys -------------------------------------------------------------------------------------------------------------


def test_a_destroyed_key_is_gone_from_the_file_and_never_made_again(rings, agency):
    subject, other = uuid4(), uuid4()
    rings.create_many(agency, [subject, other])
    kept = rings.person(agency, other)
    wrapped = rings._ring(agency).execute("select wrapped from key where subject = ?", [subject.bytes]).fetchone()[0]
    with forgetting.destroying(rings, agency, [subject]):
        """Nothing stands in the way."""
    assert wrapped not in (rings.root / "person" / f"{agency}.ring").read_bytes()
    for _again in range(2):
        with pytest.raises(NoKey):
            rings.person(agency, subject, create=True)
        rings.create_many(agency, [subject])
    assert rings.person(agency, other) == kept
    assert set(rings.keys(agency)) == {other.bytes}


def test_what_fails_inside_leaves_the_key(rings, agency):
    key = rings.person(agency, subject := uuid4(), create=True)
    with pytest.raises(ZeroDivisionError), forgetting.destroying(rings, agency, [subject]):
        1 / 0  # noqa: B018
    assert rings.person(agency, subject) == key


def test_a_missing_ring_is_said_and_not_made_anew(rings, agency):
    rings.person(agency, subject := uuid4(), create=True)
    rings.close()
    (rings.root / "person" / f"{agency}.ring").unlink()
    with pytest.raises(RingLost), forgetting.destroying(rings, agency, [subject]):
        pytest.fail("the block must not run")


def test_an_old_ring_beside_a_new_log_is_cleared(rings, agency, log):
    ring = rings.root / "person" / f"{agency}.ring"
    key = rings.person(agency, subject := uuid4(), create=True)
    rings.close()
    older = ring.read_bytes()
    log.append(What.ERASED, agency=str(agency), subject=str(subject), also=[])
    assert forgetting.destroy_forgotten(rings, log) == 1
    assert forgetting.destroy_forgotten(rings, log) == 0
    rings.close()
    ring.write_bytes(older)
    assert rings.person(agency, subject) == key
    assert forgetting.destroy_forgotten(rings, log) == 1
    with pytest.raises(NoKey):
        rings.person(agency, subject)


def test_keys_of_an_agency_that_another_installation_holds_are_left_to_it(rings, agency, log):
    log.append(What.ERASED, agency=str(uuid4()), subject=str(uuid4()), also=[])
    assert forgetting.destroy_forgotten(rings, log) == 0


# --- Full disks and files that cannot be written ----------------------------------------------------------------------

_ERASE = """
import resource, sys
from pathlib import Path
from uuid import UUID
from concord.site.keys import forgetting
from concord.site.keys.forgetting import ForgetLog, What
from concord.site.keys.rings import FileRings

home, agency, subject, most = Path(sys.argv[1]), UUID(sys.argv[2]), UUID(sys.argv[3]), int(sys.argv[4])
if most:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
log, rings = ForgetLog(home / "forgotten.jsonl"), FileRings(home / "rings")
with log.appending(What.ERASED, agency=str(agency), subject=str(subject), also=[]):
    with forgetting.destroying(rings, agency, [subject]):
        pass
"""


def in_a_process(home: Path, agency, subject, most=0, **more) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", _ERASE, str(home), str(agency), str(subject), str(most)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **more)


@pytest.mark.parametrize("what_is_full", ["log", "ring"])
def test_a_full_disk_does_nothing_at_all(rings, agency, log, tmp_path, what_is_full):
    key = rings.person(agency, subject := uuid4(), create=True)
    for _ in range(20 if what_is_full == "log" else 1):
        log.append(What.LEFT, staff=str(uuid4()))
    before = log.path.read_bytes()
    rings.close()
    # No file may grow past this: the log's next line; or the log fits and the ring's journal and pages do not.
    most = len(before) + 40 if what_is_full == "log" else 1024
    done = in_a_process(tmp_path, agency, subject, most)
    assert done.returncode == 1
    assert log.path.read_bytes() == before
    assert rings.person(agency, subject) == key
    assert in_a_process(tmp_path, agency, subject).returncode == 0
    with pytest.raises(NoKey):
        rings.person(agency, subject)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
@pytest.mark.parametrize("which", ["log", "ring"])
def test_a_file_that_is_read_only_does_nothing_at_all(rings, agency, log, tmp_path, which):
    key = rings.person(agency, subject := uuid4(), create=True)
    log.append(What.LEFT, staff=str(uuid4()))
    rings.close()
    before, nobody = log.path.read_bytes(), 65534
    for folder, _folders, files in os.walk(tmp_path):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            os.chown(path, nobody, nobody)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == 0 and parent != Path("/tmp") and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    (log.path if which == "log" else rings.root / "person" / f"{agency}.ring").chmod(0o400)
    done = in_a_process(tmp_path, agency, subject, user=nobody, cwd="/")
    assert done.returncode == 1
    assert "Error" in done.stderr
    assert log.path.read_bytes() == before
    assert rings.person(agency, subject) == key


def test_a_log_in_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(LogUnwritable):
        ForgetLog(tmp_path / "nowhere" / "forgotten.jsonl").append(What.LEFT, staff="one")


