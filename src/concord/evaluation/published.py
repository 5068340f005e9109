"""Figures that others have published about task forces and trafficking cases, as data, each with what can be checked.

They are here to be set beside a study, never to be replicated: the files of the ECM evaluation are restricted (ICPSR
37988), and most of these figures have another unit or base than a task force's case files. Rows are numbered as in the
replication table of the project's notes; every figure names its source.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from concord.evaluation.arithmetic import (
    Checked,
    change,
    counts_of,
    floor_of,
    part_of,
    partition,
    percent_of,
    possible,
    possible_n,
    quotient,
    refused,
    same_base,
    sum_of,
)

ECM = "Evaluation of the Enhanced Collaborative Model, NIJ 2017-VF-GX-0004"
HTRS_2009 = "BJS, Characteristics of Suspected Human Trafficking Incidents 2007-08, NCJ 224526"
HTRS_2011 = "BJS, Characteristics of Suspected Human Trafficking Incidents 2008-10, NCJ 233732"
HTDCA = "BJS, Human Trafficking Data Collection Activities"
NO_N = "n was not published"
SERVICES = "clients of services, not people in case files"
FEDERAL = "federal persons, child exploitation and transport among the offenses"
QUESTION = "a question of another study"
OTHER_UNIT = "people of all kinds reported by a task force, not files"
QUARTERS = (327, 647, 915, 1175, 1480, 1760, 2022, 2251, 2386, 2515)
NEW = (327, 320, 268, 260, 305, 280, 262, 229, 135, 129)
HOUSING = ("74.21", "18.20", "4.50", "2.71", "1.36")
DOCKET = 27_790


@dataclass(frozen=True)
class Published:
    """One published figure or set of figures. `figures` as printed, `n` the printed base or None; `why_not` says why it
    cannot stand beside a study's own (empty where it can); `checks` are what its own numbers must fulfil."""

    row: int
    says: str
    figures: str
    unit: str
    base: str
    n: int | None
    source: str
    why_not: str = ""
    checks: tuple[Callable[[], Checked], ...] = ()

    @property
    def comparable(self) -> bool:
        return not self.why_not

    def checked(self) -> tuple[Checked, ...]:
        """Every check of its numbers."""
        return tuple(check() for check in self.checks)


def _increments() -> Checked:
    """The new incidents of each quarter beside the cumulative line of figure 1."""
    steps = tuple(after - before for before, after in zip((0, *QUARTERS), QUARTERS, strict=False))
    same = steps == NEW
    return Checked("new incidents of each quarter", "10 quarters", ", ".join(map(str, steps)), same, sum(steps) - 2515)


def _one_base() -> Checked:
    """Is there an n of which all five shares of housing providers are whole counts?"""
    found = possible_n(HOUSING, 100, 1199)
    says = "one n for all five shares"
    return Checked(says, "422", f"{len(found)} of n = 100 to 1,199", bool(found))


