"""A release: nothing goes without it, only what it lists goes, and it ends when she says, or on its day."""

import datetime as dt
import io
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from concord.site.accounts import standing
from concord.site.accounts.models import Mou, Staff
from concord.site.bridge import packages
from concord.site.pages.objections import Objection
from concord.site.services import actions, jobs
from concord.site.services.actions import releases
from concord.site.services.models import Client, DisclosureEntry, Release
from concord.vocabulary import (
    Answer,
    DisclosureItem,
    PackageState,
    ReleasePurpose,
    RevocationChannel,
    SignatureMethod,
    SignerCapacity,
    Why,
)
from tests.site.world import known_id

BORN = dt.date(1990, 5, 3)


def drawing():
    drawn = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).line((20, 80, 250, 30), fill="black", width=4)
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def signature(**more):
    return replace(actions.Signature(SignatureMethod.SCREEN, timezone.localdate(), drawing()), **more)


@pytest.fixture
def client_file(open_file, as_staff):
    """`client_file(born=...)` opens a client's file whose birth date is known, and returns her id."""

    def opened(born=BORN, **more):
        pk = open_file(**more)
        with as_staff("advocate") as by:
            actions.record_enrolment(
                client=Client.objects.get(pk=pk), by=by, whys={"birth_date": Why.NOT_ASKED},
                answers={"birth_date": born, "given_name": "Rosalind", "family_name": "Example"},
            )  # fmt: skip
        return pk

    return opened


@pytest.fixture
def proposed(world):
    """`proposed(items=...)` is a release to counsel at Harbor, as it stands before anybody signs."""

    def made(**more):
        purpose = more.get("purpose", ReleasePurpose.LEGAL_HELP)
        return actions.Proposed(**{
            "purpose": purpose, "items": (DisclosureItem.NAME, DisclosureItem.SAFE_CONTACT),
            "expires_on": timezone.localdate() + dt.timedelta(days=10), "limits_explained_first": True,
            "to_agency": world.agencies["harbor"].pk, "to_staff": known_id("staff counsel"), **more,
        })  # fmt: skip

    return made


@pytest.fixture
def sign(as_staff, proposed):
    """`sign(pk, purpose=..., by="advocate")` signs a release of that client and returns it."""

    def signed(pk, *, by="advocate", signed=None, id=None, renews=None, seen="", **more):
        with as_staff(by) as viewer:
            return actions.sign_release(
                id=id or uuid4(), client=Client.objects.get(pk=pk), proposed=proposed(**more),
                signature=signed or signature(), renews=renews, seen=seen, by=viewer,
            )  # fmt: skip

    return signed


@pytest.fixture
def opened_by(as_staff):
    """`opened_by("counsel", id)` is what she finds in a sealed copy."""

    def opened(name, id):
        with as_staff(name) as by:
            return packages.open_package(package=packages.received_packages(by).get(pk=id), by=by)

    return opened


def found(refusing):
    with pytest.raises(Objection) as refused:
        refusing()
    return refused.value.found


# --- What goes --------------------------------------------------------------------------------------------------------


def test_the_named_person_reads_exactly_what_was_shown_and_what_the_ledger_keeps(
    client_file, sign, proposed, opened_by, as_staff
):
    pk = client_file()
    with as_staff("advocate") as by:
        shown = actions.preview_release(client=Client.objects.get(pk=pk), proposed=proposed(), by=by)
    release = sign(pk, seen=releases.fingerprint(shown))

    assert opened_by("counsel", release.pk) == shown
    with as_staff("advocate"):
        assert DisclosureEntry.objects.get(package_id=release.pk).content == shown
    assert shown["items"] == {
        "name": "Rosalind Example", "safe_contact": ["Phone call: 555-0100", "Do not leave a message"],
    }  # fmt: skip


def test_a_release_hands_over_only_what_it_lists(client_file, sign, opened_by):
    release = sign(client_file(), items=(DisclosureItem.LANGUAGE,))
    assert opened_by("counsel", release.pk)["items"] == {"language": "Spanish"}


def test_a_form_sent_twice_is_one_release_and_one_copy(client_file, sign, as_staff):
    pk, id = client_file(), uuid4()
    assert sign(pk, id=id).pk == sign(pk, id=id).pk
    with as_staff("advocate") as by:
        assert Release.objects.filter(client_id=pk).count() == 1
        assert packages.sent_packages(by).count() == 1


