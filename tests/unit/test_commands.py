"""The command line: what it offers, what it refuses, and what it says is wrong."""

import argparse
import subprocess
import sys

import pytest

from concord import cli
from concord.commands import _checks, doctor, serve
from concord.home import CHECKOUT, Home, InstallationError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    return Home.find().create()


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    return parser.parse_args(words)


def test_every_command_says_in_one_line_what_it_does(capsys):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in cli.names():
        (line,) = [line for line in shown.splitlines() if line.startswith(f"  {name} ")]
        assert len(line.split()) > 2, line


def test_a_mistyped_command_is_answered_with_the_near_one(capsys):
    assert cli.main(["docter"]) == 2
    assert "did you mean 'doctor'" in capsys.readouterr().err


def test_an_obstacle_is_told_in_words_and_not_as_a_traceback(capsys, monkeypatch):
    def stumble(args):
        raise InstallationError("Move the stone.")

    monkeypatch.setattr(doctor, "run", stumble)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err == "Move the stone.\n"


def test_the_version_does_not_wait_for_django():
    code = "import sys; from concord import cli; cli.main(['version']); print('django' in sys.modules)"
    environment = {"PYTHONPATH": str(CHECKOUT / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


SAFE = ("--hosts", "concord.example.org", "--tls-proxy")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "no host name"),
        (("--hosts", "concord.example.org"), "encrypted"),
        (("--hosts", "*", "--tls-proxy"), "wildcard"),
        (("--hosts", ".example.org", "--tls-proxy"), "wildcard"),
        (SAFE, "no place for backups"),
        ((*SAFE, "--backup-to", "/nowhere/at/all"), "cannot be written"),
        ((*SAFE, "--backup-to", "{home}/log"), "into the home itself"),
    ],
)
def test_serve_refuses_an_unsafe_configuration(home, words, reason):
    given = arguments(*(word.format(home=home.path) for word in words))
    assert reason in " ".join(serve.configuration_reasons(home, given))


def test_serve_accepts_a_safe_configuration_and_this_machine_alone(home, tmp_path, monkeypatch):
    for name in ("CONCORD_DEMO", "CONCORD_TESTING"):
        monkeypatch.delenv(name, raising=False)
    backup = ("--backup-to", str(tmp_path))
    assert list(serve.configuration_reasons(home, arguments(*SAFE, *backup))) == []
    assert list(serve.configuration_reasons(home, arguments("--hosts", "localhost", *backup))) == []


def test_serve_refuses_a_shell_in_which_the_demo_was_tried(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CONCORD_DEMO", "1")
    given = arguments(*SAFE, "--backup-to", str(tmp_path))
    assert "demo sign-in" in " ".join(serve.configuration_reasons(home, given))


def test_a_ring_that_others_may_read_is_refused_and_named(home, tmp_path):
    ring = home.rings / "agency.json"
    ring.touch(mode=0o600)
    assert _checks.rings(home).is_well
    ring.chmod(0o644)
    assert str(ring) in _checks.rings(home).advice
    given = arguments(*SAFE, "--backup-to", str(tmp_path))
    assert "key rings" in " ".join(serve.configuration_reasons(home, given))


def test_host_names_from_outside_mean_tls_and_localhost_means_none():
    assert serve.environment(arguments(*SAFE, "--backup-to", "/b"))["CONCORD_HOSTS"] == "concord.example.org"
    assert "CONCORD_HOSTS" not in serve.environment(arguments("--hosts", "localhost", "--backup-to", "/b"))


def test_the_doctor_says_that_nothing_is_there_yet(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "none"))
    assert cli.main(["doctor"]) == 1
    assert f"PROBLEM  home {tmp_path / 'none'}" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("text", ["", "Ada Invented", "<ada@example.org>", "Ada Invented <ada>"])
def test_the_first_administrator_needs_a_name_and_an_address(text):
    with pytest.raises(InstallationError, match="NAME <EMAIL>"):
        serve._person(text)
    assert serve._person("Ada Invented <ada@example.org>") == ("Ada Invented", "ada@example.org")
