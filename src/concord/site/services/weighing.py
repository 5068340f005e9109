"""Fuller proposals: files weighed against each other by Splink, where the `duplicates` extra is installed.

A Fellegi-Sunter model whose numbers stand below, each with its reason. It learns nothing: what a provider's files
taught it would be about its clients. Names count by how many of the other files bear them: a rare name says more than
a common one. It runs on a DuckDB of its own in this process: nothing is written to a disk, asked of a network or
logged, and it is gone when the answer is there.
"""

import logging
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import NamedTuple
from uuid import UUID

from concord.engine import Engine
from concord.site.services.duplicates import (
    ALIKE,
    PLACE_IN_COMMON,
    Sketch,
    bare,
    in_order,
    may_be_one,
    name_words,
    phone_numbers,
    place_words,
)

IS_HERE = find_spec("splink") is not None

#: A proposal costs somebody a look; a pair not proposed leaves a safety plan in a file that nobody opens. So whatever
#: is likelier than not is proposed.
LIKELIER_THAN_NOT = 0.5
#: One file in ten has a twin: what is expected before anything is compared.
WITH_A_TWIN = 0.1
#: A number in more files than this is a shelter's, a court's or an exploiter's phone, and points at nobody.
MOST_ON_A_LINE = 4
#: Names are weighed by the other files that bear them, beside so many imagined strangers: in a small office each name
#: is the only one, and that makes none of them rare.
IMAGINED = 500
GIVEN_BY_CHANCE, FAMILY_BY_CHANCE = 0.004, 0.002
MEMORY, THREADS = "1GB", 2


class WeighingFailed(RuntimeError):
    """The engine gave up. It does not say on what: its words could hold a name."""


class Level(NamedTuple):
    """One way two files can compare: how often it is so in two files of one person, and in those of two strangers."""

    says: str
    sql: str
    if_one: float
    if_two: float
    by_name: bool = False


def _names(column: str, by_chance: float) -> tuple[Level, ...]:
    """Names are misspelt, swapped with one another, changed by marriage, left out for another one."""
    among = f"list_has_any(string_split({column}_{{0}}, ' '), words_{{1}})"
    return (
        Level("same", f"{column}_l = {column}_r", 0.70, by_chance, by_name=True),
        Level("near", f"jaro_winkler_similarity({column}_l, {column}_r) >= {ALIKE}", 0.12, 2.5 * by_chance),
        Level("another name", f"{among.format('l', 'r')} or {among.format('r', 'l')}", 0.08, 1.5 * by_chance),
        Level("different", "", 0.10, 1 - 5 * by_chance),
    )


_IN_COMMON = "len(list_intersect(place_l, place_r))"
_OF_SHORTER = f"{_IN_COMMON} / least(len(place_l), len(place_r))"

#: Column, what makes it say nothing, and its levels from the nearest on.
COMPARISONS: dict[str, tuple[Level, ...]] = {
    "given": _names("given", GIVEN_BY_CHANCE),
    "family": _names("family", FAMILY_BY_CHANCE),
    "birth": (
        # Who does not know the day is written down as born on January 1.
        Level("same, January 1", "birth_l = birth_r and birth_l like '%-01-01'", 0.02, 0.002),
        Level("same day", "birth_l = birth_r and len(birth_l) = 10", 0.76, 1 / 16_000),  # of some 44 years
        Level("a slip", "damerau_levenshtein(birth_l, birth_r) <= 1 or (birth_l[:4] = birth_r[:4]"
              " and birth_l[6:7] = birth_r[9:10] and birth_l[9:10] = birth_r[6:7])", 0.12, 0.0025),
        Level("two of year, month and day", "len(birth_l) = 10 and len(birth_r) = 10 and"
              " (birth_l[:4] = birth_r[:4])::int + (birth_l[6:7] = birth_r[6:7])::int"
              " + (birth_l[9:] = birth_r[9:])::int = 2", 0.05, 0.006),
        Level("fits", "starts_with(birth_l, birth_r) or starts_with(birth_r, birth_l)", 0.02, 0.025),
        Level("different", "", 0.03, 0.964),
    ),
    "phones": (
        Level("a number in common", "list_has_any(phones_l, phones_r)", 0.35, 0.0005),
        Level("a slip", "damerau_levenshtein(line_l, line_r) <= 1", 0.05, 0.0005),
        Level("different", "", 0.60, 0.999),  # numbers change: a different one says little
    ),
    "place": (
        Level("nearly all of a whole address", f"{_IN_COMMON} > 4 and {_OF_SHORTER} >= 0.8", 0.25, 0.0002),
        Level("most words", f"{_IN_COMMON} > 2 and {_OF_SHORTER} >= 0.6", 0.20, 0.0005),
        Level("many words", f"{_IN_COMMON} > 1 and {_OF_SHORTER} >= {PLACE_IN_COMMON}", 0.10, 0.003),
        Level("different", "", 0.45, 0.9963),  # people move, and are moved
    ),
}  # fmt: skip
SAME_LANGUAGE_IF_ONE = 0.93  # somebody who speaks two is asked twice

