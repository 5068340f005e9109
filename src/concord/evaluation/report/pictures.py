"""Pictures of tables as SVG: the same bytes for the same table, readable at the width of a phone, in print and by
people who do not tell colours apart. They are drawn as wide as a phone's page, so that letters keep their size there;
a table of many rows becomes several pictures on one scale, none of them taller than a page.

What a picture reads in its grid: the words of the leading text columns name a row (of two, the one that changes less
often groups rows); the first count is its n; the estimate is the first number with intervals, else the first share or
number, and takes its interval from a text column that has one. A value that is missing is never placed: its reason
stands where the mark would be.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from concord.disclosure.grids import Grid, Kind, Value
from concord.evaluation.report import numbers
from concord.evaluation.sections import Picture

type Drawing = tuple[list[str], float]  # pieces of SVG and how high they stand

WIDTH = 330
EDGE = 4
PLOT = (EDGE, WIDTH - EDGE)
INK, QUIET, LINE, TRACK, PAPER = "#1b1b1b", "#565c65", "#c6cace", "#eceef0", "#ffffff"
MARK, POOLED = "#0072b2", "#b34700"
# Okabe and Ito's set, darkened where a thin line on white would be too pale; each line has its own dashes as well.
LINES = (("#0072b2", ""), ("#b34700", "7 3"), ("#00795a", "2 2.5"), ("#8f4a78", "9 3 2 3"), ("#1b1b1b", "4 4"))
FONT = "Helvetica Neue, Arial, Liberation Sans, Libertinus Serif, sans-serif"
SIZE = 12
LETTER = 5.9  # about the width of a letter of that size
WORST = "2 2.5"
MOST_ROWS = 18
LEAST_SPAN = 1e-6
LOG_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
POOLED_WORDS = ("all", "pooled", "together", "total", "overall")


@dataclass(frozen=True)
class Mark:
    """One row to draw: its group and name, how many it rests on, its estimate, and its interval where words give it."""

    group: str
    name: str
    n: str
    estimate: Value
    interval: str = ""

    @property
    def pooled(self) -> bool:
        return self.name.lower().split(" ", 1)[0].rstrip(",:") in POOLED_WORDS

    @property
    def is_worst(self) -> bool:
        """Whether the ends are what files that nobody read could make of it, which is no interval."""
        return "worst" in self.interval

    @property
    def figures(self) -> str:
        """The estimate and its interval as written."""
        if not self.interval:
            return numbers.written(self.estimate)
        point = numbers.written(replace(self.estimate, low=None, high=None))
        return f"{point} ({self.interval.replace(' ', numbers.NBSP)})"


@dataclass(frozen=True)
class Scale:
    """From numbers to places across: `ticks` are the numbers that the axis names."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False
    span: tuple[float, float] = PLOT

    def __call__(self, number: float) -> float:
        low, high, at = (math.log(v) for v in (self.low, self.high, max(number, self.low / 2))) if self.log else (
            self.low, self.high, number)
        left, right = self.span
        return left + (min(max(at, low), high) - low) / (high - low) * (right - left)

    def inside(self, number: float) -> bool:
        return self.low <= number <= self.high


def draw(picture: Picture, grid: Grid, *, mark: str) -> list[str]:
    """The SVGs of a picture, mostly one. `mark` begins their ids, which are unique in a page.

    Raises ValueError when no such picture exists or the table has not the columns that it draws.
    """
    if picture.draw not in PICTURES:
        raise ValueError(f"there is no picture '{picture.draw}': use one of {', '.join(sorted(PICTURES))}")
    made = PICTURES[picture.draw](grid)
    return [
        _svg(parts, height, part(picture.title, at, len(made)), part(picture.alt, at, len(made)), f"{mark}-{at}")
        for at, (parts, height) in enumerate(made, start=1)
    ]


def part(says: str, at: int, many: int) -> str:
    """A title or description that says which part of a picture it belongs to, where there are several."""
    return says if many == 1 else f"{says} (part {at} of {many})"


