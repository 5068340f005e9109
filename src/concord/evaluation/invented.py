"""An invented study, whole and realistic, with a known truth: for trying the library out, for tests and for lessons.

Nobody in it is or was a person. `world` makes every file that the sites hold, with what became of it; `draw` chooses
files as a study might (at random, all, or by the sites themselves); `invented_study` writes what was drawn as a bundle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from concord.casefile import bundle, cells
from concord.casefile.tables import TABLES
from concord.vocabulary import Grade, Why

AGREEMENT = "INVENTED-1"
DESTROY_BY = date(2032, 12, 31)
CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MATURES_ON = date(2022, 6, 30)
FIRST_DAY, DAYS_OF_OPENING = date(2017, 1, 1), 4 * 365
FRAME_PER_FILE = 3
DOUBLE_CODED = 0.2
REFUSED = 0.03
TRAFFICKING = {"sex": "HT-SEX", "labor": "HT-LABOR", "both": "HT-SEX", "not_yet_known": "HT-SEX"}
CITED = {"HT-SEX": "Invented Code 20-1", "HT-LABOR": "Invented Code 20-2"}
FEATURES = ("co_located", "federal_participation", "labor_unit", "paid_coordinator", "survivor_role")
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2019, 2020) for quarter in (1, 2, 3, 4))
SOURCES = {
    "proactive_operation": 0.30, "patrol": 0.12, "hotline": 0.14, "family": 0.08, "online": 0.10, "provider": 0.10,
    "victim": 0.06, "other_agency": 0.07, "labor_inspection": 0.03,
}  # fmt: skip
ENDS = {"convicted_plea": 0.66, "convicted_trial": 0.07, "dismissed": 0.2, "acquitted": 0.02, "diverted": 0.05}
CLIENTS = {"sex": 14, "labor": 3, "not_yet_known": 1}
REPORTED = {"victims_potential": 5, "victims_confirmed": 4, "investigations_open_at_end": 12}
CODED = (
    ("case", "trafficking_type"), ("case", "source"), ("case", "proactive"), ("case", "closed_how"),
    ("case", "data_quality"), ("victim", "took_part"), ("victim", "identified_by"), ("suspect", "role"),
)  # fmt: skip
READS_OTHERWISE = {
    "trafficking_type": 0.04, "source": 0.12, "proactive": 0.06, "closed_how": 0.15, "data_quality": 0.10,
    "took_part": 0.20, "identified_by": 0.18, "role": 0.10,
}  # fmt: skip


@dataclass
class File:
    """One file that a site holds: its rows of the case file, and what became of it, whether or not a study sees it."""

    file_id: str
    site_id: str
    stratum: str
    prosecuted: bool = False
    charged: bool = False  # under a trafficking statute
    rows: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class World:
    """Every site and every file, with the truth. `charged_under_trafficking` is a share of files, 0 to 1."""

    seed: int
    sites: tuple[str, ...]
    files: tuple[File, ...]

    @property
    def charged_under_trafficking(self) -> float:
        return sum(file.charged for file in self.files) / len(self.files)


@dataclass(frozen=True)
class Drawn:
    """A file and how a study came by it: `by` is empty if nobody chose it, `refused` says why it did not come."""

    file: File
    by: str
    refused: str = ""

    @property
    def received(self) -> bool:
        return bool(self.by) and not self.refused


def invented_study(
    folder: Path,
    seed: int,
    *,
    sites: int = 8,
    files: int = 226,
    drawn: str = "random",
    grade: Grade = Grade.RESEARCH,
    created: datetime = CREATED,
) -> World:
    """Write a bundle of an invented study to a new folder and return the world that it was drawn from.

    `files` come of three times as many (of `files`, when `drawn` is `all`). `drawn` is `random` (within site and
    stratum), `all`, or `hand_picked` (each site gives those it is proud of). The same arguments give the same bytes.
    Raises ValueError for another `drawn`, and `bundle.BundleError` for a folder that is not empty.
    """
    made = world(seed, sites=sites, files=files if drawn == "all" else files * FRAME_PER_FILE)
    chosen = draw(made, files, drawn, seed)
    origin = bundle.Origin(bundle.Source.CODED_FILES, MATURES_ON, grade, AGREEMENT, DESTROY_BY)
    bundle.write(folder, rows_of(made, chosen, seed), origin, created=created)
    return made


# --- The world --------------------------------------------------------------------------------------------------------


def world(seed: int, *, sites: int = 8, files: int = 678) -> World:
    """Every file of every site. Sites differ in size and, a little, in how often they charge under trafficking laws."""
    chance = np.random.default_rng([seed, 1])
    names = tuple(f"S{number:02d}" for number in range(1, sites + 1))
    leans = dict(zip(names, chance.normal(0, 0.4, sites), strict=True))
    made = [
        _file(chance, f"{site}-F{number:03d}", site, float(leans[site]))
        for site, size in zip(names, _sizes(sites, files), strict=True)
        for number in range(1, size + 1)
    ]
    return World(seed, names, tuple(made))


def _sizes(sites: int, files: int) -> list[int]:
    """The largest site holds about four times what the smallest does; together exactly `files`, none empty."""
    if files < sites:
        raise ValueError(f"{files} files are too few for {sites} sites")
    weights = np.linspace(4, 1, sites)
    sizes = np.maximum(1, np.floor(weights / weights.sum() * files)).astype(int)
    sizes[0] += files - sizes.sum()
    return sizes.tolist()


def _file(chance: np.random.Generator, file_id: str, site: str, lean: float) -> File:
    kind = _one(chance, {"sex": 0.83, "labor": 0.09, "both": 0.04, "not_yet_known": 0.04})
    file = File(file_id, site, "labor" if kind in ("labor", "both") else "sex or not known")
    opened = FIRST_DAY + timedelta(days=int(chance.integers(DAYS_OF_OPENING)))
    case = {"case_id": f"{file_id}-C", "site_id": site, "opened_on": opened, "trafficking_type": kind}
    victims = [_victim(chance, f"{file_id}-V{n}", case) for n in range(1, 2 + int(chance.poisson(0.35)))]
    trafficking = chance.random() < _logistic(-0.55 + lean - (0.5 if kind == "labor" else 0))
    known = int(chance.random() < 0.94)
    for number in range(1, 1 + known * (1 + int(chance.poisson(0.35)))):
        _add_suspect(chance, file, f"{file_id}-P{number}", case, victims, trafficking)
    file.rows["case"] = [case | _course(chance, file, case)]
    if file.rows["case"][0]["status"] == "open":
        _leave_open(file.rows["suspect"])
    file.rows["victim"] = victims
    file.rows["pair"] = [
        {"pair_id": f"{victim['victim_id']}-{number}", "victim_id": victim["victim_id"],
         "suspect_id": suspect["suspect_id"], "scheme_id_why": "not_applicable",
         "relation_why": "not_recorded"}
        for victim in victims for number, suspect in enumerate(file.rows["suspect"], start=1)
    ]  # fmt: skip
    return file


def _leave_open(suspects: list[dict]) -> None:
    """What has not happened in an open case may yet."""
    for suspect in suspects:
        if suspect["outcome"] == "no_action":
            suspect["outcome"] = "pending"
            suspect |= {f"{name}_why": "not_yet_known" for name in ("arrested_on", "prosecuted_on", "convicted_on")
                        if not suspect.get(name) and not suspect.get(f"{name}_why")}  # fmt: skip


def _course(chance: np.random.Generator, file: File, case: dict) -> dict:
    """How the case came in, was worked, ended, and went to a prosecutor, in agreement with its suspects."""
    suspects = file.rows["suspect"]
    labor = case["trafficking_type"] == "labor"
    arrested = any(suspect.get("arrested_on") or suspect.get("arrested_on_why") == "not_recorded"
                   for suspect in suspects)  # fmt: skip
    adopted = [suspect for suspect in suspects if suspect["outcome"] == "adopted_federally"]
    closed = case["opened_on"] + timedelta(days=30 + int(chance.weibull(1.2) * 260))
    is_open = closed > MATURES_ON or (not file.prosecuted and chance.random() < 0.05)
    source = _one(chance, SOURCES)
    course = {
        "status": "open" if is_open else "closed",
        "initially_classified_as": TRAFFICKING[case["trafficking_type"]] if chance.random() < 0.7 else "PROST-SELL",
        "source": source, "proactive": source == "proactive_operation",
        "methods": _some(chance, ("victim_interview", "surveillance", "online_advertisements", "search_warrant"), 0.5)
        + ([] if labor or chance.random() < 0.45 else ["undercover_sting"]),
        "agencies": ["local:law_enforcement", *_some(chance, ("federal:law_enforcement", "local:prosecution"), 0.4)],
        "counties_why": "withheld",
        "docket_known": bool(file.prosecuted and chance.random() < 0.95),
        "second_read": bool(chance.random() < 0.1),
        "data_quality": "thin" if chance.random() < 0.08 else "adequate",
    }  # fmt: skip
    if is_open:
        course |= {"closed_on_why": "not_yet_known", "closed_how_why": "not_yet_known"}
    else:
        how = "adjudicated" if file.prosecuted else "arrest" if arrested else _one(
            chance, {"insufficient": 0.5, "unfounded": 0.2, "exceptional_victim": 0.2, "administrative": 0.1})
        course |= {"closed_on": closed, "closed_how": how}
    return course | _prosecutor(chance, file, case, arrested, adopted)


def _prosecutor(chance: np.random.Generator, file: File, case: dict, arrested: bool, adopted: list[dict]) -> dict:
    course = {"adopted_federally_on_why": "not_applicable", "decision_reason_why": "not_applicable"}
    if adopted:
        day = case["opened_on"] + timedelta(days=int(chance.integers(30, 200)))
        course |= {"adopted_federally_on": day, "adopted_federally_on_why": None}
    course["forum"] = "both" if adopted and file.prosecuted else "federal" if adopted else (
        "state" if file.prosecuted else "none")
    if file.prosecuted or adopted:
        decision = "accepted"
    else:
        decision = "declined" if arrested and chance.random() < 0.6 else "not_referred"
    course["prosecution_decision"] = decision
    if decision == "declined":
        reason = _one(chance, {"insufficient_evidence": 0.5, "victim_unavailable": 0.3, "resources": 0.2})
        course |= {"decision_reason": reason, "decision_reason_why": None}
    if decision == "not_referred":
        return course | {"referred_to_prosecution_on_why": "not_applicable"}
    return course | {"referred_to_prosecution_on": case["opened_on"] + timedelta(days=int(chance.integers(10, 150)))}


def _victim(chance: np.random.Generator, victim_id: str, case: dict) -> dict:
    kind = "sex" if case["trafficking_type"] == "not_yet_known" else case["trafficking_type"]
    status = _one(chance, {"confirmed": 0.55, "potential": 0.33, "determined_not": 0.12})
    labor = kind == "labor"
    age = int(np.clip(chance.normal(31 if labor else 21, 8), 12, 65))
    opened = case["opened_on"]
    victim = {
        "victim_id": victim_id, "case_id": case["case_id"], "status": status,
        "status_on": opened + timedelta(days=int(chance.integers(1, 120))),
        "status_by": _one(chance, {"police": 0.6, "ngo": 0.25, "court_or_prosecution": 0.15}),
        "age_at_first_act": age, "minor_at_act": age < 18,
        "sex": "female" if chance.random() < (0.45 if labor else 0.93) else "male", "gender_why": "not_asked",
        "race": [_one(chance, {"black": 0.36, "white": 0.3, "hispanic": 0.24, "asian": 0.08, "aian": 0.02})],
        "race_source": _one(chance, {"officer": 0.6, "record": 0.25, "self": 0.15}),
        "type": kind, "means": _some(chance, ("PhysicalThreats", "TakesEarnings", "DebtBondage", "FalsePromises"), 0.4),
        "industry": _one(chance, {"agriculture": 0.4, "restaurants": 0.3, "domestic_work": 0.3}
                         if labor else {"escort": 0.5, "outdoor_solicitation": 0.3, "illicit_massage": 0.2}),
        "venue": "farm" if labor else _one(chance, {"hotel": 0.6, "internet": 0.25, "street": 0.15}),
        "identified_by": _one(chance, {"le_local": 0.55, "sp_trafficking": 0.2, "family_or_friend": 0.15, "self": 0.1}),
        "screened": _one(chance, {"yes": 0.6, "refused": 0.12, "unable": 0.05, "not_done": 0.23}),
        "took_part": _one(chance, {"yes": 0.4, "partly": 0.25, "no": 0.35}),
        "relief": ["t_status"] if labor and chance.random() < 0.2 else [],
    }  # fmt: skip
    if chance.random() < 0.12:
        victim |= {"took_part": None, "took_part_why": "not_recorded"}
    if chance.random() < 0.2:
        victim |= {"race": None, "race_why": "not_recorded", "race_source": None, "race_source_why": "not_recorded"}
    if victim["screened"] == "yes":
        victim["screening_tool"] = "invented tool 1"
    if chance.random() < 0.6:
        victim["referred_to_services_on"] = opened + timedelta(days=int(chance.integers(0, 60)))
    return victim | _arrest_of_victim(chance, opened, sex=not labor)


def _arrest_of_victim(chance: np.random.Generator, opened: date, *, sex: bool) -> dict:
    if not sex or chance.random() >= 0.13:
        return {}
    arrest = {
        "arrested_on": opened + timedelta(days=int(chance.integers(0, 20))), "arrest_charge_class": "PROST-SELL",
        "arrest_legal_basis": "selling_sex_charge",
        "arrest_stated_purpose": _one(chance, {"enforcement": 0.5, "protection": 0.3, "leverage": 0.2}),
        "alternative_considered": _one(chance, {"none": 0.6, "advocate_call": 0.4}),
    }  # fmt: skip
    if chance.random() < 0.4:
        arrest |= {"charged_on": arrest["arrested_on"] + timedelta(days=3), "charge_class": "PROST-SELL"}
        if chance.random() < 0.3:
            arrest["convicted_on"] = arrest["charged_on"] + timedelta(days=90)
    return arrest


def _add_suspect(chance, file: File, suspect_id: str, case: dict, victims: list[dict], trafficking: bool) -> None:
    labor, opened = case["trafficking_type"] == "labor", case["opened_on"]
    races = {"hispanic": 0.35, "asian": 0.3, "white": 0.35} if labor else {
        "black": 0.6, "white": 0.2, "hispanic": 0.15, "asian": 0.05}  # fmt: skip
    suspect = {
        "suspect_id": suspect_id, "case_id": case["case_id"], "age": int(np.clip(chance.normal(33, 9), 16, 75)),
        "sex": "male" if chance.random() < 0.8 else "female", "race": [_one(chance, races)],
        "race_source": "officer" if chance.random() < 0.75 else "record",
        "role": _one(chance, {"employer": 0.7, "recruiter": 0.3} if labor else {
            "primary": 0.65, "recruiter": 0.12, "facilitator": 0.13, "enforcer": 0.1}),
        "identified_on": opened + timedelta(days=int(chance.integers(0, 40))),
    }  # fmt: skip
    if chance.random() < 0.09:
        suspect |= {"race": None, "race_why": "not_recorded", "race_source": None, "race_source_why": "not_recorded"}
    arrested = chance.random() < (0.75 if labor else 0.86)
    adopted = chance.random() < 0.07
    if arrested:
        day = opened + timedelta(days=int(chance.weibull(1.1) * 45))
        seen = chance.random() >= 0.02
        suspect |= {"arrested_on": day} if seen else {"arrested_on_why": "not_recorded"}
    prosecuted = not adopted and chance.random() < (0.82 if arrested else 0.06)
    suspect["outcome"] = "adopted_federally" if adopted else "no_action"
    file.rows["suspect"].append(suspect)
    if prosecuted:
        _prosecute(chance, file, suspect, case, victims, trafficking)
    elif arrested:
        kind = "OTHER" if labor else "PROST-PROMOTE"
        charge = _charge(suspect, f"{suspect_id}-A", victims, "arrest", kind, 1)
        file.rows["charge"].append(charge | {"reason_not_trafficking": "insufficient_means"})


def _prosecute(chance, file: File, suspect: dict, case: dict, victims: list[dict], trafficking: bool) -> None:
    filed = case["opened_on"] + timedelta(days=20 + int(chance.weibull(1.2) * 110))
    disposed = filed + timedelta(days=40 + int(chance.weibull(1.3) * (420 if trafficking else 300)))
    filed, pending = min(filed, MATURES_ON), disposed > MATURES_ON
    ended = "pending" if pending else _one(chance, ENDS)
    suspect |= {"prosecuted_on": filed, "outcome": ended}
    if pending:
        suspect["convicted_on_why"] = "not_yet_known"
    elif ended.startswith("convicted"):
        suspect["convicted_on"] = disposed
    file.prosecuted = True
    file.charged |= bool(trafficking)
    own = TRAFFICKING[case["trafficking_type"]]
    kinds = [own] if trafficking else []
    kinds += [_one(chance, {"WAGE": 0.5, "FIN": 0.5} if own == "HT-LABOR" else {
        "PROST-PROMOTE": 0.6, "SEXOFF": 0.2, "KIDNAP": 0.1, "OTHER": 0.1})
        for _ in range(int(chance.integers(0 if trafficking else 1, 3)))]  # fmt: skip
    for number, kind in enumerate(kinds, start=1):
        counts = 1 + int(chance.poisson(0.6))
        reason = {} if kind.startswith("HT-") else {"reason_not_trafficking": _one(chance, {
            "insufficient_means": 0.45, "spare_testimony": 0.3, "victim_unavailable": 0.25})}  # fmt: skip
        row = _charge(suspect, f"{suspect['suspect_id']}-H{number}", victims, "filed", kind, counts) | reason
        row["filed_on"] = filed
        file.rows["charge"].append(row)
        if not pending:
            later = row | {"charge_id": f"{row['charge_id']}D", "from_charge_id": row["charge_id"], "stage": "disposed",
                           "disposed_on": disposed} | _disposition(chance, ended, number, counts, kind)  # fmt: skip
            file.rows["charge"].append(later)


def _charge(suspect: dict, charge_id: str, victims: list[dict], stage: str, kind: str, counts: int) -> dict:
    return {
        "charge_id": charge_id, "suspect_id": suspect["suspect_id"], "stage": stage, "class": kind, "counts": counts,
        "victim_ids": [victim["victim_id"] for victim in victims], "jurisdiction": "CA",
        "citation": CITED.get(kind, f"Invented Code {30 + len(kind)}"),
    }  # fmt: skip


DISPOSED = ("dismissed", "dismissed_by_plea", "guilty_plea", "guilty_trial", "acquitted", "pending")


def _disposition(chance, ended: str, number: int, counts: int, kind: str) -> dict:
    """All of a charge's counts go one way: the first is what the suspect was convicted of, later ones may fall."""
    if ended == "convicted_plea":
        way = "guilty_plea" if number == 1 or chance.random() < 0.3 else "dismissed_by_plea"
    else:
        way = {"convicted_trial": "guilty_trial", "acquitted": "acquitted"}.get(ended, "dismissed")
    row = {f"counts_{name}": counts if name == way else 0 for name in DISPOSED}
    if not way.startswith("guilty"):
        return row | {"sentence_kind": "none"}
    sentence = _one(chance, {"months": 0.7, "probation": 0.2, "time_served": 0.08, "life": 0.02})
    row["sentence_kind"] = sentence
    if sentence == "months":
        row["sentence_months"] = int(chance.gamma(2.2, 45 if kind.startswith("HT-") else 18)) + 1
    if sentence == "probation":
        row["probation_months"] = int(chance.choice([12, 24, 36, 60]))
    if chance.random() < (0.5 if kind.startswith("HT-") else 0.15):
        asked = int(chance.gamma(1.5, 20_000)) + 500
        ordered = int(asked * chance.uniform(0.4, 1)) if chance.random() < 0.6 else 0
        paid = int(ordered * chance.uniform(0, 0.3))
        row |= {"restitution_asked_usd": asked, "restitution_ordered_usd": ordered, "restitution_paid_usd": paid}
    return row


