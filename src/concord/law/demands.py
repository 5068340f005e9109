"""When a court, a lawyer or the police demand a client's file: what must be true before anything of it goes.

A provider that is compelled tries to tell the client first, protects her privacy and safety, and hands over what the
paper names and no more (34 USC 12291(b)(2)(C); 28 CFR 94.115(b)). A subpoena is a demand by a party to a case and can
be objected to. A court's order is obeyed or appealed. A warrant is carried out by officers while staff look on.

Which objection fits in which court is for a lawyer to say: what is here keeps the days and the order of steps.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from concord.vocabulary import CompelledBy, CompelledOutcome, DisclosureBasis, DisclosureItem

#: Federal civil cases: the earlier of 14 days after service and the day named (Fed. R. Civ. P. 45(d)(2)(B)). Other
#: courts have other times, some shorter: the paper and a lawyer decide.
OBJECT_WITHIN = timedelta(days=14)

_C, _O = CompelledBy, CompelledOutcome


class Rule(NamedTuple):
    """One kind of demand: what it is, how it may end, and as what the ledger shows what was handed over."""

    kind: CompelledBy
    says: str
    outcomes: frozenset[CompelledOutcome]
    basis: DisclosureBasis
    instead: str  # what to do where an objection does not hold it up


RULES: tuple[Rule, ...] = (
    Rule(_C.SUBPOENA,
         "A subpoena asks; by itself it does not open a file. A lawyer can object to it or ask the court to set it "
         "aside. In a federal criminal case one for a victim's personal or confidential records needs a court's order "
         "first (Fed. R. Crim. P. 17(c)(3)).",
         frozenset({_O.OBJECTED, _O.WITHDRAWN, _O.QUASHED, _O.COMPLIED}), DisclosureBasis.SUBPOENA, ""),
    Rule(_C.COURT_ORDER,
         "A court's order is obeyed or appealed. A lawyer can ask the court to change it, to look at the papers alone "
         "first, or to wait for an appeal.",
         frozenset({_O.WITHDRAWN, _O.QUASHED, _O.COMPLIED}), DisclosureBasis.COURT_ORDER,
         "A court's order is obeyed or appealed. If the court set it aside, choose that; until then it stands."),
    Rule(_C.SEARCH_WARRANT,
         "Officers may carry a warrant out at once. Do not stand in their way and do not help them look. Ask for a "
         "copy, read what it covers, call a lawyer, and write down what was taken.",
         frozenset({_O.WITHDRAWN, _O.QUASHED, _O.COMPLIED}), DisclosureBasis.COURT_ORDER,
         "A warrant is a court's order: an objection to the officers does not hold it up. A lawyer goes to the court."),
    Rule(_C.STATUTE,
         "Somebody says that a law opens this file to them. Ask in writing for the section, and let a lawyer read it.",
         frozenset({_O.OBJECTED, _O.WITHDRAWN, _O.QUASHED, _O.COMPLIED}), DisclosureBasis.MANDATED, ""),
)  # fmt: skip
_RULES = {rule.kind: rule for rule in RULES}


@dataclass(frozen=True)
class Prepared:
    """What has been done about a demand so far. `counsel` without a day is the reason why no lawyer was asked."""

    kind: CompelledBy
    served_on: date
    due_on: date | None = None
    attempts: int = 0
    no_notice_reason: str = ""
    counsel: str = ""
    counsel_on: date | None = None
    safety_steps: str = ""


def rule(kind: CompelledBy) -> Rule:
    return _RULES[kind]


def act_by(kind: CompelledBy, served_on: date, due_on: date | None) -> date | None:
    """By when to have objected, gone to the court or answered. None where the paper names no day and no rule does."""
    if kind is not _C.SUBPOENA:
        return due_on
    return min(served_on + OBJECT_WITHIN, due_on or date.max)


class Step(NamedTuple):
    """Something to do before anything goes: the answer it is about, whether it is done, and the words."""

    name: str
    done: bool
    says: str
    law: str


def steps(prepared: Prepared) -> tuple[Step, ...]:
    """What comes before a hand-over, in the order in which it is done."""
    told = prepared.attempts > 0 or bool(prepared.no_notice_reason.strip())
    return (
        Step("no_notice_reason", told,
             "Try to tell her or him that the file is demanded, before anything goes, or write why nobody tried.",
             "34 USC 12291(b)(2)(C)(i)"),
        Step("counsel", bool(prepared.counsel.strip()),
             "Ask a lawyer, and write whom and when; or write why no lawyer was asked.", "Task force practice"),
        Step("safety_steps", bool(prepared.safety_steps.strip()),
             "Write what was done for her or his privacy and safety, such as sealing, names left out, a changed plan.",
             "34 USC 12291(b)(2)(C)(ii)"),
    )  # fmt: skip


def objections(
    prepared: Prepared, outcome: CompelledOutcome, *, items: Collection[DisclosureItem] = (), decided_on: date,
    today: date,
) -> dict[str, str]:
    """What stands against ending a demand so, by the answer that has to change. Says what to do; repeats nothing."""
    found = _about_the_day(prepared, decided_on, today)
    row = rule(prepared.kind)
    if outcome not in row.outcomes:
        return found | {"outcome": row.instead or "Choose how it ended."}
    if outcome is not _O.COMPLIED:
        return found | ({"items": "Nothing was handed over, so nothing is chosen here."} if items else {})
    found |= {step.name: step.says for step in steps(prepared) if not step.done}
    if not items:
        found["items"] = "Choose what the paper names and no more. If it names nothing of this list, nothing goes."
    return found


def _about_the_day(prepared: Prepared, decided_on: date, today: date) -> dict[str, str]:
    if decided_on > today:
        return {"decided_on": "This lies in the future. Give a date that has passed."}
    if decided_on < prepared.served_on:
        return {"decided_on": "This lies before the paper was served. Give that day or a later one."}
    return {}


#: What staff say to whoever asks about a person, whether or not she was ever here (34 USC 12291(b)(2)(B)(i)).
AT_THE_COUNTER = (
    "We cannot say whether anybody is or was served here. That is so for everybody, and says nothing about anyone.",
    "I will take the paper and give it to our privacy officer today. Please leave your name and a number.",
    "I may not answer questions about it. Our lawyer will.",
)
NEVER_AT_THE_COUNTER = (
    "Do not say yes, no, or that you will look.",
    "Do not search a computer or a drawer while the person who asks can see you.",
    "Do not send anybody to the person who is asked for, and do not call out a name.",
    "Do not sign anything but that you received the paper.",
)
