"""An arrest that was recorded outside any investigation joins one: person, charges and review move there together."""

from django.db.models import Max

from concord.law.wall import Viewer
from concord.site.justice.actions import arrests
from concord.site.justice.actions.cases import close, require_arrest_file
from concord.site.justice.actions.common import change, in_one_step, locked, require_open, today
from concord.site.justice.actions.persons import require_neutral_title
from concord.site.justice.models import (
    Arrest,
    ArrestReview,
    Assertion,
    Charge,
    Docket,
    Hearing,
    Investigation,
    LeadLink,
    Pair,
    Person,
    ProsecutionReferral,
    Scheme,
    SentReferral,
    TeamAgency,
    VictimStatusEvent,
)
from concord.site.pages.objections import Objection
from concord.site.stores import audit
from concord.vocabulary import ClosedHow

MOVED = (Arrest, ArrestReview, Charge)
AN_INVESTIGATIONS = (TeamAgency, Docket, Hearing, Scheme, Pair, Assertion, ProsecutionReferral)


@in_one_step
def join(file: Investigation, *, to: Investigation, by: Viewer) -> Investigation:
    """Move what an arrest's file holds into an investigation of the same agency, and close the empty file.

    The team of that investigation reads it from now on, and the safeguard looks at the arrest again beside its people.
    """
    require_arrest_file(file, by)
    to = locked(to.pk)
    _require_fitting(file, to)
    moved = list(Arrest.objects.filter(investigation=file))
    _move_people(file, to)
    for model in MOVED:
        model.objects.filter(investigation=file).update(investigation=to)
    _move_statuses(file, to)
    for arrest in moved:
        arrest.refresh_from_db()
        arrests.answer_safeguard(arrest, {}, by=by)
    known = LeadLink.objects.filter(investigation=to).values("lead_id")
    LeadLink.objects.filter(investigation=file).exclude(lead_id__in=known).update(investigation=to)
    SentReferral.objects.filter(agency_id=by.agency, investigation_id=file.pk).update(investigation_id=to.pk)
    close(file, on=today(), how=ClosedHow.ADMINISTRATIVE, note=f"Joined {to.code_name}.", by=by)
    audit.record("arrest.joined", to)
    return to


def _require_fitting(file: Investigation, to: Investigation) -> None:
    require_open(to)
    if to.arrest_only or to.agency_id != file.agency_id:
        raise Objection({"investigation": "Choose an investigation that your agency holds."})
    if any(model.objects.filter(investigation=file).exists() for model in AN_INVESTIGATIONS):
        raise Objection({"": "This file has a team, a court case or facts of an offence by now. "
                             "Open it as an investigation instead."})


def _move_people(file: Investigation, to: Investigation) -> None:
    last = Person.objects.filter(investigation=to).aggregate(n=Max("number"))["n"] or 0
    people = Person.objects.filter(investigation=file).order_by("number")
    for number, person in enumerate(people, start=last + 1):
        require_neutral_title(to, {name: getattr(person, name) for name in ("given_name", "family_name")})
        change(person, {"investigation": to, "number": number})


def _move_statuses(file: Investigation, to: Investigation) -> None:
    """Judgements are sealed under their investigation's key: opened under the file's, sealed under the other."""
    for event in VictimStatusEvent.objects.filter(investigation=file):
        note = event.note
        event.investigation, event.note = to, note
        event.save(update_fields=["investigation", "note"])
