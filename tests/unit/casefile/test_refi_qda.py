"""Coded interviews come in and go out as REFI-QDA; a hostile project is refused with its place and what to do."""

import zipfile
from dataclasses import replace

import pytest
import xmlschema

from concord import cli
from concord.casefile.formats import refi_qda
from concord.casefile.formats.refi_qda import Code, Coding, Project, Selection, Text, User, guid
from concord.casefile.reading import Limits, Refused

HOUSING, BARRIERS, TRUST = guid("housing"), guid("barriers"), guid("trust")
ANA, BO = guid("ana"), guid("bo")
WORDS = "We waited \N{WRAPPED PRESENT}\N{WRAPPED PRESENT} for a bed & a <door>.\nNobody called back.\n"
STRETCH = (WORDS.index("for"), WORDS.index("for") + len("for a bed"))


def coding(code, user, *, on):
    return Coding(guid(code, user, on), code, user, "2024-05-01T10:00:00Z")


@pytest.fixture
def project():
    chosen = Selection(guid("s1"), *STRETCH, "for a bed", ANA, codings=(coding(HOUSING, ANA, on="s1"),))
    codes = (
        Code(BARRIERS, "Barriers", codable=False, children=(Code(HOUSING, "Housing", color="#ff0000"),)),
        Code(TRUST, "Trust", description="In the police, in a service, in a court"),
    )
    text = Text(guid("t1"), "P-01", WORDS, (chosen,), (coding(TRUST, BO, on="t1"),))
    users = tuple(sorted((User(ANA, "ana"), User(BO, "bo")), key=lambda user: user.guid))
    return Project("Invented interviews", users, codes, (text,), created="2024-05-01T10:00:00Z")


@pytest.fixture
def written(project, tmp_path):
    path = tmp_path / "invented.qdpx"
    refi_qda.write_project(project, path)
    return path


