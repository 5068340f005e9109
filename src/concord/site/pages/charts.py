"""Charts as inline SVG that keeps its type size at any width, names its marks directly and has its numbers below.

Horizontal positions are percentages and vertical ones pixels, so that a chart needs neither a style attribute nor a
script, and its words stay readable on a phone.
"""

from dataclasses import dataclass
from math import floor, log10

from . import words

BAR_STEP = 46
LINE_HEIGHT = 200
ABOVE, TEXT = 10, 16
MARKS = ("disc", "square", "diamond", "ring")


@dataclass(frozen=True)
class Figure:
    """One number. `records` opens what was counted, `definition` the rule it was counted by."""

    numerator: float | None
    denominator: float | None = None
    unit: str = ""
    period: str = ""
    label: str = ""
    definition: str = ""
    records: str = ""
    why: str = ""

    def said(self):
        return _words(self.numerator, self.why, "")

    def out_of(self):
        return "" if self.denominator is None else number(self.denominator)

    def percent(self):
        """The share in whole percent, or None where there is nothing to divide by."""
        if self.numerator is None or not self.denominator:
            return None
        return round(100 * self.numerator / self.denominator)


@dataclass(frozen=True)
class Bar:
    """One bar. A value that may not be shown or is not known is None, and `why` says so in words or as a Why."""

    label: str
    value: float | None
    why: str = ""
    url: str = ""
    shown: str = ""

    def words(self):
        return _words(self.value, self.why, self.shown)


@dataclass(frozen=True)
class BarChart:
    """Amounts of one unit side by side. `unit` and `period` are printed; `source` leads to the definition.

    `full` is what a whole track stands for: 100 for shares, which would look whole if the longest bar filled it.
    """

    title: str
    unit: str
    bars: tuple[Bar, ...]
    description: str = ""
    period: str = ""
    source: str = ""
    full: float | None = None

    def rows(self):
        """Where each bar is drawn: its pixels from the top and the share of the width it takes."""
        most = self.full or max((bar.value for bar in self.bars if bar.value), default=0)
        return [
            {
                "bar": bar,
                "words": bar.words(),
                "text_y": 15 + n * BAR_STEP,
                "bar_y": 22 + n * BAR_STEP,
                "width": _percent(100 * (bar.value or 0) / most) if most else "0",
            }
            for n, bar in enumerate(self.bars)
        ]

    def height(self):
        return len(self.bars) * BAR_STEP

    def summary(self):
        return self.description or _list((bar.label, bar.words()) for bar in self.bars)


@dataclass(frozen=True)
class Series:
    """One line: a value for each point of the chart, None where there is none to show."""

    label: str
    values: tuple[float | None, ...]
    why: str = ""

    def words(self):
        return [_words(value, self.why, "") for value in self.values]


@dataclass(frozen=True)
class LineChart:
    """Amounts of one unit over time. Gaps stay gaps; the vertical axis starts at zero."""

    title: str
    unit: str
    points: tuple[str, ...]
    lines: tuple[Series, ...]
    description: str = ""
    period: str = ""
    source: str = ""

    def scale(self):
        most = max((value for line in self.lines for value in line.values if value is not None), default=0)
        return nice_above(most)

    def ticks(self):
        return [{"y": self._y(part * self.scale()), "words": number(part * self.scale())} for part in (0, 0.5, 1)]

    def labels(self):
        """The points along the axis; those between the ends give way on a narrow screen."""
        last = len(self.points) - 1
        every = max(1, -(-len(self.points) // 7))
        return [
            {
                "x": self._x(n),
                "words": point,
                "anchor": "start" if n == 0 else "end" if n == last else "middle",
                "minor": 0 < n < last,
            }
            for n, point in enumerate(self.points)
            if n in (0, last) or (n % every == 0 and last - n >= every)
        ]

    def drawn(self):
        """For each line its marks, the strokes between neighbours that have values, and where its last is said."""
        drawn = [self._draw(line, MARKS[n % len(MARKS)], n) for n, line in enumerate(self.lines)]
        floor_y = LINE_HEIGHT + TEXT
        for line in sorted((line for line in drawn if line["spots"]), key=lambda line: -line["spots"][-1]["y"]):
            # From the lowest up, each at least a line of text above the one before: level ends must stay legible.
            line["said_y"] = floor_y = min(line["spots"][-1]["y"] - ABOVE, floor_y - TEXT)
        return drawn

    def table(self):
        """A row for each point: its name and each line's value in words."""
        return list(zip(self.points, zip(*(line.words() for line in self.lines), strict=True), strict=True))

    def summary(self):
        if self.description:
            return self.description
        return _list((line.label, f"{line.words()[0]} - {line.words()[-1]}") for line in self.lines)

    def _draw(self, line, mark, n):
        spots = [
            None if value is None else {"x": self._x(i), "y": self._y(value), "words": words_, "point": self.points[i]}
            for i, (value, words_) in enumerate(zip(line.values, line.words(), strict=True))
        ]
        strokes = [(a, b) for a, b in zip(spots, spots[1:], strict=False) if a and b]
        return {"line": line, "mark": mark, "n": n, "spots": [spot for spot in spots if spot], "strokes": strokes}

    def _x(self, n):
        return _percent(100 * n / max(1, len(self.points) - 1))

    def _y(self, value):
        top = self.scale()
        return round(LINE_HEIGHT * (1 - value / top), 1) if top else LINE_HEIGHT


def nice_above(most):
    """The smallest of 1, 2, 4, 5, 6, 8 or 10 times a power of ten that is not under `most`; 2 at least, for counts."""
    if most <= 2:
        return 2
    power = 10 ** floor(log10(most))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= most)


def _words(value, why, shown):
    if value is None:
        return words.reason(why) if why in words.REASONS or not why else why
    return shown or number(value)


def number(value):
    """A number as it is printed: whole ones without a point, others to one digit, thousands set apart."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _percent(value):
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _list(pairs):
    return "; ".join(f"{label}: {said}" for label, said in pairs) + "."
