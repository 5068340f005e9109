"""Drafts: what someone is still typing is kept for her, sealed, and is submitted once however often it is sent.

A room makes its own table and one `Desk` for it:

    class Draft(drafts.DraftBase):
        wall = Walled(Compartment.DESK)

    desk = drafts.Desk(Draft, "services")
    urlpatterns = [*desk.urls(), ...]        # in the urls of the namespace "services"

The browser keeps a copy for the time in which the server cannot be reached: ciphertext alone, under a key that only
someone signed in as the same person gets back (`static/pages/draft.js`).
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.db import connections, models
from django.http import HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from concord.law.keeping import SCHEDULE, Kept
from concord.site.keys.fields import IDENTIFYING, SealedJSON
from concord.site.pages.objections import Objection, complain
from concord.site.stores import acting, audit
from concord.site.stores.models import HeldModel

from . import words

MOST_BYTES = 200_000
KEY_LIVES = timedelta(days=14)
OWN_NAMES = frozenset({"csrfmiddlewaretoken", "client_key", "asked", "save_draft"})


class DraftBase(HeldModel):
    """One person's unfinished form. `outcome` is the id of what it became; from then on it holds no answers.

    `client_key` is made with the blank form, so that the same form sent twice is known to be the same.
    """

    sealed_under = "staff_id"

    staff_id = models.UUIDField(editable=False)
    form = models.CharField(max_length=60)
    subject = models.UUIDField(null=True)
    client_key = models.UUIDField()
    answers = SealedJSON(code="draft.answers", privacy=IDENTIFYING)
    outcome = models.UUIDField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["staff_id", "client_key"], name="%(app_label)s_%(class)s_once")]


@dataclass(frozen=True)
class Opened:
    """A draft as a form page shows it: given to templates as `draft`."""

    client_key: UUID
    slot: str
    save_url: str
    key_url: str
    answers: QueryDict | None = None
    updated_at: datetime | None = None

    @property
    def saved_at(self):
        return self.updated_at.isoformat() if self.updated_at else ""

    @property
    def saved_words(self):
        return _saved_words(self.updated_at) if self.updated_at else ""


@dataclass(frozen=True)
class Desk:
    """The drafts of one room: its table, and the namespace that its addresses stand in."""

    model: type[DraftBase]
    namespace: str

    def urls(self):
        """Addresses that save a draft and that give the browser its key. Add them to the room's `urlpatterns`."""
        save, key = never_cache(require_POST(self.save)), never_cache(require_POST(self.key))
        return [
            path("drafts/<slug:form>/", save, name="draft"),
            path("drafts/<slug:form>/of/<uuid:subject>/", save, name="draft_of"),
            path("drafts-key/", key, name="draft_key"),
        ]

    def open(self, request, form, subject=None, client_key=None):
        """Her unfinished draft of this form about this subject, or a blank one that is not yet in the table."""
        held = self._of(request).filter(form=form, subject=subject, outcome=None)
        draft = held.filter(client_key=client_key).first() if client_key else held.order_by("-updated_at").first()
        return Opened(
            client_key=draft.client_key if draft else client_key or uuid4(),
            slot=_slot(request.viewer.staff, self.namespace, form, subject),
            save_url=self._save_url(form, subject),
            key_url=reverse(f"{self.namespace}:draft_key"),
            answers=_as_query(draft.answers) if draft else None,
            updated_at=draft.updated_at if draft else None,
        )

    def keep(self, request, form, subject=None):
        """Keep what was posted as a draft, over what the same form held; None where it has been submitted already."""
        draft = self._locked(request, form, subject)
        if draft.outcome:
            return None
        draft.answers = _merged(draft.answers or {}, request.POST)
        draft.save(update_fields=["answers", "updated_at"])
        return draft

    def submit(self, request, form, act, subject=None):
        """Carry out `act`, which returns the id of what it made, once for the form's client key; return that id.

        A form sent twice, by a double tap or again after an answer got lost, gives the first one's id.
        """
        draft = self._locked(request, form, subject)
        if draft.outcome is None:
            draft.outcome, draft.answers = act(), None
            draft.save(update_fields=["outcome", "answers", "updated_at"])
        return draft.outcome

    def outcome(self, request, client_key):
        """The id of what this form became, or None while it has not been submitted."""
        return self._of(request).filter(client_key=client_key).values_list("outcome", flat=True).first()

    def discard(self, request, client_key):
        """Throw an unfinished draft away."""
        self._of(request).filter(client_key=client_key, outcome=None).delete()

    def save(self, request, form, subject=None):
        """What the page's script calls every few seconds."""
        if len(request.body) > MOST_BYTES:
            return JsonResponse(
                {"trouble": _("This is too long to keep as a draft.")}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        draft = self.keep(request, form, subject)
        if draft is None:
            return JsonResponse({"done": True})
        return JsonResponse({"at": draft.updated_at.isoformat(), "said": _saved_words(draft.updated_at)})

    def key(self, request):
        """The key for the copy in the browser, by its id or this session's; and whether that form has been submitted.

        A key belongs to one person and one session; after the next sign-in she can still ask for the last one by id.
        """
        staff = str(request.viewer.staff)
        key_id = request.POST.get("id") or request.session.setdefault("draft_key", _new_key_id(staff))
        try:
            owner, nonce = signing.loads(key_id, salt="concord.draft", max_age=KEY_LIVES)
        except signing.BadSignature:
            return JsonResponse({"gone": True})
        if owner != staff:
            return JsonResponse({"gone": True})
        secret = salted_hmac("concord.draft.key", f"{staff}:{nonce}", algorithm="sha256").digest()
        return JsonResponse(
            {
                "id": key_id,
                "key": base64.b64encode(secret).decode(),
                "done": self._is_done(request),
                "now": timezone.now().isoformat(),
            }
        )

    def _is_done(self, request):
        sent = request.POST.get("client_key")
        return bool(sent) and self.outcome(request, _uuid(sent)) is not None

    def _of(self, request):
        return self.model.objects.filter(staff_id=request.viewer.staff)

    def _locked(self, request, form, subject):
        """The draft row for the posted client key, held until the request ends: the second of two posts waits here."""
        viewer, client_key = request.viewer, _uuid(request.POST.get("client_key", ""))
        fresh = {"agency_id": viewer.agency, "created_by_id": viewer.staff, "form": form, "subject": subject}
        draft, _made = self.model.objects.select_for_update(no_key=True).get_or_create(
            staff_id=viewer.staff, client_key=client_key, defaults=fresh
        )
        if (draft.form, draft.subject) != (form, subject):
            raise SuspiciousOperation("a draft was sent to another form than its own")
        return draft

    def _save_url(self, form, subject):
        if subject is None:
            return reverse(f"{self.namespace}:draft", args=[form])
        return reverse(f"{self.namespace}:draft_of", args=[form, subject])


@method_decorator(never_cache, name="dispatch")
class DraftView(View):
    """A form that is kept while it is typed and submitted once.

    A room's view sets `desk`, `form_code`, `form_class` and `title`, and writes `act` (calls the room's action and
    returns the new record's id) and `done_url`. With `one_at_a_time` each of the form's groups is a page of its own,
    with a last page to check the answers. Works without a script: "Keep as a draft" saves. What `act` objects to stands
    at its question, and the draft stays.
    """

    desk: Desk
    form_code = ""
    form_class = None
    title = ""
    page_title = ""
    one_at_a_time = False
    template_name = "pages/form.html"
    check_template_name = "pages/check.html"

    def act(self, form):
        """Carry the valid form out by the room's action and return the id of what it made."""
        raise NotImplementedError

    def done_url(self, made):
        """Where to go when the record with the id `made` is there."""
        raise NotImplementedError

    def subject(self):
        """The id of the record that the form is about, if it is about one."""
        return None

    def form_options(self):
        """What the form class takes besides its answers, such as `initial`."""
        return {}

    def more(self):
        """What the page's template needs besides."""
        return {}

    def get(self, request, *args, **kwargs):
        draft = self.desk.open(request, self.form_code, self.subject())
        if self._is_checking():
            return self._check(draft, self.form_class(draft.answers or QueryDict(), **self.form_options()))
        return self._show(self._unfinished(draft), draft)

    def _unfinished(self, draft):
        """The form with what was answered; a page of it that was not reached yet shows what is known already."""
        answers, options = draft.answers or QueryDict(), self._options()
        blank = self.form_class(**options)
        reached = any(name in answers for name in blank.asked) if self.one_at_a_time else bool(answers)
        return self.form_class.from_draft(answers, **options) if reached else blank

    def post(self, request, *args, **kwargs):
        if "save_draft" in request.POST:
            self.desk.keep(request, self.form_code, self.subject())
            messages.success(request, _("Kept as a draft. You find it here again."))
            return HttpResponseRedirect(request.get_full_path())
        if self.one_at_a_time:
            return self._post_check() if self._is_checking() else self._post_step()
        form = self.form_class(request.POST, request.FILES, **self.form_options())
        if form.is_valid():
            return self._submit(form)
        self.desk.keep(request, self.form_code, self.subject())
        return self._show(form, self._sent(), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _post_step(self):
        form = self.form_class(self.request.POST, **self._options())
        self.desk.keep(self.request, self.form_code, self.subject())
        if not form.is_valid():
            return self._show(form, self._sent(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        codes = [group.code for group in self.form_class.groups]
        following = [*codes, "check"][codes.index(self._step()) + 1]
        return HttpResponseRedirect(f"{self.request.path}?step={following}")

    def _post_check(self):
        draft = self._sent()
        if made := self.desk.outcome(self.request, draft.client_key):
            return HttpResponseRedirect(self.done_url(made))
        form = self.form_class(draft.answers or QueryDict(), **self.form_options())
        if form.is_valid():
            return self._submit(form)
        return self._check(draft, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _submit(self, form):
        try:
            made = self.desk.submit(self.request, self.form_code, lambda: self.act(form), self.subject())
        except Objection as objection:
            complain(form, objection)
        else:
            return HttpResponseRedirect(self.done_url(made))
        self.desk.keep(self.request, self.form_code, self.subject())
        show = self._check if self._is_checking() else self._show
        return show(form=form, draft=self._sent(), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _sent(self):
        return self.desk.open(self.request, self.form_code, self.subject(), _uuid(self.request.POST["client_key"]))

    def _step(self):
        codes = [group.code for group in self.form_class.groups]
        asked = self.request.GET.get("step")
        return asked if asked in codes else codes[0]

    def _is_checking(self):
        return self.one_at_a_time and self.request.GET.get("step") == "check"

    def _options(self):
        return self.form_options() | ({"step": self._step()} if self.one_at_a_time else {})

    def _show(self, form, draft, status=HTTPStatus.OK):
        shown = {"form": form, "draft": draft, "title": self.title, "page_title": self.page_title}
        if self.one_at_a_time:
            shown |= self._place_of_step(form)
        return render(self.request, self.template_name, shown | self.more(), status=status)

    def _place_of_step(self, form):
        codes = [group.code for group in form.groups]
        n = codes.index(form.step)
        back = {"back_url": f"?step={codes[n - 1]}"} if n else {}
        return {"step": {"number": n + 1, "of": len(codes)}, "title": form.groups[n].title, **back}

    def _check(self, draft, form, status=HTTPStatus.OK):
        shown = {
            "form": form,
            "draft": draft,
            "title": self.title,
            "page_title": self.page_title,
            "complain": status != HTTPStatus.OK,
            "back_url": f"?step={self.form_class.groups[-1].code}",
        }
        return render(self.request, self.check_template_name, shown | self.more(), status=status)


def purge(viewer):
    """The tick's job: drafts that nobody has typed in for as long as the schedule says go, submitted ones too."""
    with connections[audit.home_alias(acting.current())].cursor() as cursor:
        cursor.execute("select guard.purge_drafts(%s)", [SCHEDULE[Kept.DRAFT].days])


def _saved_words(moment):
    """ "10:42 a.m." for today, with the day for longer ago."""
    now = timezone.now()
    if timezone.localdate(moment) == timezone.localdate(now):
        return words.clock(moment)
    return words.when(moment, now=now)


def _slot(*parts):
    """Where the browser keeps its copy: a name that tells nobody which form, about whom, or whose."""
    return salted_hmac("concord.draft.slot", json.dumps([str(part) for part in parts]), algorithm="sha256").hexdigest()


def _new_key_id(staff):
    return signing.dumps([staff, uuid4().hex], salt="concord.draft")


def _merged(held, posted):
    """The draft's answers with those that the posted page asks for replaced, left-out ones included."""
    asked = set(posted.get("asked", "").split())
    kept = {name: values for name, values in held.items() if name not in asked}
    return kept | {name: values for name, values in posted.lists() if name not in OWN_NAMES}


def _as_query(answers):
    query = QueryDict(mutable=True)
    for name, values in (answers or {}).items():
        query.setlist(name, values)
    return query


def _uuid(text):
    try:
        return UUID(text)
    except ValueError:
        raise SuspiciousOperation("a form came without its client key") from None
