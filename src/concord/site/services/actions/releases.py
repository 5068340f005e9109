"""A client's release from the signature to its end: signed, sent as a sealed copy, renewed, taken back.

What was shown before the signature is what is sent: one function makes both, and its words are kept as signed. The
vault commits before the hub; `jobs.sweep` finishes what a crash left, and looks at the release first.
"""

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from concord.law import packet as tellings
from concord.law import releases as law
from concord.law.wall import Viewer
from concord.site.accounts.models import Agency, Staff
from concord.site.bridge import packages as bridge
from concord.site.pages.objections import Objection
from concord.site.services import forgotten, papers
from concord.site.services.actions import disclosures
from concord.site.services.actions.packet import packet_said
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, DisclosureEntry, Release, ReleaseScan
from concord.site.stores import audit
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ContactCaution,
    DisclosureBasis,
    DisclosureItem,
    Gender,
    ReleasePurpose,
    RevocationChannel,
    Sector,
    SignatureMethod,
    SignerCapacity,
    SpokenLanguage,
    TraffickingType,
)


@dataclass(frozen=True)
class Proposed:
    """A release before the signature: what would be handed over, to whom, until when, and who would sign."""

    purpose: ReleasePurpose
    items: tuple[str, ...]
    expires_on: dt.date | None
    capacity: SignerCapacity = SignerCapacity.CLIENT
    purpose_words: str = ""
    to_agency: UUID | None = None
    to_staff: UUID | None = None
    to_words: str = ""
    summary: str = ""
    cosigner_name: str = ""
    capacity_basis: str = ""
    alleged_abuser: Answer | None = None
    custodian_receives: Answer | None = None
    explained_by: UUID | None = None
    limits_explained_first: bool = False
    interpreter: str = ""


@dataclass(frozen=True)
class Signature:
    """How it was signed. `paper`: the scan, or the drawing made on the screen."""

    method: SignatureMethod
    signed_on: dt.date
    paper: bytes = b""
    witness: str = ""


# --- Before the signature ---------------------------------------------------------------------------------------------


def preview_release(*, client: Client, proposed: Proposed, by: Viewer) -> dict:
    """Exactly what the recipient will see, and nothing else: what is sent is made by this same function."""
    chosen = set(proposed.items)
    items = {**_said(client, chosen, proposed.summary), **_told(client, chosen)}
    return {
        "purpose": str(proposed.purpose),
        "purpose_words": proposed.purpose_words.strip(),
        "items": items,
        "said_by": Agency.objects.values_list("name", flat=True).get(pk=by.agency),
        "expires_on": last_day(client, proposed).isoformat(),
    }


def fingerprint(content: dict) -> str:
    """Of what was shown before the signature: if the file has changed since, something else would be sent."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def last_day(client: Client, proposed: Proposed) -> dt.date:
    return law.last_day(expires_on=proposed.expires_on, capacity=proposed.capacity, born=client.birth_date)


def age_of(client: Client, today: dt.date) -> law.Age:
    """How old she can be today: from her birth date, else from the age she gave when she came."""
    came = client.enrolments.order_by("-opened_on").first()
    return law.age(
        born=client.birth_date, said=came and came.age_at_entry, said_on=came and came.opened_on, today=today
    )


def stands_against(*, client: Client, proposed: Proposed, by: Viewer, today: dt.date) -> dict[str, str]:
    """What has to change before anybody signs, by the answer; the signature itself is judged when it is there."""
    return _objections(client, proposed, None, by=by, today=today)


def shares_a_name(*, client: Client, to_staff: UUID | None) -> bool:
    """Whether the person who would receive it bears the client's name: she may be a colleague there."""
    if to_staff is None:
        return False
    name = Staff.objects.filter(pk=to_staff).values_list("name", flat=True).first()
    return any(law.same_person(name, one) for one in (client.full_name, client.called))


# --- The signature ----------------------------------------------------------------------------------------------------


