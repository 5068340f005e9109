"""How a value is written for people: every page, picture and sheet of a report writes the same value the same way."""

import math
import re

from concord.disclosure.grids import Kind, Value

NBSP = "\u00a0"
MINUS = "\u2212"
NOT_KNOWN = "not known"
NOT_COMPUTED = "not computed"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def plain(text: object) -> str:
    """Text without the control characters that XML and spreadsheets cannot hold, or that turn its direction round."""
    return _CONTROL.sub("", str(text))


def written(value: Value) -> str:
    """The value in words and digits, with its interval: `33.3 % (15.5 to 38.2)`, `1,204`, `p = .031`, `not recorded`.

    A value that is missing shows its reason and nothing else. An interval without a point (the bounds of what is
    possible) is written as `15.5 to 38.2 %`. Blanks inside a number do not break.
    """
    if value.missing:
        return reason(value.missing)
    if value.shown is None:
        return _bounds(value) or NOT_KNOWN
    point = _point(value.shown, value.kind)
    interval = _interval(value)
    return f"{point} {interval}" if interval else point


def reason(missing: str) -> str:
    """Why there is no value, in words: `not_yet_known` is `not yet known`."""
    return plain(missing).replace("_", " ").strip() or NOT_KNOWN


def number(value: Value) -> float | None:
    """The point as a finite number that a picture can place, or None."""
    if value.missing or isinstance(value.shown, (str, bool, type(None))) or not math.isfinite(value.shown):
        return None
    return float(value.shown)


def ends(value: Value) -> tuple[float | None, float | None]:
    """Both ends of the interval where they are finite and not missing."""
    if value.missing:
        return None, None
    low, high = (None if end is None or not math.isfinite(end) else float(end) for end in (value.low, value.high))
    return low, high


def _point(shown: str | int | float, kind: Kind) -> str:
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, str) or kind is Kind.TEXT:
        return plain(shown)
    if math.isnan(shown):
        return NOT_COMPUTED
    if kind is Kind.P:
        return _p(shown)
    return _with_unit(_digits(shown, kind, places(shown, kind)), kind, one=shown == 1)


def places(shown: float, kind: Kind) -> int:
    """Decimals: one for a share in percent, none for counts, days and dollars, two to none for other numbers."""
    if kind is Kind.SHARE:
        return 1
    if kind is not Kind.NUMBER or isinstance(shown, int):
        return 0
    return 2 if abs(shown) < 10 else 1 if abs(shown) < 100 else 0


def _digits(number: float, kind: Kind, decimals: int) -> str:
    if math.isinf(number):
        return f"{MINUS}∞" if number < 0 else "∞"
    text = f"{number * 100 if kind is Kind.SHARE else number:,.{decimals}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.lstrip("-")


def _with_unit(digits: str, kind: Kind, *, one: bool = False) -> str:
    if kind is Kind.SHARE:
        return f"{digits}{NBSP}%"
    if kind is Kind.DAYS:
        return f"{digits}{NBSP}{'day' if one else 'days'}"
    if kind is Kind.USD:
        return f"{MINUS}${digits[1:]}" if digits.startswith(MINUS) else f"${digits}"
    return digits


def _p(p: float) -> str:
    if p < 0.001:
        return f"p{NBSP}<{NBSP}.001"
    if p >= 1:
        return f"p{NBSP}={NBSP}1"
    if p >= 0.9995:
        return f"p{NBSP}>{NBSP}.999"
    return f"p{NBSP}={NBSP}{p:.3f}".replace("0.", ".")


def _interval(value: Value) -> str:
    low, high = (None if end is None or math.isnan(end) else end for end in (value.low, value.high))
    if isinstance(value.shown, str) or (low is None and high is None):
        return ""
    decimals = max(places(value.shown, value.kind), 2 if value.kind is Kind.NUMBER and abs(value.shown) < 10 else 0)
    if low is None:
        return _whole(f"({_digits(high, value.kind, decimals)} or less)")
    if high is None or high == math.inf:
        return _whole(f"({_digits(low, value.kind, decimals)} or more)")
    return _whole(f"({_digits(low, value.kind, decimals)} to {_digits(high, value.kind, decimals)})")


def _bounds(value: Value) -> str:
    low, high = ends(value)
    if low is None or high is None:
        return ""
    decimals = places(high, value.kind)
    first, last = _digits(low, value.kind, decimals), _with_unit(_digits(high, value.kind, decimals), value.kind)
    return _whole(f"{first} to {last}")


def _whole(text: str) -> str:
    """Text that does not break over two lines."""
    return text.replace(" ", NBSP)
