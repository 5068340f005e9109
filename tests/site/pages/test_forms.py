"""Answers are read as people write them, and what is wrong is said where it stands."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from concord.site.pages import dates
from concord.site.pages import forms as ours
from concord.vocabulary import Why


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-5-3", "2019-05-03"),
        ("5/3/2019", "2019-05-03"),
        ("5/2019", "2019-05"),
        (" 2024-02-29 ", "2024-02-29"),
    ],
)
def test_a_partial_date_is_read_as_written(text, iso):
    assert dates.parse(text) == iso


@pytest.mark.parametrize(
    "text", ["", "19", "5/3/19", "2019-13", "2019-02-30", "2023-02-29", "0000", "May 2019", "2019-"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        dates.parse(text)


@pytest.mark.parametrize(
    ("month", "day", "year", "iso"),
    [
        ("5", "3", "2019", "2019-05-03"),
        ("5", "", "2019", "2019-05"),
        ("", "", "2019", "2019"),
        ("", "", "", ""),
        ("", "", "2019-05-03", "2019-05-03"),
        ("", "", "5/3/2019", "2019-05-03"),
    ],
)
def test_three_inputs_make_one_partial_date(month, day, year, iso):
    assert ours.PartialDateField(required=False).clean([month, day, year]) == iso


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["", "3", "2019"], "no_month"),
        (["5", "3", ""], "no_year"),
        (["5", "3", "19"], "short_year"),
        (["2", "30", "2019"], "no_date"),
        (["5", "x", "2019"], "no_date"),
        (["", "", "soon"], "no_date"),
        (["5", "3", "2999"], "future"),
        (["", "", ""], "required"),
    ],
)
def test_a_partial_date_says_what_to_change(parts, code):
    with pytest.raises(ValidationError) as refused:
        ours.PartialDateField(past=True).clean(parts)
    assert refused.value.code == code


def test_a_full_date_needs_its_day():
    assert ours.FullDateField().clean(["5", "3", "2019"]) == dt.date(2019, 5, 3)
    with pytest.raises(ValidationError, match="month and the day"):
        ours.FullDateField().clean(["5", "", "2019"])


@pytest.mark.parametrize(("text", "amount"), [("1200", "1200.00"), ("$1,200.50", "1200.50"), ("0", "0.00")])
def test_money_is_read_as_written(text, amount):
    assert ours.MoneyField().clean(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["-1", "1.234", "NaN", "Infinity", "1e12", "twelve", "99999999999"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValidationError):
        ours.MoneyField().clean(text)


def test_a_duration_takes_minutes_alone():
    assert ours.DurationField().clean(["", "90"]) == dt.timedelta(minutes=90)
    assert ours.DurationField(required=False).clean(["", ""]) is None


def test_a_long_list_takes_as_much_as_is_needed_to_tell():
    field = ours.SearchSelectField(choices=[("es", "Spanish"), ("esm", "Spanish, Mexico"), ("en", "English")])
    assert field.clean("spanish") == "es"
    assert field.clean("mex") == "esm"
    with pytest.raises(ValidationError, match="2 entries fit"):
        field.clean("span")
    with pytest.raises(ValidationError, match="Nothing in the list"):
        field.clean("Klingon")


class Questions(ours.Form):
    groups = (ours.Group("who", "Who", ("name", "phone")), ours.Group("when", "When", ("born", "kinds")))
    name = forms.CharField(max_length=5)
    phone = ours.WhyField(forms.CharField())
    born = ours.WhyField(ours.PartialDateField(), required=False)
    kinds = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(required=False, error_messages={"max_length": "Our own words."}, max_length=3)


def answered(**answers):
    given = QueryDict(mutable=True)
    given.update({"name": "Ana", "phone": "1", "kinds": "a"} | answers)
    return Questions(given)


def test_declining_is_an_answer():
    form = answered(phone="", phone_why="declined", born_why="not_asked")
    assert form.is_valid()
    assert form.cleaned_data["phone"] == ours.ValueOrWhy(None, Why.DECLINED)
    assert form.cleaned_data["born"] == ours.ValueOrWhy(None, Why.NOT_ASKED)


def test_a_value_within_a_why_field_is_read_by_its_own_field():
    form = answered(born_month="5", born_year="2019")
    assert form.is_valid()
    assert form.cleaned_data["born"] == ours.ValueOrWhy("2019-05", None)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"phone": ""}, "required"),
        ({"phone_why": "declined"}, "both"),
        ({"phone": "", "phone_why": "x"}, "invalid_choice"),
    ],
)
def test_an_answer_and_a_reason_exclude_each_other_and_one_is_needed(answers, code):
    assert answered(**answers).errors.as_data()["phone"][0].code == code


def test_a_choice_may_be_declined_among_its_radios():
    field = ours.WhyChoiceField(choices=[("yes", "Yes"), ("declined", "Declined the bed")])
    assert field.clean("declined") == ours.ValueOrWhy("declined", None)
    assert field.clean("why:declined") == ours.ValueOrWhy(None, Why.DECLINED)
    assert field.prepare_value(ours.ValueOrWhy(None, Why.DECLINED)) == "why:declined"


def test_the_summary_leads_to_the_first_input_of_each_question_in_order():
    form = answered(name="Too long", phone="", born_month="2", born_day="30", born_year="2019", kinds="", note="1234")
    assert [complaint.target for complaint in form.complaints] == [
        "id_note",
        "id_name",
        "id_phone_0",
        "id_born_0_0",
        "id_kinds_0",
    ]
    html = str(form)
    assert all(f'id="{complaint.target}"' in html for complaint in form.complaints)


def test_messages_say_what_to_do_unless_the_room_says_it_better():
    said = {
        complaint.target: complaint.words for complaint in answered(name="Too long", note="1234", kinds="x").complaints
    }
    assert said["id_name"] == "Shorten this to 5 characters or fewer. It has 8."
    assert said["id_note"] == "Our own words."
    assert said["id_kinds_0"] == "Choose one from the list."


def test_errors_stand_at_the_field_and_are_tied_to_it():
    html = str(answered(name=""))
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_error"' in html


def test_a_draft_shows_its_answers_and_complains_of_nothing():
    html = str(Questions.from_draft(QueryDict("name=Far+too+long&born_month=2&born_day=30")))
    assert 'value="Far too long"' in html
    assert 'value="30"' in html
    assert "usa-error-message" not in html


def test_a_step_asks_its_own_group_and_names_every_input():
    form = Questions(QueryDict("name=Ana&phone_why=declined"), step="who")
    assert form.is_valid()
    assert set(form.fields) == {"name", "phone"}
    assert form.asked == ["name", "phone", "phone_why"]


class Filter(ours.FilterForm):
    stage = forms.ChoiceField(choices=[("", "Any"), ("open", "Open")], required=False)
    mine = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    ("query", "narrowing"), [("", False), ("stage=", False), ("stage=open", True), ("stage=x", False)]
)
def test_a_filter_narrows_only_by_what_it_understands(query, narrowing):
    assert Filter(QueryDict(query)).is_narrowing is narrowing
