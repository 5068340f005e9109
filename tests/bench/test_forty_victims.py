"""How long it takes to enter 40 victims and 6 suspects of one labor case, on the real pages in a real browser.

pytest -m bench -s tests/bench/test_forty_victims.py

Each key and each click of the journey is carried out and counted; the time is modelled: 200 ms a key, 1.5 s a click.
What the journey leaves in the store is asserted, its time is printed and recorded.
"""

import sys
from itertools import cycle, islice

import pytest
from django.urls import reverse

from concord.site.demo.draws import ENDINGS, Names
from concord.site.justice.models import Person
from concord.site.stores.acting import acting
from concord.vocabulary import PersonRole
from tests.browser.conftest import (  # noqa: F401  fixtures
    DESKTOP,
    chromium,
    open_page,
    sign_in,
    site,
    worker,
)
from tests.site.conftest import stores, visit, world  # noqa: F401  fixtures
from tests.site.justice import cases

pytestmark = pytest.mark.bench
KEY, CLICK = 0.2, 1.5  # seconds
VICTIMS, SUSPECTS = 40, 6
NOTES = ("night shift, packing", "day shift, boning line", "sleeps above the plant", "hurt her hand in May")


class Hand:
    """One person at a keyboard with a mouse: does, and counts."""

    def __init__(self, page):
        self.page, self.keys, self.clicks = page, 0, 0

    @property
    def minutes(self) -> float:
        return (self.keys * KEY + self.clicks * CLICK) / 60

    def click(self, target):
        target.click()
        self.clicks += 1

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)


def line(hand, role, age, sex, language, note):
    """One line of the grid, left to right; the lists are chosen by the first letters of their words."""
    for text in ("", role, "", age, sex, language, note):
        if text:
            hand.type(text)
        hand.press("Tab")


def enter_roster(hand):
    page = hand.page
    hand.click(page.get_by_role("link", name="People", exact=True))
    hand.click(page.get_by_role("link", name="Enter people"))
    hand.click(page.get_by_role("link", name="More lines"))
    hand.click(page.get_by_label("How many, 1", exact=True))
    facts = islice(cycle(zip(("mal", "fem", "mal"), ("spa", "eng", "spa"), strict=True)), VICTIMS)
    for note, (sex, language) in zip(cycle(NOTES), facts, strict=False):
        line(hand, "pot", "ad", sex, language, note)
    for _ in range(SUSPECTS):
        line(hand, "oth", "ad", "mal", "eng", "supervisor")
    hand.click(page.get_by_role("button", name="Save"))
    page.get_by_text("46 people were added.").wait_for()


def enter_names(hand):
    """Each person's own page: given and family name."""
    page = hand.page
    names = Names(ENDINGS["bulk"], double=True)
    for number in range(1, VICTIMS + SUSPECTS + 1):
        given, family = names.next()
        hand.click(page.get_by_role("link", name=f"Person {number}", exact=True))
        hand.click(page.get_by_role("link", name="Change facts"))
        hand.click(page.get_by_label("Given name"))
        hand.type(given)
        hand.press("Tab")
        hand.type(family)
        hand.press("Enter")
        page.get_by_role("link", name="Change facts").wait_for()
        hand.click(page.get_by_role("link", name="Everybody in this investigation"))


def test_forty_victims_and_six_suspects_are_entered(world, site, open_page, sign_in, capsys):  # noqa: F811
    with site.at_rest():
        case = cases.investigation(world)
    page = sign_in(open_page(DESKTOP), "detective")
    page.goto(reverse("justice:case", args=[case.pk]))
    hand = Hand(page)
    enter_roster(hand)
    roster = hand.minutes
    enter_names(hand)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{VICTIMS} victims, {SUSPECTS} suspects: on the roster after {roster:.1f} minutes, each with a name"
            f" after {hand.minutes:.1f} ({hand.keys:,} keys, {hand.clicks} clicks; bar 20 minutes)\n"
        )
    with site.at_rest(), acting(world.viewer("detective")):
        people = list(Person.objects.filter(investigation=case))
        assert sum(person.is_victim() for person in people) == VICTIMS
        assert sum(PersonRole.OTHER_SUSPECT in person.roles for person in people) == SUSPECTS
        assert all(person.sex and person.language and person.note and person.family_name for person in people)
