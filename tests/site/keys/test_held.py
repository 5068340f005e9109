"""Keys that a provider holds itself: what opens with a copy, what without, and that nothing is lost on the way."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag

from concord.site.keys import custody, held, opened
from concord.site.keys.held import WrongPassphrase, WrongSheet
from concord.site.keys.opened import FilesClosed
from concord.site.keys.rings import FileRings, RingLost, open_sealed, seal_to

ANNA, BEA, CLEO = uuid4(), uuid4(), uuid4()
WORDS = {ANNA: "kettle orchard minus seventeen", BEA: "paper lighthouse under rivers", CLEO: "slow copper window train"}
DAY = "2026-03-01"


@pytest.fixture
def open_rings(tmp_path):
    """`open_rings()` opens the same ring files anew, as another process would."""
    made = []

    def another() -> FileRings:
        made.append(FileRings(tmp_path / "rings"))
        return made[-1]

    yield another
    for rings in made:
        rings.close()


@pytest.fixture
def rings(open_rings):
    return open_rings()


@pytest.fixture
def plain(rings):
    """An agency whose key stands in a file, with keys of three persons."""
    agency = rings.create_agency(uuid4()).agency
    rings.create_many(agency, [uuid4() for _ in range(3)])
    return agency


@pytest.fixture
def agency(rings, plain):
    """The same, held by Anna and Bea."""
    for staff in (ANNA, BEA):
        custody.ask(rings, plain, staff=staff, passphrase=WORDS[staff])
    custody.turn_on(rings, plain, staff=[ANNA, BEA], today=DAY)
    with by(rings, plain, ANNA):
        custody.move(rings, plain)
    return plain


def by(rings, agency, staff):
    return opened.using(custody.unlock(rings, agency, staff=staff, passphrase=WORDS[staff]))


def raw(agency_key) -> list[bytes]:
    return [agency_key.wrapping, agency_key.private.private_bytes_raw()]


def files(rings) -> bytes:
    return b"".join(path.read_bytes() for path in rings.root.rglob("*") if path.is_file())


def lies_in(key: bytes, content: bytes) -> bool:
    return any(form in content for form in (key, held.b64(key).encode(), key.hex().encode()))


def renew(rings, agency, staff):
    with by(rings, agency, staff):
        custody.begin_renewal(rings, agency, today=DAY)
        custody.move(rings, agency)


# --- With a copy and without ------------------------------------------------------------------------------------------


def test_a_key_in_a_file_is_found_by_the_search_that_finds_none_later(rings, plain):
    assert all(lies_in(key, files(rings)) for key in raw(rings.agency(plain)))


def test_turned_on_no_file_has_the_keys_of_before_nor_those_of_now(rings, agency):
    with by(rings, agency, ANNA):
        key = rings.agency(agency)
        before = [private.private_bytes_raw() for private in key.former]
    assert len(before) == 1
    assert not any(lies_in(one, files(rings)) for one in [*raw(key), *before])


def test_without_a_copy_nothing_opens_and_nothing_is_made(rings, agency):
    for verb in (lambda: rings.agency(agency), lambda: rings.keys(agency), lambda: rings.warm(agency),
                 lambda: rings.person(agency, uuid4()), lambda: rings.person(agency, uuid4(), create=True),
                 lambda: rings.create_many(agency, [uuid4()])):  # fmt: skip
        with pytest.raises(FilesClosed):
            verb()


def test_each_of_them_opens_the_same_and_a_wrong_passphrase_nothing(rings, agency):
    with by(rings, agency, ANNA):
        annas = rings.keys(agency)
    with by(rings, agency, BEA):
        assert rings.keys(agency) == annas
    assert len(annas) == 3
    for staff, words in ((ANNA, WORDS[BEA]), (ANNA, ""), (CLEO, WORDS[CLEO])):
        with pytest.raises(WrongPassphrase):
            custody.unlock(rings, agency, staff=staff, passphrase=words)


def test_capitals_and_spaces_make_no_other_passphrase(rings, agency):
    custody.unlock(rings, agency, staff=ANNA, passphrase="  " + WORDS[ANNA].upper().replace(" ", "  "))


def test_what_one_unwrapped_is_not_there_for_whoever_brings_nothing(rings, agency):
    with by(rings, agency, ANNA):
        subject = UUID(bytes=next(iter(rings.keys(agency))))
    for verb in (lambda: rings.keys(agency), lambda: rings.person(agency, subject)):
        with pytest.raises(FilesClosed):
            verb()


def test_what_one_thread_has_open_another_has_not(rings, agency):
    found = []

    def elsewhere():
        try:
            found.append(rings.agency(agency))
        except FilesClosed:
            found.append("closed")
        finally:
            rings.close()

    with by(rings, agency, ANNA):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert found == ["closed"]


def test_a_key_of_another_agency_opens_nothing_here(rings, agency):
    pair, private = held.new_pair("any words at all, it is no matter", agency=agency, staff=ANNA)
    for one in (opened.Opened(agency, str(ANNA), private), opened.Opened(uuid4(), str(ANNA), private)):
        with opened.using(one), pytest.raises(FilesClosed):
            rings.agency(agency)
    assert pair["public"]


def test_unwrapped_keys_are_forgotten_when_nobody_asked_for_a_while(rings, agency, monkeypatch):
    with by(rings, agency, ANNA):
        rings.warm(agency)
        assert sum(len(kept.keys) for kept in rings._person.values()) > 0
        monkeypatch.setattr("concord.site.keys.rings.FORGOTTEN_AFTER", 0)
        rings._clear()
        assert not rings._person
        assert len(rings.keys(agency)) == 3


def test_another_process_notices_that_the_keys_left(plain, rings, open_rings):
    elsewhere = open_rings()
    assert len(elsewhere.keys(plain)) == 3
    for staff in (ANNA, BEA):
        custody.ask(rings, plain, staff=staff, passphrase=WORDS[staff])
    custody.turn_on(rings, plain, staff=[ANNA, BEA], today=DAY)
    with pytest.raises(FilesClosed):
        elsewhere.keys(plain)


def test_erasing_needs_nobodys_key(rings, agency):
    with by(rings, agency, ANNA):
        gone, *kept = rings.keys(agency)
    rings.destroy(agency, UUID(bytes=gone))
    with by(rings, agency, BEA):
        assert set(rings.keys(agency)) == set(kept)


def test_what_was_sealed_to_the_agency_before_and_after_opens_for_its_staff_alone(rings, plain):
    before = seal_to(rings.public(plain), b"before", b"referral:1")
    for staff in (ANNA, BEA):
        custody.ask(rings, plain, staff=staff, passphrase=WORDS[staff])
    custody.turn_on(rings, plain, staff=[ANNA, BEA], today=DAY)
    after = seal_to(rings.public(plain), b"after", b"referral:2")
    with by(rings, plain, ANNA):
        custody.move(rings, plain)
        key = rings.agency(plain)
    assert open_sealed(key, before, b"referral:1") == b"before"
    assert open_sealed(key, after, b"referral:2") == b"after"
    with pytest.raises(InvalidTag):
        open_sealed(key, after, b"referral:1")


# --- Turning on and off -----------------------------------------------------------------------------------------------


def test_one_passphrase_alone_is_too_few_and_the_printed_sheet_is_the_second_way(rings, plain):
    custody.ask(rings, plain, staff=ANNA, passphrase=WORDS[ANNA])
    with pytest.raises(custody.TooFewWays):
        custody.turn_on(rings, plain, staff=[ANNA], today=DAY)
    sheet = custody.new_sheet(rings, plain)
    with pytest.raises(custody.TooFewWays):
        custody.turn_on(rings, plain, staff=[ANNA], today=DAY)
    custody.confirm_sheet(rings, plain, line=sheet.lines[-1], today=DAY)
    custody.turn_on(rings, plain, staff=[ANNA], today=DAY)
    assert rings.is_held(plain)
    custody.recover(rings, plain, typed=" ".join(sheet.lines), staff=BEA, passphrase=WORDS[BEA], today=DAY)


def test_turned_off_the_installation_opens_everything_again(rings, agency):
    with by(rings, agency, ANNA):
        keys = rings.keys(agency)
        custody.turn_off(rings, agency, today=DAY)
    custody.move(rings, agency)
    assert not rings.is_held(agency)
    assert rings.keys(agency) == keys
    assert custody.state(rings, agency).members == {}


# --- People come, go and forget ---------------------------------------------------------------------------------------


def test_a_newcomer_gets_the_keys_by_the_code_she_reads_out_and_by_no_other(rings, agency):
    code = custody.ask(rings, agency, staff=CLEO, passphrase=WORDS[CLEO])
    with pytest.raises(WrongPassphrase):
        custody.unlock(rings, agency, staff=CLEO, passphrase=WORDS[CLEO])
    with pytest.raises(FilesClosed):
        custody.approve(rings, agency, staff=CLEO, code=code, today=DAY)
    with by(rings, agency, ANNA):
        with pytest.raises(custody.WrongCode):
            custody.approve(rings, agency, staff=CLEO, code="0000-0000-0000", today=DAY)
        custody.approve(rings, agency, staff=CLEO, code=code.lower().replace("-", " "), today=DAY)
    with by(rings, agency, CLEO):
        assert len(rings.keys(agency)) == 3


def test_a_lost_passphrase_is_replaced_by_a_colleague(rings, agency):
    code = custody.ask(rings, agency, staff=BEA, passphrase="another five words of hers")
    custody.unlock(rings, agency, staff=BEA, passphrase=WORDS[BEA])  # what she had works until then
    with by(rings, agency, ANNA):
        custody.approve(rings, agency, staff=BEA, code=code, today=DAY)
    with pytest.raises(WrongPassphrase):
        custody.unlock(rings, agency, staff=BEA, passphrase=WORDS[BEA])
    custody.unlock(rings, agency, staff=BEA, passphrase="another five words of hers")


def test_a_changed_passphrase_ends_the_old_one(rings, agency):
    custody.change_passphrase(rings, agency, staff=ANNA, old=WORDS[ANNA], new="something else entirely now")
    with pytest.raises(WrongPassphrase):
        custody.unlock(rings, agency, staff=ANNA, passphrase=WORDS[ANNA])
    custody.unlock(rings, agency, staff=ANNA, passphrase="something else entirely now")


def test_who_left_opens_nothing_from_the_next_request_on(rings, agency):
    with by(rings, agency, BEA):
        rings.warm(agency)
        custody.remove(rings, agency, staff=BEA, today=DAY)
        with pytest.raises(FilesClosed):
            rings.keys(agency)


def test_what_who_left_had_kept_opens_nothing_after_the_keys_are_renewed(rings, agency, open_rings):
    """She copied the agency's file on her last day and knows her passphrase; later she gets at all rings."""
    kept = dict(rings.body(agency))
    hers = custody.unlock(rings, agency, staff=BEA, passphrase=WORDS[BEA])
    old = hers.key(kept)
    custody.remove(rings, agency, staff=BEA, today=DAY)
    renew(rings, agency, ANNA)
    later = seal_to(rings.public(agency), b"later", b"referral:9")
    rows = rings._ring(agency).execute("select subject, wrapped from key").fetchall()
    assert len(rows) == 3
    for subject, wrapped in rows:
        with pytest.raises(InvalidTag):
            old.wraps[0].decrypt(wrapped[:12], wrapped[12:], subject)
    with pytest.raises(InvalidTag):
        open_sealed(old, later, b"referral:9")
    with by(rings, agency, ANNA):
        assert len(rings.keys(agency)) == 3


