"""Twelve vaults beside one plain database, one more meanwhile; pages during an import. Printed and recorded.

pytest -m bench -s tests/bench/test_serving.py
"""

import os
import subprocess
import sys

import pytest

from concord.home import CHECKOUT, Home

pytestmark = pytest.mark.bench


def run(module: str) -> str:
    home = Home.find("bench").path
    command = [sys.executable, "-m", f"tests.bench.{module}", str(home.with_name(f"{home.name}-vaults"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "DJANGO_"))}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_twelve_vaults_are_served_beside_one_plain_database(capsys):
    said = run("serving")
    with capsys.disabled():
        sys.stdout.write(f"\n{said}")
    assert " 0 refused" in said


def test_pages_are_served_while_a_release_is_taken_in(capsys):
    said = run("importing")
    with capsys.disabled():
        sys.stdout.write(f"\n{said}")
    assert said.count(" 0 of them wrong") == 2
