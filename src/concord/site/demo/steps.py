"""The tour: five people, what to try as each of them, what she sees, and how it shows that it happened.

A tick is recomputed from the records of whoever looks, inside her own side of the wall; what leaves no record (a search
that found nothing, a refusal) is known from where the browser has been. Nobody sees a tick of another person's chapter:
that a referral was accepted would tell the police who is a client.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.accounts.models import Mou
from concord.site.bridge.models import Referral
from concord.site.collaboration.models import Attendance
from concord.site.demo import cast
from concord.site.justice.models import ProsecutionReferral, ReceivedRecord
from concord.site.services.models import Contact, ReferredClient, Release, Service
from concord.site.study.models import Agreement, BundleReceived
from concord.vocabulary import ProsecutionDecision, ReferralKind, Role

Check = Callable[[Viewer, dt.datetime], bool]
PLANTED = " ".join(cast.PLANTED_CLIENT)
NOBODY = cast.known_id("nobody at all")


@dataclass(frozen=True)
class Footprint:
    """An address that was visited: its name, the method, the status, and whose page it was."""

    name: str
    method: str = "GET"
    status: int = 200
    pk: UUID | None = None

    def matches(self, match, method: str, status: int) -> bool:
        given = {"pk": self.pk} if self.pk else {}
        return (match.view_name, method, status) == (self.name, self.method, self.status) and (
            given.items() <= match.kwargs.items()
        )


@dataclass(frozen=True)
class Step:
    """One thing to do. `place` names the page that it starts on: its name and whose it is."""

    code: str
    who: cast.Staff
    do: str
    see: str
    place: tuple
    link: str
    footprint: Footprint | None = None
    check: Check | None = None
    commands: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.place[0], args=self.place[1:])


@dataclass(frozen=True)
class Chapter:
    """One person's part, about `minutes` long."""

    who: cast.Staff
    title: str
    intro: str
    minutes: int
    steps: tuple[Step, ...]


# --- What the records say ---------------------------------------------------------------------------------------------


def _referred(viewer: Viewer, since: dt.datetime) -> bool:
    """Somebody was referred to Lantern House from here since the demo began. Who, the sender's side cannot say."""
    return Referral.objects.filter(
        from_agency_id=viewer.agency, to_agency_id=cast.LANTERN_ID, kind=ReferralKind.SERVICES, sent_at__gt=since
    ).exists()


def _accepted(viewer: Viewer, since: dt.datetime) -> bool:
    return ReferredClient.objects.filter(client_id=cast.PLANTED_CLIENT_ID, created_at__gt=since).exists()


def _service_entered(viewer: Viewer, since: dt.datetime) -> bool:
    return Service.objects.filter(created_by_id=viewer.staff, created_at__gt=since, undone_at=None).exists()


def _contact_entered(viewer: Viewer, since: dt.datetime) -> bool:
    return Contact.objects.filter(created_by_id=viewer.staff, created_at__gt=since).exists()


def _released(viewer: Viewer, since: dt.datetime) -> bool:
    return Release.objects.filter(client_id=cast.PLANTED_CLIENT_ID, created_at__gt=since).exists()


def _taken_back(viewer: Viewer, since: dt.datetime) -> bool:
    return Release.objects.filter(client_id=cast.PLANTED_CLIENT_ID, revoked_at__gt=since).exists()


def _copy_opened(viewer: Viewer, since: dt.datetime) -> bool:
    return ReceivedRecord.objects.filter(from_agency_id=cast.LANTERN_ID, opened_at__gt=since).exists()


def _decided(viewer: Viewer, since: dt.datetime) -> bool:
    made = ProsecutionReferral.objects.filter(investigation_id=cast.DUAL_CASE_ID, to_agency_id=viewer.agency)
    return made.exclude(decision=ProsecutionDecision.PENDING).exists()


def _mou_renewed(viewer: Viewer, since: dt.datetime) -> bool:
    today = timezone.localdate()
    found = Mou.objects.filter(agency_id=cast.AGENCIES["larkmoor_police"].id)
    return found.filter(signed_on__lte=today, expires_on__gte=today, ended_on=None).exists()


def _came_without_account(viewer: Viewer, since: dt.datetime) -> bool:
    new = Attendance.objects.filter(created_at__gt=since, people__gt=0, attendee__has_accounts=False)
    return new.exists()


def _agreed(viewer: Viewer, since: dt.datetime) -> bool:
    today = timezone.localdate()
    found = Agreement.objects.filter(study_id=cast.ARREST_STUDY_ID, created_at__gt=since, ended_on=None)
    return found.filter(signed_on__lte=today, expires_on__gte=today).exists()


def _bundle_came(viewer: Viewer, since: dt.datetime) -> bool:
    return BundleReceived.objects.filter(agency_id=viewer.agency).exists()


