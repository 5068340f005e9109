"""A new release, or one renewed: in steps, kept while it is typed; signed on the page that shows what will be seen."""

import base64
import binascii
import datetime as dt
from dataclasses import replace
from functools import cached_property
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.law import packages as packages_law
from concord.law import releases as law
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.accounts.models import Agency, Staff
from concord.site.bridge import packages
from concord.site.pages.forms import Complaint, Form
from concord.site.pages.objections import complain
from concord.site.services import actions
from concord.site.services.actions import releases
from concord.site.services.forms.releases import ReleaseForm, SignatureForm, answer_of
from concord.site.services.ledger import lines_of
from concord.site.services.models import Client, Release
from concord.site.services.views._room import INVALID, FileForm
from concord.site.services.views.releases import get_release, sector_of
from concord.site.services.views.staff import colleagues
from concord.vocabulary import AgeGroup, Answer, DisclosureItem, ReleasePurpose, SignatureMethod, SignerCapacity

_DRAWN = "data:image/png;base64,"


class NewRelease(FileForm):
    """In steps, kept while it is typed; the last shows exactly what will be seen, and there it is signed."""

    form_code, form_class, one_at_a_time, tab = "release", ReleaseForm, True, "releases"
    check_template_name = "services/release_check.html"
    title = gettext_lazy("New release")
    submit_label = gettext_lazy("Sign and hand over exactly this")
    renews = None

    def start(self) -> dict:
        """What the questions begin with, before anybody has answered them."""
        known = releases.age_of(self.client, timezone.localdate())
        alone = {"signer_capacity": SignerCapacity.CLIENT} if known.group is AgeGroup.ADULT else {}
        return {"explained_by": self.request.viewer.staff, **alone}

    def form_options(self):
        purpose = self._purpose()
        template = law.TEMPLATES[purpose]
        most = law.longest(purpose, settings.CONCORD_RELEASE_CAPS)
        start = self.start()
        usual = {"items": list(template.items), "expires_on": self._usual_end(purpose)}
        return {
            "initial": usual | start, "staff": colleagues(self.request.viewer), "recipients": self._recipients,
            "items": [(code, packages_law.item_label(code)) for code in template.allowed],
            "about_items": template.words, "about_age": self._about_age(), "judge": self._judge,
            "until": _("%(n)d days at most for this purpose. Shorter is safer; it can be renewed.") % {"n": most},
        }  # fmt: skip

    def _usual_end(self, purpose):
        return law.usual_end(purpose, timezone.localdate(), settings.CONCORD_RELEASE_CAPS)

    @cached_property
    def _recipients(self):
        """Everybody who can be sent a copy today, by agency."""
        agencies = list(packages.package_recipients(self.request.viewer))
        staff = Staff.objects.at_work(timezone.localdate()).filter(agency_id__in=[agency.pk for agency in agencies])
        people = {}
        self._agency_of = {}
        for pk, agency, name in staff.order_by("name").values_list("pk", "agency_id", "name"):
            people.setdefault(agency, []).append((str(pk), name))
            self._agency_of[pk] = agency
        return [(agency.name, people[agency.pk]) for agency in agencies if agency.pk in people]

    @cached_property
    def _answers(self) -> QueryDict:
        client_key = self.request.POST.get("client_key")
        draft = self._sent() if client_key else self.desk.open(self.request, self.form_code, self.subject())
        return draft.answers or QueryDict()

    def _purpose(self) -> ReleasePurpose:
        said = self.request.POST.get("purpose") or self._answers.get("purpose") or self.start().get("purpose", "")
        return ReleasePurpose(said) if said in set(ReleasePurpose) else ReleasePurpose.OTHER

    def _about_age(self) -> str:
        known = releases.age_of(self.client, timezone.localdate())
        state = Agency.objects.values_list("state", flat=True).get(pk=self.request.viewer.agency)
        words = {
            AgeGroup.ADULT: _("By what is recorded, she or he is 18 or over and signs alone."),
            AgeGroup.MINOR: _("By what is recorded, she or he is under 18. Somebody signs along, unless a law lets her "
                              "or him receive these services without a parent."),
            AgeGroup.UNKNOWN: _("It is not recorded whether she or he is 18, so the stricter way is asked for: what "
                                "a minor needs holds for an adult too. Recording the birth date settles it."),
        }[known.group]  # fmt: skip
        if known.group is AgeGroup.ADULT:
            return words
        laws = [
            _("%(source)s: from %(age)d, for %(services)s (not yet checked by a lawyer).")
            % {"source": row.source, "age": row.from_age, "services": row.services}
            for row in law.statutes(state, known)
        ]
        return " ".join([words, *laws])

    def _judge(self, given: dict) -> dict[str, str]:
        """What stands against the answers so far, in the rules' own words."""
        earlier = ReleaseForm(self._answers, **{**self._plain_options(), "judge": None})
        earlier.is_valid()
        proposed = self._proposed(earlier.cleaned_data | given)
        return releases.stands_against(
            client=self.client, proposed=proposed, by=self.request.viewer, today=timezone.localdate()
        )

    def _plain_options(self):
        options = dict(self.form_options())
        options.pop("initial")
        return options

    def _proposed(self, given: dict) -> actions.Proposed:
        to_staff = given.get("to_staff")
        return actions.Proposed(
            purpose=ReleasePurpose(given.get("purpose") or ReleasePurpose.OTHER),
            purpose_words=given.get("purpose_words", ""), items=tuple(given.get("items", ())),
            expires_on=given.get("expires_on"), to_staff=to_staff,
            to_agency=self._agency_of.get(to_staff) if to_staff else None, to_words=given.get("to_words", ""),
            summary=given.get("summary", "") if DisclosureItem.SUMMARY in given.get("items", ()) else "",
            capacity=SignerCapacity(given.get("signer_capacity") or SignerCapacity.CLIENT),
            cosigner_name=given.get("cosigner_name", ""), capacity_basis=given.get("capacity_basis", ""),
            alleged_abuser=answer_of(given.get("alleged_abuser")),
            custodian_receives=answer_of(given.get("custodian_receives")),
            explained_by=given.get("explained_by") or None, interpreter=given.get("interpreter", ""),
            limits_explained_first=given.get("limits_explained_first") == Answer.YES,
        )  # fmt: skip

    # The last page: what is signed, and the signature

    def _post_check(self):
        draft = self._sent()
        if made := self.desk.outcome(self.request, draft.client_key):
            return HttpResponseRedirect(self.done_url(made))
        form = ReleaseForm(draft.answers or QueryDict(), **self.form_options())
        self.signing = SignatureForm(self.request.POST, self.request.FILES)
        if form.is_valid() and self.signing.is_valid():
            return self._submit(form)
        return self._check(draft, form, status=INVALID)

    def _submit(self, form):
        """Nothing of the signature goes into the draft: what is refused is signed again."""
        try:
            made = self.desk.submit(self.request, self.form_code, lambda: self.act(form), self.subject())
        except actions.Objection as objection:
            own = {name: words for name, words in objection.found.items() if name in self.signing.fields}
            complain(self.signing, actions.Objection(own))
            rest = {name: words for name, words in objection.found.items() if name not in own}
            complain(form, actions.Objection(rest))
            return self._check(self._sent(), form, status=INVALID)
        return HttpResponseRedirect(self.done_url(made))

    def act(self, form):
        given = self.signing.cleaned_data
        method = SignatureMethod(given["method"])
        signature = actions.Signature(
            method=method, signed_on=given["signed_on"], witness=given["witness"], paper=_paper(given, method)
        )
        return actions.sign_release(
            id=uuid4(), client=self.client, proposed=self._proposed(form.cleaned_data), signature=signature,
            renews=self.renews, seen=self.request.POST.get("seen", ""), by=self.request.viewer,
        ).pk  # fmt: skip

    def done_url(self, made):
        if made is None:
            return reverse("services:releases", args=[self.client.pk])
        return reverse("services:release", args=[made])

    def _check(self, draft, form, status=200):
        self.signing = getattr(self, "signing", None) or SignatureForm()
        answered = ReleaseForm(draft.answers or QueryDict(), **self.form_options())  # not what `form` is told besides
        self.shown = self._shown(answered) if answered.is_valid() else {}
        self.shown["complaining"] = Complaining(form, self.signing) if status == INVALID else None
        return super()._check(draft, form, status)

    def _shown(self, form) -> dict:
        """Exactly what the recipient will see, who that is, until when, and what taking it back can undo."""
        proposed = self._proposed(form.cleaned_data)
        content = actions.preview_release(client=self.client, proposed=proposed, by=self.request.viewer)
        person = staff_names([proposed.to_staff]).get(proposed.to_staff, "")
        agency = agency_names([proposed.to_agency]).get(proposed.to_agency, "")
        missing = [packages_law.item_label(code) for code in proposed.items if code not in content["items"]]
        same = self.client.releases.filter(purpose=proposed.purpose, to_staff_id=proposed.to_staff, revoked_at=None,
                                           expires_on__gte=timezone.localdate())  # fmt: skip
        return {
            "content": content, "lines": lines_of(content["items"]), "missing_items": missing,
            "seen": releases.fingerprint(content), "to": f"{person}, {agency}" if person else proposed.to_words,
            "with_account": bool(proposed.to_staff), "purpose": law.TEMPLATES[proposed.purpose],
            "ends_on": dt.date.fromisoformat(content["expires_on"]),
            "days_left": (dt.date.fromisoformat(content["expires_on"]) - timezone.localdate()).days,
            "ends_early": dt.date.fromisoformat(content["expires_on"]) < proposed.expires_on,
            "revocation": law.what_revocation_will_do(sector_of(proposed.to_agency)),
            "shares_a_name": releases.shares_a_name(client=self.client, to_staff=proposed.to_staff),
            "already": list(same.order_by("-created_at")[:3]) if proposed.to_staff else [],
        }  # fmt: skip

    def more(self):
        return super().more() | getattr(self, "shown", {}) | {
            "signing": getattr(self, "signing", None), "client": self.client,
            "paper_url": reverse("services:release_blank", args=[self.client.pk]) if self.renews is None else
            reverse("services:renewal_blank", args=[self.renews.pk]),
            "cancel_url": reverse("services:releases", args=[self.client.pk]),
        }  # fmt: skip