def test_the_last_one_who_can_open_is_not_taken_out_unless_there_is_a_sheet(rings, agency):
    custody.remove(rings, agency, staff=BEA, today=DAY)
    assert custody.is_last_way(rings, agency, ANNA)
    with pytest.raises(custody.LastWay):
        custody.remove(rings, agency, staff=ANNA, today=DAY)
    with by(rings, agency, ANNA):
        custody.confirm_sheet(rings, agency, line=custody.new_sheet(rings, agency).lines[-1], today=DAY)
    custody.remove(rings, agency, staff=ANNA, today=DAY)


def test_a_copy_that_nobody_gave_stops_renewing(rings, agency):
    """Whoever can write the agency's file puts herself into it, and waits for the next renewal."""
    stranger, _private = held.new_pair(WORDS[CLEO], agency=agency, staff=CLEO)
    with rings.changing(agency) as body:
        body["members"][str(CLEO)] = {**stranger, "copy": "", "tag": "", "since": DAY}
    with by(rings, agency, ANNA), pytest.raises(custody.Tampered):
        custody.begin_renewal(rings, agency, today=DAY)


# --- The sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_opens_everything_and_a_mistyped_line_is_named(rings, agency):
    with by(rings, agency, ANNA):
        keys, sheet = rings.keys(agency), custody.new_sheet(rings, agency)
        custody.confirm_sheet(rings, agency, line=sheet.lines[-1].lower(), today=DAY)
    renew(rings, agency, ANNA)  # a sheet stays good when keys are renewed
    third = sheet.lines[2]
    wrong = [*sheet.lines[:2], ("B" if third[0] != "B" else "C") + third[1:], sheet.lines[3]]
    with pytest.raises(WrongSheet) as objection:
        custody.recover(rings, agency, typed="\n".join(wrong), staff=CLEO, passphrase=WORDS[CLEO], today=DAY)
    assert objection.value.line == 3
    typed = "\n".join(sheet.lines).lower().replace("0", "o").replace("1", "l")
    with opened.using(custody.recover(rings, agency, typed=typed, staff=CLEO, passphrase=WORDS[CLEO], today=DAY)):
        assert rings.keys(agency) == keys
    assert custody.state(rings, agency).sheet_used


