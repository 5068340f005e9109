"""Finding by what is sealed: every row is opened and compared inside its own agency, and forgotten.

How like is like enough, each room says itself: a search offers what may be meant, a match must be exact.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from django.db.models import BinaryField, Func

from concord.site.keys import sealing

_WORD = re.compile(r"[^\W_]+")


_ID = Func("pk", function="uuid_send", output_field=BinaryField())


def opened(
    rows, columns: tuple[str, ...], keys: Mapping[bytes, bytes], beside: tuple[str, ...] = ()
) -> Iterator[tuple]:
    """Of each row the bytes of its id, the plain text of its sealed columns as a list, and the columns beside them.

    The text is "" where nothing was entered, and where the row's key was destroyed. `keys`: `sealing.own_keys`. A
    provider's every row passes here while somebody waits: an id is made of its bytes where one is needed.
    """
    bound = sealing.bound_to_codes([rows.model._meta.get_field(column).code for column in columns])
    end = 1 + len(columns)
    for row in rows.values_list(_ID, *columns, *beside):  # at once: a server's cursor takes five times as long
        id = row[0]
        key = keys.get(id)
        texts = sealing.unseal_row(row[1:end], bound=bound, row=id, key=key) if key else [""] * len(columns)
        yield (id, texts) + row[end:]


def bare(text: str) -> str:
    """Without accents, case or marks above and below letters."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.casefold()


def words(text: str) -> list[str]:
    """Bare words: "José-María" gives "jose", "maria"."""
    return _WORD.findall(bare(text))


def number(text: str) -> str:
    """A number as it compares: `25-CR-0012` and `25 cr 12` differ, `25-CR-0012` and `25cr0012` do not."""
    return re.sub(r"[^0-9a-z]", "", text.casefold())
