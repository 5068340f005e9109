"""A report that a law demands at once: learned of, made, written, told to her. The rules are in `law.mandated`.

It waits for nobody: no permission is asked for and no notice comes first. Her notice follows, and stays on the page of
who works with her until she is told or a reason stands there.
"""

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from django.utils import timezone

from concord.law import mandated as law
from concord.law.wall import Viewer
from concord.site.accounts.models import Agency
from concord.site.pages.objections import Objection
from concord.site.services.actions.compelled import content_of, hand_over
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, DisclosureEntry, MandatedReport
from concord.site.stores import audit
from concord.vocabulary import DisclosureBasis, DisclosureItem


@in_vault
def learn_of_duty(
    *, client: Client, duty: str, learned_at: dt.datetime, by: Viewer, id: UUID | None = None
) -> MandatedReport:
    """Start the clock of a duty. Safe to repeat with the same id."""
    if id and (existing := MandatedReport.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    found = law.duty(duty)
    verdict = law.verdict(found)
    if verdict is law.Verdict.NO_DUTY:
        raise Objection({"duty": "Choose a duty that the law names. Without one, nothing leaves without a signature."})
    if verdict is law.Verdict.OFFICIALS:
        raise Objection({"duty": f"This duty lies with officials, not with you. The route: {found.to}."})
    if learned_at > timezone.now():
        raise Objection({"learned_at": "This lies in the future. Give the moment at which you learned of it."})
    report = MandatedReport.objects.create(
        id=id or uuid4(), **held(by), client=client, duty=duty, learned_at=learned_at,
        due_at=law.clocks(found, learned_at).voice_due,
    )  # fmt: skip
    audit.record("duty.learned", report)
    return report


def duty_of(report: MandatedReport) -> law.Duty:
    """The duty as its pack says it today; one that a pack has dropped still names its section by its code."""
    return law.duty(report.duty) or law.Duty(
        jurisdiction="", id=report.duty, about=law.About.CHILD, falls_on=law.Bound.PROVIDER, title=report.duty, who="",
        learns="", to="", sectors=frozenset(), when="", voice=dt.timedelta(), written=None, citation=report.duty,
        note="", privileges=(),
    )  # fmt: skip


def agencies_for(report: MandatedReport, agencies: Collection[Agency]) -> list[Agency]:
    """Those of the task force's agencies to which this duty's report may go."""
    return [agency for agency in agencies if agency.sector in duty_of(report).sectors]


def preview_mandated(*, report: MandatedReport, items: Collection[DisclosureItem], summary: str) -> dict:
    """Exactly what is said, and what the ledger keeps."""
    return content_of(client=report.client, items=items, summary=summary, required_by=duty_of(report).citation)


@in_vault
def make_report(
    *,
    report: MandatedReport,
    way: law.Way,
    made_at: dt.datetime,
    items: Collection[DisclosureItem],
    by: Viewer,
    summary: str = "",
    to_agency: UUID | None = None,
    to_words: str = "",
    reference: str = "",
) -> DisclosureEntry:
    """Enter a report that was made by telephone or in writing, or send it to an agency here now. No leave is needed."""
    report = _locked(report)
    if report.not_made_reason:
        raise Objection({"": "This report was not made, because of a privilege. Begin a new one if that has changed."})
    found, now = duty_of(report), timezone.now()
    if way is law.Way.SENT:
        made_at = now
    objecting = law.objections(found, learned_at=report.learned_at, made_at=made_at, items=items, now=now)
    if to_agency and not _may_receive(found, to_agency):
        objecting["to_agency"] = f"The law sends this report elsewhere: {found.to}."
    if objecting:
        raise Objection(objecting)
    entry = hand_over(
        client=report.client, basis=DisclosureBasis.MANDATED, items=items, summary=summary, at=made_at,
        required_by=found.citation, to_agency=to_agency if way is law.Way.SENT else None,
        to_words="" if way is law.Way.SENT else to_words, mandated=report, by=by,
    )  # fmt: skip
    _note(report, law.fulfils(found, way), entry, made_at, reference, by)
    audit.record("report.mandated", report)
    return entry


def _note(report: MandatedReport, done: frozenset[str], entry: DisclosureEntry, at, reference: str, by: Viewer) -> None:
    """The first of each kind stops its clock; every further one has its own line in the ledger."""
    if law.VOICE in done and report.made_at is None:
        report.made_at, report.made_by_id, report.to_words = at, by.staff, entry.to_words
    if law.WRITTEN in done and report.written_at is None:
        report.written_at = at
    if reference.strip():
        report.reference = "; ".join(filter(None, [report.reference, reference.strip()]))
    report.save(update_fields=["made_at", "made_by_id", "to_words", "written_at", "reference"])


@in_vault
def claim_privilege(*, report: MandatedReport, privilege: str, by: Viewer, words: str = "") -> MandatedReport:
    """Name the privilege for which no report is made. Only one that the law behind the duty names counts."""
    report = _locked(report)
    if report.made_at or report.written_at:
        raise Objection({"": "The report has been made. It cannot be unsaid."})
    found = duty_of(report)
    if objecting := law.privilege_objections(found, privilege):
        raise Objection(objecting)
    named = found.privilege(privilege)
    report.not_made_reason = ". ".join(filter(None, [f"{named.title} ({named.citation})", words.strip()]))
    report.save(update_fields=["not_made_reason"])
    audit.record("report.privileged", report)
    return report


@in_vault
def tell_of_report(
    *, report: MandatedReport, by: Viewer, told_at: dt.datetime | None = None, not_told_reason: str = ""
) -> MandatedReport:
    """Her notice: when she was told that a report was made, or why she was not. A later telling replaces a reason."""
    report = _locked(report)
    if report.told_at:
        return report
    if not (report.made_at or report.written_at):
        raise Objection({"": "Report first: the law does not wait. Her or his notice follows."})
    if told_at is None and not not_told_reason.strip():
        raise Objection({"not_told_reason": "Write why she or he has not been told, or give the moment of telling."})
    if told_at and told_at > timezone.now():
        raise Objection({"told_at": "This lies in the future. Enter it when she or he has been told."})
    report.told_at, report.told_by_id = told_at, by.staff if told_at else None
    report.not_told_reason = not_told_reason.strip()
    report.save(update_fields=["told_at", "told_by_id", "not_told_reason"])
    return report


def _may_receive(found: law.Duty, agency: UUID) -> bool:
    return Agency.objects.filter(pk=agency, sector__in=found.sectors).exists()


def _locked(report: MandatedReport) -> MandatedReport:
    rows = MandatedReport.objects.select_for_update(no_key=True, of=("self",)).select_related("client")
    return rows.get(pk=report.pk)
