"""Who may sign in: pages that act for the hub's part and read the sign-ins outside the wall's transaction.

Their addresses stand in settings.CONCORD_SELF_ACTING: no store is open around them, each opens what it needs.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from concord.law.wall import Viewer
from concord.site.accounts import actions, authority
from concord.site.accounts.forms import DetailsForm, InviteForm, RolesForm
from concord.site.accounts.models import Agency, Staff
from concord.site.pages import paging, words
from concord.site.pages.forms import Form
from concord.site.pages.lists import Column
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.site.signin import locks
from concord.site.signin.adapters import FACTORS
from concord.site.signin.limits import INVITATION_DAYS
from concord.site.signin.models import Invitation, User
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector

INVALID = 422


@dataclass(frozen=True)
class SignIn:
    """What is known of one person's sign-in, for the pages here."""

    user: User | None = None
    open_until: dt.datetime | None = None
    locked: bool = False
    protected: bool = False

    def status(self, now) -> Status:
        if self.user is None:
            return Status(_("no sign-in: listed only"), "plain")
        if self.user.ended_at:
            return Status(_("ended"), "plain")
        if self.locked:
            return Status(_("locked after five failures"), "danger")
        if not self.user.is_active:
            return self._waiting(now)
        if not self.protected and not self.user.demo:
            return Status(_("second proof still missing"), "warning")
        if self.user.last_login is None:
            return Status(_("has not signed in yet"), "info")
        return Status(_("last signed in: %(when)s") % {"when": words.when(self.user.last_login, now=now)}, "good")

    def _waiting(self, now) -> Status:
        if self.open_until:
            until = words.when(self.open_until, now=now)
            return Status(_("invited; link open until %(when)s") % {"when": until}, "info")
        if self.user.last_login:
            return Status(_("resting: not used for 90 days"), "warning")
        return Status(_("link no longer works"), "warning")


def sign_ins(staff: list[Staff]) -> dict[UUID, SignIn]:
    """The sign-ins of these members of staff: four queries, whatever their number."""
    now = timezone.now()
    users = {u.staff_id: u for u in User.objects.filter(staff_id__in=[s.pk for s in staff])}
    ids = [u.pk for u in users.values()]
    links = Invitation.objects.filter(user_id__in=ids, used_at=None, withdrawn_at=None, expires_at__gt=now)
    open_until = dict(links.values_list("user_id", "expires_at"))
    locked = locks.locked(u.email for u in users.values())
    protected = set(Authenticator.objects.filter(user_id__in=ids, type__in=FACTORS).values_list("user_id", flat=True))
    return {
        staff_id: SignIn(u, open_until.get(u.pk), u.email.lower() in locked, u.pk in protected)
        for staff_id, u in users.items()
    }


def _keeper(request) -> Viewer:
    if not request.viewer.has(*authority.KEEPERS):
        raise Http404
    return request.viewer


@require_safe
def people(request):
    """Her own agency's people; for the coordinator also those of agencies that nobody of their own keeps yet."""
    viewer, now = _keeper(request), timezone.now()
    with acting(viewer):
        kept = {a.pk: a for a in _agencies_kept(viewer)}
        found = Staff.objects.filter(agency_id__in=kept).at_work(timezone.localdate())
        page = paging.page(found, order=("name", "pk"), after=request.GET.get("after", ""))
    known = sign_ins(page.rows)
    for row in page.rows:
        row.url = reverse("accounts:person", args=[row.pk])
    columns = [
        Column(_("Name"), "name", first=True),
        Column(_("Agency"), lambda s: kept[s.agency_id].name),
        Column(_("Role"), lambda s: [Role(r) for r in s.roles]),
        Column(_("Sign-in"), lambda s: known.get(s.pk, SignIn()).status(now)),
    ]
    invitations = [
        Action(_("Invite someone to %(name)s") % {"name": a.name}, reverse("accounts:invite", args=[a.pk]), primary=own)
        for a in kept.values() if a.has_accounts for own in (a.pk == viewer.agency,)
    ]
    return render(request, "pages/list.html", {
        "title": _("Who may sign in"), "page": page, "columns": columns, "unit": _("people"), "actions": invitations,
        "intro": _("Everyone signs in as herself. Whoever leaves is ended here in one step."),
        "empty": _("Nobody yet. Invite the first."), "now": now,
    })