def changed(path, change=lambda xml: xml, **parts):
    """The project written anew with its XML changed and parts added."""
    with zipfile.ZipFile(path) as archive:
        held = {part.filename: archive.read(part) for part in archive.infolist()}
    held["project.qde"] = change(held["project.qde"].decode()).encode()
    path = path.with_name("changed.qdpx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (held | parts).items():
            archive.writestr(name, content)
    return path


def refusal(path, **options):
    with pytest.raises(Refused) as refused:
        refi_qda.read_project(path, **options)
    return str(refused.value)


def test_a_project_comes_back_as_it_went_out(project, written):
    back = refi_qda.read_project(written)
    assert back == project
    text = back.texts[0]
    assert text.content[text.selections[0].start : text.selections[0].end] == "for a bed"


def test_the_same_project_gives_the_same_bytes_in_whatever_order_it_was_built(project, written, tmp_path):
    turned = replace(project, users=tuple(reversed(project.users)))
    refi_qda.write_project(turned, tmp_path / "again.qdpx")
    assert (tmp_path / "again.qdpx").read_bytes() == written.read_bytes()


def test_a_codebook_comes_back_with_its_tree(project, tmp_path):
    refi_qda.write_codebook(project.codes, tmp_path / "codes.qdc")
    assert refi_qda.read_codebook(tmp_path / "codes.qdc") == project.codes


def test_segments_name_the_code_with_those_above_it_and_the_coder(written):
    first, whole = refi_qda.segments(refi_qda.read_project(written))
    assert (first.text, first.code, first.coder) == ("P-01", "Barriers > Housing", "ana")
    assert (first.start, first.end) == STRETCH
    assert (whole.code, whole.coder, whole.start, whole.end) == ("Trust", "bo", 0, len(WORDS))


def test_positions_in_utf16_units_are_read_when_asked(written):
    start, end = STRETCH
    path = changed(written, lambda xml: xml.replace(f'"{start}"', f'"{start + 2}"').replace(f'"{end}"', f'"{end + 2}"'))
    read = refi_qda.read_project(path, utf16=True).texts[0].selections[0]
    assert (read.start, read.end) == STRETCH


def test_a_position_inside_a_character_of_utf16_is_refused(written):
    inside = WORDS.index("\N{WRAPPED PRESENT}") + 1
    path = changed(written, lambda xml: xml.replace(f'startPosition="{STRETCH[0]}"', f'startPosition="{inside}"'))
    assert f"startPosition {inside} is no place in a text" in refusal(path, utf16=True)


def test_a_project_written_is_valid_against_the_published_schema(shared, project, written):
    schema = xmlschema.XMLSchema(shared / "refi_qda" / "REFI_Project.xsd")
    with zipfile.ZipFile(written) as archive:
        schema.validate(archive.read("project.qde").decode())
    plain = Project("Nothing yet")
    refi_qda.write_project(plain, written)
    with zipfile.ZipFile(written) as archive:
        schema.validate(archive.read("project.qde").decode())


def test_projects_of_other_programs_are_read_and_what_is_left_out_is_counted(shared):
    read = refi_qda.read_project(shared / "refi_qda" / "TestProject.qdpx")
    assert (len(read.codes), len(read.texts), len(list(refi_qda.segments(read)))) == (14, 8, 9)
    left_out = dict(read.left_out)
    assert (left_out["PDFSelection"], left_out["Note"], left_out["MemberCode"]) == (4, 2, 19)
    assert all(text.content is None for text in read.texts if text.selections)


def test_codebooks_of_other_programs_are_read_with_braced_guids(shared):
    codes = refi_qda.read_codebook(shared / "refi_qda" / "REFI-QDA-1-5.qdc")
    assert [code.name for code in codes][:2] == ["Topics", "Economy"]
    assert codes[0].guid == "5215CC69-B628-4E02-AFB9-9BEEAEE55808"
    assert not codes[0].codable


BEYOND = str(len(WORDS) + 1)
CHANGES = {
    "document type": (lambda xml: xml.replace("<Project", '<!DOCTYPE p [<!ENTITY a "aa">]><Project'), "line 2: it de"),
    "namespace": (lambda xml: xml.replace("project:1.0", "project:9.9"), "does not begin with urn:QDA-XML:project:1.0"),
    "no namespace": (lambda xml: xml.replace("<Users", '<Users xmlns=""'), "an element has no namespace"),
    "not XML": (lambda xml: xml[:-30], "not well-formed XML"),
    "position": (lambda xml: xml.replace(f'endPosition="{STRETCH[1]}"', f'endPosition="{BEYOND}"'),
                 f"endPosition {BEYOND} is no place in a text of {len(WORDS)} characters. Read it with utf16=True"),
    "backwards": (lambda xml: xml.replace(f'startPosition="{STRETCH[0]}"', 'startPosition="40"'), "starts at 40 and"),
    "no number": (lambda xml: xml.replace(f'"{STRETCH[0]}"', '"-3"'), "startPosition is not a whole number from 0"),
    "unknown code": (lambda xml: xml.replace(f'targetGUID="{TRUST}"', f'targetGUID="{ANA}"'), "not in the codebook"),
    "guid": (lambda xml: xml.replace(f'guid="{BO}"', 'guid="bo"'), "User has no guid of the form 8-4-4-4-12"),
    "same guid": (lambda xml: xml.replace(f'guid="{BO}"', f'guid="{ANA}"'), "User has the guid of another thing"),
    "leads out": (lambda xml: xml.replace("internal://", "internal://../"), "plainTextPath leads out of the project"),
    "too deep": (lambda xml: xml.replace("<Users>", "<Users>" * 200), "nested deeper than 100"),
    "encoding": (lambda xml: xml.replace("utf-8", "utf-7"), "project.qde"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_project_that_cannot_be_trusted_is_refused_with_its_place(written, case):
    change, said = CHANGES[case]
    told = refusal(changed(written, change))
    assert told.startswith("changed.qdpx, project.qde")
    assert said in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda xml: xml.replace("<CodeBook", "<!DOCTYPE p><CodeBook"), "line 2: it declares a document type"),
        (lambda xml: xml.replace("codebook:1.0", "codebook:2.0"), "does not begin with urn:QDA-XML:codebook:1.0"),
        (lambda xml: xml.replace('name="Trust"', 'name=" "'), "line 2: a code has no name"),
        (lambda xml: xml[:-5], "not well-formed XML"),
    ],
)
def test_a_codebook_that_cannot_be_trusted_is_refused_with_its_place(project, tmp_path, change, said):
    path = tmp_path / "codes.qdc"
    refi_qda.write_codebook(project.codes, path)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(Refused, match="codes.qdc") as refused:
        refi_qda.read_codebook(path)
    assert said in str(refused.value)


def test_the_text_of_a_pdf_is_read_under_the_name_of_the_pdf(written, project):
    inside = f'<PDFSource guid="{guid("pdf")}" name="P-02.pdf"><Representation guid="{guid("rep")}">'
    inside += "<PlainTextContent>Read aloud</PlainTextContent></Representation></PDFSource></Sources>"
    read = refi_qda.read_project(changed(written, lambda xml: xml.replace("</Sources>", inside)))
    assert [(text.name, text.content) for text in read.texts][1] == ("P-02.pdf", "Read aloud")
    assert read.left_out == (("PDFSource", 1),)


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/outside.txt", "Sources/..\\outside.txt", "C:outside.txt"])
def test_a_part_whose_name_leads_out_is_refused(written, name):
    assert "its name leads out of the project" in refusal(changed(written, **{name: b"x"}))


