"""Who works with a client, and which files are for them alone."""

from uuid import UUID

from django.db import connections
from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Assignment, Client
from concord.site.stores import audit
from concord.site.stores.router import alias_for


@in_vault
def assign(*, client: Client, staff_id: UUID, by: Viewer) -> Assignment:
    """Let a colleague work with a client; on a restricted file this also opens it to her. Once is enough."""
    fresh = held(by) | {"since_date": timezone.localdate()}
    return Assignment.objects.get_or_create(client=client, staff_id=staff_id, until_date=None, defaults=fresh)[0]


@in_vault
def end_assignment(*, assignment: Assignment, by: Viewer) -> Assignment:
    """End somebody's work with a client. The last one on a restricted file first names who follows."""
    client = Client.objects.select_for_update(no_key=True).get(pk=assignment.client_id)
    others = client.assignments.filter(until_date=None).exclude(pk=assignment.pk)
    if client.restricted and not others.exists():
        raise Objection({"": "Nobody else could open this file. Assign somebody first, or lift the restriction."})
    if assignment.until_date is None:
        assignment.until_date = timezone.localdate()
        assignment.save(update_fields=["until_date"])
    return assignment


@in_vault
def restrict(*, client: Client, by: Viewer) -> Client:
    """Close the file to everybody but the staff assigned to it. Whoever does it must be one of them."""
    if not client.assignments.filter(staff_id=by.staff, until_date=None).exists():
        raise Objection({"": "Assign yourself first: only the staff assigned will see this file."})
    if not client.restricted:
        client.restricted, client.restricted_on = True, timezone.localdate()
        client.save(update_fields=["restricted", "restricted_on"])
        audit.record("file.restricted", client)
    return client


@in_vault
def lift_restriction(*, client: Client, by: Viewer) -> Client:
    if client.restricted:
        client.restricted, client.restricted_on = False, None
        client.save(update_fields=["restricted", "restricted_on"])
        audit.record("file.restriction.lifted", client)
    return client


def appoint(*, client_id: UUID, staff_id: UUID, by: Viewer) -> None:
    """For a restricted file that nobody is assigned to: an administrator names who takes it over.

    The guard decides: whoever appoints sees no more of the file than its id, unless she appoints herself.
    """
    _call("select guard.appoint(%s, %s)", [client_id, staff_id])


def release_staff(*, staff_id: UUID, by: Viewer) -> int:
    """End all assignments of a colleague who has left; returns how many. Restricted files then wait for somebody."""
    return _call("select guard.release_staff(%s)", [staff_id])


def _call(statement: str, parameters: list):
    with connections[alias_for("services")].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]