class Renew(NewRelease):
    """What ends is signed anew: the same answers to begin with, and who signs is asked again."""

    form_code = "release_renewal"
    title = gettext_lazy("Renew the release")

    @cached_property
    def renews(self) -> Release:
        return get_release(self.request, self.kwargs["pk"])

    @cached_property
    def client(self) -> Client:
        return self.renews.client

    def subject(self):
        return self.renews.pk

    def start(self):
        old = releases.as_proposed(self.renews, timezone.localdate())
        return super().start() | {
            "purpose": old.purpose, "purpose_words": old.purpose_words, "items": list(old.items),
            "to_staff": old.to_staff, "to_words": old.to_words, "summary": old.summary, "interpreter": old.interpreter,
            "expires_on": old.expires_on,
        }  # fmt: skip


class Complaining:
    """The complaints of both forms on the last page, in one summary; those of the steps lead to no input here."""

    def __init__(self, steps: Form, signing: Form):
        empty = signing.errors.get("drawing", ())  # a hidden input is no question: whoever cannot draw chooses again
        box = [Complaint("id_method_0", _("On the screen: sign in this box"), words) for words in empty]
        self.complaints = [replace(one, target="") for one in steps.complaints] + signing.complaints + box


def _paper(given: dict, method: SignatureMethod) -> bytes:
    if method is SignatureMethod.PAPER:
        return given["scan"].read() if given["scan"] else b""
    if method is SignatureMethod.SCREEN and given["drawing"].startswith(_DRAWN):
        try:
            return base64.b64decode(given["drawing"].removeprefix(_DRAWN), validate=True)
        except binascii.Error:
            return b""
    return b""
