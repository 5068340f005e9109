"""Who saw what of a client's file, when and why: every disclosure, whatever let it go, with what became of it since."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.packages import item_label
from concord.law.wall import Viewer
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.bridge import packages
from concord.site.pages.records import Fact, Status
from concord.site.services import export
from concord.site.services.models import DisclosureEntry
from concord.vocabulary import DisclosureBasis, PackageState, ReleasePurpose


@dataclass(frozen=True)
class Line:
    """One disclosure, in words. `opened_at` is known of sealed copies alone; of the rest, that they went."""

    at: dt.datetime
    to: str
    basis: str
    purpose: str
    items: tuple[str, ...]
    lines: tuple[Fact, ...]
    signed_on: dt.date | None
    ends_on: dt.date | None
    fate: Status
    opened_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    release: object = None
    number: int = 0


def read(entries: Iterable[DisclosureEntry], by: Viewer) -> list[Line]:
    """The entries in words of the language that is switched on, whoever sent them: three queries for all of them."""
    entries = list(entries)
    agencies = agency_names(entry.to_agency_id for entry in entries)
    staff = staff_names(entry.to_staff_id for entry in entries)
    wanted = [entry.package_id for entry in entries if entry.package_id]
    sent = {package.pk: package for package in packages.sent_packages(by).filter(pk__in=wanted)} if wanted else {}
    return [_line(entry, agencies, staff, sent.get(entry.package_id), n) for n, entry in enumerate(entries, 1)]


def _line(entry: DisclosureEntry, agencies: dict, staff: dict, package, number: int) -> Line:
    content = entry.content or {}
    return Line(
        at=entry.at,
        to=", ".join(filter(None, (staff.get(entry.to_staff_id), agencies.get(entry.to_agency_id), entry.to_words))),
        basis=_(DisclosureBasis(entry.basis).label),
        purpose=_purpose(entry, content),
        items=tuple(_(item_label(item)) for item in entry.items or ()),
        lines=tuple(_said(content)),
        signed_on=entry.permission_signed_on,
        ends_on=entry.permission_expires_on,
        fate=fate(entry, package),
        opened_at=package.opened_at if package else None,
        withdrawn_at=package.withdrawn_at if package else None,
        release=entry.release_id,
        number=number,
    )


def _purpose(entry: DisclosureEntry, content: dict) -> str:
    """The list's word for it, then her own; for what no release names, what was written then."""
    code = content.get("purpose")
    if code not in set(ReleasePurpose):
        return entry.purpose or ""
    return ": ".join(filter(None, (_(ReleasePurpose(code).label), content.get("purpose_words"))))


def _said(content: dict) -> list[Fact]:
    """Exactly what was sent, in words."""
    if isinstance(content.get("items"), dict):
        return lines_of(content["items"])
    return [Fact(label, in_words(said)) for label, said in export.said(content)]


def lines_of(items: dict) -> list[Fact]:
    """The items of a release with the words that are shown for each, in the language that is switched on."""
    return [Fact(_(item_label(code)), in_words(said)) for code, said in items.items()]


def in_words(said):
    """What was sealed in the words of one of our lists, in those of the language; what she wrote as she wrote it."""
    if isinstance(said, list):
        return [in_words(one) for one in said]
    return _(said) if said else said


def fate(entry: DisclosureEntry, package) -> Status:
    """What has become of it: only of a sealed copy is it known whether it was opened."""
    if package is not None:
        state = package.state(timezone.now())
        opened = state is PackageState.EXPIRED and package.opened_at
        tone = {PackageState.OPENED: "info", PackageState.WITHDRAWN: "warning"}.get(state, "plain")
        return Status(_("Opened, ended since") if opened else _(state.label), tone)
    if entry.package_id is None and entry.referral_id is None:
        return Status(_("Handed over on paper or by telephone"), "good")
    return Status(_("Handed over"), "good") if entry.bridge_done else Status(_("Being handed over"), "info")