# --- The chapters -----------------------------------------------------------------------------------------------------

_DETECTIVE, _ADVOCATE, _PROSECUTOR, _COORDINATOR, _EVALUATOR = map(
    cast.sign_in_of, (Role.DETECTIVE, Role.ADVOCATE, Role.PROSECUTOR, Role.COORDINATOR, Role.EVALUATOR)
)

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        _DETECTIVE, "A detective looks for a client",
        f"You work in Riverton's police. You have heard that {PLANTED} may be at Lantern House. She is: the "
        "provider has had her file for two months. Try to find her.",
        5,
        (
            Step(
                "search", _DETECTIVE,
                f"Search for {PLANTED} in the box at the top.",
                "Nothing. The box says what it searches: your agency's people and investigations. There is no "
                "wider one.",
                ("justice:search",), "Open the search",
                footprint=Footprint("justice:search", method="POST"),
            ),
            Step(
                "address", _DETECTIVE,
                "Suppose that the address of her file got about. Open it.",
                "The same page as for anything that is not there. Compare it with the address of nobody at all: the "
                "words, the status and what is recorded are the same.",
                ("services:client", cast.PLANTED_CLIENT_ID), "Open her file's address",
                footprint=Footprint("services:client", status=404, pk=cast.PLANTED_CLIENT_ID),
            ),
            Step(
                "database", _DETECTIVE,
                "Leave the pages aside and ask the database itself, as the police login and as yourself.",
                "PostgreSQL's own refusals, one after the other.",
                ("demo:sql",), "Ask the database",
                footprint=Footprint("demo:sql", method="POST"),
            ),
            Step(
                "refer", _DETECTIVE,
                f"She may need help all the same. Refer her to Lantern House, by her name: {PLANTED}.",
                "Received, and the time. It is the only answer there is, at once and for everybody, whether the "
                "provider "
                "knows her or not. It will never change.",
                ("bridge:send", ReferralKind.SERVICES.value), "Refer her for services",
                check=_referred,
            ),
        ),
    ),
    Chapter(
        _ADVOCATE, "An advocate answers it",
        "You work at Lantern House. What the police sent lies in your inbox; what you do with it stays here.",
        6,
        (
            Step(
                "accept", _ADVOCATE,
                "Open the newest referral from Riverton Police and take it on into the file that you already have.",
                "The referral with your own client beside it, found by her name in your own files only. The "
                "police still "
                "see: received.",
                ("services:referrals",), "Open the referrals",
                check=_accepted,
            ),
            Step(
                "service", _ADVOCATE,
                "You are in the car. Enter a service on the phone; make the window as narrow as one and count "
                "the seconds.",
                "Three taps: who, what, save. It can be taken back at once.",
                ("services:quick",), "Enter a service",
                check=_service_entered,
            ),
            Step(
                "contact", _ADVOCATE,
                f"{PLANTED} is to be called this evening. Read how before you dial, and enter that you reached her.",
                "What makes the call unsafe stands above the number. The next safe time is asked with the contact.",
                ("services:client", cast.PLANTED_CLIENT_ID), "Open her file",
                check=_contact_entered,
            ),
            Step(
                "ledger", _ADVOCATE,
                "She asks who knows that she is here.",
                "Her ledger: everything that left the file, to whom and on what ground. So far, nothing has.",
                ("services:ledger", cast.PLANTED_CLIENT_ID), "Open her ledger",
                footprint=Footprint("services:ledger", pk=cast.PLANTED_CLIENT_ID),
            ),
            Step(
                "release", _ADVOCATE,
                f"She wants to hear of hearings. Sign a release with her: to {_PROSECUTOR.name}, her notices as a "
                "victim, her name and how to reach her safely.",
                "Before she signs: exactly what will be seen, by whom and until when, and what taking it back can "
                "still do once a prosecutor has opened it.",
                ("services:release_new", cast.PLANTED_CLIENT_ID), "Begin a release",
                check=_released,
            ),
            Step(
                "open", _PROSECUTOR,
                f"Be {_PROSECUTOR.name} for a moment, and open what came for you.",
                "First what opening does: it becomes your office's own record, and may have to go to the defence. Then "
                "the items that she chose, and nothing else.",
                ("justice:received_records",), "See what came",
                check=_copy_opened,
            ),
            Step(
                "revoke", _ADVOCATE,
                "She has changed her mind. Take the release back, and open her ledger again.",
                "Nothing further goes, from that moment on. The ledger says who opened it, and when. Had nobody "
                "opened it, nobody could any more, not even from a backup.",
                ("services:releases", cast.PLANTED_CLIENT_ID), "Open her releases",
                check=_taken_back,
            ),
        ),
    ),
    Chapter(
        _PROSECUTOR, "A prosecutor has two hard cases",
        "You are in the District Attorney's office of Alder County, on the team of both investigations.",
        4,
        (
            Step(
                "labor", _PROSECUTOR,
                "Open the roster of Copper Orchard.",
                "Forty who picked and six who held them there: numbers for most, one scheme asserted once for "
                "all, and a "
                "federal office that has taken the case over. That is an outcome, not a loss.",
                ("justice:roster", cast.LABOR_CASE_ID), "Open the roster",
                footprint=Footprint("justice:roster", pk=cast.LABOR_CASE_ID),
            ),
            Step(
                "both", _PROSECUTOR,
                "Open Person 2 of Slate Weathervane.",
                "She is a potential victim and a suspect, and was arrested two days ago to make her talk. The "
                "arrest is "
                "kept, the purpose is marked as one that does not conform, and a supervisor has 72 hours to look "
                "at it.",
                ("justice:person", cast.DUAL_PERSON_ID), "Open her page",
                footprint=Footprint("justice:person", pk=cast.DUAL_PERSON_ID),
            ),
            Step(
                "office", _PROSECUTOR,
                "Read what your own office has written about it.",
                "Charges considered and the worksheet: work product.",
                ("justice:office_file", cast.DUAL_CASE_ID), "Open the office's file",
                footprint=Footprint("justice:office_file", pk=cast.DUAL_CASE_ID),
            ),
            Step(
                "decide", _PROSECUTOR,
                "Decide the referral: decline it, since the person charged is a victim, or accept it.",
                "The team sees the decision. The reason stays with the office.",
                ("justice:charging",), "Open the charging queue",
                check=_decided,
            ),
            Step(
                "police_office", _DETECTIVE,
                "Be the detective again, who is on the same team, and open the same address.",
                "The page of things that are not there.",
                ("justice:office_file", cast.DUAL_CASE_ID), "Open it as the police",
                footprint=Footprint("justice:office_file", status=404, pk=cast.DUAL_CASE_ID),
            ),
        ),
    ),
    Chapter(
        _COORDINATOR, "A coordinator sees the whole, and nobody in it",
        "You keep three task forces together. You see numbers, meetings and agreements, and no client, suspect "
        "or case.",
        3,
        (
            Step(
                "board", _COORDINATOR,
                "Open the board: is labor falling behind, and were survivors arrested?",
                "Labor at each stage, with what each number is out of; arrests of possible victims and how many "
                "reviews "
                "are signed. A number below five is not shown, nor one from which it could be worked out.",
                ("reporting:board",), "Open the board",
                footprint=Footprint("reporting:board"),
            ),
            Step(
                "mou", _COORDINATOR,
                "Larkmoor's police have an MOU that ran out 40 days ago; since then nobody shares with them. "
                "Record the "
                "new one.",
                "It is marked as expired. The minute that both MOUs are in force, its partners open its files again.",
                ("accounts:agency", cast.AGENCIES["larkmoor_police"].id), "Open Larkmoor's police",
                check=_mou_renewed,
            ),
            Step(
                "minutes", _COORDINATOR,
                "Write the minutes that are missing. Somebody of the FBI office or of the Cinder Lake tribal "
                "police came.",
                "They are members without an account: they are counted, called and named, and read nothing here.",
                ("collaboration:meetings",), "Open the meetings",
                check=_came_without_account,
            ),
        ),
    ),
    Chapter(
        _EVALUATOR, "An evaluator draws files that nobody picked",
        "You study whether it works. You have study ids and an agreement, and no name.",
        3,
        (
            Step(
                "agreement", _EVALUATOR,
                "Open the study of arrests and record the agreement that follows the one that has ended.",
                "Without one in force nothing may be received, and the page says by when what was received must be "
                "destroyed.",
                ("study:study", cast.ARREST_STUDY_ID), "Open the study",
                check=_agreed,
            ),
            Step(
                "bundle", _EVALUATOR,
                "In a terminal, have the case files of Riverton's task force written out and receive them.",
                "Every file that there is, not those that somebody picked: study ids and no name, what is missing and "
                "why, and what the checks found.",
                ("study:study", cast.LABOR_STUDY_ID), "Open the study of labor cases",
                check=_bundle_came,
                commands=(
                    './concord export bundle case-files --task-force "Riverton Human Trafficking Task Force"'
                    " --home demo",
                    f'./concord study receive case-files --study "{cast.LABOR_STUDY}" --evaluator {_EVALUATOR.email}'
                    " --home demo",
                ),
            ),
        ),
    ),
)  # fmt: skip
ALL: tuple[Step, ...] = tuple(step for chapter in CHAPTERS for step in chapter.steps)
