"""Makes NIBRS releases out of nothing, in the FBI's relational layout, to measure on. Every row is plainly invented.

python -m tests.bench.generate_nibrs FOLDER INCIDENTS
"""

import csv
import random
import sys
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

LOOK_UPS = {
    "NIBRS_OFFENSE_TYPE": ("OFFENSE_TYPE_ID", "OFFENSE_CODE", {
        2: "26A", 3: "36B", 8: "370", 15: "40B", 16: "35A", 26: "210", 27: "13A", 29: "100", 30: "40A", 36: "11A",
        44: "13C", 45: "23H", 51: "13B", 59: "64A", 60: "64B", 61: "40C",
    }),
    "NIBRS_LOCATION_TYPE": ("LOCATION_ID", "LOCATION_CODE", {13: "13", 14: "14", 20: "20", 34: "46", 47: "58"}),
    "NIBRS_AGE": ("AGE_ID", "AGE_CODE", {0: "NS", 1: "NN", 4: "00", 5: "AG", 6: "99"}),
    "REF_RACE": ("RACE_ID", "RACE_CODE", {0: "U", 1: "W", 2: "B", 4: "A", 8: "P"}),
    "NIBRS_ETHNICITY": ("ETHNICITY_ID", "ETHNICITY_CODE", {1: "H", 2: "N", 3: "U"}),
    "NIBRS_CLEARED_EXCEPT": ("CLEARED_EXCEPT_ID", "CLEARED_EXCEPT_CODE", {2: "B", 6: "N"}),
    "NIBRS_VICTIM_TYPE": ("VICTIM_TYPE_ID", "VICTIM_TYPE_CODE", {4: "I", 8: "S"}),
    "NIBRS_ARREST_TYPE": ("ARREST_TYPE_ID", "ARREST_TYPE_CODE", {1: "O", 2: "S", 3: "T"}),
    "NIBRS_RELATIONSHIP": ("RELATIONSHIP_ID", "RELATIONSHIP_CODE", {7: "EE", 18: "RU", 24: "ST"}),
    "NIBRS_CRIMINAL_ACT_TYPE": ("CRIMINAL_ACT_ID", "CRIMINAL_ACT_CODE", {4: "E", 6: "P", 9: "N"}),
    "NIBRS_WEAPON_TYPE": ("WEAPON_ID", "WEAPON_CODE", {12: "40", 20: "99"}),
    "NIBRS_INJURY": ("INJURY_ID", "INJURY_CODE", {4: "M", 5: "N"}),
}  # fmt: skip
PERSON = ("AGE_ID", "AGE_NUM", "SEX_CODE", "RACE_ID", "ETHNICITY_ID", "AGE_RANGE_LOW_NUM", "AGE_RANGE_HIGH_NUM")
TABLES = {
    "agencies": ("AGENCY_ID", "DATA_YEAR", "ORI"),
    "NIBRS_month": ("DATA_YEAR", "NIBRS_MONTH_ID", "AGENCY_ID", "MONTH_NUM", "DATA_YEAR", "REPORTED_STATUS"),
    "NIBRS_incident": (
        "DATA_YEAR", "AGENCY_ID", "INCIDENT_ID", "INCIDENT_DATE", "REPORT_DATE_FLAG", "INCIDENT_HOUR",
        "CLEARED_EXCEPT_ID", "CLEARED_EXCEPT_DATE",
    ),
    "NIBRS_OFFENSE": (
        "DATA_YEAR", "OFFENSE_ID", "INCIDENT_ID", "OFFENSE_TYPE_ID", "ATTEMPT_COMPLETE_FLAG", "LOCATION_ID",
    ),
    "NIBRS_VICTIM": ("DATA_YEAR", "VICTIM_ID", "INCIDENT_ID", "VICTIM_SEQ_NUM", "VICTIM_TYPE_ID", *PERSON),
    "NIBRS_OFFENDER": ("DATA_YEAR", "OFFENDER_ID", "INCIDENT_ID", "OFFENDER_SEQ_NUM", *PERSON),
    "NIBRS_ARRESTEE": (
        "DATA_YEAR", "ARRESTEE_ID", "INCIDENT_ID", "ARRESTEE_SEQ_NUM", "ARREST_DATE", "ARREST_TYPE_ID",
        "OFFENSE_TYPE_ID", *PERSON,
    ),
    "NIBRS_VICTIM_OFFENSE": ("DATA_YEAR", "VICTIM_ID", "OFFENSE_ID"),
    "NIBRS_VICTIM_OFFENDER_REL": ("DATA_YEAR", "VICTIM_ID", "OFFENDER_ID", "RELATIONSHIP_ID"),
}  # fmt: skip
YEAR, AGENCIES = 2023, 40


