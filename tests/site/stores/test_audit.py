"""The audit chain: every change and every read is an entry, and no break stays unseen."""

import pytest
from django.db import ProgrammingError, connections

from concord.site.accounts.models import Staff
from concord.site.stores import audit, verify
from concord.site.stores.acting import acting


def entries(alias, where="true"):
    with connections[alias].cursor() as cursor:
        cursor.execute("reset role; reset session authorization")
        cursor.execute(f"select verb, relation, staff, agency, row_id from guard.entry where {where} order by id")
        rows = cursor.fetchall()
    connections[alias].become_owner()
    return rows


def test_a_change_is_recorded_with_who_made_it(world):
    admin = world.viewer("lantern_admin")
    with acting(admin):
        Staff.objects.filter(name="Advocate").update(title="Senior advocate")
    verb, relation, staff, agency, _ = entries("hub")[-1]
    assert (verb, relation, staff, agency) == ("row.update", "accounts_staff", admin.staff, admin.agency)


def test_a_change_that_changes_nothing_is_no_entry(world):
    with acting(world.viewer("lantern_admin")):
        before = len(entries_inside("hub"))
        Staff.objects.filter(name="Advocate").update(title="")
        assert len(entries_inside("hub")) == before


def entries_inside(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute("select * from guard.chain(null, null, 100)")
        return cursor.fetchall()


def test_a_refusal_is_recorded_in_the_viewers_own_store(world):
    viewer = world.viewer("detective")
    audit.refused(viewer)
    assert entries("justice")[-1][:4] == ("access.refused", None, viewer.staff, viewer.agency)


def test_only_the_privacy_officer_reads_the_chain_and_only_her_agencys(world):
    audit.refused(world.viewer("detective"))
    audit.refused(world.viewer("deputy"))
    with acting(world.viewer("privacy_officer")), connections["justice"].cursor() as cursor:
        cursor.execute("select agency from guard.chain(null, null, 100)")
        assert {row[0] for row in cursor.fetchall()} == {world.agencies["police"].pk}
    with pytest.raises(ProgrammingError, match="privacy officer"), acting(world.viewer("detective")):
        with connections["justice"].cursor() as cursor:
            cursor.execute("select * from guard.chain(null, null, 100)")


def test_the_site_cannot_write_an_entry_that_looks_like_a_change(world):
    with pytest.raises(ProgrammingError, match="not for notes"), acting(world.viewer("detective")):
        with connections["justice"].cursor() as cursor:
            cursor.execute("select guard.note('row.delete', null, null, null)")


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        (
            "update guard.entry set verb = 'row.x' where id = (select max(id) - 1 from guard.entry)",
            "not the ones that were",
        ),
        ("delete from guard.entry where id = (select max(id) - 1 from guard.entry)", "not the ones that were sealed"),
        ("delete from guard.link where n = (select max(n) - 1 from guard.link)", "missing"),
        (
            "update guard.detail set new = '{}' where entry = (select max(entry) from guard.detail)",
            "not what was recorded",
        ),
        ("delete from guard.link where n = (select max(n) from guard.link)", "the chain ends at"),
    ],
)
def test_verify_names_each_break(chain, harm, finding):
    assert chain.verify().breaks == []
    chain.harm(harm)
    assert any(finding in line for line in chain.verify().breaks)


def test_a_chain_cut_back_to_an_earlier_head_is_seen_from_outside(chain):
    n, digest = chain.head()
    chain.harm(
        f"delete from guard.entry where link in (select id from guard.link where n = {n});"
        f"delete from guard.link where n = {n};"
        f"update guard.head set n = {n - 1}, hash = (select hash from guard.link where n = {n - 1})"
    )
    assert any("sealed outside" in line for line in chain.verify([(n, digest)]).breaks)
    assert isinstance(chain.verify(), verify.Chain)
