"""What the actions of this room share."""

import secrets
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.justice.models import Investigation
from concord.site.pages.objections import Objection
from concord.vocabulary import CaseStatus, StoreKind

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letters or digits that are mistaken for one another on the phone

in_one_step = transaction.atomic(using=StoreKind.JUSTICE.value)


def today():
    return timezone.localdate()


def reference(letter: str) -> str:
    """Something short to say on the phone, which tells nothing about what it stands for, nor how many there are."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def held_by(investigation: Investigation, by: Viewer) -> dict:
    """The first columns of every row of an investigation: its holder's, whoever of the team writes it."""
    return {"agency_id": investigation.agency_id, "created_by_id": by.staff, "investigation": investigation}


def own(by: Viewer) -> dict:
    """The first columns of a row that is the viewer's own agency's."""
    return {"agency_id": by.agency, "created_by_id": by.staff}


def require_open(investigation: Investigation) -> None:
    if investigation.status == CaseStatus.CLOSED:
        raise Objection({"": "This investigation is closed. Reopen it first."})


def require_holder(investigation: Investigation, by: Viewer, what: str) -> None:
    if investigation.agency_id != by.agency:
        raise Objection({"": f"Only the agency that holds the investigation {what}."})


def locked(pk: UUID) -> Investigation:
    """The investigation, held until the request ends, so that two people do not number two persons alike."""
    return Investigation.objects.select_for_update(no_key=True).get(pk=pk)


def change(row, facts: dict) -> list[str]:
    """Set what differs and save it; returns the names of what changed."""
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    if changed:
        row.save(update_fields=changed)
    return changed


__all__ = [
    "change", "held_by", "in_one_step", "locked", "own", "reference", "require_holder", "require_open", "today",
]
