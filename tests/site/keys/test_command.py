"""`concord keys`: who holds them, renewed and recovered where no page can be reached."""

import argparse
import io
import sys

import pytest

from concord.commands import keys
from concord.home import InstallationError
from concord.site.keys import custody, opened
from tests.site.keys.conftest import PASSPHRASES, TODAY, brought
from tests.stores import LANTERN


@pytest.fixture
def command(monkeypatch, own_rings, tmp_path):
    """`command("renew", agency, typed=...)` with what is typed, a line each."""
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path))
    monkeypatch.setenv("CONCORD_LOGIN", "web")

    def called(*words, typed=()):
        parser = argparse.ArgumentParser()
        keys.add_arguments(parser)
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        return keys.run(parser.parse_args([str(word) for word in words]))

    return called


def test_status_says_who_holds_them_and_what_is_to_be_done(house, own_rings, command, capsys):
    assert command("status") == 0
    assert f"{LANTERN}: held by its staff, 2 can open" in capsys.readouterr().out
    custody.remove(own_rings, LANTERN, staff=house.users["advocate"].staff_id, today=TODAY)
    assert command("status") == 1
    assert "the provider must renew them" in capsys.readouterr().out


def test_they_are_renewed_with_a_passphrase_and_with_no_other(house, own_rings, command, capsys):
    email, before = house.users["advocate"].email, own_rings.public(LANTERN)
    for given, typed in (((LANTERN,), ()), ((LANTERN, email), ["wrong"]),
                         ((LANTERN, house.users["counsel"].email), [PASSPHRASES["advocate"]])):  # fmt: skip
        with pytest.raises(InstallationError):
            command("renew", *given, typed=typed)
    assert own_rings.public(LANTERN) == before
    assert command("renew", LANTERN, email, typed=[PASSPHRASES["advocate"]]) == 0
    assert "Renewed" in capsys.readouterr().out
    house.agencies["lantern"].refresh_from_db()
    assert bytes(house.agencies["lantern"].public_key) == own_rings.public(LANTERN) != before


def test_an_agency_whose_keys_stand_here_is_renewed_without(house, own_rings, command):
    police = house.agencies["police"].pk
    before = own_rings.public(police)
    assert command("renew", police) == 0
    assert own_rings.public(police) != before


def test_the_sheet_gives_somebody_a_new_passphrase(house, own_rings, command, capsys):
    with opened.using(brought(own_rings, house, "advocate")):
        sheet = custody.new_sheet(own_rings, LANTERN)
        custody.confirm_sheet(own_rings, LANTERN, line=sheet.lines[-1], today=TODAY)
    user, words = house.users["second_advocate"], "slow copper window of a night train"
    with pytest.raises(InstallationError, match="not the sheet"):
        command("recover", user.email, typed=["ABCD"] * 4 + [words, words])
    assert command("recover", user.email, typed=[*sheet.lines, words, words]) == 0
    custody.unlock(own_rings, LANTERN, staff=user.staff_id, passphrase=words)