def test_a_bomb_is_refused_before_it_is_unpacked(written):
    assert "times larger" in refusal(changed(written, **{"Sources/bomb.txt": b"0" * 3_000_000}))
    assert "too large to be true" in refusal(written, limits=Limits(unpacked=100))
    assert "more than 1 parts" in refusal(written, limits=Limits(parts=1))
    assert "larger than 10 bytes" in refusal(written, limits=Limits(size=10))


def test_a_project_of_too_many_elements_is_refused_before_they_fill_the_memory(written, monkeypatch):
    monkeypatch.setattr(refi_qda, "MOST_ELEMENTS", 10)
    assert "project.qde, line 2: it has more than 10 elements. Split the project." in refusal(written)


def test_a_project_cut_short_anywhere_is_refused_and_never_breaks(written):
    whole = written.read_bytes()
    for length in range(0, len(whole), 37):
        written.write_bytes(whole[:length])
        assert refusal(written).startswith("invented.qdpx")


def test_a_text_that_is_not_utf8_is_refused_with_its_byte(written, project):
    name = f"Sources/{project.texts[0].guid}.txt"
    assert f"changed.qdpx, {name}, byte 2: the text is not UTF-8" in refusal(changed(written, **{name: b"ab\xff"}))


def test_a_project_without_its_xml_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "empty.qdpx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "empty.qdpx") == "empty.qdpx: it has no project.qde. Export it as a REFI-QDA project."


WRONG = {
    "outside the text": lambda text: replace(text, selections=(replace(text.selections[0], end=len(WORDS) + 1),)),
    "no text": lambda text: replace(text, content=None),
    "half a character": lambda text: replace(text, content=WORDS[:-1] + "\ud83d"),
    "a control character": lambda text: replace(text, name="P\x00"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_written_leaves_the_file_as_it_was(project, written, case):
    before, listed = written.read_bytes(), sorted(written.parent.iterdir())
    with pytest.raises(Refused, match="invented.qdpx"):
        refi_qda.write_project(replace(project, texts=(WRONG[case](project.texts[0]),)), written)
    assert (written.read_bytes(), sorted(written.parent.iterdir())) == (before, listed)


def test_a_writing_that_breaks_off_leaves_no_half_file(project, written, monkeypatch):
    def break_off(*_):
        raise OSError("no space left")

    before, listed = written.read_bytes(), sorted(written.parent.iterdir())
    monkeypatch.setattr(refi_qda.os, "replace", break_off)
    with pytest.raises(OSError, match="no space left"):
        refi_qda.write_project(project, written)
    assert (written.read_bytes(), sorted(written.parent.iterdir())) == (before, listed)


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_project_and_its_codebook_and_says_what_is_in_them(project, written, tmp_path, capsys):
    assert cli.main(["interviews", "convert", str(written), "-o", str(tmp_path / "out.qdpx")]) == 0
    assert "Codes: 3, texts: 1, coded stretches: 2" in capsys.readouterr().out
    assert refi_qda.read_project(tmp_path / "out.qdpx") == project
    assert cli.main(["interviews", "convert", str(written), "-o", str(tmp_path / "out.qdc")]) == 0
    assert refi_qda.read_codebook(tmp_path / "out.qdc") == project.codes
    assert cli.main(["interviews", "convert", str(tmp_path / "out.qdc"), "-o", str(tmp_path / "again.qdc")]) == 0
    assert (tmp_path / "again.qdc").read_bytes() == (tmp_path / "out.qdc").read_bytes()


def test_the_command_overwrites_nothing_and_leaves_nothing_behind(written, tmp_path, capsys):
    def refused(source, out):
        before = sorted(tmp_path.iterdir())
        assert cli.main(["interviews", "convert", str(tmp_path / source), "-o", str(tmp_path / out)]) == 2
        assert sorted(tmp_path.iterdir()) == before
        return capsys.readouterr().err

    (tmp_path / "broken.qdpx").write_bytes(b"PK\x03\x04 cut short")
    assert "is there already" in refused(written.name, written.name)
    assert "name a .qdpx" in refused(written.name, "codes.docx")
    assert "broken.qdpx" in refused("broken.qdpx", "out.qdpx")
    assert "no such file" in refused("none.qdc", "out.qdc")
    assert "no project can be made of it" in refused("none.qdc", "out.qdpx")


@pytest.mark.parametrize("group", ["survivors", "community", "staff"])
def test_each_guide_is_printed_with_what_is_said_before_and_after(group, capsys):
    assert cli.main(["interviews", "guide", group]) == 0
    said = capsys.readouterr().out
    assert f"{group}-1" in said
    assert all(f"\n{heading}\n" in said for heading in ("Before", "Notice", "Consent", "After"))
