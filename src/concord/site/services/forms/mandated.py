"""A report that a law demands at once: the duty, how it was made, and when she was told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.law import mandated as law
from concord.site.pages.forms import Form, Group
from concord.site.services.forms.demands import AgencyField, item_boxes, long_text, moment


class DutyForm(Form):
    """Which duty, and when it was learned of. Where the state has no pack, staff name the section."""

    duty = forms.ChoiceField(label=_("Which law asks for a report?"), widget=forms.RadioSelect, required=False)
    citation = forms.CharField(
        label=_("Which section of your state's law?"), max_length=200, required=False,
        help_text=_("There is no list for your state here yet. Without a section nothing may be said to anybody."),
    )  # fmt: skip
    learned_at = moment(_("When did you learn of it?"), help_text=_("The hours run from then."))

    def __init__(self, *args, state, **kwargs):
        super().__init__(*args, **kwargs)
        self.state = state
        self.fields["duty"].choices = [(one.code, f"{one.title} ({one.citation})") for one in law.duties(state)]
        if not law.may_name(state):
            del self.fields["citation"]

    def clean(self):
        given = super().clean()
        named = given.pop("citation", "").strip()
        if named and given.get("duty"):
            self.add_error("citation", _("Choose from the list or name a section, not both."))
        elif named:
            given["duty"] = law.naming(self.state, named)
        elif not given.get("duty") and "duty" not in self.errors:
            self.add_error("duty", _("Choose the law that asks for it. Without one, nothing may be said to anybody."))
        return given


class SaidForm(Form):
    """A report that was made by telephone or in writing: what was said to whom, and when."""

    way = forms.TypedChoiceField(
        label=_("How was it made?"), widget=forms.RadioSelect, coerce=law.Way,
        choices=[(law.Way.TELEPHONE.value, _("By telephone")),
                 (law.Way.PAPER.value, _("In writing: by fax, letter or the agency's own page"))],
    )  # fmt: skip
    to_words = forms.CharField(
        label=_("To whom?"), max_length=300, help_text=_("Which hotline or office, and who took it.")
    )
    made_at = moment(_("When?"))
    items = item_boxes(_("What was said?"), help_text=_("The ledger keeps it. Only what the law asks for."))
    summary = long_text(label=_("The account, if one was given"), required=False)
    reference = forms.CharField(label=_("Number they gave"), max_length=120, required=False)


class SendForm(Form):
    """A report that goes from here, to an agency of the task force; the last page shows exactly what goes."""

    to_agency = AgencyField(label=_("To which agency?"))
    items = item_boxes(_("What is said?"), help_text=_("Only what the law asks for. What is not chosen does not go."))
    summary = long_text(label=_("The account"), required=False, help_text=_("What you saw or heard. No more."))

    groups = (
        Group("to", _("To whom"), ("to_agency",)),
        Group("what", _("What is said"), ("items", "summary")),
    )

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        if "to_agency" in self.fields:
            self.fields["to_agency"].required = True
            self.fields["to_agency"].choices = [
                ("", _("Choose an agency")), *((str(agency.pk), agency.name) for agency in agencies)
            ]  # fmt: skip


class PrivilegeForm(Form):
    privilege = forms.ChoiceField(label=_("Which privilege?"), widget=forms.RadioSelect)
    words = long_text(label=_("Who heard it, and as what"), required=False)

    def __init__(self, *args, duty, **kwargs):
        super().__init__(*args, **kwargs)
        named = [(one.id, f"{one.title} ({one.citation})") for one in duty.privileges]
        self.fields["privilege"].choices = named


class ToldForm(Form):
    told_at = forms.DateTimeField(label=_("When was she or he told?"), required=False)
    not_told_reason = long_text(
        label=_("Or: why not yet?"), required=False, help_text=_("Such as: telling now would put a child in danger.")
    )