#: Which pairs are compared at all: they share one of these. A misspelt name is caught by what is not misspelt.
COMPARED_AT_ALL = (
    "l.birth = r.birth",
    "l.given = r.given and l.family = r.family",
    "l.given = r.family and l.family = r.given",
    "l.family = r.family and l.birth[:4] = r.birth[:4]",
    "l.given = r.given and l.birth[:7] = r.birth[:7]",
    "l.given[:3] = r.given[:3] and l.family[:3] = r.family[:3]",
    "l.family = r.family and l.given[:2] = r.given[:2]",
    "l.given = r.given and l.family[:2] = r.family[:2]",
    "l.corner = r.corner",
    "l.line = r.line",
)

_COLUMNS = {
    "file": "VARCHAR", "given": "VARCHAR", "family": "VARCHAR", "words": "VARCHAR[]", "birth": "VARCHAR",
    "phones": "VARCHAR[]", "line": "VARCHAR", "place": "VARCHAR[]", "corner": "VARCHAR", "spoken": "VARCHAR",
    "tf_given": "DOUBLE", "tf_family": "DOUBLE",
}  # fmt: skip


def weigh(files: Sequence[Sketch]) -> list[tuple[UUID, UUID]]:
    """Pairs that are likelier one person than not, the likeliest first."""
    if len(files) < 2:
        return []
    try:
        with Engine(memory=MEMORY, threads=THREADS) as engine:
            engine.add_rows("client", _COLUMNS, _rows(files))
            found = _weighed(engine, _settings(files))
    except Exception:
        raise WeighingFailed("files could not be weighed against each other") from None
    by_id = {file.id: file for file in files}
    pairs = (in_order(UUID(one), UUID(other)) for one, other in found)
    return [(one, other) for one, other in pairs if may_be_one(by_id[one], by_id[other])]


def _rows(files: Sequence[Sketch]) -> Iterable[dict]:
    """Files as the engine takes them: bare words, and how common each name is among strangers."""
    given = _commonness([bare(file.given) for file in files], GIVEN_BY_CHANCE)
    family = _commonness([bare(file.family) for file in files], FAMILY_BY_CHANCE)
    lines = Counter(number for file in files for number in phone_numbers(file))
    for file in files:
        first, last = bare(file.given), bare(file.family)
        own = sorted(number for number in phone_numbers(file) if lines[number] <= MOST_ON_A_LINE)
        yield {
            "file": str(file.id), "given": first or None, "family": last or None,
            "words": sorted(name_words(file)) or None, "birth": file.birth or None,
            "phones": own or None, "line": own[0] if own else None,
            "place": sorted(place_words(file)) or None, "corner": _corner(file), "spoken": file.language or None,
            "tf_given": given.get(first), "tf_family": family.get(last),
        }  # fmt: skip


def _corner(file: Sketch) -> str | None:
    """House number and postal code: what of an address is written the same however its words are."""
    numbers = sorted(word for word in place_words(file) if word.isdigit())
    return " ".join(numbers) if len(numbers) > 1 else None


def _commonness(names: Sequence[str], by_chance: float) -> dict[str, float]:
    """How likely a stranger bears each name: the two files compared count as nobody else."""
    return {
        name: (max(count - 2, 0) + by_chance * IMAGINED) / (max(len(names) - 2, 0) + IMAGINED)
        for name, count in Counter(filter(None, names)).items()
    }


def _weighed(engine: Engine, settings) -> list[tuple[str, str]]:
    from splink import DuckDBAPI, Linker  # half a second to load, and most processes never weigh anything

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(DuckDBAPI(engine.connection).register("client"), settings, log_level=None)
        found = linker.inference.predict(threshold_match_probability=LIKELIER_THAN_NOT)
    order = "order by match_weight desc, file_l, file_r"
    return engine.run(f"select file_l, file_r from {found.physical_name} {order}").rows


def _settings(files: Sequence[Sketch]):
    from splink import SettingsCreator

    comparisons = COMPARISONS | {"spoken": _language(files)}
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="file",
        probability_two_random_records_match=min(0.5, WITH_A_TWIN / (len(files) - 1)),
        comparisons=[_comparison(column, levels) for column, levels in comparisons.items()],
        blocking_rules_to_generate_predictions=list(COMPARED_AT_ALL),
        retain_matching_columns=False,
    )


def _language(files: Sequence[Sketch]) -> tuple[Level, ...]:
    """Where everybody speaks Spanish, speaking Spanish says nothing."""
    spoken = Counter(file.language for file in files if file.language)
    all_spoken = sum(spoken.values()) or 1
    by_chance = min(max(sum((n / all_spoken) ** 2 for n in spoken.values()), 0.05), SAME_LANGUAGE_IF_ONE)
    return (
        Level("same", "spoken_l = spoken_r", SAME_LANGUAGE_IF_ONE, by_chance),
        Level("different", "", 1 - SAME_LANGUAGE_IF_ONE, 1 - by_chance),
    )


def _comparison(column: str, levels: tuple[Level, ...]):
    from splink import comparison_level_library as library
    from splink.comparison_library import CustomComparison

    def made(level: Level):
        chances = {"m_probability": level.if_one, "u_probability": level.if_two}
        if level.by_name:
            return library.ExactMatchLevel(column).configure(**chances, tf_adjustment_column=column)
        return (library.CustomLevel(level.sql, level.says) if level.sql else library.ElseLevel()).configure(**chances)

    return CustomComparison(
        output_column_name=column, comparison_levels=[library.NullLevel(column), *map(made, levels)]
    )
