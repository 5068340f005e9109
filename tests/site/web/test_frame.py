"""What surrounds each page says where one stands."""

import pytest

from concord.law.roles import BY_SECTOR, allowed
from concord.site.pages.frame import MOST_PLACES
from concord.site.web import frame
from concord.vocabulary import Role, Sector


@pytest.mark.parametrize(
    ("name", "words", "side"),
    [
        ("advocate", "Lantern - client files", "side-services"),
        ("counsel", "Harbor - client files", "side-services"),
        ("detective", "Police - investigations", "side-justice"),
        ("prosecutor", "Prosecutor - prosecutions", "side-justice"),
        ("coordinator", "Coordination - coordination", ""),
        ("evaluator", "University - evaluation", "side-study"),
    ],
)
def test_she_knows_on_which_side_of_the_wall_she_stands(world, visit, name, words, side):
    page = visit(world.users[name]).get("/").text
    assert words in page
    assert side in page
    assert "Riverton Task Force" in page


def test_the_way_out_stands_on_the_services_side(world, visit):
    assert "data-quick-exit" in visit(world.users["advocate"]).get("/").text
    assert "data-quick-exit" not in visit(world.users["detective"]).get("/").text


def test_the_way_out_ends_the_session(world, visit):
    client = visit(world.users["advocate"])
    left = client.get("/today/")
    assert left.status_code == 200
    assert "Lantern" not in left.text
    assert client.get("/").status_code == 302


def test_victim_staff_inside_the_justice_system_are_told_that_they_hold_no_privilege(world, visit):
    user = world.users["detective"]
    assert "no advocate privilege" not in visit(user).get("/").text
    user.sector, user.roles = Sector.SYSTEM_VICTIM_SERVICES, [Role.VICTIM_WITNESS]
    user.save()
    assert "no advocate privilege" in visit(user).get("/").text


def test_no_role_has_more_than_five_places(world):
    for sector in Sector:
        for role in allowed(sector):
            viewer = frame.Viewer(staff=world.users["detective"].staff_id, agency=world.agencies["lantern"].pk,
                                  sector=sector, roles=frozenset({role}))
            places = frame.places_of(viewer, "/")
            assert 1 < len(places) <= MOST_PLACES, (sector, role)
            assert [p.current for p in places].count(True) == 1


def test_every_role_is_some_sectors():
    held = frozenset().union(*BY_SECTOR.values()) | {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}
    assert held == frozenset(Role)


def test_titles_hold_no_name(world, visit):
    page = visit(world.users["lantern_admin"]).get(f"/people/{world.users['advocate'].staff_id}/").text
    title = page[page.index("<title>") : page.index("</title>")]
    assert "Advocate" not in title
