"""What the store's own rules refuse, in words: no value of a row ever stands in a message."""

from collections.abc import Callable
from functools import wraps

from django.db import DataError, IntegrityError

from concord.site.pages.objections import Objection

ONCE = ("import_release_once", "nibrs_incident_once", "defendant_once", "court_record_once")


def in_words(action: Callable) -> Callable:
    """Turn the store's refusal of an action, which has been rolled back, into an Objection."""

    @wraps(action)
    def said(*args, **kwargs):
        try:
            return action(*args, **kwargs)
        except (IntegrityError, DataError) as error:
            raise Objection({"": _words(error)}) from None

    return said


def _words(error) -> str:
    rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if rule in ONCE:
        return "Somebody of your agency is keeping the same rows just now. Nothing was kept; check it again."
    return f"The store's rule {rule or 'on the length of a value'} refuses a row of this. Nothing was kept."
