"""The first person of an installation, before anyone can sign in."""

import pytest
from django.test import Client

from concord.site.accounts import founding, standing
from concord.site.accounts.models import Agency, Staff
from concord.site.signin.models import User
from concord.vocabulary import Role, Sector

PASSWORD = "four unrelated words, one comma"


@pytest.fixture
def link(stores):
    return founding.invite_first_administrator(
        name="First Person", email="First@Office.example", address="https://concord.example/"
    )


def test_the_first_administrator_gets_a_link_that_works(link):
    assert link.startswith("https://concord.example/account/invitation/")
    browser = Client()
    assert browser.get(link.removeprefix("https://concord.example")).status_code == 302
    given = {"password": PASSWORD, "again": PASSWORD, "accept": "1"}
    assert browser.post("/account/invitation/", given)["Location"] == "/account/2fa/"
    user = User.objects.get()
    assert (user.email, user.sector) == ("first@office.example", Sector.COORDINATION)
    assert set(user.roles) == {Role.ADMINISTRATOR, Role.COORDINATOR}


def test_her_agency_is_a_member_that_shares_and_can_be_sealed_to(link):
    user = User.objects.get()
    standing.forget()
    here = standing.of(user.viewer())
    assert len(here.task_forces) == 1
    assert all(mou is not None for mou in here.mous.values())
    agency = Agency.objects.get(pk=user.agency_id)
    assert len(agency.public_key) == 32
    assert agency.founded_at is not None, "from now on it decides for itself"
    assert Staff.objects.get(pk=user.staff_id).email == "first@office.example"
