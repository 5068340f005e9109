"""What leaves a client's file at her request, and the ledger that says so.

Nothing leaves without the dates of her signed permission, and only the items that were chosen from a closed list. The
entry in her file holds exactly what the recipient was sent.
"""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from concord.law import releases as law
from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.pages.objections import Objection
from concord.site.services import reach as ways
from concord.site.services import rules
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, DisclosureEntry, Release
from concord.site.stores import audit
from concord.vocabulary import DisclosureBasis, DisclosureItem, ReferralKind, SignerCapacity


def preview_report(
    *, client: Client, items: Collection[DisclosureItem], summary: str, signed_on: dt.date, expires_on: dt.date
) -> dict:
    """Exactly what the recipient will see, and nothing else: what is sent is made by this same function."""
    content = say(client=client, items=items, summary=summary)
    return content | {"permission_signed_on": signed_on.isoformat(), "permission_expires_on": expires_on.isoformat()}


def say(*, client: Client, items: Collection[DisclosureItem], summary: str) -> dict:
    """What the chosen items say, from the file, and what to be careful of where one says how to reach her."""
    values = {item: value for item in items if (value := _SAYS[item](client, summary))}
    content = {str(item): value for item, value in values.items()}
    way = _first_way(client)
    if DisclosureItem.SAFE_CONTACT in values and way.cautions:
        content["contact_caution"] = list(way.cautions)
    return content


@in_vault
def report(
    *,
    id: UUID,
    client: Client,
    to_agency: UUID,
    items: Collection[DisclosureItem],
    summary: str,
    purpose: str,
    signed_on: dt.date,
    expires_on: dt.date,
    by: Viewer,
    release: Release | None = None,
) -> DisclosureEntry:
    """Report to police or prosecutors because she asks for it and signed. Safe to repeat with the same id.

    Under a release, its own dates hold, and nothing goes that it does not list, or to anybody else.

    The ledger commits before the hub does; `jobs.sweep` sends what a crash left unsent.
    """
    existing = DisclosureEntry.objects.filter(referral_id=id, agency_id=by.agency).first()
    if existing is not None:
        return existing
    if DisclosureItem.SUMMARY not in items:
        raise Objection({"items": "A report says what happened. Include what she or he wants to report."})
    if release is not None:
        release = Release.objects.select_for_update(no_key=True, of=("self",)).get(pk=release.pk)
        _require_covered(release, client, to_agency, items)
        signed_on, expires_on = release.signed_on, last_day(release, client)
    content = preview_report(client=client, items=items, summary=summary, signed_on=signed_on, expires_on=expires_on)
    entry = DisclosureEntry.objects.create(
        **held(by), client=client, at=timezone.now(), to_agency_id=to_agency, referral_id=id,
        basis=DisclosureBasis.PERMISSION, purpose=purpose, items=[str(item) for item in items], content=content,
        permission_signed_on=signed_on, permission_expires_on=expires_on, release=release,
    )  # fmt: skip
    audit.record("file.disclosed", entry)
    send(entry=entry, by=by)
    return entry


def last_day(release: Release, client: Client) -> dt.date:
    """The release's own, or the day before she turns 18 where somebody signed along."""
    return law.last_day(
        expires_on=release.expires_on, capacity=SignerCapacity(release.signer_capacity), born=client.birth_date
    )


def _require_covered(release: Release, client: Client, to_agency: UUID, items: Collection[DisclosureItem]) -> None:
    """A release lets out what it lists, to whom it names, while it holds, and nothing besides."""
    if release.client_id != client.pk or release.to_agency_id != to_agency:
        raise Objection({"release": "This release is for another agency. Choose one for this one, or sign anew."})
    if release.revoked_at is not None or last_day(release, client) < timezone.localdate():
        raise Objection({"release": "This release has ended. Ask whether she or he wants to sign again."})
    if set(items) - set(release.items or ()):
        raise Objection({"items": "The release does not list all of this. Leave it out, or sign a new release."})


def send(*, entry: DisclosureEntry, by: Viewer) -> None:
    """Hand over what the entry holds. Raises Objection where it may not be sent, today."""
    bridge.refer(
        id=entry.referral_id, kind=ReferralKind.REPORT, to_agency=entry.to_agency_id, content=entry.content, by=by
    )


def mark_sent(*, entry: DisclosureEntry) -> None:
    """Only the sweeper calls this, once the hub has it: in the action itself it would claim what is not yet true."""
    DisclosureEntry.objects.filter(pk=entry.pk).update(bridge_done=True)


def _first_way(client: Client) -> ways.Way | None:
    return next(iter(ways.read(client.reach)), None)


def _safe_contact(client: Client, _summary: str) -> str:
    way = _first_way(client)
    if way is None:
        return ""
    return f"{way.words} ({way.note})" if way.note and way.note != way.words else way.words


def _age_group(client: Client, _summary: str) -> str:
    enrolment = client.enrolments.order_by("-opened_on").first()
    age = enrolment.age_at_entry if enrolment else None
    if client.birth_date:
        age = rules.age_on(client.birth_date, timezone.localdate())
    return str(rules.age_group(age))


#: What each item of the closed list says, from the file. The summary is written for this report.
_SAYS = {
    DisclosureItem.NAME: lambda client, _: client.full_name or client.called or "",
    DisclosureItem.SAFE_CONTACT: _safe_contact,
    DisclosureItem.LANGUAGE: lambda client, _: client.language or "",
    DisclosureItem.AGE_GROUP: _age_group,
    DisclosureItem.GENDER: lambda client, _: client.gender or "",
    DisclosureItem.TRAFFICKING_TYPE: lambda client, _: client.trafficking_type or "",
    DisclosureItem.SUMMARY: lambda _, summary: summary.strip(),
}
