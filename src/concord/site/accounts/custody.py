"""Who holds a provider's keys: its people's actions. The hub's chain says who did what; the agency's file of keys
changes last, so that what is refused there leaves no entry."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import STORES, Viewer
from concord.site.accounts import copies
from concord.site.accounts.models import Staff
from concord.site.keys import custody, held, opened
from concord.site.keys.opened import Opened
from concord.site.pages.objections import Objection
from concord.site.stores import acting, audit, outages
from concord.site.stores.acting import after_all
from concord.vocabulary import Role, StoreKind

log = logging.getLogger("concord.keys")
KEEPERS = (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)


def is_provider(by: Viewer) -> bool:
    return StoreKind.VAULT in STORES[by.sector]


def state(by: Viewer) -> custody.State:
    return custody.state(settings.CONCORD_RINGS, by.agency)


def is_open(by: Viewer) -> bool:
    return settings.CONCORD_RINGS.is_open(by.agency)


def may_decide(by: Viewer) -> bool:
    """Administrators and privacy officers say whose the keys are. While staff hold them, only with the files open."""
    return is_provider(by) and by.has(*KEEPERS)


def _in_words[**P, R](action: Callable[P, R]) -> Callable[P, R]:
    """What the keys' own rules refuse, as an objection to the answer that it is about."""

    @wraps(action)
    def said(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(using=_chain()):
                return action(*args, **kwargs)
        except held.WrongPassphrase:
            raise Objection({"passphrase": _("This is not your passphrase. Mind every word; capitals and extra spaces "
                                             "make no difference.")}) from None
        except held.WrongSheet as wrong:
            raise Objection({"sheet": _wrong_sheet(wrong)}) from None
        except custody.WrongCode:
            raise Objection({"code": _("This is not the code on your colleague's page. Ask her to read it out again. "
                                       "If it differs still, refuse: somebody else may be asking.")}) from None
        except custody.TooFewWays:
            raise Objection({"": _("Two ways to open the files must be there first: two people with a passphrase, or "
                                   "one and the printed recovery sheet.")}) from None
        except custody.Tampered:
            raise Objection({"": _("The file of keys has a copy that nobody here gave. Nothing was changed. Tell your "
                                   "privacy officer, and whoever runs this system, now.")}) from None
        except (OSError, sqlite3.OperationalError):
            raise Objection({"": _("The keys could not be written: is the disk full? Nothing is lost; what opened "
                                   "before opens still. Tell whoever runs this system.")}) from None

    return said


def _wrong_sheet(wrong: held.WrongSheet) -> str:
    if wrong.line:
        return _("Line %(n)d is not as it is printed. Compare it letter by letter.") % {"n": wrong.line}
    return _("This is not your agency's recovery sheet, or a line is missing. It has four lines of four groups.")


@_in_words
def ask(*, passphrase: str, by: Viewer) -> str:
    """Set one's passphrase and ask for the keys; returns the code to read out to a colleague."""
    _note("keys.asked", by)
    return custody.ask(settings.CONCORD_RINGS, by.agency, staff=by.staff, passphrase=passphrase)


@_in_words
def approve(*, staff: Staff, code: str, by: Viewer) -> None:
    """Give a colleague a copy. Anybody who has the files open may: she could read them out just as well."""
    _require_open(by)
    audit.record("keys.given", staff)
    custody.approve(settings.CONCORD_RINGS, by.agency, staff=staff.pk, code=code, today=_today())


@_in_words
def refuse(*, staff: Staff, by: Viewer) -> None:
    _require_open(by)
    audit.record("keys.refused", staff)
    custody.refuse(settings.CONCORD_RINGS, by.agency, staff=staff.pk)


@_in_words
def open_files(*, passphrase: str, by: Viewer) -> Opened:
    """What the passphrase opens, to be kept for the session."""
    _note("files.opened", by)
    return custody.unlock(settings.CONCORD_RINGS, by.agency, staff=by.staff, passphrase=passphrase)


@_in_words
def change_passphrase(*, passphrase: str, new: str, by: Viewer) -> None:
    _note("keys.passphrase_changed", by)
    custody.change_passphrase(settings.CONCORD_RINGS, by.agency, staff=by.staff, old=passphrase, new=new)


@_in_words
def make_sheet(*, by: Viewer) -> held.Sheet:
    """A recovery sheet to print now: its lines are kept nowhere."""
    _require_deciding(by)
    _note("keys.sheet_made", by)
    return custody.new_sheet(settings.CONCORD_RINGS, by.agency)


@_in_words
def confirm_sheet(*, line: str, by: Viewer) -> None:
    _require_deciding(by)
    _note("keys.sheet_confirmed", by)
    custody.confirm_sheet(settings.CONCORD_RINGS, by.agency, line=line, today=_today())


@_in_words
def recover(*, sheet: str, passphrase: str, by: Viewer) -> Opened:
    """Open the files with the sheet and take a passphrase of one's own."""
    _require_provider(by)
    _note("keys.recovered", by)
    return custody.recover(settings.CONCORD_RINGS, by.agency, typed=sheet, staff=by.staff, passphrase=passphrase,
                           today=_today())  # fmt: skip


@_in_words
def turn_on(*, passphrase: str, by: Viewer) -> Opened:
    """From now on the keys are held by staff alone: everybody who got ready, and the printed sheet. Returns what the
    deciding person's own passphrase opens: she has shown that she knows it."""
    _require_deciding(by)
    ready = list(state(by).waiting)
    if by.staff not in ready:
        raise Objection({"": _("Set your own passphrase first: without it you could not go on from here.")})
    one = custody.prove(settings.CONCORD_RINGS, by.agency, staff=by.staff, passphrase=passphrase)
    _note("keys.held_by_provider", by)
    custody.turn_on(settings.CONCORD_RINGS, by.agency, staff=ready, today=_today())
    after_all(lambda: copies.publish_key(by.agency, by.sector))
    return one


@_in_words
def turn_off(*, passphrase: str, by: Viewer) -> None:
    """Back to keys that stand in a file of the installation. Asks the passphrase again: an open page is not enough."""
    _require_deciding(by)
    one = custody.unlock(settings.CONCORD_RINGS, by.agency, staff=by.staff, passphrase=passphrase)
    _note("keys.held_by_host", by)
    with opened.using(one):
        custody.turn_off(settings.CONCORD_RINGS, by.agency, today=_today())
    after_all(lambda: copies.publish_key(by.agency, by.sector))


@_in_words
def renew(*, by: Viewer) -> None:
    """New keys: whoever's copy was taken out opens nothing of what comes from now on, nor the ring as it is then."""
    _require_deciding(by)
    _note("keys.renewed", by)
    custody.begin_renewal(settings.CONCORD_RINGS, by.agency, today=_today())
    after_all(lambda: copies.publish_key(by.agency, by.sector))


def move_on(one: Opened | None, by: Viewer) -> None:
    """The long part of renewing, beside the request: it goes on when the page is left. `one`: what opens the ring,
    where the provider holds its keys. Cut off, it goes on where it was the next time."""
    threading.Thread(target=_move, args=(settings.CONCORD_RINGS, by.agency, one), daemon=True).start()


def _move(rings, agency, one: Opened | None) -> None:
    try:
        with opened.using(one):
            custody.move(rings, agency)
    except Exception as error:  # a full disk, or the files were closed: the page says that it stopped
        log.error("renewing keys stopped: %s", type(error).__name__)
    finally:
        rings.close()


def _require_provider(by: Viewer) -> None:
    if not is_provider(by):
        raise PermissionDenied


def _require_open(by: Viewer) -> None:
    if not is_provider(by) or not is_open(by):
        raise PermissionDenied


def _require_deciding(by: Viewer) -> None:
    if not may_decide(by) or not is_open(by):
        raise PermissionDenied


def _note(verb: str, by: Viewer) -> None:
    """Into the hub's chain, about herself. Someone whom the directory does not list is noted without a row."""
    _require_provider(by)
    where = _chain()
    row = Staff.objects.filter(pk=by.staff).first() if where == StoreKind.HUB else None
    audit.record(verb, row, using=where)


def _chain() -> str:
    """The hub's, since all of it concerns her as staff; the provider's own while a hub elsewhere does not answer: her
    files open all the same."""
    hub = StoreKind.HUB.value
    return audit.home_alias(acting.current()) if outages.is_away(hub) else hub


def _today() -> str:
    return timezone.localdate().isoformat()
