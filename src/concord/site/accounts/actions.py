"""Who may sign in, as whom: actions in two stores. Call them outside `acting()`.

The hub's part comes first, inside `acting(by)`, where the wall decides; the sign-in's part last. Each is idempotent,
and `jobs.sweep` finishes what a crash cut off between the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.accounts import authority, copies
from concord.site.accounts.models import Agency, Staff
from concord.site.keys import custody
from concord.site.signin import actions as signin
from concord.site.signin import invitations, locks
from concord.site.signin.models import User
from concord.site.stores import audit
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector


@dataclass(frozen=True)
class Invited:
    """`token` makes the link (`signin:invitation`). It is not kept: show it once."""

    staff: UUID
    token: str


@dataclass(frozen=True)
class Ended:
    """`in_directory`: whether the hub's list says so already; if not, the sweeper sees to it. `had_keys`: whether her
    copy of the provider's keys was taken out, so that the keys want renewing."""

    sessions: int
    in_directory: bool
    had_keys: bool = False


def invite(
    *, agency: UUID, name: str, email: str, roles: Iterable[Role], by: Viewer, title: str = "", phone: str = ""
) -> Invited:
    """Someone who will sign in for `agency`. Roles must fit its sector; see `law.roles.may_invite` for who may."""
    roles = [Role(role) for role in roles]
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise ValidationError({"email": _("Someone signs in with this address already.")})
    with acting(by), transaction.atomic("hub"):
        held_by = Agency.objects.get(pk=agency)
        authority.require_may_give(by, held_by, roles)
        if not held_by.has_accounts:
            raise ValidationError(_("This agency takes part without accounts. Open accounts for it first."))
        staff = Staff.objects.create(
            agency_id=agency,
            created_by_id=by.staff,
            name=name,
            title=title,
            phone=phone,
            email=email.strip().lower(),
            roles=sorted(roles),
            from_date=timezone.localdate(),
        )
        audit.record("staff.invited", staff)
    return Invited(staff.pk, _give_link(staff, held_by, by))


def give_link(*, staff: UUID, by: Viewer) -> Invited:
    """A new link for someone who lost hers, her password or her phone. What she has now works until she uses it."""
    with acting(by), transaction.atomic("hub"):
        row, agency = _kept(staff, by)
        if not row.email:
            raise ValidationError(_("She is listed without a sign-in. Invite her instead."))
        audit.record("staff.link_given", row)
    return Invited(staff, _give_link(row, agency, by))


def _give_link(staff: Staff, agency: Agency, by: Viewer) -> str:
    user = signin.create_user(
        staff=staff.pk,
        name=staff.name,
        email=staff.email,
        agency=agency.pk,
        agency_name=agency.name,
        sector=by.sector if agency.pk == by.agency else Sector(agency.sector),
        roles=staff.roles,
    )
    return invitations.make(user=user, by=by.staff)


def change_roles(*, staff: UUID, roles: Iterable[Role], by: Viewer) -> None:
    """She is signed out everywhere and enters anew with what she may do now."""
    roles = sorted(Role(role) for role in roles)
    with acting(by), transaction.atomic("hub"):
        row, agency = _kept(staff, by)
        authority.require_may_give(by, agency, roles)
        if Role.ADMINISTRATOR not in roles:
            _refuse_last_administrator(row)
        row.roles = roles
        row.save(update_fields=["roles"])
    signin.change_roles(staff=staff, roles=roles)


def change_details(*, staff: UUID, name: str, title: str, phone: str, by: Viewer) -> None:
    """What others see of her. The address she signs in with stays: another one is another invitation."""
    with acting(by), transaction.atomic("hub"):
        row, _agency = _kept(staff, by)
        row.name, row.title, row.phone = name, title, phone
        row.save(update_fields=["name", "title", "phone"])
    User.objects.filter(staff_id=staff).update(name=name)


def release(*, staff: UUID, by: Viewer) -> None:
    """Unlock a sign-in after five failures."""
    with acting(by), transaction.atomic("hub"):
        row, _agency = _kept(staff, by)
        audit.record("staff.lock_released", row)
    locks.release(User.objects.get(staff_id=staff).email)


def offboard(*, staff: UUID, by: Viewer) -> Ended:
    """She has left: out of the directory, signed out everywhere, no way in, her copy of the keys gone. For a colleague
    of one's own agency the sign-in ends even while the hub does not answer."""
    if custody.is_last_way(settings.CONCORD_RINGS, by.agency, staff):
        raise ValidationError(_("Only her passphrase opens your files. Let a colleague have the keys first, or make a "
                                "recovery sheet: see Who holds your keys."))
    try:
        in_directory = _end_in_directory(staff, by)
    except OperationalError:
        _require_own_colleague(staff, by)
        in_directory = False
    sessions = signin.end_user(staff=staff)
    return Ended(sessions, in_directory, had_keys=copies.take_out(by.agency, staff))


def _end_in_directory(staff: UUID, by: Viewer) -> bool:
    with acting(by), transaction.atomic("hub"):
        row, _agency = _kept(staff, by)
        _refuse_last_administrator(row)
        today = timezone.localdate()
        if row.until_date is None or row.until_date > today:
            row.until_date = today
            row.save(update_fields=["until_date"])
            audit.record("staff.ended", row)
    return True


def _require_own_colleague(staff: UUID, by: Viewer) -> None:
    if not by.has(*authority.KEEPERS) or not User.objects.filter(staff_id=staff, agency_id=by.agency).exists():
        raise PermissionDenied


def _kept(staff: UUID, by: Viewer) -> tuple[Staff, Agency]:
    """The member of staff and her agency, if `by` may change them."""
    row = Staff.objects.select_for_update(no_key=True).get(pk=staff, service_account=False)
    agency = Agency.objects.get(pk=row.agency_id)
    if not authority.can_keep_staff(by, agency):
        raise PermissionDenied
    return row, agency


def _refuse_last_administrator(row: Staff) -> None:
    """An agency without one could let nobody in or out."""
    if Role.ADMINISTRATOR not in row.roles:
        return
    others = Staff.objects.at_work(timezone.localdate()).filter(
        agency_id=row.agency_id, roles__contains=[Role.ADMINISTRATOR]
    )
    if not others.exclude(pk=row.pk).exists():
        raise ValidationError(_("She is the agency's only administrator. Make someone else administrator first."))
