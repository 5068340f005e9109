"""Reports that a law demands at once: who must report, about whom, to whom, by when, and which privilege excepts.

A mandated report never waits for a permission or for telling the client; it says the minimum, and her notice follows
(34 USC 12291(b)(2)(C); 28 CFR 94.115(b)). Only a duty that a pack cites lets anything out: danger without such a duty
does not. The packs in `packs/reports/*.toml` are drafts until a lawyer of the adopting agency has checked each row.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from concord.law.jurisdictions import Head, head_of, packs_of
from concord.vocabulary import DisclosureItem, Sector

FEDERAL = "US"
#: A duty of a state whose pack nobody has written yet: staff name the section, and it is due at once.
NAMED = "named: "


class About(StrEnum):
    """What a duty is about."""

    CHILD = "child"
    DANGER = "danger"
    FOREIGN_MINOR = "foreign_minor"


class Bound(StrEnum):
    """On whom a duty lies."""

    PROVIDER = "provider"
    OFFICIALS = "officials"


class Verdict(StrEnum):
    """What follows for a provider."""

    REPORT = "report"
    PRIVILEGED = "privileged"  # a privilege that the pack names: no report is made, and the record says why
    OFFICIALS = "officials"  # the duty is another's: say so, and name the route
    NO_DUTY = "no_duty"  # nothing leaves without her leave


class Way(StrEnum):
    """How a report is made."""

    TELEPHONE = "telephone"
    PAPER = "paper"  # in writing, by fax, letter or the agency's own web page
    SENT = "sent"  # from here, to an agency of the task force


VOICE, WRITTEN = "voice", "written"


@dataclass(frozen=True)
class Privilege:
    """Something told in confidence that the law lets stay there, although the duty would reach it."""

    id: str
    title: str
    citation: str


@dataclass(frozen=True)
class Duty:
    """One row of a pack. `voice` of nothing at all means at once."""

    jurisdiction: str
    id: str
    about: About
    falls_on: Bound
    title: str
    who: str
    learns: str
    to: str
    sectors: frozenset[Sector]
    when: str
    voice: timedelta
    written: timedelta | None
    citation: str
    note: str
    privileges: tuple[Privilege, ...]
    telephone: bool = False  # only a telephone call stops the first clock; what is sent is the second paper

    @property
    def code(self) -> str:
        """As records name it: `US-CA/child_abuse`."""
        return f"{self.jurisdiction}/{self.id}"

    def privilege(self, id: str) -> Privilege | None:
        return next((one for one in self.privileges if one.id == id), None)


@dataclass(frozen=True)
class Pack(Head):
    duties: tuple[Duty, ...]


def read_pack(document: dict) -> Pack:
    duties = tuple(_read_duty(document["jurisdiction"], row) for row in document["duty"])
    return Pack(**head_of(document), duties=duties)


def _read_duty(jurisdiction: str, row: dict) -> Duty:
    written = row.get("written_hours")
    return Duty(
        jurisdiction=jurisdiction,
        about=About(row["about"]),
        falls_on=Bound(row.get("falls_on", Bound.PROVIDER)),
        sectors=frozenset(map(Sector, row["sectors"])),
        voice=timedelta(hours=row["voice_hours"]),
        written=None if written is None else timedelta(hours=written),
        privileges=tuple(Privilege(**one) for one in row.get("privilege", ())),
        telephone=row.get("telephone", False),
        **{name: row[name] for name in ("id", "title", "who", "learns", "to", "when", "citation", "note")},
    )


@cache
def packs() -> dict[str, Pack]:
    """The packs that come with Concord, by jurisdiction (`US`, `US-CA` ...)."""
    return packs_of("reports", read_pack)


def packs_for(state: str) -> tuple[Pack, ...]:
    """The state's pack, if there is one, and the federal one. `state` is two letters."""
    return tuple(packs()[name] for name in (f"{FEDERAL}-{state}", FEDERAL) if name in packs())


