"""A client's release: what may be listed, who may sign, how long it holds, and what taking it back can still do.

Federal law asks for a written, informed and reasonably time-limited release; it may never be a condition of service,
and the abuser of a minor, or of the minor's other parent, may not sign (34 USC 12291(b)(2)(B)(ii); 28 CFR 94.115(c)).
When a minor signs alone is for the states to say: packs in `packs/consent/*.toml`, drafts until a reviewer is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from concord.law import packages, packet
from concord.law.dates import ADULT_AT, age_on
from concord.law.jurisdictions import Head, packs_of
from concord.law.wall import JUSTICE
from concord.vocabulary import (
    AgeGroup,
    Answer,
    Code,
    DisclosureItem,
    PacketQuestion,
    ReleasePurpose,
    Sector,
    SignatureMethod,
    SignerCapacity,
)

# --- Templates --------------------------------------------------------------------------------------------------------

MOST_DAYS = 365  # whatever an installation sets, nothing runs longer than a year without being asked again


class Template(NamedTuple):
    """What a release for one purpose lists unless she says otherwise, may list at all, and how long it runs."""

    purpose: ReleasePurpose
    items: tuple[str, ...]
    allowed: tuple[str, ...]
    days: int
    cap: int
    words: str


_I = DisclosureItem
_ALL = tuple(DisclosureItem)
_WHO = (_I.NAME, _I.SAFE_CONTACT, _I.LANGUAGE)
_ASKED = tuple(map(packet.item, PacketQuestion))
_FIRST = (PacketQuestion.CALLED, PacketQuestion.LANGUAGE, PacketQuestion.ASKED_BEFORE)

# fmt: off
TEMPLATES: dict[ReleasePurpose, Template] = {t.purpose: t for t in (
    Template(ReleasePurpose.REPORT, (*_WHO, _I.SUMMARY), _ALL, 15, 60,
             "Police or prosecutors are told what happened, because she or he wants them to know."),
    Template(ReleasePurpose.VICTIM_RIGHTS, _WHO, _ALL, 30, 180,
             "An office that must tell victims of hearings, and of money owed to them, knows how to reach her or him."),
    Template(ReleasePurpose.LEGAL_HELP, (*_WHO, _I.SUMMARY), _ALL, 30, 180,
             "A lawyer can begin without asking everything again."),
    Template(ReleasePurpose.RELIEF, (*_WHO, _I.SUMMARY), _ALL, 30, 180,
             "Somebody helps with immigration papers, or with clearing a record."),
    Template(ReleasePurpose.SERVICES, _WHO, _ALL, 30, 90,
             "Another provider can help and knows how to reach her or him."),
    Template(ReleasePurpose.HOUSING, (_I.NAME, _I.SAFE_CONTACT, _I.AGE_GROUP),
             (*_WHO, _I.AGE_GROUP, _I.GENDER, _I.SUMMARY), 15, 60,
             "A place to live is looked for."),
    Template(ReleasePurpose.HEALTH, _WHO, (*_WHO, _I.AGE_GROUP, _I.GENDER, _I.SUMMARY), 30, 90,
             "A clinic or hospital can expect her or him."),
    Template(ReleasePurpose.CHILD, (_I.NAME, _I.SAFE_CONTACT), (*_WHO, _I.SUMMARY), 15, 60,
             "A school or somebody who looks after a child knows what it needs to keep the child safe."),
    Template(ReleasePurpose.TELL_ONCE, tuple(map(packet.item, _FIRST)), _ASKED, 30, 90,
             "She or he is not asked again what was told already."),
    Template(ReleasePurpose.OTHER, (), _ALL, 15, 30,
             "What for is said in her or his own words."),
)}  # fmt: skip
# fmt: on


def longest(purpose: ReleasePurpose, caps: Mapping[str, int] | None = None) -> int:
    """For how many days a release for this purpose may run: an installation's own cap, else the template's."""
    return max(1, min((caps or {}).get(purpose, TEMPLATES[purpose].cap), MOST_DAYS))


def usual_end(purpose: ReleasePurpose, signed_on: date, caps: Mapping[str, int] | None = None) -> date:
    return signed_on + timedelta(days=min(TEMPLATES[purpose].days, longest(purpose, caps)))


def read_caps(text: str) -> dict[str, int]:
    """An installation's own caps in days: `report=30,housing=45`. ValueError names what is wrong."""
    caps = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        purpose, _, days = part.partition("=")
        if purpose not in set(ReleasePurpose) or not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
            raise ValueError(f"{part!r} sets no cap: write a purpose and 1 to {MOST_DAYS} days, such as report=30.")
        caps[purpose] = int(days)
    return caps


