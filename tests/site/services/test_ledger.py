"""The ledger: who saw what, when and why, for her, whatever let it go, in English and in Spanish."""

import datetime as dt
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from concord import catalogue
from concord.law import releases as law
from concord.site.bridge import packages
from concord.site.services import actions, ledger
from concord.site.services.models import Client, DisclosureEntry
from concord.vocabulary import (
    AgeGroup,
    ContactCaution,
    DisclosureBasis,
    DisclosureItem,
    Gender,
    PackageState,
    PacketQuestion,
    ReleasePurpose,
    Sector,
    SignatureMethod,
    SignerCapacity,
    SpokenLanguage,
    TraffickingType,
)
from tests.site.services.test_releases import client_file, opened_by, proposed, sign  # noqa: F401

#: What she is given on paper.
SHEETS = ("release_paper", "ledger_paper", "packet_paper")
LISTS = (ReleasePurpose, SignerCapacity, SignatureMethod, DisclosureItem, PacketQuestion, DisclosureBasis, PackageState,
         SpokenLanguage, AgeGroup, Gender, TraffickingType, ContactCaution)  # fmt: skip
PO = Path(ledger.__file__).parent / "locale/es/LC_MESSAGES/django.po"


@pytest.fixture
def lines(as_staff):
    """`lines(pk)` is what the ledger of that file says."""

    def read(pk):
        with as_staff("advocate") as by:
            return ledger.read(Client.objects.get(pk=pk).disclosures.order_by("-at"), by)

    return read


def _demanded(as_staff, world, pk, basis):
    with as_staff("advocate") as by:
        DisclosureEntry.objects.create(
            agency_id=by.agency, created_by_id=by.staff, client_id=pk, at=timezone.now(), basis=basis, bridge_done=True,
            to_words="Alder County court", purpose="Case 7 of the court", items=["name"],
            content={"name": "Rosalind Example", "required_by": "An order"},
        )  # fmt: skip


@pytest.mark.parametrize("basis", [b for b in DisclosureBasis if b is not DisclosureBasis.PERMISSION])
def test_what_law_or_a_court_demanded_is_listed_like_the_rest(client_file, as_staff, world, lines, basis):  # noqa: F811
    pk = client_file()
    _demanded(as_staff, world, pk, basis)
    (line,) = lines(pk)
    assert (line.to, line.basis, line.purpose) == ("Alder County court", basis.label, "Case 7 of the court")
    assert ("Name", "Rosalind Example") in [(fact.label, fact.value) for fact in line.lines]


def test_it_says_whether_and_when_a_copy_was_opened(client_file, sign, lines, opened_by):  # noqa: F811
    pk = client_file()
    release = sign(pk)
    assert lines(pk)[0].fate.words == "Not opened"
    opened_by("counsel", release.pk)
    (line,) = lines(pk)
    assert line.fate.words == "Opened"
    assert timezone.now() - line.opened_at < dt.timedelta(minutes=1)


def test_what_was_taken_back_stays_listed(client_file, sign, lines, as_staff):  # noqa: F811
    pk = client_file()
    release = sign(pk)
    with as_staff("advocate") as by:
        actions.revoke_release(release=release, channel="call", by=by)
    (line,) = lines(pk)
    assert line.fate.words == "Withdrawn"
    assert line.withdrawn_at


def test_a_report_at_her_request_is_listed_with_what_was_sent(client_file, world, lines, as_staff):  # noqa: F811
    pk, today = client_file(), timezone.localdate()
    with as_staff("advocate") as by:
        actions.report(
            id=uuid4(), client=Client.objects.get(pk=pk), to_agency=world.agencies["police"].pk, purpose="To be safe",
            items=[DisclosureItem.SUMMARY], summary="He followed me", signed_on=today, expires_on=today, by=by,
        )  # fmt: skip
    (line,) = lines(pk)
    assert line.to == "Police"
    assert "He followed me" in [fact.value for fact in line.lines]