@in_vault
def sign_release(
    *,
    id: UUID,
    client: Client,
    proposed: Proposed,
    signature: Signature,
    by: Viewer,
    renews: Release | None = None,
    seen: str = "",
) -> Release:
    """Keep a signed release, and send the sealed copy where somebody here is to receive it. Safe to repeat with the id.

    `seen` is the fingerprint of what was shown. Raises Objection by question, also where the recipient has left.
    """
    existing = Release.objects.filter(pk=id, agency_id=by.agency).first()
    if existing is not None:
        return existing
    client = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    today = timezone.localdate()
    found = _objections(client, proposed, signature, by=by, today=today)
    if found:
        raise Objection(found)
    content = preview_release(client=client, proposed=proposed, by=by)
    _require_fit(content, client, proposed, seen, today)
    release = _kept(id, client, proposed, signature, content, renews, by)
    audit.record("release.signed", release)
    if release.to_agency_id:
        send(entry=_entered(release, content, by, package_id=id, to_agency_id=release.to_agency_id,
                            to_staff_id=release.to_staff_id), by=by)  # fmt: skip
    return release


def renew_release(
    *, id: UUID, renews: Release, proposed: Proposed, signature: Signature, by: Viewer, seen: str = ""
) -> Release:
    """Sign anew what ends or has ended: a release of its own that names the old one, which stays as it is."""
    return sign_release(
        id=id, client=renews.client, proposed=proposed, signature=signature, renews=renews, seen=seen, by=by
    )


def as_proposed(release: Release, today: dt.date) -> Proposed:
    """What a renewal begins with. Who signs, and the question about whoever signs along, is asked anew."""
    purpose = ReleasePurpose(release.purpose)
    return Proposed(
        purpose=purpose, purpose_words=release.purpose_words or "", items=tuple(release.items or ()),
        to_agency=release.to_agency_id, to_staff=release.to_staff_id, to_words=release.to_words or "",
        summary=(release.words or {}).get(DisclosureItem.SUMMARY, ""), interpreter=release.interpreter or "",
        expires_on=law.usual_end(purpose, today, settings.CONCORD_RELEASE_CAPS),
    )  # fmt: skip


def _objections(
    client: Client, proposed: Proposed, signature: Signature | None, *, by: Viewer, today: dt.date
) -> dict[str, str]:
    recipient = _sector(proposed.to_agency)
    terms = law.Terms(
        purpose=ReleasePurpose(proposed.purpose), purpose_words=proposed.purpose_words, items=tuple(proposed.items),
        named=bool(proposed.to_staff and proposed.to_agency) != bool(proposed.to_words.strip()), recipient=recipient,
        signed_on=signature.signed_on if signature else today, expires_on=proposed.expires_on,
        limits_explained_first=proposed.limits_explained_first,
    )  # fmt: skip
    if signature:
        terms = replace(terms, method=signature.method, witness=signature.witness, signed=bool(signature.paper))
    state = Agency.objects.values_list("state", flat=True).get(pk=by.agency)
    found = law.objections(terms, today=today, caps=settings.CONCORD_RELEASE_CAPS)
    return found | law.stands_against_signer(
        capacity=SignerCapacity(proposed.capacity), known=age_of(client, today), state=state,
        cosigner=proposed.cosigner_name, basis=proposed.capacity_basis, abuser=proposed.alleged_abuser,
        recipient=recipient, custodian_receives=proposed.custodian_receives,
    )  # fmt: skip


def _sector(agency: UUID | None) -> Sector | None:
    found = Agency.objects.filter(pk=agency).values_list("sector", flat=True).first() if agency else None
    return Sector(found) if found else None


def _require_fit(content: dict, client: Client, proposed: Proposed, seen: str, today: dt.date) -> None:
    if not content["items"]:
        raise Objection({"items": "None of this is in the file yet. Enter it first, or choose something else."})
    if seen and seen != fingerprint(content):
        raise Objection({"": "The file has changed since this page was shown: something else would be handed over now. "
                             "Look at it again with her or him before signing."})  # fmt: skip
    if last_day(client, proposed) < today:
        raise Objection({"signer_capacity": "She or he is 18 now and signs alone."})


