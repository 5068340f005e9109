"""What the pages of real input ask."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.casefile.formats.court import CODED, FIELDS, NEEDED
from concord.casefile.reading import ENCODINGS
from concord.site.justice.codes import RereadStatus
from concord.site.justice.forms.common import jurisdictions, long_text
from concord.site.pages import widgets
from concord.site.pages.forms import FilterForm, Form, Group, advise
from concord.vocabulary import ChargeClass, Disposition, SentenceKind

LARGEST = 20 * 1024 * 1024
HEADINGS = {
    "docket": _("Docket number"), "defendant": _("Number of the defendant"), "sequence": _("Number of the charge"),
    "citation": _("Citation as filed"), "disposed_citation": _("Citation as disposed"), "counts": _("Counts"),
    "filed_on": _("Filed on"), "disposed_on": _("Disposed on"), "class": _("Kind of charge"),
    "disposition": _("Disposition"), "sentence_kind": _("Kind of sentence"), "sentence_months": _("Months of the term"),
    "probation_months": _("Months of probation"), "fine_usd": _("Fine"),
    "restitution_asked_usd": _("Restitution asked"), "restitution_ordered_usd": _("Restitution ordered"),
    "restitution_paid_usd": _("Restitution paid"),
}  # fmt: skip
DATES = [("%Y-%m-%d", "2026-05-03"), ("%m/%d/%Y", "05/03/2026"), ("%m/%d/%y", "05/03/26"), ("%d-%b-%y", "03-MAY-26"),
         ("%d-%b-%Y", "03-MAY-2026"), ("%Y%m%d", "20260503")]  # fmt: skip
SEPARATORS = [(",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar |"))]
MEANINGS = {"disposition": Disposition, "sentence_kind": SentenceKind, "class": ChargeClass}


class FileField(forms.FileField):
    """A file of one of some kinds, small enough to wait in memory."""

    def __init__(self, *, endings: tuple[str, ...], **kwargs):
        self.endings = endings
        wanted = _("Choose a file of at most 20 MB. A larger one is read by the command on the server.")
        kwargs["error_messages"] = {"required": wanted, "empty": _("This file is empty.")}
        super().__init__(widget=forms.FileInput(attrs={"accept": ",".join(endings)}), max_length=200, **kwargs)

    def to_python(self, data):
        sent = super().to_python(data)
        if sent and not sent.name.lower().endswith(self.endings):
            raise ValidationError(_("Choose a file that ends in %(endings)s.") % {"endings": ", ".join(self.endings)})
        return sent


class ReleaseForm(Form):
    release = FileField(endings=(".zip",), label=_("The release, as a zip"),
                        help_text=_("The CSV files of one FBI download with its look-ups, at most 20 MB."))


class ChargesForm(Form):
    charges = FileField(endings=(".csv", ".xlsx"), label=_("The file from the court or prosecutor"),
                        help_text=_("CSV or XLSX, one charge of one defendant in a row, at most 20 MB."))
    mapping = forms.ChoiceField(label=_("How is it read?"))
    encoding = forms.ChoiceField(label=_("Letters, if the mapping is new"), choices=[(e, e) for e in ENCODINGS[::2]],
                                 help_text=_("utf-8 unless the sender says cp1252."))
    delimiter = forms.ChoiceField(label=_("Separator, if the mapping is new"), choices=SEPARATORS)
    sheet = forms.CharField(label=_("Sheet of the workbook, if it has several"), max_length=60, required=False)

    def __init__(self, *args, saved, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = [("", _("Choose one")), *((str(m.pk), m.name) for m in saved),
                                          ("new", _("A file of a new kind: choose its columns"))]


def _add(form: Form, name: str, field: forms.Field) -> None:
    """A question that depends on the file, dressed like the others."""
    widgets.dress(field.widget)
    advise(field)
    form.fields[name] = field


class ColumnsForm(Form):
    """Which column of the court's file is what; the words of coded columns are asked after that."""

    name = forms.CharField(label=_("Name of this mapping"), max_length=60)
    system = forms.CharField(
        label=_("Whose numbers are they?"), max_length=60,
        help_text=_("The court's system. It stays the same from file to file: charges are known again by it."))
    jurisdiction = forms.ChoiceField(label=_("Under whose law are the citations?"), choices=jurisdictions)
    date_format = forms.ChoiceField(label=_("How does it write dates?"), choices=DATES)
    name_heading = forms.ChoiceField(
        label=_("Column of the defendant's name"), required=False,
        help_text=_("Compared with your own people and forgotten; kept, sealed, only while somebody waits."))

    groups = (Group("how", _("This kind of file"), ("name", "system", "jurisdiction", "date_format")),
              Group("columns", _("Its columns"), (*(f"column_{f}" for f in FIELDS), "name_heading")))

    def __init__(self, *args, headings, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in this file")), *((h, h) for h in headings)]
        for field in FIELDS:
            _add(self, f"column_{field}", forms.ChoiceField(
                label=HEADINGS[field], choices=choices, required=field in NEEDED))
        self.fields["name_heading"].choices = choices

    def columns(self) -> dict[str, str]:
        chosen = {field: self.cleaned_data.get(f"column_{field}", "") for field in FIELDS}
        return {field: heading for field, heading in chosen.items() if heading}

    def coded(self) -> dict[str, str]:
        """The chosen columns of codes."""
        return {field: heading for field, heading in self.columns().items() if field in CODED}

    def clean(self):
        cleaned = super().clean()
        chosen = list(self.columns().values())
        twice = next((field for field, heading in self.columns().items() if chosen.count(heading) > 1), None)
        if twice:
            self.add_error(f"column_{twice}", _("This column is chosen twice."))
        return cleaned


class WordsForm(Form):
    """What each word of the coded columns means."""

    def __init__(self, *args, words: dict[str, list[str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.words = words
        for field, found in words.items():
            for at, word in enumerate(found):
                _add(self, f"{field}_{at}", forms.ChoiceField(
                    label=f"{HEADINGS[field]}: {word}", choices=[("", _("Choose one")), *MEANINGS[field].choices()]))

    def codes(self) -> dict[str, dict[str, str]]:
        return {field: {word: self.cleaned_data[f"{field}_{at}"] for at, word in enumerate(found)}
                for field, found in self.words.items() if found}  # fmt: skip


class RereadFilter(FilterForm):
    status = forms.ChoiceField(label=_("Show"), required=False, choices=[
        ("", _("Waiting")), *((s.value, s.label) for s in RereadStatus if s is not RereadStatus.WAITING),
        ("all", _("All"))])


class RereadForm(Form):
    """What reading it again came to; with indicators a lead is opened on a page of its own."""

    status = forms.ChoiceField(label=_("What did you find?"), widget=forms.RadioSelect, choices=[
        (s.value, s.label) for s in (RereadStatus.NONE, RereadStatus.NOT_ENOUGH, RereadStatus.INDICATORS)])
    note = long_text(_("Why, for whoever reads it next"))


class CaseForm(Form):
    case = forms.ChoiceField(label=_("In which investigation?"))

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [("", _("Choose one")), *((str(c.pk), c.code_name) for c in cases)]


class PersonForm(Form):
    person = forms.ChoiceField(label=_("Who is it?"), widget=forms.RadioSelect)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(p.pk), f"{p.shown_as} ({p.investigation.code_name})") for p in people]
