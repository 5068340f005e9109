"""Files that may be one person's: what is compared, who may decide, what a link changes, and what it never does."""

import datetime as dt
import logging
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.engine import Engine
from concord.law.keeping import Asked
from concord.law.wall import Viewer, jobs_staff
from concord.site.demo.draws import ENDINGS, Names
from concord.site.services import actions, duplicates, measures, pairs, weighing
from concord.site.services.actions import erasure
from concord.site.services.duplicates import How, What, compare, sketch
from concord.site.services.models import Assignment, Client, Draft, PairDecision
from concord.site.services.reach import Way
from concord.site.stores.acting import acting
from concord.vocabulary import Sector
from tests.febrl import f1, febrl

NEVER, SAME = "different", "same"


def file(**more) -> duplicates.Sketch:
    return sketch(uuid4(), **more)


def how(one, other) -> dict:
    return {part.what: part.how for part in compare(one, other)}


# --- Comparing: values in, value out ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("García", "Garcia", How.SAME),  # accents
        ("GARCIA", "garcia", How.SAME),  # case
        ("Jean-Luc", "Jean Luc", How.SAME),  # hyphens
        ("Lopes", "Lopez", How.ALIKE),
        ("Nguyen", "Nguyễn", How.SAME),
        ("Anna", "Diana", How.DIFFERENT),
        ("Guadalupe", "Lupe", How.DIFFERENT),  # nicknames are not guessed: a table of them would be wrong abroad
        ("", "Lopez", How.MISSING),
        ("Мария", "мария", How.SAME),
    ],
)
def test_two_spellings_of_a_name(one, other, answer):
    assert duplicates.spelt(one, other) == answer == duplicates.spelt(other, one)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("2001-05-03", "2001-05-03", How.SAME),
        ("2001", "2001-05-03", How.FITS),
        ("2001-05", "2001-05-03", How.FITS),
        ("2001-06", "2001-05-03", How.DIFFERENT),
        ("2001", "2001", How.FITS),  # the same year is no birth date
        ("2001-03-05", "2001-05-03", How.SWAPPED),
        ("2001-05-08", "2001-05-03", How.ALIKE),
        ("2010-05-03", "2001-05-03", How.ALIKE),  # two digits changed places
        ("1998-05-12", "2001-05-03", How.DIFFERENT),
        ("", "2001-05-03", How.MISSING),
    ],
)
def test_two_birth_dates(one, other, answer):
    assert duplicates.births(one, other) == answer == duplicates.births(other, one)


def test_given_and_family_name_that_were_swapped_are_said_to_be():
    parts = compare(file(given_name="Nguyen", family_name="Linh"), file(given_name="Linh", family_name="Nguyễn"))
    assert parts[0] == duplicates.Part(What.NAMES, How.SWAPPED, "Nguyen Linh", "Linh Nguyễn")


def test_what_she_is_called_stands_for_her_name_until_enrolment():
    one, other = file(called="Rosalind Example"), file(given_name="Rosalind", family_name="Example", called="Rosa")
    assert [how(one, other)[part] for part in (What.GIVEN, What.FAMILY)] == [How.SAME, How.SAME]


def test_another_name_in_common_is_seen():
    one = file(given_name="Ana", family_name="Silva", other_names="Marisol")
    assert how(one, file(given_name="Marisol", family_name="Duarte"))[What.OTHERS] == How.SAME


def test_phone_numbers_compare_by_their_digits_and_addresses_by_their_words():
    one = file(called="A", reach=["+1 (555) 010-0123", "12 Elm Street, Apt 4, Riverton"])
    other = file(called="B", reach=["555.010.0123", "12 elm st apt 4 riverton"])
    found = how(one, other)
    assert (found[What.PHONE], found[What.PLACE]) == (How.SAME, How.ALIKE)


def test_what_nobody_asked_is_no_difference():
    found = how(file(called="Rosa"), file(called="Rosa"))
    assert {found[part] for part in (What.BIRTH, What.PHONE, What.PLACE, What.LANGUAGE)} == {How.MISSING}


TWICE = (
    dict(given_name="María José", family_name="García", birth_date="2001-05-03"),
    dict(given_name="Maria Jose", family_name="Garcia", birth_date="2001-05-03"),
)


def test_a_near_name_and_the_same_birth_date_are_proposed_by_rule():
    one, other = (file(**facts) for facts in TWICE)
    stranger = file(given_name="Diana", family_name="Okafor", birth_date="2001-05-03")
    assert duplicates.propose([one, stranger, other]) == [duplicates.in_order(one.id, other.id)]


