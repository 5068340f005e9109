"""What is asked again and again, told once: one question a page, each may be skipped."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.site.pages.forms import Form, Group
from concord.site.services.actions.packet import MOST
from concord.vocabulary import PacketQuestion

#: One sentence that helps to begin. Nothing asks for proof, papers or police.
HINTS = {
    PacketQuestion.CALLED: _("Any name you like. It need not be the one on your papers."),
    PacketQuestion.LANGUAGE: _("Also whom you do not want as interpreter."),
    PacketQuestion.SAFE_CONTACT: _("Which number, which times, and what nobody should say."),
    PacketQuestion.ASKED_BEFORE: _("Police, a hospital, a lawyer, a shelter: whoever you remember."),
    PacketQuestion.WORK: _("As much or as little as you want."),
    PacketQuestion.CONTROL: _("Threats, debts, locked doors, papers taken, someone watched, anything else."),
    PacketQuestion.MONEY: _("Who got it, what you were told you owed."),
    PacketQuestion.MOVED: _("Places and times, as far as you know them."),
    PacketQuestion.SAFETY: _("For yourself and for others."),
    PacketQuestion.HEALTH: _("Only what you want them to know."),
    PacketQuestion.FAMILY: _("Who may know where you are, and who may not."),
    PacketQuestion.WANTS: _("There is no wrong answer."),
}


class TellForm(Form):
    """A question a page. Every answer may stay empty; the day is asked last."""

    told_on = forms.DateField(label=_("On which day was this told?"), initial=timezone.localdate)

    groups = (
        *(Group(question.value, question.label, (question.value,)) for question in PacketQuestion),
        Group("day", _("The day"), ("told_on",)),
    )

    def __init__(self, *args, **kwargs):
        fields = {
            question.value: forms.CharField(
                label=question.label, required=False, max_length=MOST, help_text=HINTS[question],
                widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
            )
            for question in PacketQuestion
        }  # fmt: skip
        self.base_fields = fields | self.base_fields
        super().__init__(*args, **kwargs)

    def told(self) -> dict[str, str]:
        return {question.value: self.cleaned_data.get(question.value, "") for question in PacketQuestion}