def _kept(
    id: UUID,
    client: Client,
    proposed: Proposed,
    signature: Signature,
    content: dict,
    renews: Release | None,
    by: Viewer,
) -> Release:
    release = Release.objects.create(
        id=id, **held(by), client=client, purpose=proposed.purpose, purpose_words=proposed.purpose_words.strip(),
        to_agency_id=proposed.to_agency, to_staff_id=proposed.to_staff, to_words=proposed.to_words.strip() or None,
        items=list(proposed.items), words=content["items"], signer_capacity=proposed.capacity,
        signer_name=client.full_name or client.called, cosigner_name=proposed.cosigner_name.strip(),
        capacity_basis=proposed.capacity_basis.strip(), signer_is_alleged_abuser=Answer.NO,
        explained_by_id=proposed.explained_by or by.staff, limits_explained_first=proposed.limits_explained_first,
        interpreter=proposed.interpreter.strip(), method=signature.method, witness=signature.witness.strip(),
        signed_on=signature.signed_on, expires_on=proposed.expires_on, renews=renews,
    )  # fmt: skip
    if signature.method is not SignatureMethod.ORAL:
        field = "scan" if signature.method is SignatureMethod.PAPER else "drawing"
        paper = papers.clean(signature.paper, field=field)
        if papers.is_blank(paper):
            raise Objection({field: "There is nothing on it. Sign again, or choose another way."})
        ReleaseScan.objects.create(
            **held(by), client=client, release=release, content=base64.b64encode(paper).decode()
        )
    return release


def paper_of(release: Release) -> bytes:
    """The signed paper or the drawn signature; nothing where it was said aloud."""
    scan = release.scans.order_by("created_at").first()
    return base64.b64decode(scan.content or "") if scan else b""


# --- Handing over -----------------------------------------------------------------------------------------------------


def standing(release: Release, today: dt.date, born: dt.date | None) -> law.Standing:
    """What a release is worth today. `born` is the client's birth date as it is known now."""
    return law.standing(
        signed_on=release.signed_on, expires_on=release.expires_on, capacity=SignerCapacity(release.signer_capacity),
        revoked=release.revoked_at is not None, born=born, today=today,
    )  # fmt: skip


@in_vault
def hand_over_on_paper(*, release: Release, by: Viewer, id: UUID | None = None) -> DisclosureEntry:
    """Enter that what was listed went to somebody without an account here. Once: a second paper needs a new release."""
    release = _locked(release)
    existing = release.disclosures.filter(package_id=None, referral_id=None).first()
    if existing is not None:
        return existing
    if release.to_agency_id:
        raise Objection({"": "This release is for somebody with an account, who received a sealed copy."})
    require_live(release)
    return _entered(release, signed_content(release, by), by, id=id or uuid4(), to_words=release.to_words,
                    bridge_done=True)


def require_live(release: Release) -> None:
    """Checked at each disclosure: a release that has ended, or was taken back, lets nothing go."""
    found = standing(release, timezone.localdate(), release.client.birth_date)
    if not found.live:
        words = f"{found.state.label}. Nothing can be handed over under this release. {found.words}"
        raise Objection({"": words.strip()})


def send(*, entry: DisclosureEntry, by: Viewer) -> None:
    """Seal what the entry holds for its recipient. Raises Objection where that may not be, today."""
    try:
        bridge.send_package(
            id=entry.package_id, to_agency=entry.to_agency_id, to_staff=entry.to_staff_id, content=entry.content,
            expires_at=_end_of(entry.permission_expires_on), by=by,
        )  # fmt: skip
    except Objection as objection:
        raise Objection({_ASKED_AS.get(name, name): words for name, words in objection.found.items()}) from None


def _entered(release: Release, content: dict, by: Viewer, **more) -> DisclosureEntry:
    entry = DisclosureEntry.objects.create(
        **held(by), client=release.client, at=timezone.now(), release=release, basis=DisclosureBasis.PERMISSION,
        purpose=release.purpose_words or ReleasePurpose(release.purpose).label, items=list(release.items),
        content=content, permission_signed_on=release.signed_on,
        permission_expires_on=dt.date.fromisoformat(content["expires_on"]), **more,
    )  # fmt: skip
    audit.record("file.disclosed", entry)
    return entry


def signed_content(release: Release, by: Viewer) -> dict:
    """What was signed, in the words that were shown then: what a paper says that is handed over."""
    return {
        "purpose": release.purpose,
        "purpose_words": release.purpose_words or "",
        "items": release.words,
        "said_by": Agency.objects.values_list("name", flat=True).get(pk=by.agency),
        "expires_on": standing(release, release.signed_on, release.client.birth_date).ends_on.isoformat(),
    }


