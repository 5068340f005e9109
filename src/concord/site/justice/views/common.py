"""What the pages of this room share: forms that call one action, whose file it is, and who may see it."""

from functools import wraps
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import JUSTICE, Compartment, Condition, Operation, Viewer, rules_for
from concord.site.accounts.models import Agency, Staff
from concord.site.justice.models import Investigation, Person, TeamAgency
from concord.site.pages.objections import Objection, complain
from concord.site.pages.records import Access, Seer
from concord.site.stores import audit
from concord.vocabulary import PersonRole, Sector, StoreKind

INVALID = 422
GET_POST = ["GET", "HEAD", "POST"]


def ask(request, form, act, *, done, template="pages/form.html", **page):
    """Show a form; when it is sent and valid carry out `act(form)` and go where `done(made)` says."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form)
        except Objection as objection:
            complain(form, objection)
        else:
            return redirect(done(made) if callable(done) else done)
    status = INVALID if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **page}, status=status)


def sent(request) -> tuple:
    """The first arguments of a form: what was posted, or nothing."""
    return (request.POST,) if request.method == "POST" else ()


def objected(request, objection: Objection, back: str, title: str):
    """A step without a form that could not be carried out: why, and the way back."""
    return render(request, "justice/objection.html",
                  {"title": title, "words": list(objection.found.values()), "back_url": back}, status=INVALID)


def case_of(pk: UUID) -> Investigation:
    return get_object_or_404(Investigation, pk=pk)


def opened(row):
    """Note in the chain that somebody opened this file, and hand it on."""
    audit.record("file.read", row)
    return row


def person_of(pk: UUID) -> Person:
    return get_object_or_404(Person.objects.select_related("investigation"), pk=pk)


def people_of(investigation: Investigation) -> list[Person]:
    return list(Person.objects.filter(investigation=investigation).order_by("number"))


def victims(people):
    return [p for p in people if p.is_victim()]


def suspects(people):
    return [p for p in people if p.is_suspect()]


def require_sector(viewer: Viewer, *sectors: Sector) -> None:
    """A page of one sector; for everybody else there is no such page."""
    if viewer.sector not in sectors:
        raise Http404


def justice_only(view):
    """A page of this room, for the sectors that the wall lets into its store; for everybody else there is none."""

    @wraps(view)
    def page(request, *args, **kwargs):
        require_sector(request.viewer, *JUSTICE)
        return view(request, *args, **kwargs)

    return page


def colleagues(by: Viewer):
    """Staff of the viewer's agency who are there today."""
    today = timezone.localdate()
    found = Staff.objects.filter(agency_id=by.agency, service_account=False, from_date__lte=today)
    return found.exclude(until_date__lt=today).order_by("name")


def partner_agencies(by: Viewer, *sectors: Sector):
    """Agencies of the task force in these sectors that can be on a team: partners, and members without accounts."""
    found = Agency.objects.filter(sector__in=sectors).exclude(pk=by.agency)
    return [a for a in found.order_by("name") if a.pk in by.partners or not a.has_accounts]


def _why(compartment: Compartment, condition: Condition) -> str:
    return next(r.why for r in rules_for(StoreKind.JUSTICE, compartment, Operation.READ) if r.condition is condition)


def access_to_case(investigation: Investigation, team: list[TeamAgency], by: Viewer, names: "Names") -> Access:
    """Who may see an investigation and all that belongs to it, and by which rule of the wall."""
    today = timezone.localdate()
    seers = [Seer(names.get(investigation.agency_id, ""), _why(Compartment.CASES, Condition.OWN))]
    for row in team:
        if row.on(today):
            seers.append(Seer(names.get(row.member_id, ""), _team_why(row, investigation, by, names)))
    return Access(
        _("The agency that holds it, and the agencies on its team while both MOUs are in force. No provider, no "
          "coordinator and no evaluator reads it."), tuple(seers))


def _team_why(row: TeamAgency, investigation: Investigation, by: Viewer, names: "Names") -> str:
    lapsed = by.agency == investigation.agency_id and row.member_id not in by.partners
    if lapsed or row.member_id in names.without_accounts:
        return _("On the team, and reads nothing here: it has no account, or an MOU is not in force.")
    return _why(Compartment.CASES, Condition.TEAM)


def access_to_own(by: Viewer, names: dict) -> Access:
    return Access(_("Your agency alone."), (Seer(names.get(by.agency, ""), _why(Compartment.OFFICE, Condition.OWN)),))


def access_to_office(by: Viewer, names: dict) -> Access:
    return Access(_("Your office alone. Police and partners do not read it."),
                  (Seer(names.get(by.agency, ""), _why(Compartment.PROSECUTION, Condition.OWN)),))


class Names(dict):
    """Names of agencies by id, and which of them take part without accounts."""

    without_accounts: frozenset[UUID] = frozenset()


def team_names(investigation: Investigation, team: list[TeamAgency], *more: UUID | None) -> Names:
    """The names of the agencies of an investigation's page, in one query."""
    wanted = {investigation.agency_id, *(row.member_id for row in team), *filter(None, more)}
    rows = list(Agency.objects.filter(pk__in=wanted).values_list("pk", "name", "has_accounts"))
    names = Names((pk, name) for pk, name, _accounts in rows)
    names.without_accounts = frozenset(pk for pk, _name, accounts in rows if not accounts)
    return names


def roles_words(person: Person) -> list[str]:
    return [PersonRole(role).label for role in person.roles]
