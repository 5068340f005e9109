"""A small study typed by hand: two sites, five cases, and what the figures must come to."""

import csv
from pathlib import Path

PROTOCOL = """
title = "Two invented sites"
version = "1"
registered_on = 2024-01-15
matures_on = 2024-06-30
maturity_months = 12
certificate = "PC-INVENTED"
agreement = "AG-INVENTED"
selection = "Every closed file"
threshold = 3
[[question]]
key = "q1"
text = "How many cases end in prosecution?"
figures = ["cases.prosecuted", "cases.charged_strict"]
"""

SITES = [{"site_id": "north", "scope": "local"}, {"site_id": "south", "scope": "statewide"}]


def case(number: int, site: str, opened: str = "2022-03-01", **more) -> dict:
    row = {"case_id": f"c{number}", "site_id": site, "opened_on": opened, "status": "closed", "closed_on": "2023-01-01",
           "closed_how": "arrest", "trafficking_type": "sex", "adopted_federally_on_why": "not_applicable"}  # fmt: skip
    return row | more


def suspect(number: int, of: int, arrested: str = "", prosecuted: str = "", convicted: str = "", **more) -> dict:
    row = {"suspect_id": f"s{number}", "case_id": f"c{of}"}
    for stem, day in (("arrested", arrested), ("prosecuted", prosecuted), ("convicted", convicted)):
        row |= {f"{stem}_on": day} if day[:1].isdigit() else {f"{stem}_on_why": day or "not_applicable"}
    return row | more


def charge(number: int, of: int, kind: str = "HT-SEX", stage: str = "filed", counts: int = 1, **more) -> dict:
    return {"charge_id": f"h{number}", "suspect_id": f"s{of}", "stage": stage, "class": kind, "counts": counts} | more


def write(folder: Path, protocol: str = PROTOCOL, **tables: list[dict]) -> Path:
    """A folder of filled-in templates."""
    for name, rows in {"site": SITES, **tables}.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    if protocol:
        (folder / "protocol.toml").write_text(protocol, encoding="utf-8")
    return folder


def five_cases(folder: Path, **more) -> Path:
    """Arrest in four cases of five, prosecution in three, one of unknown charge, one under a trafficking statute."""
    cases = [case(1, "north"), case(2, "north"), case(3, "south", trafficking_type="labor"), case(4, "south"),
             case(5, "south", opened="2024-01-01", closed_on="2024-03-01")]  # fmt: skip
    suspects = [
        suspect(1, 1, "2022-04-01", "2022-05-01", "2023-01-01"), suspect(2, 1, "2022-04-01"),
        suspect(3, 2, "2022-06-01", "2022-06-01"), suspect(4, 3, "2022-06", "not_recorded"),
        suspect(5, 4), suspect(6, 5, "2024-02-01"),
    ]  # fmt: skip
    charges = [
        charge(1, 1), charge(2, 1, stage="disposed", from_charge_id="h1", counts_guilty_plea=1),
        charge(3, 3, "PROST-PROMOTE", counts=2),
    ]  # fmt: skip
    return write(folder, **{"case": cases, "suspect": suspects, "charge": charges, **more})
