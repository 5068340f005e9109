"""The lesson: from one invented world, the same study with files drawn at random and with files that sites picked.

`write_lesson` writes both studies as folders that `concord evaluate` reads, and a page that sets what each of them says
beside the truth, which only an invented world can know.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

import numpy as np

from concord.casefile import bundle
from concord.evaluation import figures, survey
from concord.evaluation import study as studies
from concord.evaluation.invented import File, World, invented_study, pride, shares, world
from concord.evaluation.protocol import FILE
from concord.evaluation.report.page import STYLE

FILES, SITES, DRAWS = 226, 8, 200
DRAWN = {"random": "Drawn at random", "hand_picked": "Picked by the sites"}
STAGE = next(stage for stage in figures.STAGES["cases"] if stage.key == "charged_strict")
PROTOCOL = """title = "{title}"
version = "1"
registered_on = 2020-12-01
agreement = "INVENTED-1"
population = "Files of eight invented task forces"
selection = "{says}"

[[question]]
key = "q1"
text = "How many cases end in a charge under a trafficking statute?"
figures = ["cases.charged_strict", "cases.prosecuted", "cases.arrested"]
"""


@dataclass(frozen=True)
class Told:
    """What one study says: its figure, and how often the same study, done again, would be right.

    `again` are the shares of `DRAWS` further studies of that kind, `covered` how many of their intervals hold the truth
    (None where there are no intervals).
    """

    figure: figures.Figure
    again: tuple[float, ...]
    covered: int | None

    @property
    def interval(self) -> tuple[float, float] | None:
        found = self.figure.interval
        return None if found is None or found.low is None else (found.low, found.high)


@dataclass(frozen=True)
class Lesson:
    """The world, what is true of it (a share, 0 to 1), and what each study of it says."""

    world: World
    told: dict[str, Told]

    @property
    def truth(self) -> float:
        return self.world.charged_under_trafficking

    def holds(self, drawn: str) -> bool:
        """Does that study's interval hold the truth? False where it has none."""
        interval = self.told[drawn].interval
        return interval is not None and interval[0] <= self.truth <= interval[1]


def write_lesson(out: Path, seed: int, created: datetime) -> Path:
    """Write `lesson.html`, and the folders `random` and `hand_picked`, into a new folder; return the page's path.

    The same seed and `created` give the same bytes. Nothing is there until all is. Raises `bundle.BundleError` when
    the folder is not empty.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise bundle.BundleError(f"{out.name} is there and not an empty folder: give a new one")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        (draft / "lesson.html").write_text(page(lesson(draft, seed, created)), encoding="utf-8")
        if out.exists():
            out.rmdir()
        draft.chmod(0o755)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return out / "lesson.html"


def lesson(folder: Path, seed: int, created: datetime) -> Lesson:
    """Write both studies into a folder, read them as any study is read, and do each of them `DRAWS` times over."""
    made = world(seed, sites=SITES, files=FILES * 3)
    return Lesson(made, {drawn: _told(folder / drawn, made, drawn, seed, created) for drawn in DRAWN})


def _told(folder: Path, made: World, drawn: str, seed: int, created: datetime) -> Told:
    invented_study(folder, seed, sites=SITES, files=FILES, drawn=drawn, created=created)
    text = PROTOCOL.format(title=f"The lesson: files {DRAWN[drawn].lower()}", says=DRAWN[drawn])
    (folder / FILE).write_text(text, encoding="utf-8")
    with studies.read(folder) as study:
        found = figures.figure(study, "cases", STAGE, "all", figures.rows(study, "cases"))
    charged, read = _again(made, drawn, seed)
    again = tuple((charged.sum(axis=1) / read.sum(axis=1)).tolist())
    if drawn != "random":
        return Told(found, again, None)
    ends = survey.intervals(charged, read)
    truth = made.charged_under_trafficking
    return Told(found, again, int(np.sum((ends.low <= truth) & (truth <= ends.high))))


def _again(made: World, drawn: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Files charged, and files read, of `DRAWS` further studies: two arrays (DRAWS, sites)."""
    chance, at = np.random.default_rng([seed, 4]), {site: place for place, site in enumerate(made.sites)}
    charged, read = np.zeros((2, DRAWS, len(made.sites)), dtype=int)
    for held, take in shares(made, FILES):
        place, ends = at[held[0].site_id], np.array([file.charged for file in held])
        liked = np.array([pride(file) for file in held]) if drawn == "hand_picked" else np.zeros(len(held))
        best = np.argsort(-(liked + chance.gumbel(size=(DRAWS, len(held)))), axis=1)[:, :take]
        charged[:, place] += ends[best].sum(axis=1)
        read[:, place] += take
    return charged, read


# --- The page ---------------------------------------------------------------------------------------------------------


