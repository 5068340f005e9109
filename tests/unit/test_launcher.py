"""./concord on a machine that has never seen it, in a checkout with an empty list of packages: no network is asked."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from concord.home import CHECKOUT

SAYS = "import sys, colorsys; print(sys.argv[1:], sys.prefix)"


@pytest.fixture
def tmp_path():
    """Unlike pytest's own, a folder that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="concord-launcher-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def checkout(tmp_path):
    """The launcher's own files, no packages, and a command that says how it was called."""
    folder = tmp_path / "a checkout"
    (folder / "requirements").mkdir(parents=True)
    (folder / "src" / "concord").mkdir(parents=True)
    shutil.copy(CHECKOUT / "concord", folder)
    shutil.copy(CHECKOUT / "requirements" / "environment.py", folder / "requirements")
    for name in ("app", "duplicates", "dev", "uv"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    (folder / "src" / "concord" / "__init__.py").touch()
    (folder / "src" / "concord" / "cli.py").write_text(SAYS)
    return folder


WITH_UV = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
"""With uv, which comes with the development packages, a test takes a tenth of the time; one is left to pip."""


def start(checkout: Path, *words: str, **options) -> subprocess.CompletedProcess:
    options = {"env": WITH_UV} | options
    return subprocess.run(
        [checkout / "concord", *words], capture_output=True, text=True, timeout=60, check=False, **options
    )


def test_the_first_start_installs_and_the_next_does_not(checkout):
    first, second = start(checkout, "demo", "two words"), start(checkout, "demo", "two words")
    expected = f"['demo', 'two words'] {checkout / '.venv'}"
    assert (first.returncode, first.stdout.strip()) == (0, expected), first.stderr
    assert "Installing 0 packages" in first.stderr
    assert (second.stdout.strip(), second.stderr) == (expected, "")


def test_a_changed_list_is_installed_at_the_next_start(checkout):
    start(checkout, "demo")
    (checkout / "requirements" / "app.txt").write_text("# another nothing\n")
    assert "Installing" in start(checkout, "demo").stderr
    assert start(checkout, "demo").stderr == ""


def test_the_tests_need_their_own_list_and_the_demo_makes_do_with_it(checkout):
    start(checkout, "demo")
    assert "Installing" in start(checkout, "test").stderr
    assert start(checkout, "demo").stderr == ""
    assert start(checkout, "test").stderr == ""


def test_the_extra_is_installed_where_it_is_asked_for_and_kept_where_it_is_not(checkout):
    with_extra = WITH_UV | {"CONCORD_WITH": "duplicates"}
    start(checkout, "demo")
    assert "Installing" in start(checkout, "demo", env=with_extra).stderr
    assert start(checkout, "demo").stderr == start(checkout, "demo", env=with_extra).stderr == ""
    start(checkout, "test")
    assert start(checkout, "demo", env=with_extra).stderr == ""


def test_what_a_killed_installation_left_is_made_anew(checkout):
    (checkout / ".venv.new" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin").mkdir(parents=True)
    shutil.copy("/bin/true", checkout / ".venv" / "bin" / "python")
    assert start(checkout, "demo").stdout.startswith("['demo']")
    assert not (checkout / ".venv.new").exists()


def test_two_starts_at_once_install_once(checkout):
    command = [checkout / "concord", "demo"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=WITH_UV)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(error for _, error in said).count("Installing") == 1


def test_packages_without_a_hash_are_refused_and_nothing_is_left_that_looks_ready(checkout):
    (checkout / "requirements" / "app.txt").write_text("concord-no-such-package==1.0\n")
    refused = start(checkout, "demo")
    assert refused.returncode == 1
    assert "hash" in refused.stderr.lower()
    assert not (checkout / ".venv").exists()


def test_scripts_name_the_place_they_were_moved_to(checkout):
    start(checkout, "demo")
    written = [path.read_bytes() for path in (checkout / ".venv" / "bin").iterdir() if not path.is_symlink()]
    assert written
    assert not [text for text in written if b".venv.new" in text]


def test_a_link_to_the_launcher_starts_its_checkout(checkout, tmp_path):
    (tmp_path / "link").symlink_to(checkout / "concord")
    done = subprocess.run(
        [tmp_path / "link", "x"], env=WITH_UV, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == f"['x'] {checkout / '.venv'}", done.stderr


def test_a_file_in_the_folder_one_stands_in_does_not_take_the_place_of_a_module(checkout, tmp_path):
    (tmp_path / "colorsys.py").write_text("raise SystemExit('taken over')")
    assert start(checkout, "demo", cwd=tmp_path).stdout.startswith("['demo']")


def test_a_checkout_that_cannot_be_written_to_keeps_its_environment_in_the_cache(checkout, tmp_path):
    cache = tmp_path / "cache"
    shutil.copytree(checkout, tmp_path / "read only")
    checkout = tmp_path / "read only"
    cache.mkdir()
    person = {}
    if os.geteuid() == 0:  # root may write anywhere: be nobody
        nobody = 65534
        os.chown(cache, nobody, nobody)
        person = {"user": nobody, "group": nobody, "extra_groups": []}
    checkout.chmod(0o555)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(cache), "XDG_CACHE_HOME": str(cache)}
    done = start(checkout, "demo", env=environment, **person)
    assert done.stdout.startswith(f"['demo'] {cache / 'concord'}"), done.stderr
    assert not (checkout / ".venv").exists()
