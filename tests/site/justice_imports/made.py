"""Files to take in: small generated releases, their zips, and a court's export. Everybody in them is invented."""

import io
import shutil
import zipfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from concord.casefile.formats.court import CourtMapping
from concord.casefile.formats.nibrs import open_release
from concord.casefile.formats.nibrs_tables import files_of
from concord.casefile.reading import InMemory
from concord.site.justice.imports import nibrs, sources
from concord.site.justice.imports.mappings import Mapping
from concord.site.stores.acting import acting

COLUMNS = {
    "docket": "Case", "defendant": "Def", "sequence": "No", "citation": "Statute", "counts": "Counts",
    "filed_on": "Filed", "disposed_on": "Disposed", "disposition": "Outcome", "sentence_months": "Months",
    "restitution_ordered_usd": "Ordered", "restitution_paid_usd": "Paid",
}  # fmt: skip
MAPPING = Mapping(
    CourtMapping(
        system="Rivers court", jurisdiction="US", columns=COLUMNS,
        codes={"disposition": {"PLEA": "guilty_plea", "DISM": "dismissed", "PEND": "pending"}}),
    name_heading="Name")  # fmt: skip
HEADER = ("Case", "Def", "No", "Name", "Statute", "Counts", "Filed", "Disposed", "Outcome", "Months", "Ordered", "Paid")


def zipped(folder: Path, *more: tuple[str, bytes]) -> bytes:
    """A folder as a zip, with other parts beside its files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.csv")):
            archive.write(path, str(path.relative_to(folder)))
        for name, content in more:
            archive.writestr(name, content)
    return packed.getvalue()


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def copied(folder: Path, to: Path) -> Path:
    return shutil.copytree(folder, to)


def spoil(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Put a value into a cell, rows counted as a spreadsheet does."""
    path = folder / f"{table}.csv"
    lines = path.read_text().splitlines()
    header = [name.strip('"') for name in lines[0].split(",")]
    cells = lines[row - 1].split(",")
    cells[header.index(column)] = f'"{value}"'
    lines[row - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


def keep(folder: Path, by):
    """Check a release and keep it, as `by`; what was checked and the import."""
    files = files_of(folder)
    with open_release(files) as release:
        with acting(by):
            checked = nibrs.check(release, sources.digest(files), by)
        with acting(by):
            return checked, nibrs.keep(release, checked, file_name=folder.name, by=by)


def court_file(*rows: dict | tuple, name: str = "court.csv", header: tuple = HEADER) -> InMemory:
    """A court's CSV: rows in the order of the header, or as dicts over a charge that was filed and is pending."""
    filed = {"Case": "25-CR-0012", "Def": "1", "No": "1", "Name": "Madeup, Quirin", "Statute": "18 USC 1589(a)",
             "Counts": "2", "Filed": "2026-01-15", "Outcome": "PEND"}  # fmt: skip
    lines = [",".join(header)]
    for row in rows:
        cells = row if isinstance(row, tuple) else [(filed | row).get(column, "") for column in header]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return InMemory(name, ("\n".join(lines) + "\n").encode())


PLEA = {"Outcome": "PLEA", "Disposed": "2026-05-20", "Months": "84", "Ordered": "12000.00", "Paid": "500.00"}