#: What the bridge objects to, by the name under which the form asks it.
_ASKED_AS = {"to_agency": "to_staff", "expires_at": "expires_on"}


def _end_of(day: dt.date) -> dt.datetime:
    """The release holds through its last day, by the clocks where the provider works; pages then say that day."""
    return dt.datetime.combine(day, dt.time.max, timezone.get_current_timezone())


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update(no_key=True, of=("self",)).select_related("client").get(pk=release.pk)


# --- Taking back ------------------------------------------------------------------------------------------------------


@in_vault
def revoke_release(*, release: Release, channel: RevocationChannel, by: Viewer, note: str = "") -> Release:
    """Take a release back, however she said so: from the next request nobody opens the copy who has not yet kept it.

    It works after an agreement has ended too. Safe to repeat: who was first stays.
    """
    release = _locked(release)
    copies = list(release.disclosures.exclude(package_id=None).values_list("package_id", flat=True))
    first = release.revoked_at is None
    if first:
        release.revoked_at, release.revoked_by_id = timezone.now(), by.staff
        release.revocation_channel, release.revocation_note = channel, note.strip()
        release.save(update_fields=["revoked_at", "revoked_by_id", "revocation_channel", "revocation_note"])
        audit.record("release.revoked", release)
    for package in copies:
        bridge.withdraw_package(id=package, by=by)
    if first:
        forgotten.note_revoked(release, copies)  # so that no older backup brings it back to life
    return release


def withdraw_ended(*, by: Viewer) -> int:
    """Withdraw copies whose release has ended: taken back just before a crash, or she has come of age since."""
    now, ended = timezone.now(), 0
    waiting = bridge.sent_packages(by).filter(withdrawn_at=None, expires_at__gt=now).values_list("pk", flat=True)
    entries = DisclosureEntry.objects.filter(agency_id=by.agency, package_id__in=list(waiting), release__isnull=False)
    for entry in entries.select_related("release", "client"):
        if not standing(entry.release, timezone.localdate(now), entry.client.birth_date).live:
            bridge.withdraw_package(id=entry.package_id, by=by)
            ended += 1
    return ended


def reseal_lost(*, by: Viewer) -> int:
    """Put back keys of live copies that a crash of the database server or a restore took."""
    put_back = 0
    entries = DisclosureEntry.objects.filter(agency_id=by.agency, package_id__in=bridge.keyless_packages(by))
    for entry in entries.select_related("release", "client"):
        if entry.release is None or not standing(entry.release, timezone.localdate(), entry.client.birth_date).live:
            continue
        try:
            bridge.reseal_package(id=entry.package_id, content=entry.content, by=by)
        except Objection:
            continue  # the agreement ended, or the person left: the copy stays shut, and the ledger says not opened
        put_back += 1
    return put_back


# --- What the items say -----------------------------------------------------------------------------------------------

#: Codes become words before they are sealed: who reads a copy may not have our lists.
_LISTS = {
    DisclosureItem.LANGUAGE: SpokenLanguage, DisclosureItem.AGE_GROUP: AgeGroup, DisclosureItem.GENDER: Gender,
    DisclosureItem.TRAFFICKING_TYPE: TraffickingType,
}  # fmt: skip


def _said(client: Client, chosen: set[str], summary: str) -> dict[str, str | list[str]]:
    """What the file says of the chosen items, cautions beside the contact they belong to."""
    items = [item for item in DisclosureItem if item in chosen]
    said = disclosures.say(client=client, items=items, summary=summary)
    cautions = [ContactCaution(code).label for code in said.pop("contact_caution", ())]
    words = {code: _LISTS[code](value).label if code in _LISTS else value for code, value in said.items()}
    if cautions:
        words[DisclosureItem.SAFE_CONTACT.value] = [words[DisclosureItem.SAFE_CONTACT], *cautions]
    return words


def _told(client: Client, chosen: set[str]) -> dict[str, list[str]]:
    """What she told once, of what she chose, each with the day on which she was asked."""
    if not any(code.startswith(tellings.ITEM) for code in chosen):
        return {}
    return {code: said for code, said in packet_said(client).items() if code in chosen}
