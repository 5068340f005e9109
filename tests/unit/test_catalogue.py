"""The words of another language are those that were written down, on a machine without the gettext programs."""

import gettext
from pathlib import Path

import pytest

from concord import catalogue

SOURCE = Path(__file__).parents[2] / "src"
CATALOGUES = sorted(SOURCE.rglob("LC_MESSAGES/*.po"))

TEXT = """# Words
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Back"
msgstr "Volver"

#, fuzzy
msgid "Guessed"
msgstr "Adivinado"

msgid "Not yet"
msgstr ""

msgid ""
"one line "
"and another"
msgstr "una línea \\"y\\" otra"
"""


def test_every_catalogue_is_compiled_as_it_is_written():
    assert CATALOGUES
    assert catalogue.out_of_date(SOURCE) == [], "run: python -m concord.catalogue src"


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: po.parts[-5])
def test_what_is_compiled_is_read_by_pythons_own_gettext(po):
    written = catalogue.read(po.read_text("utf-8"))
    with po.with_suffix(".mo").open("rb") as file:
        said = gettext.GNUTranslations(file)
    assert all(said.gettext(word) == other for word, other in written.items() if word)


def test_unfinished_words_are_left_out_and_long_ones_joined():
    said = catalogue.read(TEXT)
    assert said["Back"] == "Volver"
    assert said["one line and another"] == 'una línea "y" otra'
    assert not {"Guessed", "Not yet"} & set(said)


def test_a_changed_catalogue_is_said_to_be_out_of_date_until_it_is_compiled(tmp_path):
    po = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(TEXT, "utf-8")
    assert "django.po" in catalogue.main([str(tmp_path), "--check"])
    assert catalogue.main([str(tmp_path)]) is None
    assert catalogue.main([str(tmp_path), "--check"]) is None
    po.write_text(TEXT.replace("Volver", "Regresar"), "utf-8")
    assert catalogue.out_of_date(tmp_path) == [po]


def test_what_is_no_plain_catalogue_is_refused_by_its_line():
    with pytest.raises(ValueError, match="Line 3"):
        catalogue.read('msgid "a"\nmsgstr "b"\nmsgid_plural "c"\n')