def _svg(parts: Sequence[str], height: float, title: str, alt: str, mark: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_n(height)}" width="{WIDTH}" '
        f'height="{_n(height)}" role="img" aria-labelledby="{mark}-t {mark}-d" font-family="{FONT}" '
        f'font-size="{SIZE}"><title id="{mark}-t">{_say(title)}</title><desc id="{mark}-d">{_say(alt)}</desc>'
        f"{''.join(parts)}</svg>"
    )


# --- The five pictures ------------------------------------------------------------------------------------------------


def funnel(grid: Grid) -> list[Drawing]:
    """Bars of stages: how many and which share. Columns: stage, count, perhaps the count it is of, share."""
    counts = _column(grid, Kind.COUNT)
    shares = _column(grid, Kind.SHARE)
    if counts is None and shares is None:
        raise ValueError(f"the table {grid.key} has neither a count nor a share: no funnel can be drawn of it")
    column = counts if shares is None else shares
    top = 1.0 if shares is not None else max((numbers.number(row[column]) or 0 for row in grid.rows), default=0) or 1.0
    scale = Scale(0, top, ())
    return [_bars(marks, scale, only_n=column == counts) for marks in _pieces(list(_marks(grid, column)))]


def forest(grid: Grid) -> list[Drawing]:
    """An estimate and its interval a site, with the pooled one as a diamond whose place every row marks."""
    marks = _estimates(grid)
    scale = _straight(marks, floor=0.0 if _kind(marks) is Kind.SHARE else None)
    pooled = [at for mark in marks if mark.pooled and (at := numbers.number(mark.estimate)) is not None]
    return _intervals(marks, scale, pooled[-1] if pooled else None, pooled=True)


def disparity(grid: Grid) -> list[Drawing]:
    """Ratios and their intervals by stage and comparator on a log axis: at 1 the two shares are equal."""
    marks = _estimates(grid)
    return _intervals(marks, _logarithmic(marks), 1.0)


def agreement(grid: Grid) -> list[Drawing]:
    """Agreement and its interval by variable: 1 is full agreement, 0 is what chance would give."""
    marks = _estimates(grid)
    least = min((at for mark in marks for at in _numbers(mark.estimate)), default=0.0)
    low = 0.0 if least >= 0 else -0.5 if least >= -0.5 else -1.0
    return _intervals(marks, Scale(low, 1.0, _ticks(low, 1.0)), 0.0)


def curves(grid: Grid) -> list[Drawing]:
    """Step lines over time: each share is a line, and where text columns come before the time they name lines too."""
    lines = _lines(grid)
    kind = next((value.kind for _, points in lines for _, value in points), Kind.SHARE)
    parts: list[str] = []
    y = _legend(parts, [(name, _why_empty(points)) for name, points in lines])
    if not any(_runs(points) for _, points in lines):
        return [(parts, y + 4)]
    top, bottom = y + 8, y + 178
    across = _over([time for _, points in lines for time, _ in points], (EDGE + 38, WIDTH - EDGE - 6))
    levels = [at for _, points in lines for _, value in points for at in _numbers(value)]
    up = _over([1.0] if kind is Kind.SHARE else levels, (bottom, top))
    _frame(parts, across, up, kind)
    for (_, points), (colour, dashes) in zip(lines, _styles(len(lines)), strict=True):
        for run in _runs(points):
            _steps(parts, run, across, up, colour, dashes, band=len(lines) <= 3)
    parts.append(_text((PLOT[0] + PLOT[1]) / 2, bottom + 33, _time_says(grid), anchor="middle", fill=QUIET))
    return [(parts, bottom + 40)]


PICTURES: dict[str, Callable[[Grid], list[Drawing]]] = {
    "funnel": funnel, "forest": forest, "disparity": disparity, "curves": curves, "agreement": agreement,
}


# --- What a grid holds ------------------------------------------------------------------------------------------------


def _kind_of(grid: Grid, column: int) -> Kind:
    return next((row[column].kind for row in grid.rows if row[column].kind is not Kind.TEXT), Kind.TEXT)


def _column(grid: Grid, *kinds: Kind) -> int | None:
    return next((at for at in range(len(grid.headings)) if _kind_of(grid, at) in kinds), None)


