"""A client's whole file in one piece: as data she can take along, and in words for paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.law.referrals import CONTENT
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

#: The file's tables, in the order in which they are read. Drafts are their writer's and stay out.
TABLES = (
    ("enrolments", "opened_on"),
    ("assignments", "since_date"),
    ("statuses", "on_date"),
    ("needs", "requested_on"),
    ("services", "on_date"),
    ("contacts", "on_date"),
    ("notes", "on_date"),
    ("follow_ups", "due_on"),
    ("referrals_in", "created_at"),
    ("disclosures", "at"),
)
#: Plumbing that says nothing about her.
_LEFT_OUT = frozenset({"agency_id", "created_by_id", "bridge_done", "client_id", "attempts_since"})
#: Which list a sealed code is from; plain codes know theirs.
CODES = {
    "barrier": Barrier, "citizenship": Citizenship, "closure_reason": ClosureReason, "gender": Gender, "race": Race,
    "exit_living_situation": LivingSituation, "living_situation": LivingSituation, "items": DisclosureItem,
    "language": SpokenLanguage, "referral_source": ReferralSource, "relation": FamilyRelation, "wants": ServiceType,
    "trafficking_type": TraffickingType, "age_group": AgeGroup, "contact_caution": ContactCaution,
}  # fmt: skip
_SAYS = {
    "name": _("Name"), "safe_contact": _("How to reach her or him safely"), "contact_caution": _("Be careful"),
    "language": _("Language"), "age_group": _("Adult or minor"), "gender": _("Gender"),
    "trafficking_type": _("Kind of trafficking"), "summary": _("What she or he reports"),
    "permission_signed_on": _("Permission signed on"), "permission_expires_on": _("Permission ends on"),
}  # fmt: skip


def data(client: Client) -> dict:
    """Every value of the file under its column's name, codes as stored."""
    return {
        "format": "concord client file 1",
        "client": _values(client),
        **{name: [_values(row) for row in getattr(client, name).order_by(order)] for name, order in TABLES},
    }


def _values(row: models.Model) -> dict:
    columns = [f.attname for f in row._meta.concrete_fields if f.attname not in _LEFT_OUT]
    return {name: value for name in columns if (value := getattr(row, name)) not in (None, "")}


def parts(client: Client) -> list[dict]:
    """The file for reading: for each table its name and its rows, each a list of (question, answer)."""
    found = [{"title": _("Client"), "rows": [_lines(client)]}]
    for name, order in TABLES:
        rows = [_lines(row) for row in getattr(client, name).order_by(order)]
        if rows:
            found.append({"title": name.replace("_", " ").capitalize(), "rows": rows})
    return found


def _lines(row: models.Model) -> list[tuple]:
    return [
        (str(row._meta.get_field(name).verbose_name).capitalize(), _answer(row, name, value))
        for name, value in _values(row).items()
        if not name.endswith("id")
    ]


def _answer(row: models.Model, name: str, value):
    if name == "reach":
        return [f"{way.words} {'. '.join(way.warnings)}".strip() for way in reach.read(value)]
    if name == "content":
        return [f"{label}: {_plain(said_)}" for label, said_ in said(value)]
    choices = row._meta.get_field(name).choices
    return dict(choices).get(value, value) if choices else _coded(name, value)


def said(content: dict) -> list[tuple[str, object]]:
    """What a recipient is sent, in words and in the order of the form it comes from."""
    return [(_SAYS.get(name, name), _coded(name, content[name])) for name in CONTENT if name in content]


def _coded(name: str, value):
    codes = CODES.get(name)
    if codes is None or not value:
        return value
    words = dict(codes.choices())  # what another installation calls by a code of its own is shown as it came
    return [words.get(one, one) for one in value] if isinstance(value, list) else words.get(value, value)


def _plain(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
