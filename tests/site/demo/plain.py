"""The invented world as plain facts, for comparing and counting; run as a module it writes its digest."""

import datetime as dt
import hashlib
import sys

from concord.site.demo import world
from concord.site.demo.story import Story

SEALED_ANEW = {"public_key", "content"}  # sealed to keys that each installation makes for itself


def facts(story: Story):
    """Every row of every store as (store, table, column, value), in order."""
    for name, book in {"hub": story.hub, "justice": story.justice, "study": story.study, **story.vaults}.items():
        for model, rows in book.pages.items():
            for row in rows:
                for field in model._meta.concrete_fields:
                    if field.name not in SEALED_ANEW or name not in ("hub",):
                        yield name, model.__name__, field.name, str(row.__dict__.get(field.attname))


def digest(story: Story) -> str:
    found = hashlib.sha256()
    for fact in facts(story):
        found.update("\x1f".join(fact).encode())
    return found.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(digest(world.tell(dt.date.fromisoformat(sys.argv[1]))))
