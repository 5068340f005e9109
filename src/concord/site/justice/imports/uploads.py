"""A file between its dry run and the decision to keep it: sealed under its sender's own key, never plain on a disk."""

import base64
import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from concord.casefile.reading import InMemory
from concord.law.wall import Viewer
from concord.site.justice.actions.common import change, in_one_step, own
from concord.site.justice.codes import ImportKind
from concord.site.justice.models import Upload

LIVES = dt.timedelta(days=1)


@in_one_step
def put(kind: ImportKind, *, name: str, content: bytes, options: dict | None = None, by: Viewer) -> Upload:
    """Keep what was sent until it is decided on; what the same person sent before is gone."""
    discard(kind, by)
    return Upload.objects.create(
        **own(by), staff_id=by.staff, kind=kind, file_name=name, options=options,
        content=base64.b64encode(content).decode())


@dataclass(frozen=True)
class Sent:
    """A file that waits, and how it is to be read."""

    file: InMemory
    options: dict


def get(kind: ImportKind, by: Viewer) -> Sent | None:
    """What this person sent within the last day and has not decided on; what is older is deleted."""
    Upload.objects.filter(staff_id=by.staff, created_at__lt=timezone.now() - LIVES).delete()
    held = Upload.objects.filter(staff_id=by.staff, kind=kind).first()
    return held and Sent(InMemory(held.file_name, base64.b64decode(held.content)), held.options or {})


@in_one_step
def read_as(kind: ImportKind, options: dict, by: Viewer) -> None:
    """Change how the file that waits is to be read."""
    held = Upload.objects.get(staff_id=by.staff, kind=kind)
    change(held, {"options": (held.options or {}) | options})


def discard(kind: ImportKind, by: Viewer) -> None:
    Upload.objects.filter(staff_id=by.staff, kind=kind).delete()