# --- The drawing ------------------------------------------------------------------------------------------------------


def draw(made: World, files: int, drawn: str, seed: int) -> list[Drawn]:
    """Choose `files` of a world's files, in proportion to what each site holds. Raises ValueError."""
    chance = np.random.default_rng([seed, 2])
    if drawn == "all":
        return [Drawn(file, "all") for file in made.files]
    if drawn not in ("random", "hand_picked"):
        raise ValueError(f"drawn is random, all or hand_picked, not {drawn}")
    by, score = ("site", _shown) if drawn == "hand_picked" else ("random", lambda file, chance: chance.random())
    came: dict[str, Drawn] = {}
    for held, take in shares(made, files):
        ranked = sorted(held, key=lambda file: score(file, chance), reverse=True)
        came |= {one.file.file_id: one for one in _asked(chance, ranked, take, by)}
    return [came.get(file.file_id, Drawn(file, "")) for file in made.files]


def _asked(chance: np.random.Generator, ranked: list[File], take: int, by: str) -> Iterator[Drawn]:
    """Ask for one file after another until enough came; in a random draw a few are refused and the next is asked."""
    for left, file in zip(range(len(ranked), 0, -1), ranked, strict=True):
        if not take:
            return
        if by == "random" and left > take and chance.random() < REFUSED:
            yield Drawn(file, by, "the file is under seal")
        else:
            take -= 1
            yield Drawn(file, by)