def test_a_birth_date_that_many_share_proposes_nobody():
    born = "2001-01-01"
    n = duplicates.MOST_TOGETHER + 1
    files = [file(given_name="Rosa", family_name="Example", birth_date=born) for _ in range(n)]
    assert duplicates.propose(files) == []


def test_whoever_is_a_and_b_and_b_and_c_is_all_three():
    a, b, c, d, e = sorted(uuid4() for _ in range(5))
    assert duplicates.linked([(a, b), (b, c), (d, e)]) == {
        **dict.fromkeys((a, b, c), frozenset({a, b, c})), **dict.fromkeys((d, e), frozenset({d, e})),
    }  # fmt: skip


# --- Weighing ---------------------------------------------------------------------------------------------------------

def strangers():
    """Thirty people with names and birth dates that are not near."""
    every = Names(ENDINGS["bulk"], double=True)
    names = [every.next() for _ in range(600)][::20]
    born = dt.date(1990, 3, 7)
    return [file(given_name=given, family_name=family, birth_date=born + dt.timedelta(days=389 * n))
            for n, (given, family) in enumerate(names)]  # fmt: skip


weighed = pytest.mark.skipif(not weighing.IS_HERE, reason="the duplicates extra is not installed")


@weighed
def test_febrl_1_is_found_nearly_whole():
    files, true = febrl(1)
    found = set(pairs.propose(files))
    assert f1(found, true) >= 0.99
    assert found <= true


@weighed
def test_a_misspelt_name_and_a_slip_in_the_date_are_weighed_together():
    one = file(given_name="Rosalind", family_name="Quickwillow", birth_date="1999-04-12")
    other = file(given_name="Rosalynd", family_name="Quickwillow", birth_date="1999-04-21")
    assert duplicates.propose([one, other, *strangers()]) == []
    assert weighing.weigh([one, *strangers(), other]) == [duplicates.in_order(one.id, other.id)]


@weighed
def test_sisters_at_one_address_are_not_proposed():
    at = ["12 Elm Street, Riverton 90210", "555-0100"]
    one = file(given_name="Rosa", family_name="Example", birth_date="1999-04-12", reach=at)
    other = file(given_name="Imani", family_name="Example", birth_date="2003-11-30", reach=at)
    assert weighing.weigh([one, other, *strangers()]) == []


