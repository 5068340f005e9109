"""Key rings: outside the databases, one a holder, and a destroyed key is gone in every process."""

import os
import stat
import subprocess
import sys
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from concord.site.keys.rings import FileRings, NoKey, open_sealed, seal_to


@pytest.fixture
def open_rings(tmp_path):
    """`open_rings()` opens the same ring files anew, as another process would."""
    opened = []

    def another() -> FileRings:
        opened.append(FileRings(tmp_path / "rings"))
        return opened[-1]

    yield another
    for rings in opened:
        rings.close()


@pytest.fixture
def rings(open_rings):
    return open_rings()


@pytest.fixture
def agency(rings):
    return rings.create_agency(uuid4()).agency


def test_a_second_creation_keeps_the_first_keys(rings, agency, open_rings):
    first = rings.agency(agency)
    assert open_rings().create_agency(agency).public == first.public
    assert open_rings().agency(agency).wrapping == first.wrapping


def test_ring_files_are_for_their_owner_alone(rings, agency):
    rings.person(agency, uuid4(), create=True)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in rings.root.rglob("*") if p.is_file()}
    assert modes == {0o600}


def test_a_person_key_is_the_same_in_another_process(rings, agency, open_rings):
    subject = uuid4()
    key = rings.person(agency, subject, create=True)
    assert open_rings().person(agency, subject) == key


def test_a_key_that_was_never_made_is_said_so(rings, agency):
    with pytest.raises(NoKey):
        rings.person(agency, uuid4())


def test_a_destroyed_key_is_gone_here_and_elsewhere(rings, agency, open_rings):
    subject, elsewhere = uuid4(), open_rings()
    rings.person(agency, subject, create=True)
    elsewhere.person(agency, subject)
    rings.destroy(agency, subject)
    for ring in (rings, elsewhere):
        with pytest.raises(NoKey):
            ring.person(agency, subject)


def test_a_destroyed_key_leaves_no_trace_in_the_file(rings, agency):
    subject = uuid4()
    rings.person(agency, subject, create=True)
    wrapped = rings._ring(agency).execute("select wrapped from key").fetchone()[0]
    path = rings.root / "person" / f"{agency}.ring"
    assert wrapped in path.read_bytes()
    rings.destroy(agency, subject)
    assert wrapped not in path.read_bytes()


def test_two_processes_make_the_same_key(rings, agency):
    subject = uuid4()
    code = (
        "import sys; from uuid import UUID; from pathlib import Path; from concord.site.keys.rings import FileRings;"
        "print(FileRings(Path(sys.argv[1])).person(UUID(sys.argv[2]), UUID(sys.argv[3]), create=True).hex())"
    )
    command = [sys.executable, "-c", code, str(rings.root), str(agency), str(subject)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    two = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    keys = {process.communicate(timeout=30)[0].strip() for process in two}
    assert keys == {rings.person(agency, subject).hex()}


def test_what_is_sealed_to_an_agency_opens_for_it_alone_and_for_its_purpose(rings, agency):
    other = rings.create_agency(uuid4())
    sealed = seal_to(rings.agency(agency).public, b"words", b"referral:1")
    assert open_sealed(rings.agency(agency), sealed, b"referral:1") == b"words"
    with pytest.raises(InvalidTag):
        open_sealed(other, sealed, b"referral:1")
    with pytest.raises(InvalidTag):
        open_sealed(rings.agency(agency), sealed, b"referral:2")


def test_all_keys_of_an_agency_follow_what_others_make_and_destroy(rings, agency, open_rings):
    kept, gone, fresh, elsewhere = uuid4(), uuid4(), uuid4(), open_rings()
    rings.create_many(agency, [kept, gone])
    assert set(rings.keys(agency)) == {kept.bytes, gone.bytes}
    elsewhere.destroy(agency, gone)
    elsewhere.create_many(agency, [fresh])
    assert rings.keys(agency) == {id.bytes: elsewhere.person(agency, id) for id in (kept, fresh)}
    rings.create_many(agency, [late := uuid4()])
    assert set(rings.keys(agency)) == {kept.bytes, fresh.bytes, late.bytes}


def test_a_key_made_anew_after_its_destruction_is_another_key(rings, agency, open_rings):
    subject, elsewhere = uuid4(), open_rings()
    first = rings.person(agency, subject, create=True)
    elsewhere.destroy(agency, subject)
    elsewhere.person(agency, subject, create=True)
    again = elsewhere.person(agency, subject)
    assert rings.keys(agency)[subject.bytes] == rings.person(agency, subject) == again != first
