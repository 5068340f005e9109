"""A vault that is added while the site runs is found without a restart."""

import os
from uuid import uuid4

import pytest
import tomli_w
from django.conf import settings
from django.db import connections
from django.test import override_settings

from concord.home import Home
from concord.law.wall import Viewer
from concord.site.stores import plan, reload
from concord.site.stores.acting import StoreRefused, acting
from concord.site.stores.config import Config
from concord.vocabulary import Sector


@pytest.fixture
def installation(tmp_path, django_db_blocker):
    """The test's stores, in a store file of their own; what was added to this process is taken out again."""
    stores = plan.read(settings.CONCORD.home.stores_file)
    home = Home(tmp_path)
    home.stores_file.write_text(tomli_w.dumps({"stores": stores}))
    with override_settings(CONCORD=Config(home)), django_db_blocker.unblock():
        yield home
    for alias in set(connections.settings) - set(stores):
        connections[alias].close()
        del connections[alias]
        connections.settings.pop(alias)
        settings.DATABASES.pop(alias, None)


def add_vault(home, name, provider):
    """As `concord database apply --vault` does: another entry, for a database that is there."""
    stores = plan.read(home.stores_file)
    stores[f"vault_{name}"] = stores["vault_lantern"] | {"provider": str(provider)}
    home.stores_file.write_text(tomli_w.dumps({"stores": stores}))
    os.utime(home.stores_file, ns=(0, home.stores_file.stat().st_mtime_ns + 1_000_000))


def test_a_new_vault_opens_for_its_provider_without_a_restart(installation):
    agency = uuid4()
    viewer = Viewer(staff=uuid4(), agency=agency, sector=Sector.COMMUNITY_SERVICES)
    with acting(viewer), pytest.raises(StoreRefused):
        connections["vault_lantern"].cursor()
    add_vault(installation, "shelter", agency)
    with acting(viewer) as a:
        assert a.vault == "vault_shelter"
        with connections["vault_shelter"].cursor() as cursor:
            cursor.execute("select current_setting('role')")
            assert cursor.fetchone() == ("vault_app",)
        with pytest.raises(StoreRefused):
            connections["vault_lantern"].cursor()


def test_an_unchanged_store_file_is_not_read_again(installation):
    reload.vault_of(uuid4())
    installation.stores_file.write_text("this is no store file")
    stamp = reload._read_at[str(installation.stores_file)]
    os.utime(installation.stores_file, ns=(stamp, stamp))
    assert reload.vault_of(uuid4()) is None


def test_whoever_may_read_the_store_file_still_may_when_it_is_rewritten(tmp_path):
    home = Home(tmp_path)
    plan.write(home, host="here", port=1, vaults=[])
    assert home.stores_file.stat().st_mode & 0o777 == 0o600
    home.stores_file.chmod(0o640)
    plan.write(home, host="here", port=1, vaults=[plan.Vault("shelter", uuid4())])
    assert home.stores_file.stat().st_mode & 0o777 == 0o640
    assert home.admin_file.stat().st_mode & 0o777 == 0o600