def test_a_sheet_that_was_not_confirmed_opens_nothing_and_a_new_one_ends_the_old(rings, agency):
    with by(rings, agency, ANNA):
        first, second = custody.new_sheet(rings, agency), custody.new_sheet(rings, agency)
        with pytest.raises(WrongSheet):
            custody.confirm_sheet(rings, agency, line=first.lines[-1], today=DAY)
        custody.confirm_sheet(rings, agency, line=second.lines[-1], today=DAY)
    for typed in (first, held.new_sheet(agency), held.new_sheet(uuid4())):
        with pytest.raises(WrongSheet):
            custody.recover(rings, agency, typed=" ".join(typed.lines), staff=CLEO, passphrase="x", today=DAY)


@pytest.mark.parametrize("typed", ["", "A", "0" * 64, "ABCD " * 15, "ABCD " * 17, "\0" * 64, "é" * 64])
def test_nonsense_is_no_sheet(typed):
    with pytest.raises(WrongSheet):
        held.read_sheet(typed, uuid4())


# --- Renewing, broken off ---------------------------------------------------------------------------------------------

MANY = 40_000


@pytest.fixture
def full(rings, agency):
    """With so many persons that renewing takes several batches."""
    with by(rings, agency, ANNA):
        rings.create_many(agency, [uuid4() for _ in range(MANY)])
    return agency