# --- How old ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """How old she can be: the youngest and the oldest. Nothing known is from 0 up."""

    youngest: int = 0
    oldest: int = 150

    @property
    def group(self) -> AgeGroup:
        if self.youngest >= ADULT_AT:
            return AgeGroup.ADULT
        return AgeGroup.MINOR if self.oldest < ADULT_AT else AgeGroup.UNKNOWN


def age(*, born: date | None, said: int | None = None, said_on: date | None = None, today: date) -> Age:
    """From the birth date; without one from an age that was said on a day: a birthday may lie between."""
    if born is not None:
        years = age_on(born, today)
        return Age(years, years)
    if said is None or said_on is None:
        return Age()
    since = max(0, age_on(said_on, today))
    return Age(said + since, said + since + 1 if today != said_on else said)


def comes_of_age(born: date) -> date:
    """The day on which she turns 18; who was born on February 29 does so on March 1."""
    try:
        return born.replace(year=born.year + ADULT_AT)
    except ValueError:
        return date(born.year + ADULT_AT, 3, 1)


# --- Who may sign -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alone:
    """A statute under which a minor of at least this age receives services without a parent, and so signs alone."""

    from_age: int
    services: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Pack(Head):
    """What one jurisdiction says of who may sign. `status` and `reviewer` say whether anybody has checked it."""

    alone: tuple[Alone, ...] = ()
    note: str = ""


def _read_pack(document: dict) -> Pack:
    return Pack(**document | {"alone": tuple(Alone(**row) for row in document.get("alone", ()))})


@cache
def packs() -> dict[str, Pack]:
    """The packs that come with Concord, by jurisdiction (`US`, `US-CA` ...)."""
    return packs_of("consent", _read_pack)


def statutes(state: str, known: Age) -> tuple[Alone, ...]:
    """Statutes of a state under which a minor as old as this may sign alone; none where no pack says so."""
    pack = packs().get(f"US-{state}".upper())
    return tuple(row for row in pack.alone if known.youngest >= row.from_age) if pack else ()


_C = SignerCapacity
#: Who signs together with, or for, the client.
COSIGNED = frozenset({_C.MINOR_AND_PARENT, _C.MINOR_AND_GUARDIAN, _C.STATE_CUSTODIAN, _C.GUARDIAN_AD_LITEM,
                      _C.COURT_GUARDIAN})  # fmt: skip
#: Whose word ends on the day the client turns 18; a court's guardian for an adult stays.
_OF_A_MINOR = COSIGNED - {_C.COURT_GUARDIAN}
#: Who signs by an order or statute that has to be named.
NEEDS_BASIS = frozenset({_C.MINOR_ALONE, _C.STATE_CUSTODIAN, _C.GUARDIAN_AD_LITEM, _C.COURT_GUARDIAN})

_AGE_UNKNOWN = (
    "It is not known whether she or he is 18. So the stricter way is asked for: what a minor needs holds for an adult "
    "too, and what only an adult may sign would not hold for a minor. Record the birth date, or choose who signs along."
)
_IS_MINOR = "She or he is under 18. Choose who signs along, or the law under which a minor signs alone."
_IS_ADULT = "She or he is 18 or over and signs for herself or himself; nobody signs along."


def stands_against_signer(
    *,
    capacity: SignerCapacity,
    known: Age,
    state: str = "",
    cosigner: str = "",
    basis: str = "",
    abuser: Answer | None = None,
    recipient: Sector | None = None,
    custodian_receives: Answer | None = None,
) -> dict[str, str]:
    """Why this person cannot sign in this capacity, by the answer that has to change; empty where she or he can.

    `abuser` and `custodian_receives` have no default: what was not asked is no answer.
    """
    found = _against_capacity(capacity, known)
    if capacity in COSIGNED:
        found |= _against_cosigner(cosigner, abuser)
    elif cosigner.strip():
        found["cosigner_name"] = "Nobody signs along in this way. Leave the name out, or choose who signs along above."
    if capacity in NEEDS_BASIS and not basis.strip() and not _pack_lets(capacity, known, state):
        found["capacity_basis"] = "Name the law, order or appointment, such as the statute or the court and date."
    if capacity is _C.STATE_CUSTODIAN and (words := _custodian(recipient, custodian_receives)):
        found["custodian_receives"] = words
    return found


