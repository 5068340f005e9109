import argparse

import pytest

from concord.commands.demo import Size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("50000", (50_000, 5_000_000)),
        ("50_000", (50_000, 5_000_000)),
        ("2000,100000", (2000, 100_000)),
        ("persons=2000,events=100000", (2000, 100_000)),
        ("persons=10", (10, 1000)),
        ("persons=10 events=0", (10, 0)),
    ],
)
def test_a_size_is_read_as_people_write_it(text, size):
    assert Size.parse(text) == size


@pytest.mark.parametrize("text", ["many", "0", "50001", "10,5000001", "events=5", "-5", ""])
def test_a_size_that_cannot_be_says_what_can(text):
    with pytest.raises(argparse.ArgumentTypeError, match="size|persons"):
        Size.parse(text)
