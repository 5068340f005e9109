"""What surrounds every page: where one stands, where one can go, who one is, and the way out."""

from dataclasses import dataclass

MOST_PLACES = 5


@dataclass(frozen=True)
class Place:
    """One of the few places of a role. `icon` is a name in the sprite; `count` is what waits there."""

    label: str
    url: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Search:
    """The search box. `label` says what it searches: "Search client files".

    `by_post` where names are typed: an address with a name in it would stay in the browser's history.
    """

    label: str
    url: str
    query: str = ""
    name: str = "q"
    by_post: bool = False


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the menu shows her."""

    name: str
    agency: str
    role: str


@dataclass(frozen=True)
class Frame:
    """The frame of one page, given to templates as `frame`.

    `standing` is the agency and the store in words ("Lantern House - client files"); `side` (services, justice, hub,
    study) only colours the bar, the words say it. `quick_exit` is the address of the neutral page, on the services
    side; empty elsewhere. `notice` stands under the bar on every page: system-based victim services say there that
    they hold no advocate privilege. Raises ValueError for more than five places.
    """

    standing: str
    task_force: str = ""
    side: str = ""
    demo: bool = False
    search: Search | None = None
    places: tuple[Place, ...] = ()
    quick_exit: str = ""
    person: Person | None = None
    sign_out: str = ""
    notice: str = ""
    home: str = "/"

    def __post_init__(self):
        if len(self.places) > MOST_PLACES:
            raise ValueError(f"A role has at most {MOST_PLACES} places; {len(self.places)} were given.")