def _agencies_kept(viewer: Viewer) -> list[Agency]:
    """Own first; then those still to be founded, if she keeps them."""
    founding = Q(founded_at=None, memberships__task_force__in=viewer.task_forces)
    others = Agency.objects.filter(founding).exclude(pk=viewer.agency).distinct().order_by("name")
    own = Agency.objects.filter(pk=viewer.agency)
    return [*own, *(a for a in others.prefetch_related("memberships") if authority.can_keep_staff(viewer, a))]


def _found(request, pk) -> tuple[Viewer, Staff, Agency]:
    """The person and her agency, for whoever keeps them; else as if there were none."""
    viewer = _keeper(request)
    with acting(viewer):
        staff = Staff.objects.filter(pk=pk, service_account=False).first()
        agency = staff and Agency.objects.filter(pk=staff.agency_id).first()
        if not agency or not authority.can_keep_staff(viewer, agency):
            raise Http404
    return viewer, staff, agency


@sensitive_variables("invited")
def invite(request, pk):
    viewer = _keeper(request)
    with acting(viewer):
        agency = Agency.objects.filter(pk=pk).first()
        if not agency or not agency.has_accounts or not authority.can_keep_staff(viewer, agency):
            raise Http404
    own = agency.pk == viewer.agency
    form = InviteForm(request.POST or None, sector=viewer.sector if own else Sector(agency.sector))
    if not own:
        form.fields["roles"].initial = [Role.ADMINISTRATOR]
        form.fields["roles"].help_text = _("The first one is its administrator; she invites the others.")
    if form.is_valid() and (own or _is_first_administrator(form)):
        try:
            invited = actions.invite(agency=agency.pk, by=viewer, **form.cleaned_data)
        except ValidationError as objection:
            form.add_error(None, objection)
        else:
            return _show_link(request, form.cleaned_data["name"], invited)
    return render(request, "pages/form.html", {
        "form": form, "title": _("Invite someone to %(name)s") % {"name": agency.name}, "page_title": _("Invitation"),
        "intro": _("You get a link to pass on. With it she sets her password and her second proof."),
        "back_url": reverse("accounts:people"), "submit_label": _("Make the link"),
    }, status=INVALID if form.errors else 200)


def _is_first_administrator(form) -> bool:
    if Role.ADMINISTRATOR in form.cleaned_data["roles"]:
        return True
    form.add_error("roles", _("Invite its administrator first. She invites the others: nobody outside an agency "
                              "decides who enters it."))
    return False


def _show_link(request, name, invited):
    """Here and nowhere else: only a digest is kept."""
    address = request.build_absolute_uri(reverse("signin:invitation", args=[invited.token]))
    return render(request, "accounts/link.html", {
        "name": name, "address": address, "days": INVITATION_DAYS,
        "person_url": reverse("accounts:person", args=[invited.staff]),
    })


@require_safe
def person(request, pk):
    viewer, staff, agency = _found(request, pk)
    now, sign_in = timezone.now(), sign_ins([staff]).get(staff.pk, SignIn())
    at = lambda name: reverse(f"accounts:{name}", args=[pk])  # noqa: E731
    ended = bool(staff.until_date and staff.until_date <= timezone.localdate())
    acts = [] if ended else [
        *([Action(_("Release the lock"), at("release"), primary=True, post=True)] if sign_in.locked else []),
        *([Action(_("Change what she does"), at("roles"))] if sign_in.user else []),
        Action(_("Change name and phone"), at("details")),
        *([Action(_("Give a new link"), at("link"))] if staff.email else []),
        Action(_("She has left"), at("end")),
    ]
    record = Record(
        kind=_("Member of staff"), title=staff.name, status=sign_in.status(now), actions=tuple(acts),
        facts=(
            Fact(_("Agency"), agency.name), Fact(_("Title"), staff.title),
            Fact(_("Role"), [Role(r) for r in staff.roles]),
            Fact(_("Signs in as"), sign_in.user.email if sign_in.user else None), Fact(_("Phone"), staff.phone),
            Fact(_("Since"), staff.from_date), *([Fact(_("Left"), staff.until_date)] if ended else []),
        ),
        access=Access(
            _("Name, title, role and phone stand in the directory. The sign-in is seen here only."),
            (Seer(_("Administrators of %(name)s") % {"name": agency.name}, _("They decide who enters.")),),
        ),
    )
    return render(request, "pages/record.html", {"record": record, "events": None, "now": now})


