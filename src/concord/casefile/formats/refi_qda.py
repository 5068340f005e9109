"""Reads and writes coded interviews as REFI-QDA: QDPX (a project with its texts) and QDC (a codebook alone).

Of a project this takes users, codes, texts, selections of text and codings, which is what themes and agreement need;
everything else it holds (pictures, sound, variables, notes) is counted in `Project.left_out`, never dropped unsaid.
Positions are Unicode code points, the end exclusive. Some programs count UTF-16 units instead, which differ after an
emoji: `utf16=True` reads those. A file that cannot be trusted is `Refused`, with the place and what to do; nothing is
unpacked to disk, and writing leaves either the whole file or none.

Source: REFI-QDA 1.0, Project.xsd of 18 March 2019, namespaces `urn:QDA-XML:project:1.0` and `urn:QDA-XML:codebook:1.0`.
"""

import io
import lzma
import os
import re
import struct
import tempfile
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from concord.casefile.reading import CHUNK, Limits, Problem, Refused, Source, size_of

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
QDE = "project.qde"
ORIGIN = "Concord"
INTERNAL = "internal://"
DEEPEST = 100
MOST_XML = 100_000_000  # bytes, of one part
MOST_ELEMENTS = 1_000_000
A_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
A_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TAKEN = {
    "Project", "Users", "User", "CodeBook", "Codes", "Code", "Description", "Sources", "TextSource", "Representation",
    "PlainTextContent", "PlainTextSelection", "Coding", "CodeRef",
}  # fmt: skip
EXPORT_AGAIN = "export the project again"
NOT_A_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who coded."""

    guid: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code and those below it."""

    guid: str
    name: str
    codable: bool = True
    color: str = ""
    description: str = ""
    children: tuple["Code", ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """A code (its guid) put on something by a user (its guid, or empty where the program did not say)."""

    guid: str
    code: str
    user: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch of a text from `start` up to and without `end`, in code points."""

    guid: str
    start: int
    end: int
    name: str = field(default="", repr=False)
    user: str = ""
    at: str = ""
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A source with its text; `content` is None when its file was not in the project. `codings` are of the whole."""

    guid: str
    name: str = ""
    content: str | None = field(default=None, repr=False)
    selections: tuple[Selection, ...] = ()
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `left_out` says how many of which elements were there and are not held here."""

    name: str
    users: tuple[User, ...] = ()
    codes: tuple[Code, ...] = ()
    texts: tuple[Text, ...] = ()
    origin: str = ORIGIN
    created: str = ""
    description: str = ""
    left_out: tuple[tuple[str, int], ...] = ()

    def code_names(self) -> dict[str, str]:
        """Names of codes by guid, each below those above it: `Barriers > Housing`."""
        return dict(_paths(self.codes))

    def user_names(self) -> dict[str, str]:
        return {user.guid: user.name or user.id or user.guid for user in self.users}


@dataclass(frozen=True, slots=True)
class Segment:
    """One code on one stretch of one text by one coder, by their names."""

    text: str
    code: str
    coder: str
    start: int
    end: int


def segments(project: Project) -> Iterator[Segment]:
    """Every coded stretch, in the order of the project. A code on a whole text is a stretch as long as the text."""
    codes, users = project.code_names(), project.user_names()
    for text in project.texts:
        spans = [(one.start, one.end, one.user, one.codings) for one in text.selections]
        if text.content is not None:
            spans.append((0, len(text.content), "", text.codings))
        for start, end, user, codings in spans:
            for coding in codings:
                coder = coding.user or user
                yield Segment(text.name or text.guid, codes[coding.code], users.get(coder, coder), start, end)


def guid(*parts: str) -> str:
    """The same guid for the same words, so that two writings of one study agree."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, PROJECT + "\x1f" + "\x1f".join(parts))).upper()


def _paths(codes: Iterable[Code], above: str = "") -> Iterator[tuple[str, str]]:
    for code in codes:
        yield code.guid, above + code.name
        yield from _paths(code.children, f"{above}{code.name} > ")


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_project(path: Source, *, utf16: bool = False, limits: Limits | None = None) -> Project:
    """A project from a .qdpx. `utf16`: its positions count UTF-16 units. Raises Refused."""
    parts = _unpacked(path, limits or Limits())
    if QDE not in parts:
        raise _refused(path.name, f"it has no {QDE}", "export it as a REFI-QDA project")
    place = f"{path.name}, {QDE}"
    root = _parse(place, parts[QDE], f"{PROJECT}}}Project")
    return _project(place, root, lambda name: _packed_text(path, parts, name), utf16)


def read_codebook(path: Source, *, limits: Limits | None = None) -> tuple[Code, ...]:
    """The codes of a .qdc. Raises Refused."""
    _check_file(path, limits or Limits(size=MOST_XML))
    with path.open("rb") as raw:
        root = _parse(path.name, raw.read(), f"{CODEBOOK}}}CodeBook")
    return _codes(path.name, root, {})


def _refused(place: str, reason: str, what_to_do: str, line: int = 0) -> Refused:
    return Refused(Problem(f"{place}, line {line}" if line else place, 0, "", "file", reason, what_to_do))


def _check_file(path: Source, limits: Limits) -> None:
    if not path.is_file():
        raise _refused(path.name, "there is no such file", "check the name")
    if size_of(path) > limits.size:
        raise _refused(path.name, f"the file is larger than {limits.size:,} bytes", "leave sound and film out of it")


def _unpacked(path: Source, limits: Limits) -> dict[str, bytes]:
    """The XML and the texts of a project by their names in small letters; what else it holds stays packed."""
    _check_file(path, limits)
    try:
        with path.open("rb") as raw, zipfile.ZipFile(raw) as archive:
            parts = _checked_parts(path, archive, limits)
            return {part.filename.lower(): archive.read(part) for part in parts if _is_read(part.filename)}
    except Refused:
        raise
    except NOT_A_ZIP:
        raise _refused(path.name, "this is no QDPX project, or it is cut short", EXPORT_AGAIN) from None


def _checked_parts(path: Source, archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The parts, once none of them leads out of the archive, is locked, or unpacks to more than is sound."""
    listed = [part for part in archive.infolist() if not part.is_dir()]
    if len(listed) > limits.parts:
        raise _refused(path.name, f"it has more than {limits.parts:,} parts", "split the project")
    for number, part in enumerate(listed, start=1):
        if not _stays_inside(part.orig_filename):
            raise _refused(f"{path.name}, part {number}", "its name leads out of the project", EXPORT_AGAIN)
        if part.flag_bits & 1:
            raise _refused(path.name, "it is locked with a password", "save it without one")
    read = [part for part in listed if _is_read(part.filename)]
    unpacked = sum(part.file_size for part in read)
    if unpacked > limits.unpacked or max((p.file_size for p in read), default=0) > MOST_XML:
        raise _refused(path.name, "unpacked, its texts are too large to be true", "split the project")
    if unpacked > CHUNK and unpacked > limits.ratio * max(1, sum(part.compress_size for part in read)):
        raise _refused(path.name, f"unpacked it is more than {limits.ratio} times larger", EXPORT_AGAIN)
    if len({part.filename.lower() for part in listed}) != len(listed):
        raise _refused(path.name, "two of its parts have one name", EXPORT_AGAIN)
    return listed


def _stays_inside(name: str) -> bool:
    return not (set(name) & set('\\:\0') or name.startswith("/") or ".." in PurePosixPath(name).parts)


def _is_read(name: str) -> bool:
    return name.lower().endswith((".qde", ".txt"))


def _packed_text(path: Source, parts: dict[str, bytes], name: str) -> str | None:
    packed = f"Sources/{name}"
    if packed.lower() not in parts:
        return None
    try:
        return parts[packed.lower()].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"{path.name}, {packed}, byte {error.start}"
        raise _refused(place, "the text is not UTF-8", EXPORT_AGAIN) from None


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    line: int
    children: list["_Node"] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.chunks)

    def all(self, tag: str) -> Iterator["_Node"]:
        return (child for child in self.children if child.tag == tag)

    def one(self, tag: str) -> "_Node | None":
        return next(self.all(tag), None)

    def walk(self) -> Iterator["_Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


class _Tree:
    """Builds nodes from what the parser says; refuses document types, so that no entity can be declared."""

    def __init__(self, place: str, root: str):
        self.place, self.root = place, root
        self.namespace = root.split("}")[0]
        self.open: list[_Node] = []
        self.made: _Node | None = None
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = lambda _: self.open.pop()
        self.parser.CharacterDataHandler = lambda text: self.open[-1].chunks.append(text)

    def refuse(self, reason: str, what_to_do: str) -> Refused:
        return _refused(self.place, reason, what_to_do, self.parser.CurrentLineNumber)

    def doctype(self, *_) -> None:
        raise self.refuse("it declares a document type, which a project never needs", EXPORT_AGAIN)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != self.root:
            wanted = self.root.replace("}", " ")
            raise self.refuse(f"it does not begin with {wanted}", "export it as REFI-QDA 1.0")
        if "}" not in tag:
            raise self.refuse("an element has no namespace", f"its elements need {self.namespace}")
        if len(self.open) == DEEPEST:
            raise self.refuse(f"it is nested deeper than {DEEPEST}", EXPORT_AGAIN)
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise self.refuse(f"it has more than {MOST_ELEMENTS:,} elements", "split the project")
        namespace, local = tag.rsplit("}", 1)
        node = _Node(local if namespace == self.namespace else tag, attributes, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.made = node
        self.open.append(node)


def _parse(place: str, content: bytes, root: str) -> _Node:
    tree = _Tree(place, root)
    try:
        tree.parser.Parse(content, True)
    except Refused:
        raise
    except expat.ExpatError as error:
        reason = f"not well-formed XML ({expat.ErrorString(error.code)})"
        raise _refused(place, reason, EXPORT_AGAIN, error.lineno) from None
    except (ValueError, LookupError):
        raise _refused(place, "its encoding is not one that XML programs share", "save it as UTF-8", 1) from None
    return tree.made


def _project(place: str, root: _Node, packed: Callable, utf16: bool) -> Project:
    seen: dict[str, int] = {}
    users = tuple(
        User(_guid(place, node, seen=seen), node.attributes.get("name", ""), node.attributes.get("id", ""))
        for part in root.all("Users")
        for node in part.all("User")
    )
    codes = tuple(code for part in root.all("CodeBook") for code in _codes(place, part, seen))
    known = {found for found, _ in _paths(codes)}
    texts = tuple(
        _text(place, node, name, packed, known, seen, utf16)
        for part in root.all("Sources")
        for node, name in _text_nodes(part)
    )
    left_out = Counter(node.tag.rsplit("}", 1)[-1] for node in root.walk() if node.tag not in TAKEN)
    return Project(
        root.attributes.get("name", ""), users, codes, texts, root.attributes.get("origin", ""),
        root.attributes.get("creationDateTime", ""), _said(root), tuple(sorted(left_out.items())),
    )  # fmt: skip


def _text_nodes(sources: _Node) -> Iterator[tuple[_Node, str]]:
    """Texts, and the texts of PDFs, which take the PDF's name where they have none."""
    for node in sources.children:
        if node.tag == "TextSource":
            yield node, node.attributes.get("name", "")
        for inner in node.all("Representation"):
            yield inner, inner.attributes.get("name") or node.attributes.get("name", "")


def _guid(place: str, node: _Node, name: str = "guid", seen: dict[str, int] | None = None) -> str:
    """A guid without braces, in capitals: programs write one either way. No two things of a project share one."""
    found = node.attributes.get(name, "").strip().removeprefix("{").removesuffix("}").upper()
    if not A_GUID.fullmatch(found):
        raise _refused(place, f"{node.tag} has no {name} of the form 8-4-4-4-12", EXPORT_AGAIN, node.line)
    if seen is not None and found in seen:
        reason = f"{node.tag} has the guid of another thing, at line {seen[found]}"
        raise _refused(place, reason, "give each thing its own guid, and " + EXPORT_AGAIN, node.line)
    if seen is not None:
        seen[found] = node.line
    return found


def _user(place: str, node: _Node) -> str:
    return _guid(place, node, "creatingUser") if node.attributes.get("creatingUser") else ""


def _said(node: _Node) -> str:
    found = node.one("Description")
    return found.text if found else ""


def _codes(place: str, part: _Node, seen: dict[str, int]) -> tuple[Code, ...]:
    return tuple(_code(place, node, seen) for holder in part.all("Codes") for node in holder.all("Code"))


def _code(place: str, node: _Node, seen: dict[str, int]) -> Code:
    found = _guid(place, node, seen=seen)
    if not node.attributes.get("name", "").strip():
        raise _refused(place, "a code has no name", "name it, and " + EXPORT_AGAIN, node.line)
    codable = node.attributes.get("isCodable", "true").strip() in ("true", "1")
    color = node.attributes.get("color", "")
    children = tuple(_code(place, child, seen) for child in node.all("Code"))
    color = color if A_COLOR.fullmatch(color) else ""
    return Code(found, node.attributes["name"], codable, color, _said(node), children)


def _text(place, node: _Node, name: str, packed: Callable, known: set[str], seen: dict, utf16: bool) -> Text:
    found = _guid(place, node, seen=seen)
    content = _content(place, node, packed)
    points = _code_points(content) if utf16 and content is not None else None
    selections = tuple(
        _selection(place, child, content, points, known, seen) for child in node.all("PlainTextSelection")
    )
    return Text(found, name, content, selections, _codings(place, node, known, seen))


def _content(place: str, node: _Node, packed: Callable) -> str | None:
    inside, path = node.one("PlainTextContent"), node.attributes.get("plainTextPath", "")
    if inside is not None:
        return inside.text
    if not path.startswith(INTERNAL):
        return None
    name = path.removeprefix(INTERNAL)
    if "/" in name or not name or not _stays_inside(name):
        raise _refused(place, "plainTextPath leads out of the project", EXPORT_AGAIN, node.line)
    return packed(name)


def _code_points(content: str) -> dict[int, int]:
    """UTF-16 position -> code point position, for every boundary of a character."""
    at, points = 0, {0: 0}
    for number, character in enumerate(content, start=1):
        at += 2 if ord(character) > 0xFFFF else 1
        points[at] = number
    return points


def _selection(place, node: _Node, content: str | None, points, known: set[str], seen: dict) -> Selection:
    found = _guid(place, node, seen=seen)
    start, end = (_position(place, node, name, content, points) for name in ("startPosition", "endPosition"))
    if start > end:
        raise _refused(place, f"a selection starts at {start} and ends at {end}", EXPORT_AGAIN, node.line)
    name, at = node.attributes.get("name", ""), node.attributes.get("creationDateTime", "")
    return Selection(found, start, end, name, _user(place, node), at, _codings(place, node, known, seen))


def _position(place: str, node: _Node, name: str, content: str | None, points: dict[int, int] | None) -> int:
    written = node.attributes.get(name, "").strip()
    if not re.fullmatch(r"\+?\d{1,12}", written, re.ASCII):
        raise _refused(place, f"{name} is not a whole number from 0", EXPORT_AGAIN, node.line)
    position = int(written)
    if points is not None and position in points:
        return points[position]
    if points is not None or (content is not None and position > len(content)):
        reason = f"{name} {position} is no place in a text of {len(content):,} characters"
        utf16 = any(ord(character) > 0xFFFF for character in content) and points is None
        way = "read it with utf16=True if the program that wrote it counts UTF-16 units" if utf16 else EXPORT_AGAIN
        raise _refused(place, reason, way, node.line)
    return position


def _codings(place: str, node: _Node, known: set[str], seen: dict[str, int]) -> tuple[Coding, ...]:
    return tuple(_coding(place, child, known, seen) for child in node.all("Coding"))


def _coding(place: str, node: _Node, known: set[str], seen: dict[str, int]) -> Coding:
    found, reference = _guid(place, node, seen=seen), node.one("CodeRef")
    if reference is None:
        raise _refused(place, "a coding names no code", EXPORT_AGAIN, node.line)
    code = _guid(place, reference, "targetGUID")
    if code not in known:
        raise _refused(place, "a coding names a code that is not in the codebook", EXPORT_AGAIN, reference.line)
    return Coding(found, code, _user(place, node), node.attributes.get("creationDateTime", ""))


# --- Writing ----------------------------------------------------------------------------------------------------------


def write_project(project: Project, path: Path) -> None:
    """Write a .qdpx, valid against the schema; the same project gives the same bytes. A project carries whole
    transcripts: take out what identifies people before. Raises Refused, and then the file is as it was."""
    parts = {QDE: _xml(_project_element(project, path.name))}
    for text in project.texts:
        parts[f"Sources/{text.guid}.txt"] = text.content.encode("utf-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (name != QDE, name)):
            part = zipfile.ZipInfo(name, ZIP_TIME)
            part.create_system, part.external_attr, part.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(part, parts[name])
    _write_whole(path, packed.getvalue())


def write_codebook(codes: Iterable[Code], path: Path) -> None:
    """Write a .qdc. Raises Refused when there is no code or one cannot be written."""
    root = ElementTree.Element("CodeBook", {"xmlns": CODEBOOK, "origin": ORIGIN})
    _add_codes(root, tuple(codes), path.name)
    _write_whole(path, _xml(root))


def _write_whole(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _xml(root: ElementTree.Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _element(place: str, parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    """A child with those attributes that say something."""
    said = {name: value for name, value in attributes.items() if value or name in ("name", "isCodable")}
    for value in said.values():
        _check_writable(place, tag, value)
    return ElementTree.SubElement(parent, tag, said)


def _check_writable(place: str, tag: str, text: str) -> None:
    if found := UNWRITABLE.search(text):
        reason = f"{tag} holds the character U+{ord(found[0]):04X} at {found.start()}, which XML cannot hold"
        raise _refused(place, reason, "take it out")


def _describe(place: str, element: ElementTree.Element, text: str) -> None:
    if text:
        _check_writable(place, element.tag, text)
        ElementTree.SubElement(element, "Description").text = text


def _project_element(project: Project, place: str) -> ElementTree.Element:
    root = ElementTree.Element("Project", {"xmlns": PROJECT})
    for name, value in (("name", project.name), ("origin", project.origin), ("creationDateTime", project.created)):
        if value or name == "name":
            _check_writable(place, "Project", value)
            root.set(name, value)
    if project.users:
        users = _element(place, root, "Users")
        for user in sorted(project.users, key=lambda user: user.guid):
            _element(place, users, "User", guid=user.guid, name=user.name, id=user.id)
    if project.codes:
        _add_codes(_element(place, root, "CodeBook"), project.codes, place)
    if project.texts:
        sources = _element(place, root, "Sources")
        for text in sorted(project.texts, key=lambda text: (text.name, text.guid)):
            _add_text(place, sources, text)
    _describe(place, root, project.description)
    return root


def _add_codes(parent: ElementTree.Element, codes: tuple[Code, ...], place: str) -> None:
    if not codes:
        raise _refused(place, "a codebook without a code cannot be written", "add a code")
    holder = _element(place, parent, "Codes")
    for code in codes:
        _add_code(place, holder, code)


def _add_code(place: str, parent: ElementTree.Element, code: Code) -> None:
    codable = "true" if code.codable else "false"
    element = _element(place, parent, "Code", guid=code.guid, name=code.name, isCodable=codable, color=code.color)
    _describe(place, element, code.description)
    for child in code.children:
        _add_code(place, element, child)


def _add_text(place: str, parent: ElementTree.Element, text: Text) -> None:
    if text.content is None:
        raise _refused(f"{place}, source {text.guid}", "its text is not here", "read it from a project that has it")
    if lone := re.search("[\ud800-\udfff]", text.content):
        reason = f"its text holds half a character at {lone.start()}"
        raise _refused(f"{place}, source {text.guid}", reason, "read it as UTF-8 again")
    path = f"{INTERNAL}{text.guid}.txt"
    element = _element(place, parent, "TextSource", guid=text.guid, name=text.name, plainTextPath=path)
    for one in sorted(text.selections, key=lambda one: (one.start, one.end, one.guid)):
        if not 0 <= one.start <= one.end <= len(text.content):
            reason = f"{one.start} to {one.end} is no stretch of a text of {len(text.content):,} characters"
            raise _refused(f"{place}, selection {one.guid}", reason, "correct its positions")
        chosen = _element(
            place, element, "PlainTextSelection", guid=one.guid, name=one.name, startPosition=str(one.start),
            endPosition=str(one.end), creatingUser=one.user, creationDateTime=one.at,
        )  # fmt: skip
        _add_codings(place, chosen, one.codings)
    _add_codings(place, element, text.codings)


def _add_codings(place: str, parent: ElementTree.Element, codings: Iterable[Coding]) -> None:
    for coding in sorted(codings, key=lambda coding: coding.guid):
        element = _element(
            place, parent, "Coding", guid=coding.guid, creatingUser=coding.user, creationDateTime=coding.at
        )
        _element(place, element, "CodeRef", targetGUID=coding.code)
