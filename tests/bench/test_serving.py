"""Twelve vaults served beside one plain database, and a thirteenth added meanwhile. Figures are printed and recorded.

pytest -m bench -s tests/bench/test_serving.py
"""

import os
import subprocess
import sys

import pytest

from concord.home import CHECKOUT, Home

pytestmark = pytest.mark.bench


def test_twelve_vaults_are_served_beside_one_plain_database(capsys):
    home = Home.find("bench").path
    command = [sys.executable, "-m", "tests.bench.serving", str(home.with_name(f"{home.name}-vaults"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "DJANGO_"))}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")
    assert " 0 refused" in done.stdout