def generate(folder: Path, incidents: int, seed: int = 1) -> int:
    """Write a release of so many incidents, each with one or two offenses; returns the rows written, look-ups apart.

    The same seed gives the same files. Ids are out of order, as in the FBI's own files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, (own, code, codes) in LOOK_UPS.items():
        _write(folder / f"{name}.csv", (own, code), codes.items())
    chance, rows = random.Random(seed), 0
    with ExitStack() as stack:
        writers = {}
        for name, header in TABLES.items():
            opened = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(opened, quoting=csv.QUOTE_ALL)
            writers[name].writerow(header)
        for name, row in _rows(chance, incidents):
            writers[name].writerow(row)
            rows += 1
    return rows


def _write(path: Path, header, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(header)
        writer.writerows(rows)


def _rows(chance, incidents):
    for agency in range(1, AGENCIES + 1):
        yield "agencies", (agency, YEAR, f"ZZ{agency:05d}00")
        for month in range(1, 13):
            yield "NIBRS_month", (YEAR, agency * 100 + month, agency, month, YEAR, chance.choices("IZU", (90, 8, 2))[0])
    for incident in chance.sample(range(1, incidents + 1), incidents):
        yield from _incident(chance, incident)


def _incident(chance, incident):
    day = date(YEAR, 1, 1) + timedelta(days=chance.randrange(365))
    on = day.strftime("%d-%b-%y").upper()
    agency = chance.randint(1, AGENCIES)
    yield "NIBRS_incident", (YEAR, agency, incident, on, chance.choice(("", "", "R")), chance.randrange(24), 6, "")
    offenses = [incident * 10 + at for at in range(chance.choice((1, 1, 1, 2)))]
    for offense in offenses:
        kind = chance.choice(list(LOOK_UPS["NIBRS_OFFENSE_TYPE"][2]))
        place = chance.choice(list(LOOK_UPS["NIBRS_LOCATION_TYPE"][2]))
        yield "NIBRS_OFFENSE", (YEAR, offense, incident, kind, chance.choice("CCCA"), place)
    individual = chance.random() < 0.7
    person = _person(chance) if individual else ("",) * len(PERSON)
    yield "NIBRS_VICTIM", (YEAR, incident, incident, 1, 4 if individual else 8, *person)
    yield "NIBRS_OFFENDER", (YEAR, incident, incident, 1, *_person(chance))
    for offense in offenses:
        yield "NIBRS_VICTIM_OFFENSE", (YEAR, incident, offense)
    if individual:
        yield "NIBRS_VICTIM_OFFENDER_REL", (YEAR, incident, incident, chance.choice((7, 18, 24)))
    if chance.random() < 0.3:
        yield "NIBRS_ARRESTEE", (YEAR, incident, incident, 1, on, chance.randint(1, 3), 30, *_person(chance))


def _person(chance):
    age = chance.randint(12, 70)
    return 5, age, chance.choice("MFU"), chance.choice((0, 1, 2, 4)), chance.choice((1, 2, 3, "")), age, 0


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]), int(sys.argv[2]))} rows\n")