def everything(rings, agency):
    with by(rings, agency, ANNA):
        return rings.keys(agency)


_BEGIN = """
import os, resource, signal, sys
from pathlib import Path
from uuid import UUID
from concord.site.keys import custody, opened
from concord.site.keys.rings import FileRings
rings, agency, anna = FileRings(Path(sys.argv[1])), UUID(sys.argv[2]), UUID(sys.argv[3])
with opened.using(custody.unlock(rings, agency, staff=anna, passphrase=sys.argv[4])):
"""


def program(rings, agency, more: str) -> list[str]:
    """Another process, with Anna's copy."""
    code = _BEGIN + textwrap.indent(textwrap.dedent(more), "    ")
    return [sys.executable, "-c", code, str(rings.root), str(agency), str(ANNA), WORDS[ANNA]]


def run(command, **more):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False, **more)


@pytest.mark.parametrize("batches", [0, 1, 4])
def test_killed_while_renewing_nothing_is_lost_and_it_goes_on(rings, full, batches, open_rings):
    before = everything(rings, full)
    done = run(program(rings, full, f"""
        custody.begin_renewal(rings, agency, today="")
        for n, _ in enumerate(custody._batches(rings, agency)):
            if n == {batches}: os.kill(os.getpid(), signal.SIGKILL)
    """))
    assert done.returncode == -signal.SIGKILL, done.stderr
    after = open_rings()
    assert custody.state(after, full).moving
    assert everything(after, full) == before
    with by(after, full, BEA):
        after.person(full, late := uuid4(), create=True)
        assert custody.move(after, full) == MANY + 4
    assert not custody.state(after, full).moving
    assert {subject: key for subject, key in everything(open_rings(), full).items() if subject != late.bytes} == before


def test_killed_in_the_middle_of_a_batch_the_batch_is_taken_back(rings, full, open_rings):
    before = everything(rings, full)
    done = run(program(rings, full, """
        whole = custody._moved
        def cut(key, rows):
            for n, row in enumerate(whole(key, rows)):
                if n == 3_000: os.kill(os.getpid(), signal.SIGKILL)
                yield row
        custody._moved = cut
        custody.begin_renewal(rings, agency, today="")
        custody.move(rings, agency)
    """))  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert everything(open_rings(), full) == before
    with by(rings, full, ANNA):
        custody.move(rings, full)
    assert everything(rings, full) == before


