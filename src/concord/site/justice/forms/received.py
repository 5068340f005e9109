from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.justice.forms.common import ANY, day, long_text, one_of
from concord.site.pages.forms import FilterForm, Form, FullDateField
from concord.vocabulary import HoldKind


class RecordFilter(FilterForm):
    show = forms.ChoiceField(label=_("Show"), required=False, choices=[
        *ANY, ("loose", _("In no investigation")), ("held", _("Under a legal hold"))])


class AttachForm(Form):
    investigation = forms.ChoiceField(
        label=_("To which investigation does it belong?"), required=False,
        help_text=_("Only your own agency reads the record, also where others are on the team."))

    def __init__(self, *args, investigations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["investigation"].choices = [
            ("", _("To none")), *((str(i.pk), i.code_name) for i in investigations)]


class KeepForm(Form):
    keep_until = FullDateField(
        label=_("Keep it until"), required=False,
        help_text=_("The day your agency's retention schedule gives. Nothing is deleted by itself: on that day your "
                    "records officer decides. Leave it empty where the schedule gives none yet."))


class HoldForm(Form):
    hold = one_of(HoldKind, _("Why must it stay?"))
    hold_reason = long_text(_("Which case, order or audit, and who said so"), rows=3)


class DiscoveryForm(Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    handed_over = forms.ChoiceField(label=_("Was it handed over?"), widget=forms.RadioSelect, choices=[
        ("yes", _("Yes, to the defence or a court")), ("no", _("No, and it was decided that it need not be"))])
    on_date = day(_("On which day?"), today=True)
    to = forms.CharField(label=_("To whom, if it was"), max_length=300, required=False)
    reason = long_text(_("Why not, if it was not, and who decided"), rows=3)
