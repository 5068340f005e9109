"""Opening a file, search first; enrolment; ways to reach her; people who asked and were not served."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from concord.law.keeping import MAY_ERASE
from concord.site.pages.forms import ValueOrWhy
from concord.site.pages.records import Access, Action, Fact, Record, Seer
from concord.site.services import actions, reach, search
from concord.site.services.forms.files import EnrolmentForm, InquiryForm, IntakeForm, ReachForm
from concord.site.services.models import Inquiry
from concord.site.services.views._room import INVALID, FileForm, OfFile, RoomForm
from concord.site.services.views.lists import linked
from concord.vocabulary import NotServedReason, ServiceType, SpokenLanguage, Why


class OpenFile(RoomForm):
    """Five questions and a file. A like name among our own files is shown first, and must be looked at."""

    form_code, form_class, template_name = "intake", IntakeForm, "services/intake.html"
    title = page_title = gettext_lazy("Open a client file")
    submit_label = gettext_lazy("Open the file")
    intro = gettext_lazy(
        "Ask only what the moment allows. Help does not depend on any answer, and nobody is asked about police, "
        "papers or a signature."
    )

    def act(self, form):
        return actions.open_client(**form.opening(), by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("services:client", args=[made])

    def post(self, request, *args, **kwargs):
        if "look" in request.POST:
            self.desk.keep(request, self.form_code, self.subject())
            return self._show(self.form_class.from_draft(request.POST, **self._options()), self._sent())
        return super().post(request, *args, **kwargs)

    def _submit(self, form):
        if self._found(form) and not form.cleaned_data["someone_else"]:
            form.add_error("called", _("A file with a like name is here already. Open it, or say that it is another."))
            self.desk.keep(self.request, self.form_code, self.subject())
            return self._show(form, self._sent(), INVALID)
        return super()._submit(form)

    def _found(self, form):
        return search.find(form.name_typed[:120], by=self.request.viewer)

    def _show(self, form, draft, status=200):
        self.matches = linked(self._found(form))
        return super()._show(form, draft, status)

    def more(self):
        return super().more() | {
            "matches": self.matches, "inquiry_url": reverse("services:inquiry_new"),
            "back_url": reverse("services:clients"), "back_label": _("Client files"),
        }  # fmt: skip


class AddFamily(OfFile, OpenFile):
    """A family member's own file, opened from the principal client's."""

    form_code = "family"
    title = page_title = gettext_lazy("Open a file for a family member")

    def form_options(self):
        return {"family": True}

    def act(self, form):
        return actions.open_client(**form.opening(), principal=self.client, by=self.request.viewer).pk


class Enrol(FileForm):
    """What enrolment asks, a group at a time. It can be opened again whenever more is known."""

    form_code, form_class, one_at_a_time = "enrolment", EnrolmentForm, True
    title = gettext_lazy("Enrolment")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        answers, whys = form.answers()
        return actions.record_enrolment(client=self.client, answers=answers, whys=whys, by=self.request.viewer).pk

    def form_options(self):
        """What is known already: nothing is asked twice."""
        client, enrolment = self.client, self.client.enrolments.order_by("-opened_on", "-created_at").first()
        known = {name: getattr(client, name) for name in EnrolmentForm.PLAIN}
        for row, names in ((client, ("birth_date", "race", "gender", "trafficking_type")),
                           (enrolment, ("age_at_entry", "referral_source", "living_situation"))):  # fmt: skip
            known |= {name: _answer(getattr(row, name), getattr(row, f"{name}_why"), client) for name in names}
        return {"initial": known}


def _answer(value, why: str, client) -> ValueOrWhy | None:
    """An answer as the form shows it. Until enrolment is asked, "not asked" is a default and is not ticked."""
    if value in (None, "") and client.enrolment_asked_at is None:
        return None
    return ValueOrWhy(value, None) if value not in (None, "") else ValueOrWhy(None, Why(why) if why else None)


class ChangeReach(FileForm):
    form_code, form_class, tab = "reach", ReachForm, "details"
    title = gettext_lazy("How to reach her or him safely")
    submit_label = gettext_lazy("Save")

    def act(self, form):
        given = form.cleaned_data
        return actions.set_reach(client=self.client, reach=form.ways(), called=given["called"],
                                 language=given["language"], by=self.request.viewer).pk  # fmt: skip

    def form_options(self):
        ways = reach.read(self.client.reach)
        known = {"called": self.client.called, "language": self.client.language}
        return {"initial": known | ReachForm.initial_of(ways)}


class KeepInquiry(RoomForm):
    form_code, form_class = "inquiry", InquiryForm
    title = page_title = gettext_lazy("Somebody asked and is not served here")
    submit_label = gettext_lazy("Keep it")
    intro = gettext_lazy("It is kept like a client's file: nobody outside sees it. What was asked for is counted.")

    def act(self, form):
        given = form.cleaned_data
        called = given.pop("called")
        return actions.keep_inquiry(**given, called=called.value or "", called_why=called.why or "",
                                    by=self.request.viewer).pk  # fmt: skip

    def done_url(self, made):
        return reverse("services:inquiry", args=[made])

    def more(self):
        return super().more() | {"back_url": reverse("services:inquiries"), "back_label": _("Asked, not served")}


@require_safe
def inquiry(request, pk):
    row = get_object_or_404(Inquiry.objects.filter(agency_id=request.viewer.agency), pk=pk)
    wanted = [ServiceType(code).label for code in row.wanted or []]
    record = Record(
        kind=_("Asked, not served"),
        title=row.called or _("No name given"),
        facts=(
            Fact(_("When"), row.on_date),
            Fact(_("Asked for"), ", ".join(wanted)),
            Fact(_("Language"), SpokenLanguage(row.language).label if row.language else None),
            Fact(_("Not served because"), NotServedReason(row.reason).label),
        ),
        actions=(Action(_("Open a client file"), reverse("services:client_new"), primary=True),
                 *([Action(_("Erase it"), reverse("services:inquiry_erase", args=[row.pk]))]
                   if request.viewer.has(*MAY_ERASE) else [])),
        access=Access(
            _("Protected like a client's file."),
            (
                Seer(
                    _("Staff of your agency"),
                    _("She asked you."),
                ),
            ),
        ),
    )
    return render(request, "services/inquiry.html", {"record": record, "note": row.note})