def _leading(grid: Grid) -> int:
    """How many text columns come first: they name the row."""
    return next((at for at in range(len(grid.headings)) if _kind_of(grid, at) is not Kind.TEXT), len(grid.headings))


def _estimate_column(grid: Grid) -> int:
    for at in range(len(grid.headings)):
        if _kind_of(grid, at) not in (Kind.P, Kind.TEXT) and any(_spans(row[at]) for row in grid.rows):
            return at
    column = _column(grid, Kind.SHARE, Kind.NUMBER, Kind.DAYS, Kind.USD)
    if column is None:
        raise ValueError(f"the table {grid.key} has no column of estimates: no intervals can be drawn of it")
    return column


def _spans(value: Value) -> bool:
    return not value.missing and any(end is not None and not math.isnan(end) for end in (value.low, value.high))


def _marks(grid: Grid, column: int) -> Iterator[Mark]:
    names = [[numbers.written(value) for value in row[:_leading(grid)]] or [""] for row in grid.rows]
    by = _grouping(names)
    alike = by is not None and len({words[by] for words in names}) == 1  # then it tells no row from another
    for row, words in zip(grid.rows, names, strict=True):
        group = "" if by is None or (by and alike) else words[by]
        name = ", ".join(word for at, word in enumerate(words) if at != by)
        beside = next((value for value in row if value.kind is Kind.TEXT and _spans(value)), None)
        estimate = row[column]
        if beside is None or _spans(estimate) or estimate.missing:
            yield Mark(group, name, _n_of(grid, row), estimate)
        else:
            with_ends = replace(estimate, low=beside.low, high=beside.high)
            yield Mark(group, name, _n_of(grid, row), with_ends, numbers.written(beside))


def _grouping(names: Sequence[Sequence[str]]) -> int | None:
    """Which of several leading columns groups the rows: the one that changes least often, the first of equals."""
    if not names or len(names[0]) < 2:
        return None
    return min(range(len(names[0])), key=lambda at: len(list(groupby(words[at] for words in names))))


def _n_of(grid: Grid, row: Sequence[Value]) -> str:
    """`n = 57`, or `57 of 226` where the next column is headed Of."""
    at = _column(grid, Kind.COUNT)
    if at is None or row[at].missing:
        return ""
    after = at + 1
    if after < len(row) and grid.headings[after].says.lower() == "of" and not row[after].missing:
        return f"{numbers.written(row[at])} of {numbers.written(row[after])}"
    return f"n = {numbers.written(row[at])}"


def _estimates(grid: Grid) -> list[Mark]:
    return list(_marks(grid, _estimate_column(grid)))


def _kind(marks: Sequence[Mark]) -> Kind:
    return next((mark.estimate.kind for mark in marks), Kind.NUMBER)


def _numbers(value: Value) -> list[float]:
    """Point and ends, those that are known."""
    return [at for at in (numbers.number(value), *numbers.ends(value)) if at is not None]


def _lines(grid: Grid) -> list[tuple[str, list[tuple[float, Value]]]]:
    time = _column(grid, Kind.DAYS, Kind.NUMBER)
    shares = [at for at in range(len(grid.headings)) if at != time and _kind_of(grid, at) in (Kind.SHARE, Kind.NUMBER)]
    if time is None or not shares:
        raise ValueError(f"the table {grid.key} needs a column of days and one of shares: no curve can be drawn of it")
    only_shares = [at for at in shares if _kind_of(grid, at) is Kind.SHARE] or shares
    lines: dict[str, list[tuple[float, Value]]] = {}
    for at in only_shares:
        for row in grid.rows:
            words = [numbers.written(value) for value in row[:_leading(grid)]]
            name = ", ".join([*words, *([grid.headings[at].says] if len(only_shares) > 1 or not words else [])])
            if (when := numbers.number(row[time])) is not None:
                lines.setdefault(name, []).append((when, row[at]))
    return [(name, sorted(points, key=lambda point: point[0])) for name, points in lines.items()]


def _time_says(grid: Grid) -> str:
    heading = grid.headings[_column(grid, Kind.DAYS, Kind.NUMBER)]
    return f"{heading.says} ({heading.unit})" if heading.unit else heading.says


