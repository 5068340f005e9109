"""Sealed copies: what a release lists, for one named person, until a day or until the client takes it back.

The sender keeps what she sent in her own vault. On the bridge lies ciphertext, and in a table of its own the key,
sealed to the recipient's agency: `guard` hands it to the named person while the copy lives, and deletes it at the end.
"""

import datetime as dt
from uuid import UUID, uuid4

from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from concord.law import packages as law
from concord.law.wall import Viewer
from concord.site.accounts.models import Agency, Staff
from concord.site.bridge import agreements, envelope
from concord.site.bridge.models import Package, PackageKey
from concord.site.keys import packages as keys
from concord.site.pages.objections import Objection
from concord.site.pages.records import Fact
from concord.site.stores import audit
from concord.vocabulary import PackageState, ReleasePurpose, Sector, StoreKind

__all__ = ["Objection", "end_packages", "keyless_packages", "open_package", "package_recipients", "purpose_line",
           "received_packages", "record_opening", "reseal_package", "said_lines", "send_package", "sent_packages",
           "withdraw_package"]

#: A few lines, a page, a long account, a whole history: all that the length of a sealed copy tells.
SIZES = (*envelope.SIZES, 262_144)

_HUB = StoreKind.HUB.value
in_hub = transaction.atomic(using=_HUB)


# --- The sender's -----------------------------------------------------------------------------------------------------


@in_hub
def send_package(
    *, id: UUID, to_agency: UUID, to_staff: UUID, content: dict, expires_at: dt.datetime, by: Viewer
) -> Package:
    """Seal `content` (parts: `law.packages.Said`) for one named person. Safe to repeat with the same id: the first one
    stands.

    Raises Objection at `to_agency`, `to_staff`, `expires_at` or `items`, which says what to change.
    """
    existing = sent_packages(by).filter(pk=id).first()
    if existing is not None:
        return _the_same(existing, to_agency, to_staff)
    now = timezone.now()
    recipient = _recipient(to_agency, to_staff, expires_at, now, by)
    sealed, sealed_key = _sealed(content, recipient, id)
    package = Package(
        id=id, from_agency_id=by.agency, to_agency_id=to_agency, to_staff_id=to_staff, sent_by_id=by.staff, sent_at=now,
        expires_at=expires_at, content=sealed,
    )
    key = PackageKey(id=uuid4(), package=package, from_agency_id=by.agency, to_agency_id=to_agency, sealed=sealed_key)
    try:
        with transaction.atomic(using=_HUB):
            package.save(force_insert=True)
            key.save(force_insert=True)
    except IntegrityError:
        return _the_same(sent_packages(by).get(pk=id), to_agency, to_staff)
    audit.record("package.sent", package)
    return package


@in_hub
def withdraw_package(*, id: UUID, by: Viewer) -> Package | None:
    """Take a sealed copy back: from the next request nobody opens it who has not made it her own record.

    Safe to repeat. None where the agency sent none of that id (yet): whoever sends later looks at the
    release first.
    """
    if not sent_packages(by).filter(pk=id).exists():
        return None
    _call("guard.withdraw_package(%s)", id)
    package = sent_packages(by).get(pk=id)
    audit.record("package.withdrawn", package)
    return package


def sent_packages(by: Viewer):
    """What the viewer's agency sent, newest first, without the content."""
    return Package.objects.filter(from_agency_id=by.agency).defer("content").order_by("-sent_at", "-id")


def package_recipients(by: Viewer):
    """Agencies to which the viewer's own may send a sealed copy today."""
    return Agency.objects.filter(
        pk__in=by.partners, sector__in=law.RECIPIENTS, public_key__isnull=False
    ).order_by("name")


def keyless_packages(by: Viewer) -> list[UUID]:
    """Live copies of the agency whose keys a crash of the database server or a restore took. The sender's tick seals
    them again, from the ledger in her vault, if the release still runs."""
    with connections[_HUB].cursor() as cursor:
        cursor.execute("select * from guard.keyless_packages()")
        return [row[0] for row in cursor.fetchall()]


@in_hub
def reseal_package(*, id: UUID, content: dict, by: Viewer) -> Package:
    """Put a lost key back: the same words under a new key. Raises Objection where nothing may be sent today; a copy
    that was withdrawn, has expired or still has its key is refused by the guard (DatabaseError)."""
    package = sent_packages(by).get(pk=id)
    now = timezone.now()
    recipient = _recipient(package.to_agency_id, package.to_staff_id, package.expires_at, now, by)
    sealed, sealed_key = _sealed(content, recipient, id)
    _call("guard.reseal_package(%s, %s, %s)", id, sealed, sealed_key)
    audit.record("package.resealed", package)
    return package


def end_packages(by: Viewer) -> None:
    """Delete what has expired of what the agency sent or received, keys first of all. The tick's."""
    _call("guard.end_packages()")


# --- The recipient's --------------------------------------------------------------------------------------------------


