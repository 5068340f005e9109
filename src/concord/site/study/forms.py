from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.pages.forms import Form, FullDateField


class StudyForm(Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    question = forms.CharField(label=_("What does it ask?"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    began_on = FullDateField(label=_("Began on"))


class AgreementForm(Form):
    number = forms.CharField(label=_("Number of the agreement"), max_length=60,
                             help_text=_("As it stands in the manifest of research bundles."))
    with_agency = forms.TypedChoiceField(coerce=UUID, label=_("With which agency?"))
    signed_on = FullDateField(label=_("Signed on"), past=True)
    expires_on = FullDateField(label=_("Ends on"))
    destroy_by = FullDateField(label=_("Data to be destroyed by"))

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["with_agency"].choices = [("", _("Choose an agency")), *((str(a.pk), a.name) for a in agencies)]

    def clean(self):
        given = super().clean()
        signed = given.get("signed_on")
        for name in ("expires_on", "destroy_by"):
            if signed and given.get(name) and given[name] < signed:
                self.add_error(name, _("This lies before the signature."))
        return given
