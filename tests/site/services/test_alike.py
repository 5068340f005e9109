"""Finding a client compares each word once; it finds what comparing each name by itself finds."""

import random

import pytest
from rapidfuzz import fuzz

from concord.site.keys import finding
from concord.site.services import search


def plainly(wanted, names) -> float:
    """Each word typed against the name's word that is likest; a beginning is like the whole."""
    known = [word for name in names for word in finding.words(name)]
    if not known:
        return 0
    one = lambda typed, word: 100 if len(typed) > 1 and word.startswith(typed) else fuzz.ratio(typed, word)  # noqa: E731
    return sum(max(one(typed, word) for word in known) for typed in wanted) / len(wanted)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_and_how_like_it_is_are_the_same_as_name_by_name(seed):
    draw = random.Random(seed)
    word = lambda: "".join(draw.choices("aeimnorst", k=draw.randint(1, 7)))  # noqa: E731
    rows = [(n, [" ".join(word() for _ in range(draw.randint(0, 2))) for _ in range(3)]) for n in range(300)]
    for length in (1, 2, 3, 5, 6):
        known = [one for one in finding.words(" ".join(rows[draw.randrange(300)][1])) if one]
        wanted = [draw.choice(known) if known and draw.random() < 0.8 else word() for _ in range(length)]
        expected = {id: score for id, names in rows if (score := plainly(wanted, names)) >= search.ALIKE}
        assert {row[0]: score for score, row in search._alike(wanted, rows)} == pytest.approx(expected), wanted
