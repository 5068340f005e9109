"""How figures are laid out as grids: the same columns everywhere, so that a reader learns them once."""

from collections.abc import Iterable

from concord.disclosure.grids import Grid, Heading, Kind, Value
from concord.evaluation import figures
from concord.evaluation.figures import Figure

COLUMNS = (
    Heading("Stage"), Heading("Type"), Heading("Reached"), Heading("Of"), Heading("Share", "%"),
    Heading("Interval or worst case", "%"), Heading("Unknown"), Heading("Sites"), Heading("Design effect"),
    Heading("Effective n"), Heading("Standing"),
)  # fmt: skip
TYPES = {"all": "All", "sex": "Sex", "labor": "Labor", "both": "Both", "not_known": "Not known"}


def of_figures(key: str, title: str, made: Iterable[Figure], *notes: str) -> Grid:
    """One row a figure."""
    return Grid(key, title, COLUMNS, tuple(_row(figure) for figure in made), notes)


def _row(made: Figure) -> tuple[Value, ...]:
    reached, known, unknown, _ = figures.names(made)
    both = (reached, known)
    return (
        Value(made.says), Value(TYPES[made.type]), Value(made.numerator, Kind.COUNT, (reached,)),
        Value(made.denominator, Kind.COUNT, (known,)), share(made.share, both, made.refused), _uncertainty(made, both),
        Value(made.unknown, Kind.COUNT, (unknown,)), Value(made.sites, Kind.NUMBER),
        _number(made, "design_effect", both), _number(made, "effective_n", both), Value(made.standing),
    )  # fmt: skip


def share(value: float | None, of: tuple[str, ...], missing: str = "") -> Value:
    """A share and the counts it comes from."""
    return Value(value, Kind.SHARE, of, missing=missing if value is None else "")


def _uncertainty(made: Figure, of: tuple[str, ...]) -> Value:
    found = made.interval
    if found is not None and found.low is not None:
        return Value(None, Kind.SHARE, of, found.low, found.high)
    if made.bounds:
        low, high = made.bounds
        return Value(f"worst case {low:.1%} to {high:.1%}", Kind.TEXT, of, low, high)
    return Value(None, missing=made.standing)


def _number(made: Figure, name: str, of: tuple[str, ...]) -> Value:
    value = getattr(made.interval, name, None)
    return Value(value, Kind.NUMBER, of, missing="" if value is not None else "not estimated")


def total(value, kind: Kind, *of: str, missing: str = "") -> Value:
    """A number with the counts it rests on, or the reason why there is none."""
    return Value(value, kind, of, missing=missing if value is None else "")