def duties(state: str, falls_on: Bound = Bound.PROVIDER) -> tuple[Duty, ...]:
    return tuple(duty for pack in packs_for(state) for duty in pack.duties if duty.falls_on is falls_on)


def duty(code: str) -> Duty | None:
    """The duty that a record names; None where no pack has it, or no longer."""
    jurisdiction, _slash, id = code.partition("/")
    if jurisdiction not in packs():
        return _named(jurisdiction, id.removeprefix(NAMED).strip()) if id.startswith(NAMED) else None
    return next((one for one in packs()[jurisdiction].duties if one.id == id), None)


def may_name(state: str) -> bool:
    """Whether staff name the section themselves: only where the state has no pack. Otherwise the pack decides."""
    return bool(state) and f"{FEDERAL}-{state}" not in packs()


def naming(state: str, citation: str) -> str:
    """The code of a duty that staff name by its section."""
    return f"{FEDERAL}-{state}/{NAMED}{citation.strip()}"


def _named(jurisdiction: str, citation: str) -> Duty | None:
    if not citation:
        return None
    return Duty(
        jurisdiction=jurisdiction, id=f"{NAMED}{citation}", about=About.CHILD, falls_on=Bound.PROVIDER,
        title=f"A duty under {citation}", who="As the section says", learns="As the section says",
        to="As the section says", sectors=frozenset({Sector.LAW_ENFORCEMENT, Sector.CHILD_PROTECTION}),
        when="At once, since no pack says otherwise", voice=timedelta(), written=None, citation=citation, note="",
        privileges=(),
    )  # fmt: skip


def verdict(found: Duty | None, privilege: str = "") -> Verdict:
    """What a provider does about a duty. A privilege counts only where the pack names it for this duty."""
    if found is None:
        return Verdict.NO_DUTY
    if found.falls_on is Bound.OFFICIALS:
        return Verdict.OFFICIALS
    return Verdict.PRIVILEGED if found.privilege(privilege) else Verdict.REPORT


# --- Clocks -----------------------------------------------------------------------------------------------------------


class Clocks(NamedTuple):
    """By when it is said, and by when it is written. Hours run across nights and weekends."""

    voice_due: datetime
    written_due: datetime | None


def clocks(found: Duty, learned_at: datetime) -> Clocks:
    if learned_at.tzinfo is None:
        raise ValueError("Give the moment with its time zone.")
    return Clocks(learned_at + found.voice, None if found.written is None else learned_at + found.written)


def fulfils(found: Duty, way: Way) -> frozenset[str]:
    """Which clock a report made this way stops."""
    if way is Way.TELEPHONE:
        return frozenset({VOICE})
    return frozenset({WRITTEN}) if found.telephone else frozenset({VOICE, WRITTEN})


# --- Making the report ------------------------------------------------------------------------------------------------


def objections(
    found: Duty, *, learned_at: datetime, made_at: datetime, items: Collection[DisclosureItem], now: datetime
) -> dict[str, str]:
    """What stands against recording a report as made. No permission is asked for and no notice before it."""
    objecting = {}
    if verdict(found) is Verdict.OFFICIALS:
        objecting[""] = f"This duty lies with officials, not with a provider. The route: {found.to}."
    if made_at > now:
        objecting["made_at"] = "This lies in the future. Enter the report when it is made."
    elif made_at < learned_at:
        objecting["made_at"] = "This lies before you learned of it. Check both times."
    if not items:
        objecting["items"] = "Choose what was said. Only what the law asks for is said."
    return objecting


def privilege_objections(found: Duty, privilege: str) -> dict[str, str]:
    """What stands against not reporting."""
    if verdict(found, privilege) is Verdict.PRIVILEGED:
        return {}
    return {"privilege": f"The law names no such privilege for this duty ({found.citation}). Report, or ask counsel."}


def notice_is_open(*, made: bool, told: bool, not_told_reason: str) -> bool:
    """Whether the client still has to be told: from the report on, until she is, or a reason stands there."""
    return made and not told and not not_told_reason.strip()
