"""What was brought in from outside is what the manifest says, and nothing that it asks for is missing."""

import hashlib
import json
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
SHIPPED = CHECKOUT / "src/concord/site/web/static/vendor"
PAGES = CHECKOUT / "src/concord/site"
FOLDERS = [SHIPPED, CHECKOUT / "tests/browser/vendor"]


@pytest.mark.parametrize("folder", FOLDERS, ids=["shipped", "test_only"])
def test_every_file_is_in_the_manifest_unaltered_and_with_its_licence(folder):
    rows = json.loads((folder / "manifest.json").read_text())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    assert {row["file"] for row in rows} == there
    for row in rows:
        assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert row["licence"]
        assert "GPL" not in row["licence"]


def test_the_style_sheet_asks_for_no_file_that_is_not_shipped():
    home = SHIPPED / "uswds/css"
    asked = set(re.findall(r"url\(([^)]+)\)", (home / "uswds.min.css").read_text()))
    assert asked
    assert not [url for url in asked if not (home / url).resolve().is_file()]


def test_every_icon_that_a_template_names_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol[^>]* id="([^"]+)"', (SHIPPED / "uswds/img/sprite.svg").read_text()))
    named = {
        name
        for template in PAGES.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text())
    }
    assert named
    assert named <= drawn, sorted(named - drawn)


def test_no_template_carries_a_script_or_a_style_of_its_own():
    for template in PAGES.rglob("templates/**/*.html"):
        text = template.read_text()
        assert not re.search(
            r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*(?:\ssrc=|type=\"application/json\"))", text
        ), template.name
