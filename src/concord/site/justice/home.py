"""What needs this person today, as her home asks it."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from concord.law.wall import Viewer
from concord.site.accounts.agreements import day_words
from concord.site.accounts.directory import agency_names
from concord.site.justice.actions.arrests import reviewed_for
from concord.site.justice.actions.court import waiting_citations
from concord.site.justice.actions.leads import waiting_referrals
from concord.site.justice.codes import HearingKind
from concord.site.justice.imports import home as imports
from concord.site.justice.models import Lead, Person, ProsecutionReferral
from concord.site.justice.views.court import hearings_between, waiting_words
from concord.site.pages.records import Action, Status
from concord.site.pages.worklist import Section, Work
from concord.vocabulary import (
    Answer,
    ArrestConcern,
    LeadSource,
    PersonRole,
    ProsecutionDecision,
    ReferralKind,
    Role,
    TraffickingType,
)

MOST = 5  # of each question; the rest is behind "All ..."
PASSED_ON = {
    ReferralKind.LEAD: _later("%(agency)s passed on a lead"),
    ReferralKind.REPORT: _later("%(agency)s: a client asks to report"),
}


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    """The questions of each of her roles, without repeating one."""
    asked = []
    for role, questions in QUESTIONS.items():
        if viewer.has(role):
            asked += [question for question in questions if question not in asked]
    return [*(question(viewer, now) for question in asked), *imports.sections(viewer)]


def begin(viewer: Viewer) -> list[Action]:
    """What she can begin from her home, whatever waits."""
    if not viewer.has(Role.SUPERVISOR, Role.DETECTIVE, Role.LABOR_INSPECTOR):
        return []
    return [Action(_("Something came in"), reverse("justice:first_question"), primary=True),
            Action(_("Record an arrest"), reverse("justice:outside_arrest"))]


def came_in(by: Viewer, now: datetime) -> Section:
    """Leads nobody answers for, and what other agencies passed on."""
    rows = list(Lead.objects.filter(agency_id=by.agency, decision="", assigned_to_id=None).order_by("received_on")
                .defer("summary", "caller", "decision_note")[:MOST])
    received = waiting_referrals(by, MOST)
    names = agency_names(r.from_agency_id for r in received)
    works = [Work(
        PASSED_ON[ReferralKind(r.kind)] % {"agency": names.get(r.from_agency_id, _("Another agency"))},
        why=_("Make a lead of it, or say why not"), url=reverse("justice:received_referral", args=[r.pk]),
    ) for r in received]
    works += [_lead_work(lead, _("Nobody answers for it yet")) for lead in rows]
    return Section(_("What came in"), tuple(works[:MOST]), empty=_("Nothing new. Every lead has somebody."),
                   more=Action(_("All leads"), reverse("justice:leads")))


def _lead_work(lead, why):
    return Work(
        f"{lead.reference}: {TraffickingType(lead.trafficking_type).label}", due=lead.due_on,
        why=f"{LeadSource(lead.source).label}. {why}", url=reverse("justice:lead", args=[lead.pk]),
        status=Status(_("Danger now"), "danger") if lead.danger_now == Answer.YES else None)


def to_answer(by: Viewer, now: datetime) -> Section:
    """Leads that are hers, and arrests she recorded in which the safeguard still asks."""
    asked = reviewed_for(by, waiting=True).filter(_hers_to_answer(by)).select_related("person", "investigation")
    works = [Work(
        _("Arrest of %(person)s, %(file)s") % {"person": r.person.alias, "file": r.investigation.code_name},
        due=r.due_at, why=_("Questions about a possible victim are open"),
        url=reverse("justice:arrest", args=[r.arrest_id]),
        action=Action(_("Answer"), reverse("justice:safeguard", args=[r.arrest_id])),
    ) for r in asked.defer("note")[: MOST + 1]]
    mine = Lead.objects.filter(agency_id=by.agency, decision="", assigned_to_id=by.staff)
    leads = mine.order_by("due_on", "received_on").defer("summary", "caller", "decision_note")[:MOST]
    more = Action(_("All my leads"), f"{reverse('justice:leads')}?state=mine")
    if len(works) > MOST:
        more = Action(_("All reviews"), reverse("justice:reviews"))
    works += [_lead_work(lead, _("Yours to decide")) for lead in leads]
    return Section(_("What must I answer"), tuple(works[:MOST]), empty=_("Nothing waits for your answer."), more=more)


def _hers_to_answer(by: Viewer) -> Q:
    """Arrests that she recorded and whose safeguard still asks: hers to answer before anybody's to review."""
    left_open = (Q(arrest__legal_basis="") | Q(arrest__stated_purpose="") | Q(arrest__alternatives=[])
                 | Q(arrest__advocate_called=Answer.UNKNOWN))
    return Q(left_open, recorded_by_id=by.staff)