def shares(made: World, files: int) -> Iterator[tuple[list[File], int]]:
    """Each site's files of each stratum with how many to take: largest remainders, so that the sum is exact."""
    held: dict[tuple[str, str], list[File]] = defaultdict(list)
    for file in made.files:
        held[file.site_id, file.stratum].append(file)
    exact = {key: len(of) * files / len(made.files) for key, of in held.items()}
    take = {key: int(share) for key, share in exact.items()}
    for key in sorted(exact, key=lambda key: take[key] - exact[key])[: files - sum(take.values())]:
        take[key] += 1
    return ((of, take[key]) for key, of in held.items())


def pride(file: File) -> float:
    """How much a site likes to show a file: what went well, though not that alone (a Gumbel chance is added)."""
    return 1.6 * file.charged + 0.9 * file.prosecuted


def _shown(file: File, chance: np.random.Generator) -> float:
    return pride(file) + chance.gumbel()


# --- The rows ---------------------------------------------------------------------------------------------------------


def rows_of(made: World, chosen: list[Drawn], seed: int) -> dict[str, list[dict]]:
    """The tables of a bundle: frame of all files, rows of those received, double coding, features and periods."""
    chance = np.random.default_rng([seed, 3])
    received = [one.file for one in chosen if one.received]
    rows = {
        "site": [_site(number, site) for number, site in enumerate(made.sites)],
        "site_feature": [row for number, site in enumerate(made.sites) for row in _features(number, site)],
        "site_period": [row for site in made.sites for row in _periods(chance, made, site)],
        "frame": [_framed(one, seed) for one in chosen],
        "coding": [row for file in received for row in _codings(chance, file)],
    }
    for name in ("case", "victim", "suspect", "pair", "charge"):
        rows[name] = [row for file in received for row in file.rows[name]]
    return {name: [_complete(name, row) for row in of] for name, of in rows.items()}