def page(made: Lesson) -> str:
    """The lesson as one web page: no script, no other file."""
    parts = (
        ("world", "One world", _world(made)), ("studies", "Two studies of it", _studies(made)),
        ("again", f"Each study {DRAWS} times over", _repeated(made)),
        ("why", "Why the picked files mislead", _why(made)),
        ("sites", "Site by site", _sites(made)), ("next", "Try it", NEXT),
    )  # fmt: skip
    links = "".join(f'<li><a href="#{key}">{escape(title)}</a></li>' for key, title, _ in parts)
    sections = "".join(f'<section aria-labelledby="{key}">\n<h2 id="{key}">{escape(title)}</h2>\n{body}</section>\n'
                       for key, title, body in parts)  # fmt: skip
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the lesson</a>\n'
        f'<header>\n<h1>{TITLE}</h1>\n<p class="lead">{LEAD}</p>\n</header>\n'
        f'<div class="sheet">\n<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{links}</ol></nav>\n'
        f'<main id="main" tabindex="-1">\n{sections}</main>\n</div>\n</body>\n</html>\n'
    )


TITLE = "The same study, with files drawn and with files picked"
LEAD = "Task forces, files and people are invented here. So the truth is known, and two studies can be held to it."
NEXT = """<p>Both studies lie beside this page as case files. <code>concord evaluate random -o report</code> and
<code>concord evaluate hand_picked -o report2</code> write their reports. In your own study, list every file
that could be read in the table <code>frame</code> and let <code>concord evaluate FOLDER --draw N -o OUT</code>
choose.</p>
"""


def _world(made: Lesson) -> str:
    charged = sum(file.charged for file in made.world.files)
    return _p(
        f"{len(made.world.sites)} invented task forces hold {len(made.world.files):,} files of suspected trafficking. "
        f"In {charged:,} of them ({made.truth:.1%}) somebody was charged under a trafficking statute. A real evaluator "
        f"cannot know this number. She can read {FILES} files, and asks what share of all files ends so."
    )


def _studies(made: Lesson) -> str:
    drawn, picked = made.told["random"], made.told["hand_picked"]
    verdict = "holds the truth" if made.holds("random") else "misses the truth this time, as one in twenty may"
    off = 100 * (picked.figure.share - made.truth)
    return _p(
        f"In the first study the files were drawn by lot. It finds {drawn.figure.share:.1%}, and its interval, "
        f"{_span(drawn.interval)}, {verdict}.",
        f"In the second study each site handed over the files that it chose. It finds {picked.figure.share:.1%}: "
        f"{abs(off):.0f} points too {'high' if off > 0 else 'low'}. Concord refuses to print an interval for it. An "
        "interval says how far the luck of a draw may be from the truth, and there was no draw. All that can be said: "
        f"the share of all files lies between {_between(picked.figure.bounds)}, whatever the files kept back hold.",
    ) + _picture(made) + _table(made)  # fmt: skip


def _span(ends: tuple[float, float] | None) -> str:
    return "none" if ends is None else f"{ends[0]:.1%} to {ends[1]:.1%}"


def _between(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.1%} and {ends[1]:.1%}"


def _repeated(made: Lesson) -> str:
    drawn, picked = made.told["random"], made.told["hand_picked"]
    return _p(
        f"One study may be lucky. So each was done {DRAWS} times over. Drawn at random, the share came out between "
        f"{_between(_reach(drawn))}, on both sides of the truth, and {drawn.covered} of {DRAWS} intervals held it. "
        "(They are a little wide here: they also speak for later files of such sites.)",
        f"Picked by the sites, it came out between {_between(_reach(picked))}, "
        f"{'never as low as the truth' if min(picked.again) > made.truth else 'mostly on one side of the truth'}. "
        "More files picked in the same way would not help: the error is in who chose, not in how many.",
    )


def _reach(told: Told) -> tuple[float, float]:
    return min(told.again), max(told.again)


def _why(made: Lesson) -> str:
    prosecuted = [file for file in made.world.files if file.prosecuted]
    charged = sum(file.charged for file in prosecuted) / len(prosecuted)
    return _p(
        "No site in this world lies. Each picks what it thinks a good example: a case that went to court, better still "
        "under a trafficking law. A file that was closed for want of evidence, or because somebody was afraid, "
        f"is nobody's good example. So the picked files tell of the {len(prosecuted):,} cases that were prosecuted "
        f"({charged:.0%} of them charged under a trafficking statute) more than of all {len(made.world.files):,}.",
        "Nothing in the picked files shows this. It shows only in the list of all files, which a site keeps whether "
        "or not a study asks. Ask for the list, then draw.",
    )


def _p(*paragraphs: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs)


def _table(made: Lesson) -> str:
    rows = [("The truth", f"{len(made.world.files):,}", f"{sum(file.charged for file in made.world.files):,}",
             f"{made.truth:.1%}", "none needed", "none needed")]  # fmt: skip
    for drawn, says in DRAWN.items():
        figure = made.told[drawn].figure
        interval = _span(made.told[drawn].interval) if made.told[drawn].interval else "refused: files were chosen"
        rows.append((says, f"{figure.denominator:,}", f"{figure.numerator:,}", f"{figure.share:.1%}", interval,
                     _span(figure.bounds) if figure.bounds else "none needed"))  # fmt: skip
    note = "Files followed a year or more, and of which it is known what was charged."
    heads = ("Study", "Files", "Charged under a trafficking statute", "Share", "95% interval", "Worst cases")
    return _html_table("What each study says", heads, rows, note)