# --- Scales -----------------------------------------------------------------------------------------------------------


def _ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers from at or below `low` to at or above `high`."""
    rough = (high - low) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(at * step, 10) for at in range(first, last + 1))


def _over(found: Sequence[float], span: tuple[float, float]) -> Scale:
    """From 0, or the least where that is below, to the most."""
    low, high = min([0.0, *found]), max([0.0, *found])
    high = high if high - low > LEAST_SPAN else low + 1
    return Scale(low, high, tuple(at for at in _ticks(low, high) if low <= at <= high), span=span)


def _straight(marks: Sequence[Mark], floor: float | None) -> Scale:
    found = [at for mark in marks for at in _numbers(mark.estimate)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    low = min(low, 0.0) if floor is None else floor
    ticks = _ticks(low, high if high - low > LEAST_SPAN else low + 1)
    return Scale(ticks[0], ticks[-1], ticks)


def _logarithmic(marks: Sequence[Mark]) -> Scale:
    found = [at for mark in marks for at in _numbers(mark.estimate) if at > 0]
    low, high = min([*found, 0.5]), max([*found, 2.0])
    first = max((at for at in LOG_TICKS if at <= low), default=LOG_TICKS[0])
    last = min((at for at in LOG_TICKS if at >= high), default=LOG_TICKS[-1])
    ticks = tuple(at for at in LOG_TICKS if first <= at <= last)
    return Scale(first, last, ticks if len(ticks) <= 8 else tuple(at for at in ticks if math.log10(at) % 1 < 1e-9),
                 log=True)


# --- Strokes ----------------------------------------------------------------------------------------------------------


def _intervals(marks: Sequence[Mark], scale: Scale, line: float | None, pooled: bool = False) -> list[Drawing]:
    lines = [(at, LINE) for at in scale.ticks if at != line]
    if line is not None and scale.inside(line):
        lines.append((line, POOLED if pooled else INK))
    return [_whiskers(piece, scale, lines) for piece in _pieces(marks)]


def _whiskers(marks: Sequence[Mark], scale: Scale, lines: Sequence[tuple[float, str]]) -> Drawing:
    parts: list[str] = []
    y = 4.0
    for group, rows in groupby(marks, key=lambda mark: mark.group):
        y = _group(parts, group, y)
        for mark in rows:
            y = _whisker(parts, mark, scale, y, lines)
    return [*parts, *_axis(scale, y + 2, _kind(marks))], y + 22


def _bars(marks: Sequence[Mark], scale: Scale, *, only_n: bool) -> Drawing:
    parts: list[str] = []
    y = 4.0
    for group, rows in groupby(marks, key=lambda mark: mark.group):
        y = _group(parts, group, y)
        for mark in rows:
            y = _bar(parts, mark, mark.n if only_n else " · ".join(filter(None, (mark.n, mark.figures))), scale, y)
    return parts, y


def _pieces(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Rows in pieces that fit on a page: whole groups together where they fit, a larger one in even parts."""
    pieces: list[list[Mark]] = [[]]
    for _, group in groupby(marks, key=lambda mark: mark.group):
        rows = list(group)
        if len(pieces[-1]) + len(rows) <= MOST_ROWS:
            pieces[-1] += rows
            continue
        each = math.ceil(len(rows) / math.ceil(len(rows) / MOST_ROWS))
        pieces += [rows[at:at + each] for at in range(0, len(rows), each)]
    return [piece for piece in pieces if piece] or [[]]


def _group(parts: list[str], group: str, y: float) -> float:
    if not group:
        return y
    for line in _wrapped(group, WIDTH - 2 * EDGE):
        parts.append(_text(EDGE, y + 15, line, weight="700", size=13))
        y += 15
    return y + 6