ROWS = (
    Published(
        1, "Interviews: law enforcement, service providers, prosecutors, others", "60, 55, 23, 5", "interviews",
        "all interviews", 143, ECM, checks=(partial(sum_of, "interviews by role", (60, 55, 23, 5), 143),),
    ),
    Published(
        2, "Sites; sites that gave files; files", "10 of 47; 8; 226", "sites and files", "task forces active in 2020",
        47, ECM, checks=(partial(part_of, "sites of the study", 10, 47),
                         partial(part_of, "sites that gave files", 8, 10)),
    ),
    Published(
        3, "Arrest; prosecution; prosecuted under trafficking law", "95%; 77%; 33%", "cases; the last cases or charges",
        "investigations of sex trafficking; of the last not said which", None, ECM,
        f"{NO_N}; 33% is printed once for cases and once for charges, and sites chose the files",
        (
            partial(refused, "arrest in sex cases", "95%", NO_N),
            partial(refused, "prosecution in sex cases", "77%", NO_N),
            partial(refused, "trafficking charge", "33%", f"{NO_N}, and two bases are named"),
        ),
    ),
    Published(
        4, "Suspects who are Black", "66%", "suspects", "suspects investigated or arrested", None, ECM,
        f"{NO_N}, so no ratio has an interval; the comparator (14%) is the nation, not the sites' areas",
        (partial(refused, "suspects who are Black", "66%", NO_N),),
    ),
    Published(
        5, "Incidents by type: sex, labor, other", "83%, 12%, 5%", "incidents", "alleged incidents", 1229, HTRS_2009,
        "its third class holds others and not known alike",
        (partial(partition, "types of incident", ("83", "12", "5")),),
    ),
    Published(
        6, "Suspects known; with arrest data", "871; 216", "suspects", "475 incidents with a count of suspects", 871,
        HTRS_2009, "of 1,229 incidents only 475 say how many suspects there were",
        (partial(part_of, "suspects with arrest data", 216, 871),
         partial(part_of, "incidents with a count of suspects", 475, 1229)),
    ),
    Published(
        7, "Incidents by type: sex, labor, not known", "82%, 11%, 7%", "incidents", "suspected incidents", 2515,
        HTRS_2011, checks=(partial(partition, "types of incident", ("82", "11", "7")),),
    ),
    Published(
        8, "Allegations: adults in commercial sex; child exploitation (may overlap)",
        "48%, over 1,200; 40%, over 1,000", "incidents", "suspected incidents", 2515,
        f"{HTRS_2011}, press release", "allegations overlap",
        (partial(floor_of, "adult allegations", "48", 2515, 1200), partial(floor_of, "child", "40", 2515, 1000)),
    ),
    Published(
        9, "Labor allegations, beside 11% labor of row 7", "350", "incidents", "suspected incidents", 2515,
        f"{HTRS_2011}, press release", "an allegation is not the class of an incident",
        (partial(percent_of, "labor", 350, 2515, "11"),),
    ),
    Published(
        10, "Cumulative incidents by quarter, 2008-Q1 to 2010-Q2", ", ".join(map(str, QUARTERS)), "incidents",
        "suspected incidents", 2515, HTRS_2011, "what a whole reporting system took in, not what sites opened",
        (_increments, partial(sum_of, "all quarters", NEW, 2515)),
    ),
    Published(
        11, "Confirmed cases; suspects; victims", "389; 488; 527", "cases, suspects, victims", "confirmed cases", 389,
        HTRS_2011, checks=(partial(quotient, "suspects a confirmed case", 488, 389, "1.25"),
                           partial(quotient, "victims a confirmed case", 527, 389, "1.35")),
    ),
    Published(
        12, "Confirmed; confirmed not; open", "30%, 38%, 32%", "incidents",
        "open one year or more, adequate data; n not reached", None, HTRS_2011, NO_N,
        (partial(partition, "what became of them", ("30", "38", "32")),),
    ),
    Published(
        13, "Arrests", "144", "arrests", "confirmed cases open one year or more", 144, HTRS_2011,
        "arrests, not suspects or cases with one",
        (partial(part_of, "arrests, of suspects of confirmed cases", 144, 488),),
    ),
    Published(
        14, "Victims of 25 and over: labor; sex", "62%; 13%", "victims", "confirmed, by type", None, HTRS_2011, NO_N,
        (partial(refused, "25 and over", "62%; 13%", NO_N),),
    ),
    Published(
        15, "Sex victims White, Black; labor victims Hispanic, Asian", "26, 40%; 63, 17%", "victims",
        "confirmed, by type", None, HTRS_2011, NO_N, (partial(refused, "race", "26, 40%; 63, 17%", NO_N),),
    ),
    Published(
        16, "Sex victims US citizens; labor victims undocumented, qualified", "83%; 67, 28%", "victims",
        "confirmed, by type", None, HTRS_2011, NO_N, (partial(refused, "citizenship", "83%; 67, 28%", NO_N),),
    ),
    Published(
        17, "Suspects male; sex suspects Black; labor suspects Hispanic", "81%; 62%; 48%", "suspects", "by type", None,
        HTRS_2011, NO_N, (partial(refused, "suspects", "81%; 62%; 48%", NO_N),),
    ),
    Published(
        18, "Foreign victims: visa; pending; the rest", "21; 46; 20", "victims", "foreign victims", 87,
        f"{HTRS_2011}, press release", "police files do not hold visas",
        (partial(sum_of, "foreign victims", (21, 46, 20), 87),),
    ),
    Published(
        19, "FY2012 to FY2022: referred; prosecuted; convicted", "1,519 to 1,912 (+26%); 805 to 1,656; 578 to 1,118",
        "persons", "federal suspects and defendants", 1912, f"{HTDCA}, 2024, NCJ 309422", FEDERAL,
        (partial(change, "referred", 1519, 1912, "26"), partial(change, "prosecuted", 805, 1656, "105.7"),
         partial(change, "convicted", 578, 1118, "93.4")),
    ),
    Published(
        20, "FY2022 male, white, Black, Hispanic, citizen, no prior", "91, 58, 20, 18, 95, 71%", "persons",
        "federal defendants", 1070, f"{HTDCA}, 2024", FEDERAL,
        (partial(possible, "shares", ("91", "58", "20", "18", "95", "71"), 1070),),
    ),
    Published(
        21, "Peonage, slavery, sex trafficking: male, Black; child exploitation: male, white", "69, 53%; 94, 71%",
        "persons", "federal defendants by offense: 203; 523; the rest 344", 1070, f"{HTDCA}, 2024", FEDERAL,
        (partial(sum_of, "offenses", (203, 523, 344), 1070), partial(possible, "of 203", ("69", "53"), 203),
         partial(possible, "of 523", ("94", "71"), 523)),
    ),
    Published(
        22, "FY2011 to FY2020: referred; prosecuted", "1,360 to 2,198 (+62%); 729 to 1,343 (+84%)", "persons",
        "federal suspects and defendants", 2198, f"{HTDCA}, 2022", FEDERAL,
        (partial(change, "referred", 1360, 2198, "62"), partial(change, "prosecuted", 729, 1343, "84")),
    ),
    Published(
        23, "FY2020 male, white, Black, Hispanic, citizen, no prior", "92, 63, 18, 17, 95, 66%", "persons",
        "federal defendants", 1169, f"{HTDCA}, 2022", FEDERAL,
        (partial(possible, "shares", ("92", "63", "18", "17", "95", "66"), 1169),),
    ),
    Published(
        24, "FY2011 to FY2021 referred; FY2021 male, white; chapter 77 male, Black", "2,027 (+49%); 92, 60%; 77, 58%",
        "persons", "federal suspects; defendants 1,197 and 201", 2027, f"{HTDCA}, 2023", FEDERAL,
        (partial(change, "referred", 1360, 2027, "49"), partial(possible, "of 1,197", ("92", "60"), 1197),
         partial(possible, "of 201", ("77", "58"), 201)),
    ),
    Published(
        25, "Clients: sex, labor, both, other", "46, 43, 9, 2%", "clients", "clients of 39 grantees, 2012", 1462,
        "OVC TIMS, NCJ 249680", SERVICES,
        (partial(partition, "types", ("46", "43", "9", "2")),
         partial(counts_of, "counts from the shares", ("46", "43", "9", "2"), 1462)),
    ),
    Published(
        26, "Share of clients who are new, 2015-16, 2016-17, 2018-19", "56.5, 54.3, 60.8%", "clients", "clients served",
        8375, "OVC TIMS, NCJ 251074 and later", SERVICES,
        (partial(percent_of, "2015-16", 3195, 5655, "56.5"), partial(percent_of, "2016-17", 4349, 8003, "54.3"),
         partial(percent_of, "2018-19", 5090, 8375, "60.8")),
    ),
    Published(
        27, "Clients served, of them new; adults, minors", "1,821, 1,080; 78, 22%", "clients",
        "23 grantees for special services", 1821, "OVC TIMS, NCJ 251075", SERVICES,
        (partial(part_of, "new clients", 1080, 1821), partial(partition, "adults and minors", ("78", "22"))),
    ),
    Published(
        28, "Orange County 2016: sex, labor, both", "234, 43, 7", "victims", "victims reported", 284,
        "Orange County Register", OTHER_UNIT,
        (partial(sum_of, "types", (234, 43, 7), 284), partial(part_of, "minors", 74, 284)),
    ),
    Published(
        29, "Orange County 2019-20: sex, labor, both; female, male", "317, 33, 7; 330, 27", "victims",
        "victims reported", 357, "Orange County Human Trafficking Task Force", OTHER_UNIT,
        (partial(sum_of, "types", (317, 33, 7), 357), partial(sum_of, "female and male", (330, 27), 357),
         partial(part_of, "minors", 101, 357)),
    ),
    Published(
        30, "Orange County 2021-22: sex, labor, both; female, male, transgender; minors",
        "372, 38, 10; 374, 42, 4; 36%", "victims", "victims reported", 420, "Epoch Times", OTHER_UNIT,
        (partial(sum_of, "types", (372, 38, 10), 420), partial(sum_of, "genders", (374, 42, 4), 420),
         partial(possible, "minors", ("36",), 420)),
    ),
    Published(
        31, "Orange County 2023-24: minors; race", "205 (50%); 36, 24, 23, 9, 8%", "victims", "victims reported", 411,
        "secondary", OTHER_UNIT, (partial(percent_of, "minors", 205, 411, "50"),
                                  partial(partition, "race", ("36", "24", "23", "9", "8"))),
    ),
    Published(
        32, "Orange County 2014: sex, labor, both", "105, 34, 5", "victims", "victims reported", 145, "OC Weekly",
        OTHER_UNIT, (partial(sum_of, "types", (105, 34, 5), 145),),
    ),
    Published(
        33, "Restitution awarded; sought in sex cases; granted if sought", "36%; 61%; 44%", "cases",
        "federal cases 2009-12", None, "ABA Journal on HTLC and WilmerHale", NO_N,
        (partial(refused, "restitution", "36%; 61%; 44%", NO_N),),
    ),
    Published(
        34, "Referred to a docket, White and Black women", "11.6%, 13.1% (p = .28)", "women",
        "27,790 women, 67.0% White, 31.4% Black", DOCKET, "Murnan and others 2024", QUESTION,
        (partial(same_base, "referral by race, all women as the base", ("11.6", round(DOCKET * 0.67)),
                 ("13.1", round(DOCKET * 0.314)), "0.28"),),
    ),
    Published(
        35, "Strong predictors of a screening tool: all, labor, sex", "87, 71, 81%", "questions",
        "questions of 180 interviews", None, "Vera Institute, TVIT", f"{QUESTION}; {NO_N}",
        (partial(refused, "strong predictors", "87, 71, 81%", NO_N),),
    ),
    Published(
        36, "Housing providers: emergency, transitional, residential, short, long", ", ".join(HOUSING) + "%",
        "providers", "providers found", 422, "Utah housing study", QUESTION,
        (partial(partition, "kinds of housing", HOUSING), partial(possible, "of 422", HOUSING, 422), _one_base),
    ),
)  # fmt: skip


def row(number: int) -> Published:
    """The figures of a row. Raises KeyError."""
    for one in ROWS:
        if one.row == number:
            return one
    raise KeyError(f"there is no row {number} of published figures")


def flagged(rows: Iterable[Published] = ROWS) -> dict[int, tuple[Checked, ...]]:
    """Rows of which a number does not add up, with the checks that fail."""
    failing = {one.row: tuple(check for check in one.checked() if check.holds is False) for one in rows}
    return {number: checks for number, checks in failing.items() if checks}


def refusals(rows: Iterable[Published] = ROWS) -> dict[int, tuple[Checked, ...]]:
    """Rows with a share whose n is not known, which enter no ratio, interval or test."""
    unknown = {one.row: tuple(check for check in one.checked() if check.holds is None) for one in rows}
    return {number: checks for number, checks in unknown.items() if checks}
