"""Do printed figures agree with themselves? Sums, percentages, change, parts of a whole, and percentages that no count
can give (GRIM: Brown and Heathers 2017, Social Psychological and Personality Science 8:363).

A percentage is passed as it was printed (`"18.20"`): its decimals say how it was rounded. Every check gives a `Checked`
with the difference; none corrects a figure. A share whose n is not known is `refused`: it can be neither checked nor
carried into an interval, a ratio or a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, erfc, floor, sqrt


@dataclass(frozen=True)
class Checked:
    """One check of printed figures. `holds` is None where a figure was refused; `difference` is computed less printed,
    in the printed unit."""

    says: str
    printed: str
    computed: str
    holds: bool | None
    difference: float | None = None

    def __str__(self) -> str:
        verdict = {True: "holds", False: "does not add up", None: "refused"}[self.holds]
        away = "" if self.holds or self.difference is None else f", a difference of {self.difference:+g}"
        return f"{self.says}: printed {self.printed}, computed {self.computed}{away}: {verdict}"


def decimals(printed: str) -> int:
    """Decimals of a number as printed."""
    return max(0, -int(Decimal(printed).as_tuple().exponent))


def half_unit(printed: str) -> Fraction:
    """Half a unit of the last printed decimal: how far rounding may have moved the number."""
    return Fraction(1, 2 * 10 ** decimals(printed))


def rounds_to(exact: Fraction, printed: str) -> bool:
    """Does an exact number give the printed one, whichever way an exact half is rounded?"""
    return abs(exact - Fraction(printed)) <= half_unit(printed)


def sum_of(says: str, parts: Sequence[int], total: int) -> Checked:
    """Counts that should add up to a printed total."""
    found = sum(parts)
    return Checked(says, f"{total:,}", f"{found:,}", found == total, found - total)


def part_of(says: str, part: int, whole: int) -> Checked:
    """A count that can be no more than the count it is a part of. `difference` is what is too many."""
    return Checked(says, f"{part:,} of {whole:,}", f"at most {whole:,}", 0 <= part <= whole, max(0, part - whole))


def percent_of(says: str, n: int, of: int, printed: str) -> Checked:
    """A percentage beside n / of. `difference` in percentage points. Raises ValueError when `of` is not positive."""
    if of <= 0:
        raise ValueError(f"{says}: the denominator is {of}, there is no percentage")
    return _rounded(says, Fraction(100 * n, of), printed, "%")


def change(says: str, before: int, after: int, printed: str) -> Checked:
    """A percentage of change beside both counts. Raises ValueError when `before` is not positive."""
    if before <= 0:
        raise ValueError(f"{says}: change from {before} has no percentage")
    return _rounded(says, Fraction(100 * (after - before), before), printed, "%")


def quotient(says: str, over: int, under: int, printed: str) -> Checked:
    """A printed quotient beside the two counts it comes from. Raises ValueError when `under` is not positive."""
    if under <= 0:
        raise ValueError(f"{says}: there is no quotient over {under}")
    return _rounded(says, Fraction(over, under), printed, "")


def _rounded(says: str, exact: Fraction, printed: str, unit: str) -> Checked:
    places = decimals(printed)
    computed = f"{float(exact):.{places + 1}f}{unit}"
    away = round(float(exact - Fraction(printed)), places + 2)
    return Checked(says, f"{printed}{unit}", computed, rounds_to(exact, printed), away)


def floor_of(says: str, percent: str, of: int, at_least: int) -> Checked:
    """`over 1,200` beside a rounded percentage of `of`: can the count be above it?"""
    most = (Fraction(percent) + half_unit(percent)) * of / 100
    return Checked(says, f"over {at_least:,}", f"at most {floor(most):,}", most > at_least)


def partition(says: str, percents: Sequence[str], whole: int = 100) -> Checked:
    """Percentages of parts that should add up to 100 within what rounding each of them allows."""
    total = sum(map(Fraction, percents))
    allowed = sum(map(half_unit, percents))
    places = max(map(decimals, percents))
    away = float(total - whole)
    return Checked(says, f"{whole}%", f"{float(total):.{places}f}%", abs(total - whole) <= allowed, round(away, places))


def grim(percent: str, n: int) -> bool:
    """Is there a whole k of which 100 k / n prints as this percentage? Raises ValueError when n is not positive."""
    if n <= 0:
        raise ValueError(f"no percentage is out of {n}")
    wanted, half = Fraction(percent), half_unit(percent)
    low, high = ceil((wanted - half) * n / 100), floor((wanted + half) * n / 100)
    return max(low, 0) <= min(high, n)


def possible(says: str, percents: Sequence[str], n: int) -> Checked:
    """Percentages that must each be a whole count out of n. `difference` is how many cannot."""
    not_so = [percent for percent in percents if not grim(percent, n)]
    computed = f"no whole count gives {', '.join(not_so)}" if not_so else "each is a whole count"
    return Checked(says, f"{', '.join(percents)}% of {n:,}", computed, not not_so, len(not_so))


def possible_n(percents: Sequence[str], least: int, most: int) -> list[int]:
    """Every n from `least` to `most` of which each percentage could be a whole count."""
    return [n for n in range(least, most + 1) if all(grim(percent, n) for percent in percents)]


def counts_of(says: str, percents: Sequence[str], of: int) -> Checked:
    """The counts that rounded percentages give (each to the nearest whole) beside the n they are of."""
    found = sum(floor(Fraction(percent) * of / 100 + Fraction(1, 2)) for percent in percents)
    return Checked(says, f"{of:,}", f"{found:,}", found == of, found - of)


def same_base(says: str, first: tuple[str, int], second: tuple[str, int], printed_p: str) -> Checked:
    """A printed p-value beside that of two percentages on stated bases: (percent, n) each, pooled z, two sides.

    It does not hold when rounding of the percentages cannot explain the distance: then the printed test used another
    base.
    """
    halves = [half_unit(percent) for percent, _ in (first, second)]
    ends = [_two_sided(first, second, sign * sum(halves)) for sign in (-1, 0, 1)]
    low, high = min(ends) - float(half_unit(printed_p)), max(ends) + float(half_unit(printed_p))
    away = round(ends[1] - float(printed_p), 4)
    return Checked(says, f"p = {printed_p}", f"p = {ends[1]:.4f}", low <= float(printed_p) <= high, away)


def _two_sided(first: tuple[str, int], second: tuple[str, int], moved: Fraction) -> float:
    (one, n), (two, m) = ((float(Fraction(percent)) / 100, count) for percent, count in (first, second))
    pooled = (one * n + two * m) / (n + m)
    gap = abs(one - two) + float(moved) / 100
    return erfc(max(gap, 0.0) / sqrt(2 * pooled * (1 - pooled) * (1 / n + 1 / m)))


def refused(says: str, printed: str, why: str) -> Checked:
    """A figure that cannot be checked, and why."""
    return Checked(says, printed, why, None)