def _against_capacity(capacity: SignerCapacity, known: Age) -> dict[str, str]:
    words = {
        (_C.CLIENT, AgeGroup.UNKNOWN): _AGE_UNKNOWN,
        (_C.CLIENT, AgeGroup.MINOR): _IS_MINOR,
        (_C.COURT_GUARDIAN, AgeGroup.MINOR): "For a minor, choose her or his guardian, who signs along.",
        (_C.COURT_GUARDIAN, AgeGroup.UNKNOWN): _AGE_UNKNOWN,
    }.get((capacity, known.group), "")
    if known.group is AgeGroup.ADULT and (capacity in _OF_A_MINOR or capacity is _C.MINOR_ALONE):
        words = _IS_ADULT
    return {"signer_capacity": words} if words else {}


def _against_cosigner(cosigner: str, abuser: Answer | None) -> dict[str, str]:
    found = {}
    if not cosigner.strip():
        found["cosigner_name"] = "Give the name of the person who signs along."
    if abuser is Answer.YES:
        found["alleged_abuser"] = (
            "Somebody said to have abused her or him, or the other parent, may not sign (34 USC 12291(b)(2)(B)(ii)). "
            "Choose somebody else."
        )
    elif abuser is not Answer.NO:
        found["alleged_abuser"] = (
            "Ask her or him alone whether the person who signs along has abused her or him, or the other parent."
        )
    return found


def _pack_lets(capacity: SignerCapacity, known: Age, state: str) -> bool:
    return capacity is _C.MINOR_ALONE and bool(statutes(state, known))


def _custodian(recipient: Sector | None, receives: Answer | None) -> str:
    if recipient is Sector.CHILD_PROTECTION or receives is Answer.YES:
        return "The state cannot sign as custodian for what it would itself receive. Ask for a guardian ad litem."
    if receives is not Answer.NO:
        return "Say whether the agency that has custody is the one that would receive this."
    return ""


# --- What stands against a release ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """A release as it would be signed. `recipient` is None for somebody without an account here."""

    purpose: ReleasePurpose
    purpose_words: str
    items: tuple[str, ...]
    named: bool
    recipient: Sector | None
    signed_on: date
    expires_on: date | None
    limits_explained_first: bool
    method: SignatureMethod | None = None
    witness: str = ""
    signed: bool = True  # a scan or a drawing is there


def objections(terms: Terms, *, today: date, caps: Mapping[str, int] | None = None) -> dict[str, str]:
    """What stands against signing this, by the part that has to change. Who signs is `stands_against_signer`."""
    return _against_recipient(terms) | _against_items(terms) | _against_end(terms, today, caps) | _against_manner(terms)


def _against_recipient(terms: Terms) -> dict[str, str]:
    if not terms.named:
        return {"to_words": "Name the person who would receive this. An office alone is not enough."}
    if terms.recipient is not None and terms.recipient not in packages.RECIPIENTS:
        return {"to_staff": "No client's file goes to this kind of agency. Choose another."}
    return {}


def _against_items(terms: Terms) -> dict[str, str]:
    found = {}
    if not terms.items:
        found["items"] = "Choose at least one thing. Only what is listed is handed over."
    elif set(terms.items) - set(TEMPLATES[terms.purpose].allowed):
        found["items"] = "Something listed does not belong to this purpose. Choose again, or another purpose."
    if terms.purpose is ReleasePurpose.OTHER and not terms.purpose_words.strip():
        found["purpose_words"] = "Say in her or his words what it is for."
    return found


def _against_end(terms: Terms, today: date, caps: Mapping[str, int] | None) -> dict[str, str]:
    most = longest(terms.purpose, caps)
    if terms.signed_on > today:
        return {"signed_on": "This lies in the future. Give the day on which it was signed."}
    if terms.expires_on is None:
        return {"expires_on": "Give the last day. A release always has an end."}
    if terms.expires_on < today:
        return {"expires_on": "This day has passed. Give a later one, or ask whether to sign again."}
    if (terms.expires_on - terms.signed_on).days > most:
        return {"expires_on": f"A release for this purpose runs {most} days at most. It can be signed again then."}
    return {}