def _complete(name: str, row: Mapping) -> dict:
    """The row with a reason for everything it does not hold: it does not apply, unless the row says otherwise."""
    whole = dict(row)
    for column in TABLES[name].columns:
        if column.why and whole.get(column.name) is None and not whole.get(column.why):
            whole[column.why] = column.default_why or Why.NOT_APPLICABLE
    return whole


def _site(number: int, site: str) -> dict:
    scope = ("local", "regional", "statewide")[number % 3]
    return {"site_id": site, "scope": scope, "lead_sector": "law_enforcement", "population": 400_000 + 150_000 * number}


def _features(number: int, site: str) -> Iterator[dict]:
    units = ("vice", "sex crimes", "human trafficking")
    held = {name: "yes" if number % (place + 2) == 0 else "no" for place, name in enumerate(FEATURES)}
    for name, value in (held | {"unit_of_investigators": units[number % 3]}).items():
        yield {"site_id": site, "feature": name, "value": value, "from_on": date(2015, 10, 1)}


def _framed(one: Drawn, seed: int) -> dict:
    row = {"file_id": one.file.file_id, "site_id": one.file.site_id, "eligible": True, "received": one.received,
           "stratum": one.file.stratum}  # fmt: skip
    if one.by:
        row |= {"selected_by": one.by} | ({"seed": seed} if one.by == "random" else {})
    if one.refused:
        row["refused_because"] = one.refused
    return row | ({"case_id": f"{one.file.file_id}-C"} if one.received else {})