def _label(parts: list[str], name: str, says: str, y: float, *, quiet: bool = False, bold: bool = False) -> float:
    """Name at the left, figures at the right; on lines of their own where both do not fit on one."""
    room = WIDTH - 2 * EDGE
    weight = "700" if bold else ""
    if (len(name) + len(says) + 2) * LETTER <= room:
        parts.append(_text(EDGE, y + 12, name, weight=weight))
        parts.append(_text(WIDTH - EDGE, y + 12, says, anchor="end", fill=QUIET if quiet else INK))
        return y + 16
    for line in _wrapped(name, room):
        parts.append(_text(EDGE, y + 12, line, weight=weight))
        y += 14
    for line in _wrapped(says, room):
        parts.append(_text(WIDTH - EDGE, y + 12, line, anchor="end", fill=QUIET if quiet else INK))
        y += 14
    return y + 2


def _bar(parts: list[str], mark: Mark, says: str, scale: Scale, y: float) -> float:
    y = _label(parts, mark.name, says, y)
    left, right = PLOT
    at = numbers.number(mark.estimate)
    low, high = numbers.ends(mark.estimate)
    if at is None and low is None:
        parts.append(f'<rect x="{left}" y="{_n(y)}" width="{right - left}" height="12" fill="none" stroke="{QUIET}" '
                     'stroke-dasharray="3 3"/>')
        return y + 22
    parts.append(f'<rect x="{left}" y="{_n(y)}" width="{right - left}" height="12" fill="{TRACK}"/>')
    if at is not None and at > 0:
        parts.append(f'<rect x="{left}" y="{_n(y)}" width="{_n(scale(at) - left)}" height="12" fill="{MARK}"/>')
    if low is not None and high is not None:
        parts.append(_rule(scale(low), y + 6, scale(high), y + 6, PAPER, width=4))
        dashes = WORST if mark.is_worst else ""
        parts.append(_rule(scale(low), y + 6, scale(high), y + 6, INK, width=1.5, dashes=dashes))
        parts += [_rule(scale(end), y + 2, scale(end), y + 10, INK, width=1.5) for end in (low, high)]
    return y + 22


def _whisker(parts: list[str], mark: Mark, scale: Scale, y: float, lines: Sequence[tuple[float, str]]) -> float:
    figures = mark.figures
    blank = not _numbers(mark.estimate)
    name = f"{mark.name} ({mark.n})" if mark.n else mark.name
    y = _label(parts, name, figures, y, quiet=blank, bold=mark.pooled) + 7
    parts += [_rule(scale(at), y - 5, scale(at), y + 9, shade) for at, shade in lines]
    if blank:
        return y + 12
    colour = POOLED if mark.pooled else MARK
    at = numbers.number(mark.estimate)
    low, high = (None if end is None or math.isnan(end) else end for end in (mark.estimate.low, mark.estimate.high))
    if low is not None or high is not None:
        low, high = scale.low if low is None else low, scale.high if high is None else high
        dashes = WORST if mark.is_worst else ""
        parts.append(_rule(scale(low), y, scale(high), y, colour, width=2.5 if at is not None else 6, dashes=dashes))
        parts += [_end(scale, end, y, colour) for end in (low, high)]
    if at is not None and scale.inside(at):
        parts.append(_diamond(scale(at), y, colour) if mark.pooled else
                     f'<circle cx="{_n(scale(at))}" cy="{_n(y)}" r="4.5" fill="{colour}" stroke="{PAPER}"/>')
    return y + 12


def _end(scale: Scale, end: float, y: float, colour: str) -> str:
    """A tick where the interval ends, an arrow where it leaves the picture."""
    x = scale(end)
    if scale.inside(end):
        return _rule(x, y - 4, x, y + 4, colour, width=1.5)
    way = 6 if end > scale.high else -6
    return f'<path d="M{_n(x + way)} {_n(y)}L{_n(x)} {_n(y - 4)}V{_n(y + 4)}Z" fill="{colour}"/>'


def _diamond(x: float, y: float, colour: str) -> str:
    return f'<path d="M{_n(x - 7)} {_n(y)}l7 -6 7 6 -7 6Z" fill="{colour}"/>'


def _axis(scale: Scale, y: float, kind: Kind) -> list[str]:
    left, right = scale.span
    parts = [_rule(left, y, right, y, QUIET)]
    for at in scale.ticks:
        x = scale(at)
        anchor = "start" if x - left < 8 else "end" if right - x < 8 else "middle"
        parts += [_rule(x, y, x, y + 4, QUIET), _text(x, y + 15, _tick(at, kind), anchor=anchor, fill=QUIET)]
    return parts