def in_court(by: Viewer, now: datetime) -> Section:
    rows = list(hearings_between(by, now, now + timedelta(days=7))[: MOST])
    works = tuple(Work(
        f"{HearingKind(h.kind).label}: {h.investigation.code_name}", due=h.at,
        why=h.person.alias if h.person else "", url=reverse("justice:hearing", args=[h.pk]),
        status=None if h.victims_notified_on else Status(_("Victims not yet told"), "warning"),
    ) for h in rows)
    return Section(_("Who is in court this week"), works, empty=_("No hearing in the next seven days."),
                   more=Action(_("All hearings"), reverse("justice:hearings")))


def to_review(by: Viewer, now: datetime) -> Section:
    """Arrests of possible victims whose review has not been signed, the nearest clock first; not what she must answer.
    """
    waiting = reviewed_for(by, waiting=True).exclude(_hers_to_answer(by))
    rows = waiting.select_related("person", "investigation").defer("note")[:MOST]
    signs = by.has(Role.SUPERVISOR)
    works = tuple(Work(
        f"{r.person.alias}, {r.investigation.code_name}", due=r.due_at,
        why="; ".join(ArrestConcern(c).label for c in r.concerns), url=reverse("justice:review", args=[r.pk]),
        action=Action(_("Review"), reverse("justice:review", args=[r.pk])) if signs else None,
        status=Status(_("Purpose does not conform"), "danger") if r.purpose_conforms == Answer.NO else None,
    ) for r in rows)
    return Section(_("Which arrests need review"), works,
                   empty=_("No arrest of a possible victim waits for its review."),
                   more=Action(_("All reviews"), reverse("justice:reviews")))


def to_decide(by: Viewer, now: datetime) -> Section:
    rows = ProsecutionReferral.objects.filter(
        to_agency_id=by.agency, decision=ProsecutionDecision.PENDING).select_related("investigation")
    works = tuple(Work(
        r.investigation.code_name, why=_("Referred on %(on)s, not decided") % {"on": day_words(r.referred_on)},
        url=reverse("justice:decision", args=[r.pk]),
    ) for r in rows.order_by("referred_on", "id")[:MOST])
    return Section(_("What to decide"), works, empty=_("Nothing waits for your office's decision."),
                   more=Action(_("All referrals"), reverse("justice:charging")))


def to_class(by: Viewer, now: datetime) -> Section:
    """Citations that no pack knows; one answer classes every charge that waits under it."""
    works = tuple(Work(
        row["citation"], why=" ".join(part for part in (row["why"], waiting_words(row["n"])) if part),
        url=reverse("justice:charge", args=[row["any"]]),
        action=Action(_("Class it"), reverse("justice:class_charge", args=[row["any"]])),
    ) for row in waiting_citations(by, MOST))
    return Section(_("Charges to class"), works, empty=_("Every charge has its class."),
                   more=Action(_("All charges"), f"{reverse('justice:charges')}?show=class"))


def without_services(by: Viewer, now: datetime) -> Section:
    """Victims whom this agency has not yet referred to anybody for services."""
    victims = [role.value for role in PersonRole.victims()]
    rows = Person.objects.filter(
        agency_id=by.agency, roles__overlap=victims, referred_to_services_on=None, investigation__status="open",
    ).select_related("investigation").order_by("identified_on", "number")
    works = tuple(Work(
        f"{p.alias}, {p.investigation.code_name}", why=_("Services have not been offered by referral"),
        url=reverse("justice:person", args=[p.pk]),
        action=Action(_("Refer"), reverse("justice:refer_person", args=[p.pk])),
    ) for p in rows[:MOST])
    return Section(_("Who has not been offered services"), works, empty=_("Everybody has been offered services."),
                   more=Action(_("All investigations"), reverse("justice:cases")))


QUESTIONS = {
    Role.SUPERVISOR: (to_review, to_answer, came_in, to_class),
    Role.DETECTIVE: (came_in, to_answer, in_court, to_review),
    Role.LABOR_INSPECTOR: (came_in, to_answer, in_court),
    Role.PROSECUTOR: (to_decide, in_court, to_class),
    Role.VICTIM_WITNESS: (in_court, without_services),
}
