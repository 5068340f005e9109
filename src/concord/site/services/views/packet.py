"""What she told once: asked a question a page on her own terms, printed for her, taken back when she says so."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from concord.site.services import actions
from concord.site.services.actions.packet import packet as standing
from concord.site.services.forms.packet import TellForm
from concord.site.services.models import PacketAnswer
from concord.site.services.views._room import FileForm, get_client, opened, show
from concord.site.services.views.release_paper import language_of, other_language
from concord.site.stores import audit
from concord.vocabulary import PacketQuestion


@never_cache
@require_safe
def packet(request, pk):
    """Each question with what stands, or nothing: none of them has to be answered."""
    row = get_client(request, pk)
    return show(request, "services/packet.html", opened(row), {"questions": _questions(row)}, current="packet")


def _questions(row) -> list[dict]:
    told = standing(row)
    return [
        {"code": question.value, "label": question.label, "answer": told.get(question)} for question in PacketQuestion
    ]


@never_cache
@require_safe
def on_paper(request, pk):
    """Hers to keep: her words, and nothing that says where she told them."""
    row = get_client(request, pk)
    audit.record("file.printed", row)
    with override(language_of(request)):
        return render(request, "services/packet_paper.html", {
            "title": _("What I told once"), "page_title": _("Told once"), "answers": standing(row).items(),
            "back_url": reverse("services:packet", args=[row.pk]), "back_label": row.display_name,
            "handling": _("Hers. Nobody else reads it unless she shows it, or signs a release for it."),
            **other_language(request),
        })  # fmt: skip


@require_POST
def take_back(request, pk):
    rows = PacketAnswer.objects.filter(agency_id=request.viewer.agency, client__erased_on=None)
    answer = get_object_or_404(rows, pk=pk)
    actions.take_back_answer(answer=answer, by=request.viewer)
    messages.success(request, _("Taken back. Nobody is shown it from now on."))
    return redirect("services:packet", answer.client_id)


class Tell(FileForm):
    """A question a page, on the phone with her. What stands already is shown; what is left empty stays as it was."""

    form_code, form_class, tab, one_at_a_time = "packet", TellForm, "packet", True
    template_name, check_template_name = "services/packet_step.html", "services/packet_check.html"
    title = gettext_lazy("In her or his own words")
    submit_label = gettext_lazy("Keep these words")

    def form_options(self):
        return {"initial": {question.value: answer.words for question, answer in standing(self.client).items()}}

    def act(self, form):
        actions.tell_once(
            client=self.client, words=form.told(), told_on=form.cleaned_data["told_on"], by=self.request.viewer
        )
        return self.client.pk

    def more(self):
        codes = [group.code for group in self.form_class.groups]
        following = [*codes, "check"][codes.index(self._step()) + 1] if not self._is_checking() else ""
        return super().more() | {"skip_url": f"?step={following}", "leave_url": self.done_url(None)}