def test_an_entry_is_never_changed_or_taken_out(client_file, sign, as_staff):  # noqa: F811
    pk = client_file()
    sign(pk)
    with as_staff("advocate"):
        entry = DisclosureEntry.objects.get(client_id=pk)
        for change in (lambda: DisclosureEntry.objects.filter(pk=entry.pk).update(basis="subpoena"), entry.delete):
            with pytest.raises(DatabaseError), transaction.atomic(using="vault_lantern"):
                change()


def test_she_reads_it_on_paper_in_spanish(client_file, sign, visit, world, as_staff):  # noqa: F811
    pk = client_file()
    sign(pk, items=(DisclosureItem.LANGUAGE, DisclosureItem.SUMMARY), summary="I want my papers back")
    _demanded(as_staff, world, pk, DisclosureBasis.COURT_ORDER)
    browser = visit(world.users["advocate"])
    page = browser.get(reverse("services:ledger_paper", args=[pk]), {"lang": "es"}).text
    for words in ("Quién vio qué", "Su permiso firmado", "Una orden de un tribunal", "Sin abrir", "Español",
                  "I want my papers back"):  # fmt: skip
        assert words in page
    assert "In English" in page
    english = browser.get(reverse("services:ledger_paper", args=[pk]), headers={"accept-language": "es"}).text
    assert "En español" in english


def test_the_page_after_a_spanish_one_is_english_again(client_file, visit, world):  # noqa: F811
    pk = client_file()
    browser = visit(world.users["advocate"])
    browser.get(reverse("services:ledger_paper", args=[pk]), {"lang": "es"})
    assert "What left this file" in browser.get(reverse("services:ledger", args=[pk])).text


def test_the_ledger_stays_in_her_providers_vault(client_file, sign, as_staff):  # noqa: F811
    release = sign(client_file())
    with as_staff("counsel") as by:
        assert not DisclosureEntry.objects.filter(package_id=release.pk).exists()
        assert not packages.sent_packages(by).filter(pk=release.pk).exists()


# --- Spanish ----------------------------------------------------------------------------------------------------------


def _sheet_words(name):
    source = Path(get_template(f"services/{name}.html").origin.name).read_text()
    said = re.findall(r'{% translate "((?:[^"\\]|\\.)*)"', source)
    return [words.replace('\\"', '"') for words in said]


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_word_of_a_sheet_that_she_is_given_is_there_in_spanish(sheet):
    known = catalogue.read(PO.read_text("utf-8"))
    assert [words for words in _sheet_words(sheet) if words not in known] == []


def test_every_code_and_rule_that_a_sheet_shows_is_there_in_spanish():
    known = catalogue.read(PO.read_text("utf-8"))
    said = [member.label for codes in LISTS for member in codes]
    said += [template.words for template in law.TEMPLATES.values()]
    said += [words for to in (None, "law_enforcement", "legal_aid") for words in law.what_revocation_will_do(to)]
    assert [words for words in said if words not in known] == []


def test_nothing_of_the_catalogue_is_said_by_nobody():
    """A word that was changed in a page leaves its old translation behind."""
    source = Path(ledger.__file__).parents[2]
    text = "".join(path.read_text("utf-8") for kind in ("*.py", "*.html") for path in source.rglob(kind))
    joined = re.sub(r'"\s*\n\s*"', "", text)
    labels = {member.label for codes in LISTS for member in codes}
    rules = {template.words for template in law.TEMPLATES.values()}
    rules |= {words for to in (None, *Sector) for words in law.what_revocation_will_do(to)}
    words = [word for word in catalogue.read(PO.read_text("utf-8")) if word]
    said = labels | {word for word in words if word.split("%(")[0] in joined}
    assert [word for word in words if word not in said and word not in rules] == []


def test_spanish_is_read_where_the_site_runs():
    with override("es"):
        assert _("What you should know first") == "Lo que debe saber primero"
        assert _("A lawyer's help").startswith("Ayuda")
