"""Who may send what to whom, and on what ground: a table, read aloud.

Who asks for help is referred to a provider and becomes no lead. A provider that says anything about a client needs her
signed, written, time-limited permission, or names the law or order that compels it (34 USC 12291(b)(2); 28 CFR 94.115).
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from concord.law.wall import PROVIDERS
from concord.vocabulary import ReferralKind, Sector

#: Sectors that study or oversee the task force hear of persons under their own rules and pass none on (28 CFR Part 22).
_SENDERS = frozenset(Sector) - {Sector.EVALUATION, Sector.OVERSIGHT}
_INVESTIGATORS = frozenset({Sector.LAW_ENFORCEMENT, Sector.PROSECUTION, Sector.LABOR_REGULATOR})


class Route(NamedTuple):
    """One kind of referral: who may send it, who may receive it, and what it says of itself."""

    kind: ReferralKind
    senders: frozenset[Sector]
    recipients: frozenset[Sector]
    says: str


ROUTES: tuple[Route, ...] = (
    Route(ReferralKind.SERVICES, _SENDERS, PROVIDERS,
          "You think that someone may want services. Ask the person first, if you can."),
    Route(ReferralKind.INQUIRY, _SENDERS, PROVIDERS,
          "Someone asked you for help. It goes to a provider and never becomes a lead."),
    Route(ReferralKind.REPORT, PROVIDERS, _INVESTIGATORS | {Sector.CHILD_PROTECTION},
          "A client asks you to report what happened, and signed for it; or a law or an order compels a report."),
    Route(ReferralKind.LEAD, _SENDERS - PROVIDERS, _INVESTIGATORS,
          "What your agency learned that another should look into. Not for someone who asked for help."),
)
_ROUTES = {route.kind: route for route in ROUTES}

#: What a referral may say. `required_by` names the law or order behind a report made without permission.
CONTENT = (
    "name", "safe_contact", "contact_caution", "language", "age_group", "gender", "summary", "wants", "permissions",
    "trafficking_type", "urgent", "permission_signed_on", "permission_expires_on", "required_by",
)

_LISTS = frozenset({"contact_caution", "wants", "permissions"})


def as_content(said: object) -> dict:
    """Of what was sent, the parts that a referral has, where they are what they should be. A sender's own program may
    have sealed anything; the rest is left out. There is always a summary, be it empty."""
    parts = said if isinstance(said, dict) else {}
    return {"summary": ""} | {name: parts[name] for name in CONTENT if name in parts and _is_fit(name, parts[name])}


def _is_fit(name: str, value: object) -> bool:
    if name == "urgent":
        return isinstance(value, bool)
    if name in _LISTS:
        return isinstance(value, list) and all(map(is_words, value))
    return is_words(value)


def is_words(value: object) -> bool:
    """Text that can be shown and stored: no half of a character, no NUL."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def route(kind: ReferralKind) -> Route:
    return _ROUTES[kind]


def kinds_for(sector: Sector) -> tuple[Route, ...]:
    """What people of a sector may send."""
    return tuple(route for route in ROUTES if sector in route.senders)


def begun_here(sector: Sector) -> tuple[Route, ...]:
    """Those that begin with nobody's file open. What a provider says of a client begins in her file: there it needs
    her release, or a law's steps, and stands in the ledger that she may read."""
    return tuple(r for r in kinds_for(sector) if not (sector in PROVIDERS and r.kind is ReferralKind.REPORT))


def receives(sector: Sector) -> frozenset[ReferralKind]:
    """What can arrive at an agency of a sector."""
    return frozenset(route.kind for route in ROUTES if sector in route.recipients)


def objections(
    *, kind: ReferralKind, sender: Sector, recipient: Sector, content: dict, today: date
) -> dict[str, str]:
    """What stands against sending this, by the part of the content that has to change; "" for the referral as a whole.

    Says what to do and repeats nothing that was written.
    """
    if sender not in _ROUTES[kind].senders:
        return {"": "Your agency cannot send this kind of referral. Choose another kind."}
    if recipient not in _ROUTES[kind].recipients:
        return {"to_agency": "This kind of referral does not go to that agency. Choose another agency or another kind."}
    found = _unknown_parts(content)
    if not str(content.get("summary") or "").strip():
        found["summary"] = "Say in a sentence or two what this is about."
    if sender in PROVIDERS:
        found |= permission_objections(kind=kind, content=content, today=today)
    return found


def permission_objections(*, kind: ReferralKind, content: dict, today: date) -> dict[str, str]:
    """What is missing of the ground on which a provider speaks of a client."""
    if kind is ReferralKind.REPORT and str(content.get("required_by") or "").strip():
        return {}
    signed, expires = _day(content.get("permission_signed_on")), _day(content.get("permission_expires_on"))
    if signed is None:
        return {"permission_signed_on": "Give the date on which the client signed her permission for this referral."}
    if signed > today:
        return {"permission_signed_on": "This date lies ahead. The permission must be signed before anything is sent."}
    if expires is None:
        return {"permission_expires_on": "Give the date on which the permission ends. A permission always has an end."}
    if expires < today:
        return {"permission_expires_on": "The permission has ended. Ask the client whether she wants to sign again."}
    return {}


def _unknown_parts(content: Collection[str]) -> dict[str, str]:
    if set(content) <= set(CONTENT):
        return {}
    return {"": f"A referral may say only: {', '.join(CONTENT)}."}


def _day(value) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None