def _codings(chance: np.random.Generator, file: File) -> Iterator[dict]:
    """Two coders read every fifth file, and a third settles where they differ; the settled value is the file's."""
    if chance.random() >= DOUBLE_CODED:
        return
    read_on = date(2021, 2, 1) + timedelta(days=int(chance.integers(300)))
    for table, name in CODED:
        column = TABLES[table].column(name)
        row = file.rows[table][0] if file.rows[table] else None
        if row is None or row.get(name) is None:
            continue
        settled = cells.as_text(column, row[name])
        ratings = [_rating(chance, column, settled, READS_OTHERWISE[name]) for _ in ("first", "second")]
        judgements = [("coder-1", 1, ratings[0], False), ("coder-2", 1, ratings[1], False)]
        judgements.append(("coder-3", 2, settled, True))
        for coder, turn, value, agreed in judgements:
            yield {"file_id": file.file_id, "table_name": table, "row_id": row[TABLES[table].key[0]],
                   "column_name": name, "coder_id": coder, "round": turn, "value": value,
                   "coded_on": read_on + timedelta(days=14 * (turn - 1)), "adjudicated": agreed}  # fmt: skip


def _rating(chance: np.random.Generator, column, settled: str, slips: float) -> str:
    if chance.random() >= slips:
        return settled
    others = [value for value in column.allowed() or ("yes", "no") if value != settled]
    return str(chance.choice(others))


