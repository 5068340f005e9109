"""Entering what is done: needs, services, contacts, notes, follow-ups, judgements, closing and opening again."""

from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.site.pages.objections import complain
from concord.site.services import actions, caseload
from concord.site.services.forms.files import (
    CloseForm,
    ContactForm,
    DecideNeedForm,
    FollowUpForm,
    GroupServiceForm,
    NeedsForm,
    NoteForm,
    QuickForm,
    ReopenForm,
    ServiceForm,
    StatusForm,
)
from concord.site.services.models import FollowUp, GroupService, Need, Service
from concord.site.services.views._room import INVALID, FileForm, RoomForm
from concord.vocabulary import ServiceType

FIRST_TYPES = 8  # service buttons shown before "more"


class AddNeeds(FileForm):
    form_code, form_class, tab = "needs", NeedsForm, "services"
    title = gettext_lazy("What she or he asks for")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        actions.add_needs(client=self.client, **form.cleaned_data, by=self.request.viewer)
        return self.client.pk


class DecideNeed(FileForm):
    """What came of one need: provided, referred out, or not met and why."""

    form_code, form_class, tab = "need", DecideNeedForm, "services"
    submit_label = gettext_lazy("Save")

    @cached_property
    def need(self) -> Need:
        rows = Need.objects.filter(agency_id=self.request.viewer.agency).select_related("client")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def client(self):
        return self.need.client

    @property
    def title(self):
        return ServiceType(self.need.service_type).label

    def subject(self):
        return self.need.pk

    def act(self, form):
        return actions.decide_need(need=self.need, **form.cleaned_data, by=self.request.viewer).pk


class AddService(FileForm):
    form_code, form_class, tab = "service", ServiceForm, "services"
    title = gettext_lazy("Enter a service")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        return actions.log_service(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


class AddContact(FileForm):
    form_code, form_class = "contact", ContactForm
    title = gettext_lazy("Enter a contact")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        return actions.log_contact(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


class AddNote(FileForm):
    form_code, form_class, tab = "note", NoteForm, "notes"
    title = gettext_lazy("Write a note")
    submit_label = gettext_lazy("Save the note")

    def act(self, form):
        return actions.add_note(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


class AddFollowUp(FileForm):
    form_code, form_class = "follow-up", FollowUpForm
    title = gettext_lazy("Something to do")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        return actions.add_follow_up(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


class JudgeStatus(FileForm):
    form_code, form_class, tab = "status", StatusForm, "details"
    title = gettext_lazy("Potential or confirmed")
    submit_label = gettext_lazy("Save")
    intro = gettext_lazy("It changes nothing about help. It is counted, in two columns, and earlier decisions stay.")

    def act(self, form):
        return actions.judge_status(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


class Close(FileForm):
    form_code, form_class = "close", CloseForm
    title = gettext_lazy("Close the file")
    submit_label = gettext_lazy("Close the file")
    intro = gettext_lazy("She or he can come back at any time: the file is then opened again.")

    def act(self, form):
        given = form.cleaned_data
        living = given.pop("exit_living_situation")
        return actions.close_client(
            client=self.client, **given, exit_living_situation=living.value or "",
            exit_living_situation_why=living.why or "", by=self.request.viewer,
        ).pk  # fmt: skip


class Reopen(FileForm):
    form_code, form_class = "reopen", ReopenForm
    title = gettext_lazy("Open the file again")
    submit_label = gettext_lazy("Open it again")

    def act(self, form):
        return actions.reopen_client(client=self.client, **form.cleaned_data, by=self.request.viewer).pk


@require_POST
def follow_up_done(request, pk):
    rows = FollowUp.objects.filter(agency_id=request.viewer.agency)
    row = actions.finish_follow_up(follow_up=get_object_or_404(rows, pk=pk), by=request.viewer)
    return redirect("services:client", row.client_id)


# --- The quick entry --------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def quick(request):
    """A service in ten seconds on a phone: her, what, save. Three taps; undo is on the next page."""
    recent = caseload.recent(request.viewer)
    clients = [*_asked_for(request, recent.clients), *recent.clients]
    form = QuickForm(request.POST or None, clients=clients, service_types=recent.service_types,
                     initial={"client": str(clients[0].pk)} if request.GET.get("client") else None)  # fmt: skip
    draft = desk_key(request)
    if form.is_valid():
        try:
            made = _enter(request, form, clients)
        except actions.Objection as objection:
            complain(form, objection)
        else:
            return redirect("services:quick_done", made)
    return render(request, "services/quick.html", {
        "title": _("Enter a service"), "form": form, "client_key": draft, "first_types": FIRST_TYPES,
        "find_url": reverse("services:find"), "group_url": reverse("services:group_new"),
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


def desk_key(request):
    """The form's own key: a double tap sends it twice, and one service is entered."""
    return request.POST.get("client_key") or RoomForm.desk.open(request, "quick").client_key


def _asked_for(request, known) -> list:
    """The client the page was opened for, if she is not among the last ones."""
    wanted = request.GET.get("client", "")
    if not wanted:
        return []
    try:
        found = get_object_or_404(caseload.clients(request.viewer), pk=UUID(wanted))
    except ValueError:
        return []
    return [] if found.pk in {client.pk for client in known} else [found]


def _enter(request, form, clients):
    given = form.cleaned_data
    client = next(client for client in clients if client.pk == given.pop("client"))
    return RoomForm.desk.submit(
        request, "quick", lambda: actions.log_service(client=client, **given, by=request.viewer).pk
    )


@never_cache
@require_safe
def quick_done(request, pk):
    """What was entered, and one button to take it back."""
    rows = Service.objects.filter(agency_id=request.viewer.agency).select_related("client")
    service = get_object_or_404(rows, pk=pk)
    return render(request, "services/quick_done.html", {
        "title": _("Entered"), "service": service, "type": ServiceType(service.service_type),
        "again_url": reverse("services:quick"),
    })  # fmt: skip


@require_POST
def service_undo(request, pk):
    rows = Service.objects.filter(agency_id=request.viewer.agency)
    service = actions.undo_service(service=get_object_or_404(rows, pk=pk), by=request.viewer)
    messages.success(request, _("Taken back. It counts nowhere."))
    return redirect("services:services", service.client_id)


class AddGroupService(RoomForm):
    form_code, form_class = "group", GroupServiceForm
    title = page_title = gettext_lazy("A group, or someone who gave no name")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        return actions.log_group_service(**form.cleaned_data, by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("services:group", args=[made])


@require_safe
def group(request, pk):
    service = get_object_or_404(GroupService.objects.filter(agency_id=request.viewer.agency), pk=pk)
    return render(request, "services/group.html", {
        "title": _("Entered"), "service": service, "type": ServiceType(service.service_type),
        "again_url": reverse("services:quick"),
    })  # fmt: skip


@require_POST
def group_undo(request, pk):
    service = get_object_or_404(GroupService.objects.filter(agency_id=request.viewer.agency), pk=pk)
    actions.undo_group_service(service=service, by=request.viewer)
    messages.success(request, _("Taken back. It counts nowhere."))
    return redirect("services:quick")
