"""Which two of a provider's own files may be one person's, and what in them is alike. Values in, values out.

Nothing here decides. A proposal is a reason to look; `compare` says in parts what agrees and what does not, and
somebody of the staff says whether it is one person. What orders the proposals is never shown: nobody is given a score.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from rapidfuzz.distance import OSA, JaroWinkler

from concord.site.keys import finding

#: From here on two spellings count as near: "Lopes" and "Lopez" 0.92, "Garzia" and "Garcia" 0.91; "Anna" and "Diana"
#: 0.78, "Marta" and "Carla" 0.73. Below it sisters and cousins fill the list; above it handwriting does not fit in.
ALIKE = 0.88
#: A number that fewer digits identify is an extension or a slip.
LEAST_DIGITS = 7
#: A street and a town can be written in many ways; half of the shorter one's words in common is a reason to look.
PLACE_IN_COMMON = 0.5
#: A birth date that so many files share is "January 1" for people who know only the year: it points at nobody.
MOST_TOGETHER = 200


class What(StrEnum):
    """A part of two files that is compared."""

    NAMES = "names"
    GIVEN = "given"
    FAMILY = "family"
    OTHERS = "others"
    BIRTH = "birth"
    LANGUAGE = "language"
    PHONE = "phone"
    PLACE = "place"


class How(StrEnum):
    """How a part compares. Missing is no difference: nobody asked yet."""

    SAME = "same"
    ALIKE = "alike"
    SWAPPED = "swapped"
    FITS = "fits"  # one is known less exactly, and does not contradict
    DIFFERENT = "different"
    MISSING = "missing"


NEAR = frozenset({How.SAME, How.ALIKE})


@dataclass(frozen=True)
class Part:
    """One part compared: how, and both values as they were written."""

    what: What
    how: How
    one: str = ""
    other: str = ""


@dataclass(frozen=True)
class Sketch:
    """What of a file is compared. `birth` may be known to the year or month alone: "2001", "2001-05"."""

    id: UUID
    given: str = ""
    family: str = ""
    others: tuple[str, ...] = ()
    birth: str = ""
    language: str = ""
    phones: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def sketch(
    id: UUID,
    *,
    called: str = "",
    given_name: str = "",
    family_name: str = "",
    other_names: str = "",
    birth_date: object = None,
    language: str = "",
    reach: Iterable[str] = (),
) -> Sketch:
    """A file as it is compared. Before enrolment only what she is called is known: its last word is the family name."""
    known = bool(given_name or family_name)
    first, _space, last = called.strip().rpartition(" ")
    given, family = (given_name, family_name) if known else (first or last, last if first else "")
    ways = [way for way in reach if way]
    numbers = tuple(way for way in ways if len(_digits(way)) >= LEAST_DIGITS and not _letters(way))
    return Sketch(
        id=id,
        given=given.strip(),
        family=family.strip(),
        others=tuple(name for name in (called if known else "", other_names) if name),
        birth=str(birth_date or ""),
        language=language,
        phones=numbers,
        places=tuple(way for way in ways if way not in numbers and "@" not in way and _letters(way)),
    )


# --- What is compared, laid bare --------------------------------------------------------------------------------------


def bare(name: str) -> str:
    """A name without accents, case, marks or spaces at its ends: "de la Cruz" gives "de la cruz"."""
    return " ".join(finding.words(name))


def name_words(file: Sketch) -> frozenset[str]:
    return frozenset(word for name in (file.given, file.family, *file.others) for word in finding.words(name))


def phone_numbers(file: Sketch) -> frozenset[str]:
    """Digits alone, without what stands before a national number."""
    return frozenset(_digits(phone)[-10:] for phone in file.phones)


def place_words(file: Sketch) -> frozenset[str]:
    return frozenset(word for place in file.places for word in finding.words(place))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _letters(text: str) -> bool:
    return any(c.isalpha() for c in text)


# --- Comparing two ----------------------------------------------------------------------------------------------------


def compare(one: Sketch, other: Sketch) -> tuple[Part, ...]:
    """What is alike in two files and what is not, part by part."""
    return (
        *_names(one, other),
        Part(What.BIRTH, births(one.birth, other.birth), one.birth, other.birth),
        Part(What.PHONE, _shared(phone_numbers(one), phone_numbers(other)), *_listed(one.phones, other.phones)),
        Part(What.PLACE, _places(one, other), *_listed(one.places, other.places)),
        Part(What.LANGUAGE, _equal(one.language, other.language), one.language, other.language),
    )


def _names(one: Sketch, other: Sketch) -> Iterator[Part]:
    given, family = spelt(one.given, other.given), spelt(one.family, other.family)
    if are_swapped(one, other):
        yield Part(What.NAMES, How.SWAPPED, *(" ".join(filter(None, (f.given, f.family))) for f in (one, other)))
    else:
        yield Part(What.GIVEN, given, one.given, other.given)
        yield Part(What.FAMILY, family, one.family, other.family)
    if not {given, family} <= NEAR and (common := _beside(one, other)):
        yield Part(What.OTHERS, How.SAME, common, common)


def spelt(one: str, other: str) -> How:
    """How two spellings of a name compare; accents, case and hyphens are no difference."""
    one, other = bare(one), bare(other)
    if not (one and other):
        return How.MISSING
    if one == other:
        return How.SAME
    return How.ALIKE if JaroWinkler.similarity(one, other) >= ALIKE else How.DIFFERENT


def are_swapped(one: Sketch, other: Sketch) -> bool:
    """The given name of one is the family name of the other, both ways round, and they are not near as they stand."""
    across = {spelt(one.given, other.family), spelt(one.family, other.given)}
    straight = {spelt(one.given, other.given), spelt(one.family, other.family)}
    return across <= NEAR and not straight <= NEAR


def _beside(one: Sketch, other: Sketch) -> str:
    """Names in common where at least one of the two has them as another name."""
    aside = {word for file in (one, other) for name in file.others for word in finding.words(name)}
    return ", ".join(word.title() for word in sorted(name_words(one) & name_words(other) & aside))


def births(one: str, other: str) -> How:
    """Two birth dates, each known to the day, the month or the year."""
    if not (one and other):
        return How.MISSING
    if one == other:
        return How.SAME if len(one) == 10 else How.FITS
    if one.startswith(other) or other.startswith(one):
        return How.FITS
    if len(one) == len(other) == 10:
        if (one[:4], one[5:7], one[8:]) == (other[:4], other[8:], other[5:7]):
            return How.SWAPPED
        if OSA.distance(one, other) == 1:
            return How.ALIKE
    return How.DIFFERENT


def _places(one: Sketch, other: Sketch) -> How:
    here, there = place_words(one), place_words(other)
    if not (here and there):
        return How.MISSING
    if here == there:
        return How.SAME
    common = len(here & there)
    return How.ALIKE if common > 1 and common >= PLACE_IN_COMMON * min(len(here), len(there)) else How.DIFFERENT


def _shared(one: Collection[str], other: Collection[str]) -> How:
    if not (one and other):
        return How.MISSING
    return How.SAME if set(one) & set(other) else How.DIFFERENT


def _equal(one: str, other: str) -> How:
    if not (one and other):
        return How.MISSING
    return How.SAME if one == other else How.DIFFERENT


def _listed(one: Sequence[str], other: Sequence[str]) -> tuple[str, str]:
    return ", ".join(one), ", ".join(other)


# --- Proposing by rule ------------------------------------------------------------------------------------------------


def near_names(one: Sketch, other: Sketch) -> bool:
    """What is known of both names is near, as it stands or the other way round."""
    known = {spelt(one.given, other.given), spelt(one.family, other.family)} - {How.MISSING}
    return bool(known) and known <= NEAR or are_swapped(one, other)


def may_be_one(one: Sketch, other: Sketch) -> bool:
    """Whether anything beside the household speaks for it. Relatives share family name, address and phone, and
    each has a file of her own; a given name, another name or the birth date must be near too."""
    parts = {part.what: part.how for part in compare(one, other)}
    born = parts[What.BIRTH] in {How.SAME, How.ALIKE, How.SWAPPED}
    return born or parts.get(What.GIVEN) != How.DIFFERENT or What.OTHERS in parts


def whole_birth(file: Sketch) -> Collection[str]:
    return {file.birth} if len(file.birth) == 10 else ()


#: What two files must share to be compared at all, and how their birth dates must then stand to one another.
RULES = (
    (whole_birth, frozenset({How.SAME})),
    (phone_numbers, frozenset({How.SAME, How.ALIKE, How.SWAPPED, How.FITS, How.MISSING})),
)


def propose(files: Iterable[Sketch]) -> list[tuple[UUID, UUID]]:
    """Pairs with near names and the same birth date, or the same phone number and no other birth date."""
    files, found = list(files), {}
    for shared, born in RULES:
        for together in _together(files, shared):
            for one, other in combinations(together, 2):
                if births(one.birth, other.birth) in born and near_names(one, other):
                    found[in_order(one.id, other.id)] = True
    return list(found)


def propose_for(one: Sketch, files: Iterable[Sketch]) -> list[UUID]:
    """The files that the same rules propose for one."""
    return [
        other.id
        for other in files
        if other.id != one.id
        and any(
            set(shared(one)) & set(shared(other)) and births(one.birth, other.birth) in born for shared, born in RULES
        )
        and near_names(one, other)
    ]


def _together(files: list[Sketch], shared) -> Iterator[list[Sketch]]:
    groups = defaultdict(list)
    for file in files:
        for value in shared(file):
            groups[value].append(file)
    return (group for group in groups.values() if 1 < len(group) <= MOST_TOGETHER)


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """A pair as it is kept: it is the same pair from either side."""
    return (one, other) if one < other else (other, one)


# --- Linked files -----------------------------------------------------------------------------------------------------


def linked(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, frozenset[UUID]]:
    """Of each linked file all files of that person, itself included: whoever is A and B, and B and C, is all three."""
    groups: dict[UUID, frozenset[UUID]] = {}
    for one, other in pairs:
        joined = groups.get(one, frozenset({one})) | groups.get(other, frozenset({other}))
        groups |= dict.fromkeys(joined, joined)
    return groups