def received_packages(by: Viewer):
    """What was sent to somebody of the viewer's agency, newest first, without the content."""
    return Package.objects.filter(to_agency_id=by.agency).defer("content").order_by("-sent_at", "-id")


def open_package(*, package: Package, by: Viewer) -> dict:
    """What was sealed, for the named person alone, each time anew: the guard looks at the clock and at the agreements.

    For a justice agency the key goes with the first opening, so that only `justice` opens, and keeps what it read.
    Raises Objection where she cannot read it now, and KeyRefused for anybody else. A refusal is recorded too, so this
    is no step that undoes itself.
    """
    if (package.to_agency_id, package.to_staff_id) != (by.agency, by.staff):
        raise keys.KeyRefused("this copy is for somebody else")
    try:
        with transaction.atomic(using=_HUB):
            content = _opened(package)
    except (keys.Unreadable, keys.NoKey):
        audit.record("package.unreadable", package)
        raise Objection({"": _("This copy cannot be read here. Call the agency that sent it.")}) from None
    except DatabaseError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        audit.record("package.refused", package)
        raise Objection({"": _why_not(package, by)}) from None
    audit.record("package.opened", package)
    return content


def record_opening(*, id: UUID, at: dt.datetime, by: Viewer) -> None:
    """Say that the viewer's justice agency has opened a copy, where the hub failed after its own record was kept."""
    _call("guard.record_opening(%s, %s)", id, at)


def said_lines(content: dict) -> list[Fact]:
    """The items as a page shows them, in the sender's order, each with its lines."""
    items = content["items"].items()
    return [Fact(law.item_label(code), said if isinstance(said, list) else [said]) for code, said in items]


def purpose_line(content: dict) -> str:
    """What the copy is for: by the list, and in her own words where there are any."""
    return ": ".join(filter(None, (ReleasePurpose(content["purpose"]).label, content["purpose_words"])))


def _opened(package: Package) -> dict:
    sealed_key = _call("guard.open_package(%s)", package.pk)
    if sealed_key is None:
        raise keys.NoKey("the key of this copy is not there")
    content = Package.objects.values_list("content", flat=True).get(pk=package.pk)
    plain = keys.unseal_package(
        bytes(content), sealed_key=bytes(sealed_key), package=package.pk, recipient=package.to_agency_id
    )
    said = law.as_content(envelope.unpadded(plain))
    if not said["items"]:
        raise keys.Unreadable("a sealed copy says nothing")
    return said


def _why_not(package: Package, by: Viewer) -> str:
    state = received_packages(by).get(pk=package.pk).state(timezone.now())
    if state is PackageState.WITHDRAWN:
        return _("This copy was withdrawn. It can no longer be opened.")
    if state is PackageState.EXPIRED:
        return _("This copy has expired. It can no longer be opened.")
    sender = Agency.objects.get(pk=package.from_agency_id)
    return agreements.objection(to=sender, by=by, today=timezone.localdate())


# --- What both need ---------------------------------------------------------------------------------------------------


def _the_same(package: Package, to_agency: UUID, to_staff: UUID) -> Package:
    if (package.to_agency_id, package.to_staff_id) != (to_agency, to_staff):
        raise Objection({"": _("This was already sent to somebody else. Begin a new one.")})
    return package


def _recipient(to_agency: UUID, to_staff: UUID, expires_at: dt.datetime, now: dt.datetime, by: Viewer) -> Agency:
    """The agency, if the copy may go to that person today."""
    agency = Agency.objects.filter(pk=to_agency).first()
    if agency is None or agency.pk == by.agency:
        raise Objection({"to_agency": _("Choose another agency of your task force.")})
    today = timezone.localdate(now)
    found = {}
    if Sector(agency.sector) not in law.RECIPIENTS:
        found["to_agency"] = _("No client's file goes to this kind of agency. Choose another.")
    elif words := agreements.objection(to=agency, by=by, today=today):
        found["to_agency"] = words
    elif not Staff.objects.at_work(today).filter(pk=to_staff, agency_id=agency.pk).exists():
        found["to_staff"] = _("Choose somebody who works at %(agency)s today.") % {"agency": agency.name}
    if expires_at <= now:
        found["expires_at"] = _("The last day has passed. Choose a later one, or ask the client to sign again.")
    if found:
        raise Objection(found)
    return agency


def _sealed(content: dict, recipient: Agency, id: UUID) -> tuple[bytes, bytes]:
    try:
        body = envelope.padded(content, SIZES)
    except envelope.TooLong:
        words = _("This is too long to send. Choose fewer items, or shorten what you wrote.")
        raise Objection({"items": words}) from None
    return keys.seal_package(body, package=id, public=bytes(recipient.public_key))


def _call(function: str, *values):
    """One of the guard's functions, which do what no row of the wall allows anybody."""
    with connections[_HUB].cursor() as cursor:
        cursor.execute(f"select {function}", values)
        return cursor.fetchone()[0]
