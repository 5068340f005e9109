"""A day ends at midnight where the task force works, in the databases as on the pages."""

import re
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings
from django.utils import timezone

import concord.site
from concord.home import Home
from concord.site.stores import apply

SOURCES = Path(concord.site.__file__).parent


def test_every_store_with_a_wall_knows_the_pages_today(stores):
    for alias in set(connections) - {"default"}:
        with connections[alias].cursor() as cursor:
            zone = timezone.get_default_timezone_name()
            cursor.execute("select guard.today(), (now() at time zone %s)::date", [zone])
            today, expected = cursor.fetchone()
        assert today == expected, alias


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.sql")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_no_rule_asks_the_server_what_day_it_is(path):
    assert not re.search(r"\bcurrent_date\b|\bnow\(\)::date\b", path.read_text(), re.IGNORECASE)


def test_a_changed_zone_is_told_until_it_is_applied():
    with override_settings(TIME_ZONE="Pacific/Kiritimati"):
        told = apply.check(Home.find("test"), elsewhere=False)
    assert told, "every store was applied in another zone"
    assert [line for line in told if "reckoned in" not in line or "concord database apply" not in line] == []
