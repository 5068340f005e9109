"""What an evaluator must see today: agreements that end, data to destroy, bundles that came."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.pages.records import Action
from concord.site.pages.worklist import MOST, Section, Work, count
from concord.site.study import actions
from concord.site.study.models import BundleReceived, Study
from concord.vocabulary import Grade

_AHEAD = timedelta(days=60)


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    today = timezone.localdate(now)
    return [_without_agreement(viewer, today), *_to_destroy(viewer, today), _received(viewer)]


def _without_agreement(viewer, today) -> Section:
    """Studies in which nothing may be received, each with why."""
    own = Study.objects.filter(agency_id=viewer.agency, ended_on=None).prefetch_related("agreements")
    why = {study: actions.standing(list(study.agreements.all()), today) for study in own.order_by("began_on")[:MOST]}
    works = tuple(
        Work(what=study.title, why=said, url=reverse("study:study", args=[study.pk]),
             action=Action(_("Record an agreement"), reverse("study:agreement_new", args=[study.pk])))
        for study, said in why.items() if said
    )
    return Section(_("Studies without an agreement in force"), works, more=Action(_("All studies"),
                   reverse("study:studies")), empty=_("Every open study rests on an agreement in force."))


def _to_destroy(viewer, today) -> list[Section]:
    due = BundleReceived.objects.filter(agency_id=viewer.agency, destroyed_on=None, destroy_by__lte=today + _AHEAD)
    works = tuple(
        Work(what=_("Destroy a bundle of %(study)s") % {"study": one.study.title}, due=one.destroy_by,
             url=reverse("study:bundle", args=[one.pk]))
        for one in due.select_related("study").order_by("destroy_by")[:MOST]
    )
    return [Section(_("Data to destroy"), works, count=count(due, works))] if works else []


def _received(viewer) -> Section:
    rows = BundleReceived.objects.filter(agency_id=viewer.agency, destroyed_on=None).select_related("study")
    works = tuple(
        Work(what=_("%(grade)s bundle, %(n)d cases") % {"grade": Grade(one.grade).label.partition(":")[0],
                                                        "n": one.rows.get("case", 0)},
             why=one.study.title, url=reverse("study:bundle", args=[one.pk]))
        for one in rows.order_by("-received_at")[:MOST]
    )
    return Section(_("Bundles received"), works, empty=_("No bundle has come yet."))