def roles(request, pk):
    viewer, staff, agency = _found(request, pk)
    form = RolesForm(request.POST or None, sector=Sector(agency.sector), initial={"roles": staff.roles})
    if form.is_valid() and _done(form, actions.change_roles, staff=pk, by=viewer, **form.cleaned_data):
        messages.success(request, _("Changed. She is signed out and enters anew."))
        return redirect("accounts:person", pk=pk)
    return _form(request, form, pk, title=_("What %(name)s does") % {"name": staff.name})


def details(request, pk):
    viewer, staff, _agency = _found(request, pk)
    initial = {"name": staff.name, "title": staff.title, "phone": staff.phone}
    form = DetailsForm(request.POST or None, initial=initial)
    if form.is_valid() and _done(form, actions.change_details, staff=pk, by=viewer, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("accounts:person", pk=pk)
    return _form(request, form, pk, title=staff.name)


@sensitive_variables("invited")
def link(request, pk):
    viewer, staff, _agency = _found(request, pk)
    if not staff.email:
        raise Http404  # someone to call, without a sign-in
    if request.method == "POST":
        return _show_link(request, staff.name, actions.give_link(staff=pk, by=viewer))
    return _confirm(request, Form(), pk, title=_("Give %(name)s a new link?") % {"name": staff.name},
                    submit_label=_("Make the link"), consequences=[
                        _("With it she sets a new password and a new second proof; the old ones end then."),
                        _("Earlier links stop working now."),
                        _("It is recorded that you made it. Hand it to her yourself: whoever holds it becomes her."),
                    ])


@require_POST
def release(request, pk):
    actions.release(staff=pk, by=_keeper(request))
    messages.success(request, _("Released. She can sign in again."))
    return redirect("accounts:person", pk=pk)


def end(request, pk):
    viewer, staff, _agency = _found(request, pk)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ended = actions.offboard(staff=pk, by=viewer)
        except ValidationError as objection:
            form.add_error(None, objection)
        else:
            messages.success(request, _said(ended))
            return redirect("accounts:people")
    return _confirm(request, form, pk, title=_("%(name)s has left?") % {"name": staff.name}, grave=True,
                    submit_label=_("End her sign-in"), consequences=[
                        _("She is signed out everywhere at once and cannot sign in again."),
                        _("Her password, passkeys and codes are removed."),
                        _("What she recorded stays, under her name."),
                    ])


def _said(ended: actions.Ended) -> str:
    if not ended.in_directory:
        return _("Her sign-in has ended. The directory does not answer just now and follows by itself.")
    if ended.had_keys:
        return _("Ended. Her copy of your keys is gone too. Renew the keys now: see Who holds your keys.")
    return _("Ended. She was signed out of %(n)d browsers.") % {"n": ended.sessions}


def _done(form, action, **given) -> bool:
    try:
        action(**given)
    except ValidationError as objection:
        form.add_error(None, objection)
        return False
    return True


def _form(request, form, pk, *, title):
    back = reverse("accounts:person", args=[pk])
    shown = {"form": form, "title": title, "page_title": _("Member of staff"), "back_url": back, "cancel_url": back}
    return render(request, "pages/form.html", shown, status=INVALID if form.errors else 200)


def _confirm(request, form, pk, *, title, consequences, submit_label, grave=False):
    return render(request, "pages/confirm.html", {
        "form": form, "title": title, "consequences": consequences, "submit_label": submit_label, "grave": grave,
        "cancel_url": reverse("accounts:person", args=[pk]),
    }, status=INVALID if form.errors else 200)