def _periods(chance: np.random.Generator, made: World, site: str) -> Iterator[dict]:
    """Providers' counts of each quarter, and police reports of it that mostly, not always, agree with the files."""
    cases = [file.rows["case"][0] for file in made.files if file.site_id == site]
    for quarter in QUARTERS:
        parts = {kind: int(chance.poisson(mean)) for kind, mean in CLIENTS.items()}
        served = sum(parts.values())
        counts = {"clients_served": served} | {f"clients_served:{kind}": count for kind, count in parts.items()}
        wanted = int(chance.poisson(7))
        counts |= {"clients_new": int(chance.binomial(served, 0.4)), "housing_requested": wanted,
                   "housing_unmet": int(chance.binomial(wanted, 0.35))}  # fmt: skip
        counts["services_provided"] = served * 5 + int(chance.poisson(10))
        yield from (_period(site, quarter, name, count, "TIMS") for name, count in counts.items())
        opened = [case for case in cases if _quarter(case["opened_on"]) == quarter]
        slip = int(chance.random() < 0.15)
        reported = {"investigations_opened": len(opened) + slip}
        reported |= {name: int(chance.poisson(mean)) for name, mean in REPORTED.items()}
        silent = chance.random() < 0.04
        yield from (_period(site, quarter, name, None if silent else count, "PMT") for name, count in reported.items())


def _period(site: str, quarter: str, measure: str, count: int | None, source: str) -> dict:
    row = {"site_id": site, "period": quarter, "measure": measure, "source": source}
    if count is None:
        return row | {"status": "not_reported", "count_why": "not_recorded"}
    return row | {"status": "exact", "count": count}


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


# --- Chance -----------------------------------------------------------------------------------------------------------


def _one(chance: np.random.Generator, weights: Mapping[str, float]) -> str:
    """One of the keys, as likely as its weight."""
    reached = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(reached, chance.random() * reached[-1]))]


def _some(chance: np.random.Generator, of: Iterable[str], likely: float) -> list[str]:
    return [one for one in of if chance.random() < likely]


def _logistic(score: float) -> float:
    return 1 / (1 + float(np.exp(-score)))