def test_what_changed_since_it_was_shown_is_not_signed_unseen(client_file, sign, proposed, as_staff):
    pk = client_file()
    with as_staff("advocate") as by:
        shown = actions.preview_release(client=Client.objects.get(pk=pk), proposed=proposed(), by=by)
    with as_staff("second_advocate") as by:
        actions.set_reach(client=Client.objects.get(pk=pk), reach=[], reach_why=Why.DECLINED, by=by)

    assert "has changed" in found(lambda: sign(pk, seen=releases.fingerprint(shown)))[""]
    with as_staff("advocate"):
        assert not Release.objects.filter(client_id=pk).exists()


def test_nothing_in_the_file_yet_is_said_before_anything_is_signed(client_file, sign):
    assert "items" in found(lambda: sign(client_file(), items=(DisclosureItem.GENDER,)))


# --- Who signs --------------------------------------------------------------------------------------------------------


def test_an_unknown_age_asks_for_the_stricter_way_and_says_why(open_file, sign):
    words = found(lambda: sign(open_file()))["signer_capacity"]
    assert "not known" in words
    assert "stricter" in words


@pytest.mark.parametrize("said", [None, Answer.UNKNOWN, Answer.YES])
def test_whoever_signs_along_is_asked_about_and_not_asked_is_no_answer(client_file, sign, said):
    minor = client_file(born=timezone.localdate() - dt.timedelta(days=15 * 366))
    along = {"capacity": SignerCapacity.MINOR_AND_PARENT, "cosigner_name": "Marguerite Example"}
    assert "alleged_abuser" in found(lambda: sign(minor, **along, alleged_abuser=said))
    assert sign(minor, **along, alleged_abuser=Answer.NO).pk


def test_the_database_keeps_no_release_for_which_nobody_asked(client_file, sign, as_staff):
    release = sign(client_file())
    with as_staff("advocate"):
        copy = Release.objects.get(pk=release.pk)
        copy.pk, copy._state.adding, copy.signer_is_alleged_abuser = uuid4(), True, Answer.UNKNOWN
        with pytest.raises(IntegrityError), transaction.atomic(using="vault_lantern"):
            copy.save(force_insert=True)


def test_a_minor_of_a_state_with_a_pack_signs_alone(client_file, sign):
    minor = client_file(born=timezone.localdate() - dt.timedelta(days=15 * 366))
    assert sign(minor, capacity=SignerCapacity.MINOR_ALONE).signer_capacity == "minor_alone"


def test_the_word_of_whoever_signed_along_ends_the_day_before_she_turns_18(client_file, sign, as_staff):
    today = timezone.localdate()
    birthday = today + dt.timedelta(days=5)
    pk = client_file(born=birthday.replace(year=birthday.year - 18))
    release = sign(pk, capacity=SignerCapacity.MINOR_AND_PARENT, cosigner_name="M. Example", alleged_abuser=Answer.NO)

    with as_staff("advocate") as by:
        package = packages.sent_packages(by).get(pk=release.pk)
        assert timezone.localdate(package.expires_at) == birthday - dt.timedelta(days=1)
        born = Client.objects.get(pk=pk).birth_date
        assert releases.standing(release, birthday, born).state == "of_age"
        assert releases.standing(release, birthday - dt.timedelta(days=1), born).live


def test_a_birth_date_learned_later_ends_what_somebody_else_signed(client_file, sign, as_staff, opened_by):
    pk = client_file(born=timezone.localdate() - dt.timedelta(days=15 * 366))
    release = sign(pk, capacity=SignerCapacity.MINOR_AND_PARENT, cosigner_name="M. Example", alleged_abuser=Answer.NO)
    with as_staff("advocate") as by:
        actions.record_enrolment(client=Client.objects.get(pk=pk), answers={"birth_date": BORN}, whys={}, by=by)
        jobs.sweep(by)
        assert packages.sent_packages(by).get(pk=release.pk).state(timezone.now()) == PackageState.WITHDRAWN
    assert "withdrawn" in found(lambda: opened_by("counsel", release.pk))[""]


# --- How it is signed -------------------------------------------------------------------------------------------------


def test_an_empty_box_is_no_signature(client_file, sign):
    blank = io.BytesIO()
    Image.new("RGBA", (300, 120), (0, 0, 0, 0)).save(blank, "PNG")
    assert "drawing" in found(lambda: sign(client_file(), signed=signature(paper=blank.getvalue())))


