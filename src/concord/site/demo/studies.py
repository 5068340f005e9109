"""The evaluator's studies: one that rests on an agreement, one whose agreement has ended."""

import datetime as dt
from uuid import UUID

from concord.site.demo import cast
from concord.site.demo.draws import at, days
from concord.site.demo.story import Story, staff_of
from concord.site.study.models import Agreement, Study


def write(story: Story) -> None:
    today = story.today
    _study(story, cast.LABOR_STUDY_ID, cast.LABOR_STUDY, "At which stage do labor cases fall behind, and where not?",
           today - days(400), "DTA-1", today + days(330))  # fmt: skip
    _study(story, cast.ARREST_STUDY_ID, "After an arrest", "What becomes of people arrested who may be victims?",
           today - days(760), "DTA-2", today - days(12))  # fmt: skip


def _study(story: Story, id: UUID, title: str, question: str, began: dt.date, number: str, ends: dt.date) -> None:
    held = {"agency_id": cast.AGENCIES["university"].id, "created_by_id": staff_of("university")[0].id,
            "created_at": at(began, 11)}  # fmt: skip
    story.study.write(Study(id=id, title=title, question=question, began_on=began, **held))
    story.study.write(
        Agreement(
            id=cast.known_id(f"agreement {number}"), study_id=id, number=number, signed_on=began + days(20),
            with_agency_id=cast.AGENCIES["riverton_police"].id, expires_on=ends, destroy_by=ends + days(180), **held,
        )
    )  # fmt: skip
