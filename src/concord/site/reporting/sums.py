"""Numbers of several agencies added up, of which some may be left out: then the sum is a range, never a guess. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from concord.site.reporting.sharing import THRESHOLD, Shown


@dataclass(frozen=True)
class Sum:
    """From `least` to `most`; `most` is None where something left out has no known limit. Nothing at all: `missing`."""

    least: int
    most: int | None
    missing: bool = False

    @property
    def value(self) -> int | None:
        """The number, where it is one."""
        return self.least if self.least == self.most and not self.missing else None

    @property
    def words(self) -> str:
        if self.missing:
            return _("Not published")
        if self.value is not None:
            return f"{self.value:,}"
        if self.most is None:
            return _("%(n)d or more") % {"n": self.least} if self.least > 1 else _("Not shown")
        if (self.least, self.most) == (1, THRESHOLD - 1):
            return _("Fewer than %(n)d") % {"n": THRESHOLD}
        return _("%(least)d to %(most)d") % {"least": self.least, "most": self.most}


NONE = Sum(0, 0, missing=True)


def add(parts: Iterable[Shown | None]) -> Sum:
    """The sum of what was published; an agency that published nothing adds nothing and is named elsewhere."""
    there = [part for part in parts if part is not None]
    if not there:
        return NONE
    least = sum(1 if part.value is None else part.value for part in there)
    if any(part.value is None and not part.small for part in there):
        return Sum(least, None)
    return Sum(least, sum(THRESHOLD - 1 if part.value is None else part.value for part in there))


@dataclass(frozen=True)
class Share:
    """A part of a whole, always with both numbers."""

    part: Sum
    whole: Sum

    @property
    def percent(self) -> float | None:
        if self.part.value is None or not self.whole.value:
            return None
        return 100 * self.part.value / self.whole.value

    @property
    def words(self) -> str:
        if self.whole.missing:
            return _("Not published")
        said = _("%(part)s of %(whole)s") % {"part": self.part.words, "whole": self.whole.words}
        return said if self.percent is None else f"{said} ({self.percent:.0f}%)"