def _sites(made: Lesson) -> str:
    """Site by site: the truth beside what either study says."""
    rows = []
    for site in made.world.sites:
        own = [file for file in made.world.files if file.site_id == site]
        says = [_share(*made.told[drawn].figure.by_site.get(site, (0, 0))) for drawn in DRAWN]
        rows.append((site, f"{len(own):,}", _share(_charged(own), len(own)), *says))
    heads = ("Site", "Files it holds", "The truth", *DRAWN.values())
    return _html_table("Share charged under a trafficking statute, by site", heads, rows,
                       "Of a few files of one site a share says little, however they were chosen.")  # fmt: skip


def _charged(files: list[File]) -> int:
    return sum(file.charged for file in files)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%} ({part} of {whole})" if whole else "no file"


def _html_table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]], note: str) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>\n'
        for first, *rest in rows
    )
    return (f'<div class="table"><div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
            f"<caption><span>{escape(caption)}</span></caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>"
            f'</table></div>\n<ul class="notes"><li>{escape(note)}</li></ul></div>\n')  # fmt: skip


WIDE, LEFT, TOP, STEP = 460, 10, 34, 58
COLOURS = {"random": "#005ea2", "hand_picked": "#8b3a00"}


def _picture(made: Lesson) -> str:
    """A line of shares: the truth as a line down, each study's point with its interval or its worst cases."""
    height = TOP + 2 * STEP + 30
    alt = (f"The truth is {made.truth:.1%}. Drawn at random: {made.told['random'].figure.share:.1%}, interval "
           f"{_span(made.told['random'].interval)}. Picked by the sites: {made.told['hand_picked'].figure.share:.1%}, "
           "no interval.")  # fmt: skip
    ends = [end for told in made.told.values() for end in (told.interval or ()) + (told.figure.bounds or ())]
    most = max(0.5, *ends)

    def x(share: float) -> float:
        return round(LEFT + share / most * (WIDE - 2 * LEFT), 1)

    rows = "".join(_drawn(made.told[drawn], drawn, TOP + STEP * place, x) for place, drawn in enumerate(DRAWN))
    ticks = "".join(
        f'<text x="{x(tick / 10)}" y="{height - 6}" text-anchor="middle">{tick * 10}%</text>'
        f'<line x1="{x(tick / 10)}" x2="{x(tick / 10)}" y1="{height - 26}" y2="{height - 20}" stroke="#565c65"/>'
        for tick in range(0, int(most * 10) + 1, 2)
    )
    truth = (f'<line x1="{x(made.truth)}" x2="{x(made.truth)}" y1="20" y2="{height - 23}" stroke="#1b1b1b" '
             f'stroke-dasharray="4 3"/><text x="{x(made.truth)}" y="14" text-anchor="middle">The truth: '
             f"{made.truth:.1%}</text>")  # fmt: skip
    axis = f'<line x1="{LEFT}" x2="{WIDE - LEFT}" y1="{height - 23}" y2="{height - 23}" stroke="#565c65"/>'
    return (
        "<figure>\n<figcaption>Share of files with a charge under a trafficking statute</figcaption>\n"
        f'<svg viewBox="0 0 {WIDE} {height}" role="img" aria-labelledby="lesson-alt" font-size="13" fill="#1b1b1b" '
        f'font-family="Helvetica Neue, Arial, Liberation Sans, sans-serif">'
        f'<title id="lesson-alt">{escape(alt)}</title>{truth}{rows}{axis}{ticks}</svg>\n</figure>\n'
    )


def _drawn(told: Told, drawn: str, y: int, x: Callable[[float], float]) -> str:
    figure, colour = told.figure, COLOURS[drawn]
    line, words = "", f"{DRAWN[drawn]}: {figure.share:.1%}, no interval; grey: worst cases"
    if told.interval:
        low, high = told.interval
        words = f"{DRAWN[drawn]}: {figure.share:.1%}, interval {_span(told.interval)}"
        line = f'<line x1="{x(low)}" x2="{x(high)}" y1="{y + 28}" y2="{y + 28}" stroke="{colour}" stroke-width="4"/>'
    elif figure.bounds:
        low, high = figure.bounds
        line = (f'<rect x="{x(low)}" y="{y + 22}" width="{round(x(high) - x(low), 1)}" height="12" fill="#dfe1e2" '
                'stroke="#a9aeb1"/>')  # fmt: skip
    return (
        f'<text x="{LEFT}" y="{y + 12}" font-size="12" paint-order="stroke" stroke="#fff" stroke-width="6">'
        f'{escape(words)}</text>{line}<circle cx="{x(figure.share)}" cy="{y + 28}" r="6" fill="{colour}"/>'
    )