def _against_manner(terms: Terms) -> dict[str, str]:
    found = {}
    if not terms.limits_explained_first:
        found["limits_explained_first"] = (
            "Explain the risks, and what cannot be kept confidential, before anything is asked. Then begin again."
        )
    if terms.method is SignatureMethod.ORAL and not terms.witness.strip():
        found["witness"] = "Name the witness who heard it and signs for it."
    if terms.method in (SignatureMethod.PAPER, SignatureMethod.SCREEN) and not terms.signed:
        found["scan" if terms.method is SignatureMethod.PAPER else "drawing"] = _UNSIGNED[terms.method]
    return found


_UNSIGNED = {
    SignatureMethod.PAPER: "Add the signed paper as a picture or PDF.",
    SignatureMethod.SCREEN: "There is no signature yet. Sign in the box, or choose paper or aloud.",
}


def same_person(*names: str | None) -> bool:
    """Whether two names may be one person's: the same words, in whatever order and case."""
    first, second = ({*(name or "").casefold().split()} for name in names)
    return bool(first and second) and (first <= second or second <= first) and len(first & second) > 1


# --- Where a release stands -------------------------------------------------------------------------------------------


class State(Code):
    LIVE = "live", "In force"
    EXPIRED = "expired", "Ended on its last day"
    REVOKED = "revoked", "Taken back"
    OF_AGE = "of_age", "Ended: she or he is 18 now"


class Standing(NamedTuple):
    """What a release is worth today. `ends_on` is its last day, as things are known now."""

    state: State
    ends_on: date
    words: str = ""

    @property
    def live(self) -> bool:
        return self.state is State.LIVE


def last_day(*, expires_on: date, capacity: SignerCapacity, born: date | None) -> date:
    """Its last day: where somebody signed along for a minor, not beyond the day before she turns 18."""
    if born is None or capacity not in _OF_A_MINOR:
        return expires_on
    return min(expires_on, comes_of_age(born) - timedelta(days=1))


def standing(
    *,
    signed_on: date,
    expires_on: date,
    capacity: SignerCapacity,
    today: date,
    revoked: bool = False,
    born: date | None = None,
) -> Standing:
    """What a release is worth on a day; asked anew at each disclosure."""
    ends = last_day(expires_on=expires_on, capacity=capacity, born=born)
    if revoked:
        return Standing(State.REVOKED, ends)
    if today <= ends:
        words = "The person who signed along has no say from her or his birthday. Ask whether she or he signs again."
        return Standing(State.LIVE, ends, words if ends < expires_on else "")
    if ends < expires_on:
        words = "She or he turned 18, so the word of whoever signed along has ended. Only she or he can sign now."
        return Standing(State.OF_AGE, ends, words)
    return Standing(State.EXPIRED, ends)


# --- What taking it back can do ---------------------------------------------------------------------------------------

_NOTHING_MORE = "Nothing further is handed over, and this release cannot be used again."
_REASONS_NONE = "No reason is asked for, and help here goes on as before."
_UNOPENED = "It has not been opened. It can never be opened now, by anybody, from any backup."
_READ = "From now on it cannot be opened again. What was read, copied or said before cannot be unread."
_THEIR_RECORD = (
    "It was opened by an agency of the justice system and is that agency's own record now. It stays there under that "
    "agency's rules, may be used in court, and may have to be given to the defence. Taking it back cannot change that."
)
_PAPER = "It was handed over on paper, which stays with whoever has it. Ask for it back in writing, if that is safe."


def what_revocation_does(recipient: Sector | None, opened: bool) -> tuple[str, ...]:
    """What taking a release back still does and no longer can, for this recipient; None has no account here."""
    if recipient is None:
        reach = _PAPER if opened else ""
    elif not opened:
        reach = _UNOPENED
    else:
        reach = _THEIR_RECORD if recipient in JUSTICE else _READ
    return tuple(words for words in (_NOTHING_MORE, reach, _REASONS_NONE) if words)


def what_revocation_will_do(recipient: Sector | None) -> tuple[str, ...]:
    """The same before she signs: until it is opened, and afterwards."""
    if recipient is None:
        return ("Until it is handed over, she or he can take it back and nothing goes.", _AFTER["paper"])
    before = "Until it is opened, she or he can take it back at any time: then nobody can ever open it."
    return (before, _AFTER["justice" if recipient in JUSTICE else "other"])


_AFTER = {
    "justice": "Once it has been opened it is that agency's own record. It cannot be taken back, may be used in court, "
    "and may have to be given to the defence.",
    "other": "Once it has been opened it can still be closed to them, but what was read or copied cannot be unread.",
    "paper": "Once the paper is handed over it stays with whoever has it.",
}
