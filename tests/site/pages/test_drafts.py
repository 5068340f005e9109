"""A draft is its writer's, is merged page by page, and becomes one record."""

import json
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory
from django.urls import include, path

from concord.site.pages import drafts
from concord.site.services.models import Draft
from concord.site.stores.acting import acting

desk = drafts.Desk(Draft, "desk")
urlpatterns = [path("desk/", include((desk.urls(), "desk")))]


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def sent(world):
    """`sent("advocate", key, name="Ana")` is a post of hers, to be used inside `acting(request.viewer)`."""

    def posted(user, client_key, **answers):
        request = RequestFactory().post("/", {"client_key": str(client_key), **answers})
        request.viewer, request.session = world.viewer(user), SessionStore()
        return request

    return posted


def test_a_draft_is_there_again_for_its_writer_and_for_nobody_else(sent):
    mine, hers = sent("advocate", uuid4(), name="Ana"), sent("second_advocate", uuid4())
    with acting(mine.viewer):
        desk.keep(mine, "intake")
        assert desk.open(mine, "intake").answers["name"] == "Ana"
        assert desk.open(mine, "other").answers is None
    with acting(hers.viewer):
        assert desk.open(hers, "intake").answers is None


def test_answers_rest_sealed(sent):
    request = sent("advocate", uuid4(), name="Quill Brambleton")
    with acting(request.viewer):
        draft = desk.keep(request, "intake")
        assert b"Quill" not in bytes(Draft.objects.filter(pk=draft.pk).values_list("answers", flat=True).get())


def test_a_page_replaces_the_answers_it_asks_for_and_no_others(sent):
    key = uuid4()
    first = sent("advocate", key, asked="name kinds", name="Ana", kinds=["bed", "food"])
    second = sent("advocate", key, asked="phone", phone="1")
    emptied = sent("advocate", key, asked="name kinds", name="Ana")
    with acting(first.viewer):
        desk.keep(first, "intake")
        assert desk.keep(second, "intake").answers == {"name": ["Ana"], "kinds": ["bed", "food"], "phone": ["1"]}
        assert desk.keep(emptied, "intake").answers == {"name": ["Ana"], "phone": ["1"]}


def test_a_form_sent_again_gives_the_first_record_and_keeps_no_answers(sent):
    request, made = sent("advocate", uuid4(), name="Ana"), [uuid4(), uuid4()]
    with acting(request.viewer):
        desk.keep(request, "intake")
        assert [desk.submit(request, "intake", lambda: made.pop(0)) for _twice in range(2)] == [
            desk.outcome(request, request.POST["client_key"])
        ] * 2
        assert len(made) == 1
        assert Draft.objects.get().answers is None
        assert desk.keep(request, "intake") is None
        assert desk.open(request, "intake").answers is None


def test_two_forms_never_share_a_draft(sent):
    request = sent("advocate", uuid4(), name="Ana")
    with acting(request.viewer):
        desk.keep(request, "intake")
        with pytest.raises(SuspiciousOperation):
            desk.keep(request, "closing")
        with pytest.raises(SuspiciousOperation):
            desk.keep(request, "intake", subject=uuid4())


def test_a_form_without_its_key_is_refused(sent):
    request = sent("advocate", "no key")
    with acting(request.viewer), pytest.raises(SuspiciousOperation):
        desk.keep(request, "intake")


def test_what_is_too_long_is_refused_in_words(sent):
    request = sent("advocate", uuid4(), note="x" * drafts.MOST_BYTES)
    with acting(request.viewer):
        answer = desk.save(request, "intake")
    assert answer.status_code == 413
    assert "too long" in json.loads(answer.content)["trouble"]


def test_the_browsers_key_is_for_one_session_and_comes_back_by_its_id_to_the_same_person_only(sent):
    def key(request):
        with acting(request.viewer):
            return json.loads(desk.key(request).content)

    first, later = key(sent("advocate", uuid4())), key(sent("advocate", uuid4()))
    assert first["key"] != later["key"]
    assert key(sent("advocate", uuid4(), id=first["id"]))["key"] == first["key"]
    assert key(sent("second_advocate", uuid4(), id=first["id"])) == {"gone": True}
    assert key(sent("advocate", uuid4(), id=first["id"] + "x")) == {"gone": True}


def test_a_discarded_draft_is_gone_and_a_submitted_one_stays(sent):
    thrown, kept = sent("advocate", uuid4(), name="Ana"), sent("advocate", uuid4())
    with acting(thrown.viewer):
        desk.keep(thrown, "intake")
        desk.submit(kept, "intake", uuid4)
        for request in (thrown, kept):
            desk.discard(request, request.POST["client_key"])
        assert [str(draft.client_key) for draft in Draft.objects.all()] == [kept.POST["client_key"]]
