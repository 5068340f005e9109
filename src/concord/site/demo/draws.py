"""Drawing the invented world: choices with weights, ids, days, and names that belong to nobody."""

import datetime as dt
import random
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

SEED = "concord demo"

#: Seldom or never given names, and family names put together of two words; each holder has endings of its own, so that
#: no two people of the world share a name and nobody is kept by two agencies.
GIVEN = (
    "Abalone Acacia Agate Alder Alyssum Anise Arbutus Aspen Auk Azurite Balsam Bayberry Beryl Bittern Bluet Bracket "
    "Burnet Caraway Cassia Catkin Chervil Chicory Cicely Cinnabar Columbine Comfrey Coot Cowrie Cress Curlew Dabchick "
    "Damselfly Diver Dogwood Dotterel Dunlin Eider Elderberry Eyebright Fallow Fescue Firefly Foxglove Gadwall "
    "Gentian Goldenrod Gosling Grebe Harebell Hawthorn Heath Hornbeam Hyssop Jackdaw Jasper Kinglet Kite Knotgrass "
    "Lapwing Lichen Linden Lovage Lupine Mallow Marigold Medlar Merganser Milfoil Mistle Nuthatch Oriole Ouzel "
    "Oxeye Peregrine Pimpernel Pipit Pochard Primrose Quail Ragwort Redstart Rosemallow Sanderling Sandpiper "
    "Scabious Sedge Serin Shearwater Siskin Smew Snowdrop Speedwell Spindle Stilt Tamarisk Tansymeadow Tarragon "
    "Teasel Tern Thyme Tormentil Turnstone Twite Valerian Verbena Vireo Wagtail Waxwing Whimbrel Whinchat Woodruff"
).split()
_FIRST = (
    "Amber Birch Bramble Cinder Clover Copper Drift Ember Feather Fennel Flint Frost Garnet Gorse Hazel Heather "
    "Hollow Ivory Juniper Kelp Larch Maple Marl Meadow Mist Moss Nettle Oat Onyx Pebble Pine Plume Quartz Quill Reed "
    "Russet Rye Saffron Shale Sleet Spruce Starling Tamarack Thistle Timber Umber Velvet Vesper Walnut Willow Yarrow "
    "Zephyr"
).split()
ENDINGS = {
    "justice": ("bend", "brook", "crest", "dell", "fen", "holt", "knoll", "lea"),
    "lantern": ("mere", "nook", "pike", "reach"),
    "open_gate": ("rill", "shaw", "stead", "thorne"),
    "harbor": ("vale", "wick", "wold", "yard"),
    "bulk": ("bank", "cairn", "cove", "drift", "glade", "ledge", "moor", "pass"),
}
_STRIDE = 7_919  # a prime that divides no number of names: every name comes once before one comes again


class Names:
    """Names of one holder's people, none twice."""

    def __init__(self, endings: Sequence[str], *, double: bool = False):
        single = [first + ending for first in _FIRST for ending in endings]
        self._single, self._double, self._n = single, double, 0
        self._size = len(GIVEN) * len(single) ** (2 if double else 1)

    def next(self) -> tuple[str, str]:
        index = self._n * _STRIDE % self._size
        self._n += 1
        index, given = divmod(index, len(GIVEN))
        if not self._double:
            return GIVEN[given], self._single[index]
        one, other = divmod(index, len(self._single))
        return GIVEN[given], f"{self._single[one]}-{self._single[other]}"


class Draw(random.Random):
    """A seeded source of everything that happens by chance."""

    def __init__(self, part: str):
        super().__init__(f"{SEED} {part}")

    def maybe(self, chance: float) -> bool:
        return self.random() < chance

    def of(self, weights: dict):
        """One key, by weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def some(self, options: Sequence, most: int, least: int = 1) -> list:
        return self.sample(list(options), min(len(options), self.randint(least, most)))

    def id(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def within(self, first: dt.date, last: dt.date) -> dt.date:
        """A day from `first` to `last`; `first` where they are the wrong way round."""
        return first + dt.timedelta(days=self.randint(0, max(0, (last - first).days)))

    def moment(self, day: dt.date, earliest: int = 8, latest: int = 17) -> dt.datetime:
        return at(day, self.randint(earliest, latest), self.randrange(0, 60, 5))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of the task force's own day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def days(n: int) -> dt.timedelta:
    return dt.timedelta(days=n)