def _frame(parts: list[str], across: Scale, up: Scale, kind: Kind) -> None:
    left, right = across.span
    bottom = up.span[0]
    for at in up.ticks:
        parts.append(_rule(left, up(at), right, up(at), LINE))
        parts.append(_text(left - 5, up(at) + 4, _tick(at, kind), anchor="end", fill=QUIET))
    parts += _axis(across, bottom, Kind.COUNT)


def _why_empty(points: Sequence[tuple[float, Value]]) -> str:
    """Why a line has no place at all in the picture; empty where it has one."""
    return "" if _runs(points) else ": " + (numbers.written(points[0][1]) if points else numbers.NOT_KNOWN)


def _legend(parts: list[str], names: Sequence[tuple[str, str]]) -> float:
    x, y = float(EDGE), 4.0
    for (line, reason), (colour, dashes) in zip(names, _styles(len(names)), strict=True):
        name = f"{line}{reason}"
        wide = 32 + len(name) * LETTER + 12
        if x > EDGE and x + wide > WIDTH - EDGE:
            x, y = float(EDGE), y + 17
        parts.append(_rule(x, y + 8, x + 26, y + 8, colour, width=2.5, dashes=dashes))
        parts.append(_text(x + 32, y + 12, name))
        x += wide
    return y + 17


def _styles(many: int) -> list[tuple[str, str]]:
    return [LINES[at % len(LINES)] for at in range(many)]


def _runs(points: Sequence[tuple[float, Value]]) -> list[list[tuple[float, Value]]]:
    """Pieces of a line between values that are missing."""
    return [list(run) for known, run in groupby(points, key=lambda p: numbers.number(p[1]) is not None) if known]


def _steps(parts: list[str], run: Sequence[tuple[float, Value]], across: Scale, up: Scale, colour: str, dashes: str,
           *, band: bool) -> None:
    if band and len(run) > 1 and all(None not in numbers.ends(value) for _, value in run):
        there = _stairs([(across(t), up(numbers.ends(v)[1])) for t, v in run])
        back = _stairs([(across(t), up(numbers.ends(v)[0])) for t, v in run])
        outline = "L".join(f"{_n(x)} {_n(y)}" for x, y in [*there, *reversed(back)])
        parts.append(f'<path d="M{outline}Z" fill="{colour}" fill-opacity="0.13"/>')
    path = "L".join(f"{_n(x)} {_n(y)}" for x, y in _stairs([(across(t), up(numbers.number(v))) for t, v in run]))
    if len(run) == 1:
        time, value = run[0]
        parts.append(f'<circle cx="{_n(across(time))}" cy="{_n(up(numbers.number(value)))}" r="3" fill="{colour}"/>')
        return
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    stairs = list(points[:1])
    for x, y in points[1:]:
        stairs += [(x, stairs[-1][1]), (x, y)]
    return stairs


def _tick(at: float, kind: Kind) -> str:
    if kind is Kind.SHARE:
        return f"{at * 100:g}".replace("-", numbers.MINUS) + f"{numbers.NBSP}%"
    return f"{at:,.0f}" if abs(at) >= 1000 else f"{at:g}".replace("-", numbers.MINUS)


def _wrapped(text: str, room: float) -> list[str]:
    letters, lines = max(int(room / LETTER), 8), [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip(" ")
    return lines


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dashes: str = "") -> str:
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (f'<path d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" stroke="{colour}" stroke-width="{_n(width)}" '
            f'fill="none"{dash}/>')


def _text(x: float, y: float, says: str, *, anchor: str = "start", weight: str = "", size: int = SIZE,
          fill: str = INK) -> str:
    more = f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += f' font-weight="{weight}"' if weight else ""
    more += f' font-size="{size}"' if size != SIZE else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{fill}"{more}>{_say(says)}</text>'


def _say(text: str) -> str:
    return escape(numbers.plain(text), quote=False)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