def test_said_aloud_needs_a_witness_and_no_paper(client_file, sign, as_staff):
    pk = client_file()
    aloud = actions.Signature(SignatureMethod.ORAL, timezone.localdate())
    assert "witness" in found(lambda: sign(pk, signed=aloud))
    release = sign(pk, signed=replace(aloud, witness="Opal Winterbourne"))
    with as_staff("advocate"):
        assert not release.scans.exists()


def test_a_signed_paper_is_kept_as_a_picture_under_her_own_key(client_file, sign, as_staff):
    release = sign(client_file(), signed=signature(method=SignatureMethod.PAPER))
    with as_staff("advocate"):
        assert releases.paper_of(release).startswith(b"\x89PNG")


# --- What it takes to end it ------------------------------------------------------------------------------------------


def test_a_revocation_holds_at_the_next_request(client_file, sign, opened_by, as_staff):
    release = sign(client_file())
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
    assert "withdrawn" in found(lambda: opened_by("counsel", release.pk))[""]


def test_what_a_provider_has_opened_is_closed_to_it_again(client_file, sign, opened_by, as_staff):
    release = sign(client_file())
    opened_by("counsel", release.pk)
    with as_staff("second_advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.IN_PERSON, by=by)
    assert "withdrawn" in found(lambda: opened_by("counsel", release.pk))[""]


def test_the_first_of_two_revocations_stays(client_file, sign, as_staff):
    release = sign(client_file())
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
    with as_staff("second_advocate") as by:
        again = actions.revoke_release(release=release, channel=RevocationChannel.LETTER, by=by)
    assert (again.revocation_channel, again.revoked_by_id) == ("call", known_id("staff advocate"))


def test_she_can_take_back_what_goes_to_an_agency_whose_agreement_has_ended(world, client_file, sign, as_staff):
    release = sign(client_file())
    Mou.objects.filter(agency=world.agencies["harbor"]).update(ended_on=timezone.localdate())
    standing.forget()
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
        assert packages.sent_packages(by).get(pk=release.pk).state(timezone.now()) == PackageState.WITHDRAWN


def test_a_renewal_is_a_release_of_its_own_that_names_the_old(client_file, sign, as_staff):
    pk = client_file()
    old = sign(pk)
    with as_staff("advocate"):
        again = releases.as_proposed(old, timezone.localdate())
    assert again.alleged_abuser is None
    new = sign(pk, renews=old, expires_on=again.expires_on)
    assert new.renews_id == old.pk
    with as_staff("advocate"):
        assert releases.standing(Release.objects.get(pk=old.pk), timezone.localdate(), BORN).live


def test_the_expiry_of_a_copy_is_the_end_of_its_last_day(client_file, sign, as_staff):
    release = sign(client_file())
    with as_staff("advocate") as by:
        ends = timezone.localtime(packages.sent_packages(by).get(pk=release.pk).expires_at)
    assert ends.date() == release.expires_on
    assert ends.time() == dt.time.max


# --- Who receives -----------------------------------------------------------------------------------------------------


def test_a_person_without_an_account_gets_paper_and_nothing_is_sent(client_file, sign, as_staff):
    release = sign(client_file(), to_agency=None, to_staff=None, to_words="Nurse Adair, county clinic")
    with as_staff("advocate") as by:
        assert not packages.sent_packages(by).exists()
        assert not DisclosureEntry.objects.filter(release=release).exists()
        entry = actions.hand_over_on_paper(release=release, by=by)
        assert actions.hand_over_on_paper(release=release, by=by).pk == entry.pk
        assert entry.content["items"]["name"] == "Rosalind Example"


def test_nothing_is_handed_over_on_paper_after_it_was_taken_back(client_file, sign, as_staff):
    release = sign(client_file(), to_agency=None, to_staff=None, to_words="Nurse Adair, county clinic")
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
        assert "Taken back" in found(lambda: actions.hand_over_on_paper(release=release, by=by))[""]


def test_an_agency_that_left_between_draft_and_signature_gets_nothing(world, client_file, sign, as_staff):
    pk = client_file()
    Mou.objects.filter(agency=world.agencies["harbor"]).update(ended_on=timezone.localdate())
    standing.forget()
    assert "ended" in found(lambda: sign(pk))["to_staff"]
    with as_staff("advocate"):
        assert not Release.objects.filter(client_id=pk).exists()


def test_a_person_who_has_left_gets_nothing(client_file, sign):
    pk = client_file()
    Staff.objects.filter(pk=known_id("staff counsel")).update(until_date=timezone.localdate())
    assert "works at" in found(lambda: sign(pk))["to_staff"]


def test_a_recipient_with_the_clients_name_is_noticed(client_file, as_staff):
    pk = client_file()
    Staff.objects.filter(pk=known_id("staff counsel")).update(name="Example, Rosalind".replace(",", ""))
    with as_staff("advocate"):
        client = Client.objects.get(pk=pk)
        assert releases.shares_a_name(client=client, to_staff=known_id("staff counsel"))
        assert not releases.shares_a_name(client=client, to_staff=known_id("staff prosecutor"))


# --- After a crash ----------------------------------------------------------------------------------------------------


def _only_in_the_vault(monkeypatch, name):
    """The hub was lost before it committed: what the action asked of it did not happen."""
    monkeypatch.setattr(packages, name, lambda **asked: None)


def test_a_copy_that_a_crash_kept_back_is_sent_by_the_sweep(client_file, sign, as_staff, opened_by, monkeypatch):
    with monkeypatch.context() as crash:
        _only_in_the_vault(crash, "send_package")
        release = sign(client_file())
    with as_staff("advocate") as by:
        assert not packages.sent_packages(by).exists()
        jobs.sweep(by)
        assert jobs.sweep(by) == 1
        assert DisclosureEntry.objects.get(package_id=release.pk).bridge_done
    assert opened_by("counsel", release.pk)["items"]["name"] == "Rosalind Example"


def test_what_was_taken_back_before_the_sweep_is_never_sent(client_file, sign, as_staff, monkeypatch):
    with monkeypatch.context() as crash:
        _only_in_the_vault(crash, "send_package")
        release = sign(client_file())
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
        jobs.sweep(by)
        assert not packages.sent_packages(by).exists()


def test_a_revocation_that_a_crash_cut_short_is_finished_by_the_sweep(client_file, sign, as_staff, monkeypatch):
    release = sign(client_file())
    with as_staff("advocate") as by:
        with monkeypatch.context() as crash:
            _only_in_the_vault(crash, "withdraw_package")
            actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
        jobs.sweep(by)
        assert packages.sent_packages(by).get(pk=release.pk).state(timezone.now()) == PackageState.WITHDRAWN


# --- A report under a release -----------------------------------------------------------------------------------------


@pytest.fixture
def report(as_staff, world):
    def reported(pk, release, *, to="police", items=(DisclosureItem.SUMMARY,)):
        today = timezone.localdate()
        with as_staff("advocate") as by:
            return actions.report(
                id=uuid4(), client=Client.objects.get(pk=pk), to_agency=world.agencies[to].pk, items=items,
                summary="He followed me", purpose="To be safe", signed_on=today, expires_on=today, by=by,
                release=release,
            )  # fmt: skip

    return reported


@pytest.fixture
def reporting(client_file, sign, world):
    """A file, and a live release that lets a report to the police go."""
    pk = client_file()
    return pk, sign(
        pk, purpose=ReleasePurpose.REPORT, items=(DisclosureItem.SUMMARY, DisclosureItem.LANGUAGE),
        summary="He followed me", to_agency=world.agencies["police"].pk, to_staff=known_id("staff detective"),
    )  # fmt: skip


def test_a_report_under_a_release_carries_the_releases_own_dates(reporting, report):
    pk, release = reporting
    entry = report(pk, release)
    assert (entry.release_id, entry.permission_expires_on) == (release.pk, release.expires_on)


def test_a_report_says_nothing_that_its_release_does_not_list(reporting, report):
    assert "items" in found(lambda: report(*reporting, items=(DisclosureItem.SUMMARY, DisclosureItem.NAME)))


def test_a_release_for_one_agency_carries_no_report_to_another(reporting, report):
    assert "release" in found(lambda: report(*reporting, to="sheriff"))


def test_a_release_that_was_taken_back_carries_no_report(reporting, report, as_staff):
    pk, release = reporting
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
    assert "ended" in found(lambda: report(pk, release))["release"]


# --- What ends soon ---------------------------------------------------------------------------------------------------


def test_a_release_that_ends_soon_is_on_her_advocates_home_and_caseload(client_file, sign, as_staff, visit, world):
    pk = client_file()
    old = sign(pk, expires_on=timezone.localdate() + dt.timedelta(days=3))
    browser = visit(world.users["advocate"])
    assert "Releases that end soon" in browser.get("/").text
    assert "3 days left" in browser.get("/clients/").text
    sign(pk, renews=old)
    assert "Releases that end soon" not in browser.get("/").text
