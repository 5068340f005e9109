"""A client's whole file in one piece: as data she can take along, and in words for paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.law import mandated
from concord.law.referrals import CONTENT
from concord.site.pages.lists import Absent
from concord.site.services import reach
from concord.site.services.models import Client
from concord.vocabulary import (
    AgeGroup,
    Barrier,
    Citizenship,
    ClosureReason,
    ContactCaution,
    DisclosureItem,
    FamilyRelation,
    Gender,
    LivingSituation,
    Race,
    ReferralSource,
    ServiceType,
    SpokenLanguage,
    TraffickingType,
)

#: The file's tables in the order in which they are read: relation, its order, its title. Drafts are their writer's.
TABLES = (
    ("enrolments", "opened_on", _("Times of being served")),
    ("assignments", "since_date", _("Staff")),
    ("statuses", "on_date", _("Potential or confirmed")),
    ("needs", "requested_on", _("Asked for")),
    ("services", "on_date", _("Done")),
    ("contacts", "on_date", _("Contacts")),
    ("notes", "on_date", _("Notes")),
    ("follow_ups", "due_on", _("To do")),
    ("referrals_in", "created_at", _("Referrals")),
    ("packet", "told_on", _("Told once")),
    ("releases", "signed_on", _("Releases")),
    ("demands", "served_on", _("Subpoenas, orders and warrants")),
    ("mandated_reports", "learned_at", _("Reports that the law demanded")),
    ("holds", "from_date", _("What keeps this file")),
    ("disclosures", "at", _("What left this file")),
)
#: Plumbing that says nothing about her.
_LEFT_OUT = frozenset({"agency_id", "created_by_id", "bridge_done", "client_id", "attempts_since"})
#: Not printed: moments of entering, and what is said by another line already.
_NOT_ON_PAPER = frozenset({"created_at", "closed_at", "decided_at", "is_open", "enrolment_asked_at", "restricted_on",
                           "citizenship_why", "document"})  # fmt: skip
#: Which list a sealed code is from; plain codes know theirs.
CODES = {
    "barrier": Barrier, "citizenship": Citizenship, "closure_reason": ClosureReason, "gender": Gender, "race": Race,
    "exit_living_situation": LivingSituation, "living_situation": LivingSituation, "items": DisclosureItem,
    "language": SpokenLanguage, "referral_source": ReferralSource, "relation": FamilyRelation, "wants": ServiceType,
    "trafficking_type": TraffickingType, "age_group": AgeGroup, "contact_caution": ContactCaution,
}  # fmt: skip
_LABELS = {
    "called": _("What she or he is called"), "reach": _("Reach safely"), "kind": _("Kind"), "basis": _("Basis"),
    "age_at_entry": _("Age when the file was opened"), "first_contact_on": _("First contact"),
    "next_contact_on": _("Next safe contact"), "last_reached_on": _("Last reached"), "on_date": _("Day"),
    "opened_on": _("Opened"), "reopening": _("Opened again"), "closed_on": _("Closed"), "since_date": _("Since"),
    "until_date": _("Until"), "requested_on": _("Asked for on"), "decided_on": _("Decided on"), "mode": _("Came of it"),
    "due_on": _("By"), "done_at": _("Done"), "undone_at": _("Taken back"), "how": _("How"), "what": _("What"),
    "exit_living_situation": _("Lived when it was closed"), "living_situation": _("Lived when it was opened"),
    "closure_reason": _("Closed because"), "content": _("Exactly what was sent"), "decider": _("Decided by"),
    "name": _("Name"), "safe_contact": _("How to reach her or him safely"), "contact_caution": _("Be careful"),
    "age_group": _("Adult or minor"), "trafficking_type": _("Kind of trafficking"),
    "summary": _("What she or he reports"), "permission_signed_on": _("Permission signed on"),
    "permission_expires_on": _("Permission ends on"), "required_by": _("Required by"),
    "told_on": _("Told on"), "words": _("In her or his words"), "taken_back_at": _("Taken back"),
    "served_on": _("Served on"), "asked": _("What it asked for"), "authority": _("From"), "counsel": _("Lawyer"),
    "counsel_on": _("Asked on"), "no_notice_reason": _("Why nobody tried to tell"), "outcome": _("How it ended"),
    "safety_steps": _("For privacy and safety"), "learned_at": _("Learned of"), "made_at": _("Made"),
    "duty": _("Which law"), "due_at": _("Due"), "to_words": _("To whom"), "reference": _("Number they gave"),
    "written_at": _("In writing"), "told_at": _("Told"), "not_told_reason": _("Why not told"),
    "not_made_reason": _("Why not made"), "expires_on": _("Last day"), "signed_on": _("Signed on"),
    "signer_capacity": _("Signed as"), "method": _("How it was signed"), "revoked_at": _("Taken back"),
    "revocation_channel": _("How it was taken back"),
}  # fmt: skip


def data(client: Client) -> dict:
    """Every value of the file under its column's name, codes as stored."""
    return {
        "format": "concord client file 1",
        "client": _values(client),
        **{name: [_values(row) for row in getattr(client, name).order_by(order)] for name, order, _title in TABLES},
    }


def _values(row: models.Model) -> dict:
    columns = [f.attname for f in row._meta.concrete_fields if f.attname not in _LEFT_OUT]
    return {name: value for name in columns if (value := getattr(row, name)) not in (None, "")}


def parts(client: Client) -> list[dict]:
    """The file for reading: for each table its title and its rows, each a list of (question, answer)."""
    found = [{"title": _("The person"), "rows": [_lines(client)]}]
    for name, order, title in TABLES:
        rows = [_lines(row) for row in getattr(client, name).order_by(order)]
        if rows:
            found.append({"title": title, "rows": rows})
    return found


def _lines(row: models.Model) -> list[tuple]:
    values = _values(row)
    return [
        _line(row, name, values[name])
        for name in values
        if not name.endswith("id") and name not in _NOT_ON_PAPER and values[name] is not False
    ]


def _line(row: models.Model, name: str, value) -> tuple:
    """A question and its answer; for a value that is not there, its question and why there is none."""
    if name.endswith("_why"):
        return _label(name.removesuffix("_why")), Absent(value)
    return _label(name), _answer(row, name, value)


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _answer(row: models.Model, name: str, value):
    if name == "reach":
        return [f"{way.words}. {'. '.join(way.warnings)}".strip() for way in reach.read(value)]
    if name == "duty":
        found = mandated.duty(value)
        return f"{found.title} ({found.citation})" if found else value
    if name == "content":
        return [f"{label}: {_plain(answer)}" for label, answer in said(value)]
    choices = row._meta.get_field(name).choices
    return dict(choices).get(value, value) if choices else _coded(name, value)


def said(content: dict) -> list[tuple[str, object]]:
    """What a recipient is sent, in words and in the order of the form it comes from."""
    compelled = {"summary": _("What it says")} if "required_by" in content else {}  # not in her words
    return [(compelled.get(name) or _label(name), _coded(name, content[name])) for name in CONTENT if name in content]


def _coded(name: str, value):
    codes = CODES.get(name)
    if codes is None or not value:
        return value
    words = dict(codes.choices())  # what another installation calls by a code of its own is shown as it came
    return [words.get(one, one) for one in value] if isinstance(value, list) else words.get(value, value)


def _plain(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
