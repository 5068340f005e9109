"""What happened in a client's file, newest first: one query over its tables, each opened with the file's own key."""

from django.db.models import BinaryField, CharField, F, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.site.keys import sealing
from concord.site.pages.records import Event
from concord.site.services.models import Client, Contact, DisclosureEntry, Enrolment, Need, Service
from concord.site.services.models import ClientStatus as Status
from concord.vocabulary import (
    CompelledBy,
    ContactHow,
    NoteKind,
    ReleasePurpose,
    ServiceMode,
    ServiceType,
    StatusDecider,
    VictimStatus,
)

AT_MOST = 30

#: The sealed column that says more, by kind of event.
_MORE = {
    "closed": (Enrolment, "closure_note"),
    "status": (Status, "basis"),
    "need": (Need, "note"),
    "service": (Service, "note"),
    "contact": (Contact, "note"),
    "disclosure": (DisclosureEntry, "purpose"),
}
#: Where an event's own tab is.
_TABS = {"need": "services", "service": "services", "note": "notes", "contact": "notes", "disclosure": "ledger",
         "demand": "law", "duty": "law", "release": "releases", "revoked": "releases"}


def read(client: Client, at_most: int = AT_MOST) -> list[dict]:
    """Day, moment, kind, code and sealed detail of what happened. Names no staff: the page names all at once."""
    parts = [
        _part(client.enrolments, "opened", "opened_on", flag="reopening"),
        _part(client.enrolments.exclude(closed_on=None), "closed", "closed_on", moment="closed_at", who="closed_by_id"),
        _part(client.statuses, "status", "on_date", word="status", flag="decider"),
        _part(client.needs, "need", "requested_on", word="service_type"),
        _part(client.services.filter(undone_at=None), "service", "on_date", word="service_type", flag="mode"),
        _part(client.contacts, "contact", "on_date", word="how", flag="reached"),
        _part(client.notes, "note", "on_date", word="kind"),
        _part(client.disclosures, "disclosure", TruncDate("at")),
        _part(client.releases, "release", "signed_on", word="purpose"),
        _part(client.releases.exclude(revoked_at=None), "revoked", TruncDate("revoked_at"), word="purpose",
              moment="revoked_at", who="revoked_by_id"),
        _part(client.demands, "demand", "served_on", word="kind"),
        _part(client.mandated_reports, "duty", TruncDate("learned_at")),
    ]
    return list(parts[0].union(*parts[1:], all=True).order_by("-day", "-moment")[:at_most])


def _part(rows, what, day, *, word=None, flag=None, moment="created_at", who="created_by_id"):
    sealed = _MORE.get(what)
    return (
        rows.order_by()
        .annotate(
            what=Value(what),
            day=F(day) if isinstance(day, str) else day,
            moment=F(moment),
            who=F(who),
            word=F(word) if word else Value("", CharField()),
            flag=Cast(F(flag), CharField()) if flag else Value("", CharField()),
            sealed=Cast(F(sealed[1]) if sealed else Value(None), BinaryField()),
        )
        .values("id", "what", "day", "moment", "who", "word", "flag", "sealed")
    )


def events(client: Client, rows: list[dict], staff: dict) -> list[Event]:
    """What `read` found, in words, with the names of the staff."""
    key = sealing.key_for(client.agency_id, client.pk) if any(row["sealed"] for row in rows) else b""
    return [
        Event(
            on=row["day"],
            what=_WORDS[row["what"]](row["word"], row["flag"]),
            detail=_detail(row, key),
            who=staff.get(row["who"], ""),
            url=_url(client, row["what"]),
        )
        for row in rows
    ]


def _detail(row: dict, key: bytes) -> str:
    if not row["sealed"]:
        return ""
    model, column = _MORE[row["what"]]
    code = model._meta.get_field(column).code
    return sealing.unseal(bytes(row["sealed"]), code=code, row=row["id"], key=key)


def _url(client: Client, what: str) -> str:
    tab = _TABS.get(what)
    return reverse(f"services:{tab}", args=[client.pk]) if tab else ""


def _service(word: str, mode: str) -> str:
    said = _("Referred out: %(service)s") if mode == ServiceMode.REFERRED else _("%(service)s")
    return said % {"service": ServiceType(word).label}


_WORDS = {
    "opened": lambda word, flag: _("File opened again") if flag == "true" else _("File opened"),
    "closed": lambda word, flag: _("File closed"),
    "status": lambda word, flag: _("%(status)s, decided by: %(who)s") % {
        "status": VictimStatus(word).label, "who": StatusDecider(flag).label},
    "need": lambda word, flag: _("Asked for: %(service)s") % {"service": ServiceType(word).label},
    "service": _service,
    "contact": lambda word, flag: _("%(how)s: reached") % {"how": ContactHow(word).label} if flag == "true" else _(
        "%(how)s: not reached") % {"how": ContactHow(word).label},
    "note": lambda word, flag: _("%(kind)s written") % {"kind": NoteKind(word).label},
    "disclosure": lambda word, flag: _("Something left this file"),
    "release": lambda word, flag: _("Release signed: %(purpose)s") % {"purpose": ReleasePurpose(word).label},
    "revoked": lambda word, flag: _("Release taken back: %(purpose)s") % {"purpose": ReleasePurpose(word).label},
    "demand": lambda word, flag: _("%(kind)s served") % {"kind": CompelledBy(word).label},
    "duty": lambda word, flag: _("A report became due by law"),
}  # fmt: skip
