"""An invented report for the tests of printing: every kind of value, a blank in each table, hostile words."""

from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, words
from concord.disclosure.release import Releasable, release
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.sections import Picture

HIDDEN = "withheld"
HOSTILE = '=HYPERLINK("http://example.org") <script>alert(1)</script> #eval("1") & \x00$x$ *b*'


PUBLIC = ("public record",)


def released(*grids: Grid) -> tuple[Releasable, ...]:
    """As they leave when every number in them rests on public record."""
    counts = Counts()
    counts.add(*PUBLIC, 1000, public=True)
    return release(grids, counts).grids


def share(at, low=None, high=None):
    return Value(at, Kind.SHARE, PUBLIC, low, high)


def ratio(at, low, high):
    return Value(at, Kind.NUMBER, PUBLIC, low, high)


def count(at):
    return Value(at, Kind.COUNT, PUBLIC)


def blank(kind):
    return Value(None, kind, missing=HIDDEN)


FUNNEL = Grid("funnel", "How far cases went", words("Stage", "Cases", "Share"), (
    (Value("Opened"), count(1226), share(1.0)),
    (Value("A suspect was arrested"), count(215), share(0.951, 0.916, 0.972)),
    (Value("Charged under a trafficking statute"), count(57), share(0.252, 0.155, 0.382)),
    (Value("Convicted"), blank(Kind.COUNT), blank(Kind.SHARE)),
), ("Unit: case.",))
SITES = Grid("by_site", "Charged, by site", words("Site", "Cases", "Share charged"), (
    (Value("Site 1"), count(45), share(0.15, 0.05, 0.36)),
    (Value("Site 2"), blank(Kind.COUNT), blank(Kind.SHARE)),
    (Value("Site 3"), count(30), share(0.4, 0.2, 0.6)),
    (Value("All sites"), count(101), share(0.25, 0.16, 0.38)),
))
RATIOS = Grid("disparity", "Ratios by stage", (*words("Stage", "Comparator", "Suspects"), Heading("Ratio", "1 = equal"),
                                              Heading("p")), (
    (Value("Identified"), Value("Adult residents"), count(210), ratio(4.7, 3.2, 6.9), Value(0.0003, Kind.P)),
    (Value("Arrested"), Value("Suspects identified"), count(180), ratio(1.02, 0.9, 1.15), Value(0.62, Kind.P)),
    (Value("Convicted"), Value("Suspects prosecuted"), blank(Kind.COUNT), blank(Kind.NUMBER), blank(Kind.P)),
))
TIMES = Grid("times", "Share charged by day", words("Days", "Sex", "Labor"), tuple(
    (Value(day, Kind.DAYS), share(day / 1000, day / 1100, day / 900),
     blank(Kind.SHARE) if day == 180 else share(day / 2000))
    for day in range(0, 361, 60)
))
CODERS = Grid("coders", "Agreement by variable", words("Variable", "Files", "Alpha"), (
    (Value("Source"), count(60), ratio(0.91, 0.82, 0.97)),
    (Value(HOSTILE), count(60), ratio(-0.05, -0.3, 0.2)),
    (Value("Proactive"), count(60), blank(Kind.NUMBER)),
))
FUNNEL, SITES, RATIOS, TIMES, CODERS = released(FUNNEL, SITES, RATIOS, TIMES, CODERS)
DRAWN = (("funnel", FUNNEL), ("forest", SITES), ("disparity", RATIOS), ("curves", TIMES), ("agreement", CODERS))


def picture(draw, grid):
    return Picture(draw, grid.key, f"{grid.title}, drawn", f"What {grid.title} shows.")


def report():
    return Document(
        "Evaluation of eight task forces", HOSTILE, (("Files", "226"), ("Sites", "8")),
        tuple(ReadySection(f"section-{draw}", f"About {draw}", ("A paragraph. " + HOSTILE, picture(draw, grid), grid))
              for draw, grid in DRAWN),
    )
