"""What every action of this room shares: its own step of the request's transaction, in the acting provider's vault."""

from collections.abc import Callable
from functools import wraps

from django.db import transaction

from concord.law.wall import Viewer
from concord.site.stores.router import alias_for


def in_vault[**P, R](action: Callable[P, R]) -> Callable[P, R]:
    """All of the action or nothing of it."""

    @wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(using=alias_for("services")):
            return action(*args, **kwargs)

    return whole


def held(by: Viewer) -> dict:
    """Who holds a new row and who made it."""
    return {"agency_id": by.agency, "created_by_id": by.staff}
