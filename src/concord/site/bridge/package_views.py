"""Sealed copies at their recipient: that there is one, for colleagues; what it says, for the named person alone.

A justice agency reads them in its own room, where opening makes a record of its own.
"""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.law.wall import JUSTICE
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.bridge import packages as copies
from concord.site.pages import paging
from concord.site.pages.lists import Column, Deadline
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.vocabulary import PackageState

TONES = {PackageState.WAITING: "warning", PackageState.OPENED: "good"}


@require_safe
def packages(request):
    """What was sealed for somebody of my agency. Each line says who from, for whom and until when; never whose."""
    if request.viewer.sector in JUSTICE:
        return redirect("justice:received_records")
    rows = copies.received_packages(request.viewer)
    page = paging.page(rows, order=("-sent_at", "-id"), after=request.GET.get("after", ""))
    return render(request, "pages/list.html", {
        "title": _("Sealed copies"), "page": page, "unit": _("received"), "now": timezone.now(),
        "columns": columns(page.rows, "bridge:package"),
        "intro": _("A client lets one person read something for a time. The copy ends on its day, or earlier if the "
                   "client takes it back."),
        "empty": _("Nobody has sent your agency a sealed copy."),
    })


def columns(rows, address: str) -> list[Column]:
    """The columns of a list of sealed copies, and each row's address."""
    now = timezone.now()
    agencies, staff = agency_names(r.from_agency_id for r in rows), staff_names(r.to_staff_id for r in rows)
    for row in rows:
        row.url = reverse(address, args=[row.pk])
    return [
        Column(_("From"), lambda r: agencies.get(r.from_agency_id, ""), first=True),
        Column(_("For"), lambda r: staff.get(r.to_staff_id, "")),
        Column(_("Sent"), "sent_at"),
        Column(_("State"), lambda r: status(r, now)),
        Column(_("Ends"), lambda r: Deadline(r.expires_at, done=r.state(now) in ENDED)),
    ]


ENDED = (PackageState.EXPIRED, PackageState.WITHDRAWN)


def status(package, now) -> Status:
    state = package.state(now)
    return Status(state.label, TONES.get(state, "plain"))


@require_safe
def package(request, pk):
    """One copy. Once opened it is read here until it ends; each look asks the guard again."""
    by = request.viewer
    if by.sector in JUSTICE:
        return redirect("justice:sealed_copy", pk=pk)
    found = _package(by, pk)
    content, refusal = None, ""
    if found.to_staff_id == by.staff and found.state(timezone.now()) is PackageState.OPENED:
        content, refusal = _read(found, by)
        found = _package(by, pk)
    return render(request, "bridge/package.html", _page(found, by, content, refusal))


@require_POST
def package_open(request, pk):
    """The first look. It is then read at the copy's own address, so that no way back sends this again."""
    by, found = request.viewer, _package(request.viewer, pk)
    if found.to_staff_id != by.staff:
        raise PermissionDenied
    if by.sector not in JUSTICE:
        content, refusal = _read(found, by)
        if content is None:
            return render(request, "bridge/package.html", _page(_package(by, pk), by, None, refusal))
    return redirect("bridge:package", pk=pk)


def _package(by, pk):
    return get_object_or_404(copies.received_packages(by), pk=pk)


def _read(found, by) -> tuple[dict | None, str]:
    try:
        return copies.open_package(package=found, by=by), ""
    except copies.Objection as objection:
        return None, " ".join(objection.found.values())


def _page(found, by, content, refusal) -> dict:
    now = timezone.now()
    names, staff = agency_names([found.from_agency_id]), staff_names([found.to_staff_id, found.sent_by_id])
    sender, reader = names.get(found.from_agency_id, ""), staff.get(found.to_staff_id, "")
    mine, state = found.to_staff_id == by.staff, found.state(now)
    record = Record(
        kind=_("Sealed copy"), title=_("Sealed copy from %(agency)s") % {"agency": sender}, status=status(found, now),
        next_step=_("Read what happens when you open it, then open it")
        if mine and state is PackageState.WAITING else "",
        facts=(*facts(found, sender, staff, now), *([Fact(_("What it is for"), copies.purpose_line(content))]
                                                    if content else [])),
        access=Access(
            _("One person, while the client's permission runs. Nobody who administers this system can open it."),
            (Seer(reader, _("The client named this person.")),
             Seer(_("Others of your agency"), _("They see that there is a copy, for whom and until when; not whose.")),
             Seer(sender, _("The sender sees whether it was opened, and tells the client."))),
        ),
    )
    return {
        "record": record, "lines": copies.said_lines(content) if content else [],
        "opening": Action(_("Open it"), reverse("bridge:package_open", args=[found.pk]), primary=True, post=True),
        "refusal": refusal, "package": found, "now": now,
        "reader": reader, "sender": sender, "mine": mine, "state": state.value,
    }


def facts(found, sender: str, staff: dict, now) -> tuple[Fact, ...]:
    """The head of a copy: the same before it is opened, while it is read and after it has ended."""
    ends = Fact(_("Ends"), Deadline(found.expires_at, done=found.state(now) in ENDED))
    if found.withdrawn_at is not None:
        ends = Fact(_("Withdrawn"), found.withdrawn_at)
    return (
        Fact(_("From"), sender), Fact(_("Sent by"), staff.get(found.sent_by_id)),
        Fact(_("For"), staff.get(found.to_staff_id)), Fact(_("Sent"), found.sent_at), ends,
    )
