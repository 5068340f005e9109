"""A study rests on agreements: without one in force nothing is received, and the page says why."""

import datetime as dt

import pytest
from django.utils import timezone

from concord.casefile import bundle as bundles
from concord.site.stores.acting import StoreRefused, acting
from concord.site.study import actions, home
from concord.site.study.models import BundleReceived, Study
from concord.vocabulary import Grade

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


def open_study(world):
    viewer = world.viewer("evaluator")
    with acting(viewer):
        return actions.open_study(title="What changed", question="", began_on=TODAY, by=viewer)


def agree(world, study, *, number="A-1", signed=TODAY - 30 * DAY, expires=TODAY + 30 * DAY):
    viewer = world.viewer("evaluator")
    with acting(viewer):
        return actions.record_agreement(study=study, number=number, with_agency=world.agencies["police"].pk,
                                        signed_on=signed, expires_on=expires, destroy_by=expires + 365 * DAY, by=viewer)


def receive(world, study, folder):
    viewer = world.viewer("evaluator")
    with acting(viewer):
        return actions.receive(study=study, folder=folder, by=viewer)


def bundle(folder, grade=Grade.SHAREABLE, agreement="", **rows):
    site = {"site_id": "site-1", "scope": "local", "lead_sector_why": "not_recorded", "population_why": "not_recorded"}
    destroy_by = TODAY + 90 * DAY if agreement else None
    origin = bundles.Origin(bundles.Source.LIVE_RECORD, TODAY, grade, agreement, destroy_by)
    bundles.write(folder, {"site": [site]} | rows, origin, created=timezone.now())
    return folder


def test_a_bundle_is_received_with_its_counts_and_checks(world, visit, tmp_path):
    study = open_study(world)
    agreement = agree(world, study)
    received = receive(world, study, bundle(tmp_path / "b"))
    assert (received.agreement, received.errors, received.rows["site"]) == (agreement, 0, 1)
    assert received.destroy_by == agreement.destroy_by
    page = visit(world.users["evaluator"]).get(f"/studies/bundles/{received.pk}/").content.decode()
    assert "every check passed" in page


def test_what_the_checks_found_is_shown(world, visit, tmp_path):
    study = open_study(world)
    agree(world, study)
    period = {"site_id": "nowhere", "period": "2025-Q1", "measure": "meetings", "count": 3, "status": "exact",
              "source": "other"}
    received = receive(world, study, bundle(tmp_path / "b", site_period=[period]))
    assert received.errors == 1
    page = visit(world.users["evaluator"]).get(f"/studies/bundles/{received.pk}/").content.decode()
    assert "there is no such row in site" in page


def test_a_bundle_is_received_once(world, tmp_path):
    study = open_study(world)
    agree(world, study)
    folder = bundle(tmp_path / "b")
    assert receive(world, study, folder) == receive(world, study, folder)


@pytest.mark.parametrize(("given", "words"), [
    (None, "has no agreement with any agency yet"),
    ({"signed": dt.date(2025, 1, 1), "expires": dt.date(2025, 3, 1)}, "expired on March 1, 2025"),
    ({"signed": TODAY + DAY}, "begins on"),
])
def test_without_an_agreement_in_force_nothing_is_received_and_the_page_says_why(world, visit, tmp_path, given, words):
    study = open_study(world)
    if given:
        agree(world, study, **given)
    with pytest.raises(actions.NoAgreement, match=words):
        receive(world, study, bundle(tmp_path / "b"))
    assert not BundleReceived.objects.exists()
    assert words in visit(world.users["evaluator"]).get(f"/studies/{study.pk}/").content.decode()


def test_a_research_bundle_comes_under_the_agreement_it_names(world, tmp_path):
    study = open_study(world)
    agree(world, study, number="A-1")
    named = agree(world, study, number="A-2", expires=TODAY + DAY)
    assert receive(world, study, bundle(tmp_path / "a", Grade.RESEARCH, "A-2")).agreement == named
    with pytest.raises(actions.NoAgreement, match="A-9"):
        receive(world, study, bundle(tmp_path / "b", Grade.RESEARCH, "A-9"))


def test_a_changed_bundle_is_refused(world, tmp_path):
    study, folder = open_study(world), bundle(tmp_path / "b")
    agree(world, study)
    (folder / "site.csv").write_text("changed")
    with pytest.raises(bundles.BundleError, match="changed since it was written"):
        receive(world, study, folder)


def test_data_to_destroy_are_on_the_home_until_they_are_destroyed(world, visit, tmp_path):
    study, viewer = open_study(world), world.viewer("evaluator")
    agree(world, study)
    received = receive(world, study, bundle(tmp_path / "b"))
    BundleReceived.objects.update(destroy_by=TODAY + DAY)
    client = visit(world.users["evaluator"])

    def titles():
        with acting(viewer):
            return [section.title for section in home.sections(viewer, timezone.now()) if section.works]

    assert titles() == ["Data to destroy", "Bundles received"]
    assert client.post(f"/studies/bundles/{received.pk}/destroyed/").status_code == 302
    assert titles() == []


def test_the_pages_make_a_study_and_its_agreement(world, visit):
    client = visit(world.users["evaluator"])
    assert client.post("/studies/new/", {"title": "What changed", "began_on": f"{TODAY:%Y-%m-%d}"}).status_code == 302
    study = Study.objects.get()
    asked = {"number": "A-1", "with_agency": world.agencies["police"].pk, "signed_on": f"{TODAY:%Y-%m-%d}",
             "expires_on": f"{TODAY + 9 * DAY:%Y-%m-%d}", "destroy_by": f"{TODAY + 99 * DAY:%Y-%m-%d}"}
    url = f"/studies/{study.pk}/agreements/new/"
    assert client.post(url, asked).status_code == 302
    assert client.post(url, asked).status_code == 422  # the number is taken
    assert "Police" in client.get(f"/studies/{study.pk}/").content.decode()


@pytest.mark.parametrize("user", ["detective", "coordinator", "advocate"])
def test_nobody_else_reaches_a_study(world, visit, user):
    study = open_study(world)
    assert visit(world.users[user]).get(f"/studies/{study.pk}/").status_code == 404
    with pytest.raises(StoreRefused), acting(world.viewer(user)):
        Study.objects.exists()


@pytest.mark.parametrize("url", ["/studies/", "study"])
def test_pages_ask_at_most_twelve_times(world, visit, tmp_path, django_assert_max_num_queries, url):
    study = open_study(world)
    for n in range(5):
        open_study(world)
        agree(world, study, number=f"A-{n}")
        receive(world, study, bundle(tmp_path / str(n)))
    client = visit(world.users["evaluator"])
    url = {"study": f"/studies/{study.pk}/"}.get(url, url)
    client.get(url)
    with django_assert_max_num_queries(6, using="study"), django_assert_max_num_queries(6, using="hub"):
        assert client.get(url).status_code == 200