@weighed
def test_weighing_writes_no_file_and_no_line(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    weighing.weigh([file(**facts) for facts in TWICE])
    assert list(tmp_path.iterdir()) == []
    assert "garcia" not in caplog.text.casefold()


def test_the_engine_has_no_place_to_spill_to():
    with Engine(memory=weighing.MEMORY, threads=weighing.THREADS) as engine:
        asked = "select current_setting('temp_directory') as place, current_setting('memory_limit') as most"
        found = engine.run(asked).one()
    assert found["place"] == ""
    assert found["most"].startswith(("953", "1.0", "1 "))


@weighed
def test_a_failure_says_nothing_of_the_files(monkeypatch):
    def broken(*_):
        raise ValueError("could not convert 'García'")

    monkeypatch.setattr(weighing, "_settings", broken)
    with pytest.raises(weighing.WeighingFailed) as failed:
        weighing.weigh([file(**facts) for facts in TWICE])
    assert "García" not in str(failed.value)
    assert failed.value.__suppress_context__


def test_without_the_extra_the_rules_propose_and_the_page_says_so(monkeypatch, twice, visit, world):
    monkeypatch.setattr(weighing, "IS_HERE", False)
    page = visit(world.users["advocate"]).post(reverse("services:duplicates_look"), follow=True)
    assert "need the duplicates extra" in page.text
    assert "Same given name, same family name, same birth date" in page.text


# --- Two files in a vault ---------------------------------------------------------------------------------------------


@pytest.fixture
def twice(as_staff, open_file):
    """Two files of one person, opened by two advocates, and one of somebody else; their ids."""
    ids = []
    for by, called, facts in (("advocate", "Majo", TWICE[0]), ("second_advocate", "Maria Jose Garcia", TWICE[1]),
                              ("advocate", "Diana Okafor", {"birth_date": "1988-02-02"})):  # fmt: skip
        pk = open_file(called, by=by)
        with as_staff("advocate") as viewer:
            client = Client.objects.get(pk=pk)
            answers = facts | {"birth_date": dt.date.fromisoformat(facts["birth_date"])}
            actions.record_enrolment(client=client, answers=answers, whys={}, by=viewer)
            actions.set_reach(client=client, reach=[Way(how="call", where="555-0100")], by=viewer)
        ids.append(pk)
    return ids


@pytest.fixture
def jobs(world) -> Viewer:
    """The provider's own jobs, which count."""
    agency = world.agencies["lantern"].pk
    return Viewer(staff=jobs_staff(agency), agency=agency, sector=Sector.COMMUNITY_SERVICES)


@pytest.fixture
def decide(as_staff):
    def decided(one, other, verdict=SAME, by="advocate", note=""):
        with as_staff(by) as viewer:
            return actions.decide_pair(client=Client.objects.get(pk=one), other=Client.objects.get(pk=other),
                                       verdict=verdict, note=note, by=viewer)  # fmt: skip

    return decided


def look(as_staff, by="advocate"):
    with as_staff(by) as viewer:
        return list(actions.look_for_duplicates(by=viewer).pairs)


def test_a_look_proposes_the_two_and_keeps_ids_alone(as_staff, twice):
    assert look(as_staff) == [duplicates.in_order(*twice[:2])]
    with as_staff("advocate"):
        [draft] = Draft.objects.filter(form=pairs.FORM)
        assert set(draft.answers) == {"pairs", "files", "more", "fuller"}
        assert draft.answers["pairs"] == [list(map(str, duplicates.in_order(*twice[:2])))]


def test_a_client_and_the_family_member_opened_from_her_file_are_two_people(as_staff, twice):
    with as_staff("advocate") as by:
        client = Client.objects.get(pk=twice[0])
        child = actions.open_client(called="Maria García", first_contact_on=dt.date(2026, 1, 5), principal=client,
                                    relation="child", reach=[Way(how="call", where="555-0100")], by=by)  # fmt: skip
    assert duplicates.in_order(child.pk, twice[0]) not in look(as_staff)


def test_looking_again_takes_the_place_of_the_last_look(as_staff, twice):
    look(as_staff), look(as_staff)
    with as_staff("advocate"):
        assert Draft.objects.filter(form=pairs.FORM).count() == 1


@pytest.mark.parametrize("verdict", [SAME, NEVER])
def test_what_was_decided_is_not_proposed_again_until_it_is_undone(as_staff, twice, decide, verdict):
    decision = decide(*twice[:2], verdict)
    assert look(as_staff) == []
    with as_staff("advocate") as by:
        actions.undo_decision(decision=decision, by=by)
    assert look(as_staff) == [duplicates.in_order(*twice[:2])]


def test_a_link_merges_nothing(as_staff, twice, decide):
    def rows():
        with as_staff("advocate"):
            return [
                (c.pk, c.called, c.given_name, c.birth_date, c.reach, c.needs.count(), c.enrolments.count())
                for c in Client.objects.order_by("pk")
            ]

    before = rows()
    decide(*twice[:2])
    assert rows() == before


def test_evidence_says_what_was_alike_and_holds_no_name(as_staff, twice, decide):
    decision = decide(*twice[:2], note="She said so")
    with as_staff("advocate"):
        evidence = PairDecision.objects.get(pk=decision.pk).evidence
    assert evidence | {"given": "same", "family": "same", "birth": "same", "phone": "same"} == evidence
    assert not [value for value in evidence.values() if value not in {how.value for how in How}]


def test_a_later_word_about_the_same_two_stands(as_staff, twice, decide):
    decide(*twice[:2], NEVER)
    decide(*reversed(twice[:2]), SAME)
    with as_staff("advocate") as by:
        assert pairs.standing(*twice[:2], by).verdict == SAME
        assert PairDecision.objects.count() == 2
        assert PairDecision.objects.filter(undone_at=None).count() == 1


def test_saying_the_same_twice_is_saying_it_once(twice, decide):
    assert decide(*twice[:2]).pk == decide(*twice[:2]).pk


def test_a_link_that_contradicts_never_these_two_is_refused(twice, decide):
    a, b, c = twice
    decide(a, b), decide(a, c, NEVER)
    with pytest.raises(actions.Objection, match="never to be the same"):
        decide(b, c)


def test_a_file_is_no_pair_with_itself(twice, decide):
    with pytest.raises(actions.Objection, match="Two different files"):
        decide(twice[0], twice[0])


def test_who_does_not_decide_is_refused(twice, decide, visit, world):
    with pytest.raises(actions.Objection, match="case manager or supervisor"):
        decide(*twice[:2], by="second_advocate")
    browser = visit(world.users["second_advocate"])
    assert browser.get(reverse("services:duplicates")).status_code == 404
    page = browser.get(reverse("services:pair", args=twice[:2]))
    assert page.status_code == 200
    assert 'name="verdict"' not in page.text


# --- Restricted files -------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden(as_staff, twice):
    """The second of the two is restricted to the second advocate."""
    with as_staff("second_advocate") as by:
        actions.restrict(client=Client.objects.get(pk=twice[1]), by=by)
    return twice


def test_a_restricted_file_is_compared_for_nobody_who_may_not_open_it(as_staff, hidden, visit, world):
    assert look(as_staff) == []
    browser = visit(world.users["advocate"])
    missing = browser.get(reverse("services:pair", args=[hidden[0], uuid4()]))
    assert browser.get(reverse("services:pair", args=hidden[:2])).status_code == missing.status_code == 404
    assert "Maria Jose" not in browser.get(reverse("services:twins", args=[hidden[0]])).text


def test_a_pair_found_before_one_was_restricted_is_not_shown(as_staff, twice, visit, world):
    look(as_staff)
    with as_staff("second_advocate") as by:
        actions.restrict(client=Client.objects.get(pk=twice[1]), by=by)
    page = visit(world.users["advocate"]).get(reverse("services:duplicates"))
    assert "Maria Jose" not in page.text


@pytest.mark.parametrize("closed", [0, 1])
def test_a_decision_is_hidden_with_either_of_its_files(as_staff, twice, decide, visit, world, closed):
    decision = decide(*twice[:2])
    with as_staff("second_advocate") as by:
        client = Client.objects.get(pk=twice[closed])
        actions.assign(client=client, staff_id=by.staff, by=by)
        Assignment.objects.filter(client=client).exclude(staff_id=by.staff).update(until_date=dt.date(2026, 1, 1))
        actions.restrict(client=client, by=by)
    with as_staff("advocate") as by:
        assert not PairDecision.objects.filter(pk=decision.pk).exists()
        assert pairs.linked(by) == {}
    with as_staff("second_advocate"):
        assert PairDecision.objects.filter(pk=decision.pk).exists()


def test_another_provider_is_proposed_nothing_of_ours(as_staff, open_file, twice, decide):
    decide(*twice[:2])
    open_file("Maria Jose Garcia", by="counsel")
    with as_staff("counsel") as by:
        assert [file.id for file in pairs.all_of(by)] == list(Client.objects.values_list("pk", flat=True))
        assert pairs.verdicts(by) == {}


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_nobody_has_looked_yet(visit, world, twice):
    page = visit(world.users["advocate"]).get(reverse("services:duplicates"))
    assert "Nobody has looked yet" in page.text
    assert "Maria Jose" not in page.text


def test_from_the_list_to_a_decision_and_back(visit, world, twice):
    browser = visit(world.users["advocate"])
    page = browser.post(reverse("services:duplicates_look"), follow=True)
    assert "3 files were compared" in page.text
    assert "same birth date" in page.text
    address = reverse("services:pair", args=duplicates.in_order(*twice[:2]))
    assert "María José" in browser.get(address).text
    page = browser.post(address, {"verdict": SAME, "note": "She said so"}, follow=True)
    assert "She said so" in page.text
    assert "also on file as" in browser.get(reverse("services:client", args=[twice[0]])).text
    assert "No two files look like" in browser.get(reverse("services:duplicates")).text
    browser.post(reverse("services:decision_undo", args=[page.context["decision"].pk]))
    assert "also on file as" not in browser.get(reverse("services:client", args=[twice[0]])).text


def test_no_page_shows_a_score(visit, world, twice):
    browser = visit(world.users["advocate"])
    pages = [browser.post(reverse("services:duplicates_look"), follow=True),
             browser.get(reverse("services:pair", args=twice[:2]))]  # fmt: skip
    assert not [word for page in pages for word in ("score", "%", "probab", "weight") if word in _main(page)]


def _main(page) -> str:
    return page.text.partition("<main")[2].partition("</main>")[0]


def test_one_file_asks_whether_there_is_another(visit, world, twice):
    page = visit(world.users["second_advocate"]).get(reverse("services:twins", args=[twice[0]]))
    assert "Same given name, same family name, same birth date" in page.text


def test_an_answer_that_is_none_decides_nothing(visit, world, twice, as_staff):
    page = visit(world.users["advocate"]).post(reverse("services:pair", args=twice[:2]), {"verdict": "maybe"})
    assert page.status_code == 422
    with as_staff("advocate"):
        assert not PairDecision.objects.exists()


def test_the_pages_stay_within_their_budget(visit, world, twice, counted):
    browser = visit(world.users["advocate"])
    browser.post(reverse("services:duplicates_look"))
    for address in (reverse("services:duplicates"), reverse("services:pair", args=twice[:2]),
                    reverse("services:twins", args=[twice[0]])):  # fmt: skip
        with counted() as statements:
            browser.get(address)
        assert len(statements) <= 12, address


@pytest.mark.parametrize("goes", [0, 1])
def test_an_erased_file_leaves_no_word_of_itself_beside_the_other(as_staff, twice, decide, visit, world, jobs, goes):
    """Still counted as one person: what was counted stays true."""
    decision = decide(*duplicates.in_order(*twice[:2]), note="She told me at the door")
    today = timezone.localdate()
    with as_staff("advocate") as by:
        client = Client.objects.get(pk=twice[goes])
        actions.close_client(client=client, closed_on=today, reason="moved", by=by)
    with as_staff("lantern_admin") as by:
        erasure.erase_client(client=client, asked=Asked.WORD, asked_on=today, by=by)
    with acting(jobs) as a:
        kept = PairDecision.objects.get(pk=decision.pk)
        assert (kept.evidence, kept.note) == (None, None)
        assert set(pairs.linked(a.viewer)) == set(twice[:2])
    browser = visit(world.users["advocate"])
    for page in (browser.get(reverse("services:client", args=[twice[1 - goes]])),
                 browser.get(reverse("services:duplicates"))):  # fmt: skip
        assert page.status_code == 200
        assert "also on file as" not in page.text
        assert "at the door" not in page.text


# --- Counts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def count(jobs):
    quarter = measures.Quarter.of(dt.date.today() - dt.timedelta(days=40))

    def of(measure, **by):
        with acting(jobs) as a:
            rows = measures.counts(quarter, by=a.viewer)
        return sum(row.value for row in rows if row.measure == measure and by.items() <= row.by.items())

    return of


PERSONS = ("clients_served", "clients_new", "clients_open_at_end", "clients_served_by_age_group",
           "clients_served_by_status", "clients_served_by_gender", "clients_served_by_trafficking_type")  # fmt: skip


def test_linked_files_count_as_one_client_and_undone_as_two(as_staff, twice, decide, count):
    assert {count(measure) for measure in PERSONS} == {3}
    decision = decide(*twice[:2])
    assert {count(measure) for measure in PERSONS} == {2}
    with as_staff("advocate") as by:
        actions.undo_decision(decision=decision, by=by)
    assert {count(measure) for measure in PERSONS} == {3}


def test_what_one_of_two_linked_files_says_is_said_of_the_person(as_staff, twice, decide, count):
    with as_staff("advocate") as by:
        for pk, answers in zip(twice[:2], ({"trafficking_type": "labor"}, {"gender": "woman"}), strict=True):
            actions.record_enrolment(client=Client.objects.get(pk=pk), answers=answers, whys={}, by=by)
    decide(*twice[:2])
    assert count("clients_served_by_trafficking_type", trafficking_type="labor") == 1
    assert count("clients_served_by_trafficking_type") == 2


def test_a_service_in_each_file_is_two_services_for_one_person(as_staff, twice, decide, count):
    day = dt.date.today() - dt.timedelta(days=40)
    with as_staff("advocate") as by:
        for pk in twice[:2]:
            actions.log_service(client=Client.objects.get(pk=pk), service_type="TRN", on_date=day, by=by)
    decide(*twice[:2])
    assert count("services_by_type", service_type="TRN") == 2
    assert count("clients_by_service_type", service_type="TRN") == 1


def test_closing_the_second_file_closes_no_client(as_staff, twice, decide, count):
    decide(*twice[:2])
    with as_staff("advocate") as by:
        day = dt.date.today() - dt.timedelta(days=39)
        actions.close_client(client=Client.objects.get(pk=twice[1]), closed_on=day, reason="other", by=by)
    assert (count("clients_closed"), count("closures_by_reason")) == (0, 0)


def test_restricted_files_that_are_linked_count_as_one_too(as_staff, twice, decide, count):
    decide(*twice[:2])
    with as_staff("second_advocate") as by:
        actions.restrict(client=Client.objects.get(pk=twice[1]), by=by)
    assert count("clients_served") == 2