def test_a_full_disk_while_renewing_stops_it_and_nothing_is_lost(rings, full, open_rings):
    """The journal of a batch does not fit: a limit on file sizes below the ring's own."""
    before = everything(rings, full)
    limit = """
        custody.begin_renewal(rings, agency, today="")
        rings.close()
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        custody.move(rings, agency)
    """
    done = run(program(rings, full, limit))
    assert done.returncode == 1, done.stdout
    assert "OperationalError" in done.stderr, done.stderr
    after = open_rings()
    assert custody.state(after, full).moving
    assert everything(after, full) == before
    with by(after, full, ANNA):
        custody.move(after, full)
    assert everything(open_rings(), full) == before


@pytest.mark.parametrize("step", ["begin", "settle"])
def test_a_disk_too_full_for_the_agencys_file_leaves_the_one_there_is(rings, full, monkeypatch, step):
    before = everything(rings, full)
    written = "concord.site.keys.rings._written"

    def full_disk(*_):
        raise OSError(errno.ENOSPC, "no space left on device")

    with by(rings, full, ANNA):
        if step == "settle":
            custody.begin_renewal(rings, full, today=DAY)
        with monkeypatch.context() as patched:
            patched.setattr(written, full_disk)
            with pytest.raises(OSError, match="no space"):
                custody.begin_renewal(rings, full, today=DAY) if step == "begin" else custody.move(rings, full)
        assert rings.keys(full) == before
        custody.begin_renewal(rings, full, today=DAY)
        custody.move(rings, full)
    assert everything(rings, full) == before


def test_keys_made_and_destroyed_elsewhere_while_renewing_end_up_right(rings, full, open_rings):
    """Another process works on while keys are renewed."""
    before = everything(rings, full)
    gone, made = next(iter(before)), []
    elsewhere = open_rings()
    with by(elsewhere, full, BEA):
        elsewhere.warm(full)

    def meanwhile(done, of):
        with by(elsewhere, full, BEA):
            elsewhere.person(full, subject := uuid4(), create=True)
            made.append(subject.bytes)
            if len(made) == 1:
                elsewhere.destroy(full, UUID(bytes=gone))

    with by(rings, full, ANNA):
        custody.begin_renewal(rings, full, today=DAY)
        custody.move(rings, full, meanwhile)
    now = everything(open_rings(), full)
    assert len(made) > 5
    assert set(now) == set(before) - {gone} | set(made)
    assert all(now[subject] == key for subject, key in before.items() if subject != gone)


def test_in_the_middle_of_renewing_the_keys_can_be_given_back_to_the_installation(rings, full):
    before = everything(rings, full)
    with by(rings, full, ANNA):
        custody.begin_renewal(rings, full, today=DAY)
        custody.turn_off(rings, full, today=DAY)
    assert rings.keys(full) == before
    custody.ask(rings, full, staff=ANNA, passphrase=WORDS[ANNA])
    custody.ask(rings, full, staff=BEA, passphrase=WORDS[BEA])
    custody.turn_on(rings, full, staff=[ANNA, BEA], today=DAY)
    assert everything(rings, full) == before


# --- Lost rings -------------------------------------------------------------------------------------------------------


def test_a_lost_ring_of_person_keys_is_said_and_not_begun_anew(rings, agency, open_rings):
    rings.close()
    (rings.root / "person" / f"{agency}.ring").unlink()
    with pytest.raises(RingLost), by(lost := open_rings(), agency, ANNA):
        lost.person(agency, uuid4(), create=True)
    assert not (rings.root / "person" / f"{agency}.ring").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\0" * 400])
def test_a_damaged_file_of_an_agency_is_said(rings, plain, content, open_rings):
    (rings.root / "agency" / f"{plain}.json").write_bytes(content)
    with pytest.raises(RingLost):
        open_rings().agency(plain)


def test_a_damaged_ring_of_person_keys_is_said(rings, plain, open_rings):
    rings.close()
    (rings.root / "person" / f"{plain}.ring").write_bytes(b"no database at all, " * 400)
    with pytest.raises(RingLost):
        open_rings().keys(plain)
