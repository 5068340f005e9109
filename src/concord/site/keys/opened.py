"""Whose copy of her agency's key came with this request. Nothing of it outlives the request that brought it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag

from concord.site.keys import held


class FilesClosed(PermissionError):
    """The provider holds its keys itself, and nobody who has one opened its files here."""


@dataclass
class Opened:
    """The private half of a pair that one of the agency's copies is for: a member of staff's, or the sheet's."""

    agency: UUID
    who: str
    private: bytes = field(repr=False)
    _known: tuple = field(default=(None, None), repr=False)

    def key(self, body: Mapping) -> held.AgencyKey:
        """The agency's key as the agency's file `body` holds it for her; FilesClosed if it does not any more."""
        if self._known[0] is not body:
            entry = body["sheet"] if self.who == held.SHEET else body["members"].get(self.who)
            if not entry or "copy" not in entry:
                raise FilesClosed("this copy was taken out")
            try:
                key = held.open_copy(entry["copy"], self.private, agency=self.agency, who=self.who,
                                     generation=body["generation"])  # fmt: skip
            except InvalidTag:
                raise FilesClosed("this copy was replaced") from None
            self._known = (body, key)
        return self._known[1]


_current: ContextVar[Opened | None] = ContextVar("opened", default=None)


def current() -> Opened | None:
    return _current.get()


@contextmanager
def using(opened: Opened | None) -> Iterator[None]:
    """What `opened` opens is open inside the block, and only there."""
    token = _current.set(opened)
    try:
        yield
    finally:
        _current.reset(token)
