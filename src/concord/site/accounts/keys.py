"""Pages on who holds a provider's keys, and where its staff open the files once a day.

They work while the files are closed, and count wrong passphrases among the sign-ins: so no store is open around them
(settings.CONCORD_SELF_ACTING), each opens the hub for its own part. For every other sector they do not exist.
"""

import time
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from concord.site.accounts import custody
from concord.site.accounts.agreements import day_words
from concord.site.accounts.directory import staff_names
from concord.site.accounts.forms import (
    ChangePassphraseForm,
    CodeForm,
    NewPassphraseForm,
    PassphraseForm,
    RecoverForm,
    SheetLineForm,
)
from concord.site.accounts.models import Staff
from concord.site.keys import held, opened
from concord.site.keys.custody import LEAST_WAYS
from concord.site.keys.custody import progress as moved
from concord.site.keys.opened import Opened
from concord.site.pages.forms import Form
from concord.site.pages.lists import Column, Link
from concord.site.pages.objections import Objection, complain
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.site.signin import locks, opening
from concord.site.stores import audit
from concord.site.stores.acting import acting

INVALID = 422
STALLED_SECONDS = 15
_hidden = sensitive_post_parameters("passphrase", "chosen", "again", "sheet", "code")

#: What works while nobody has the files open, and what waits: docs/keys.md tells the same.
WITHOUT_KEYS = [
    (gettext_lazy("Client files, lists, search, notes, paper"), "closed",
     gettext_lazy("The page asks for the passphrase first.")),
    (gettext_lazy("A referral comes in"), "waits",
     gettext_lazy("It is kept sealed. The sender sees it as received, as always.")),
    (gettext_lazy("Calls for an advocate, duty roster, meetings, the board"), "works", gettext_lazy("As always.")),
    (gettext_lazy("Releases that end or are taken back, files to erase"), "works",
     gettext_lazy("On time: closing and destroying need no key.")),
    (gettext_lazy("Your counts for reports"), "waits",
     gettext_lazy("Counted once a day, when the first of you opens the files. Until then those of before stand.")),
    (gettext_lazy("Handing over what was cut off on its way"), "waits",
     gettext_lazy("Done when the first of you opens the files.")),
    (gettext_lazy("Backups and putting them back"), "works", gettext_lazy("The copies open nothing without you.")),
]  # fmt: skip
_HOW = {
    "closed": Status(gettext_lazy("Closed"), "warning"),
    "waits": Status(gettext_lazy("Waits"), "info"),
    "works": Status(gettext_lazy("Works"), "good"),
}


def _of_provider(view):
    """For a provider's own staff; for everybody else there is no such page."""

    @never_cache
    @wraps(view)
    def page(request, *args, **kwargs):
        if not custody.is_provider(request.viewer):
            raise Http404
        return view(request, *args, **kwargs)

    return page


# --- Who holds your keys ----------------------------------------------------------------------------------------------


@_of_provider
@require_safe
def keys(request):
    by = request.viewer
    state, is_open = custody.state(by), custody.is_open(by)
    with acting(by):
        names = staff_names([*state.members, *state.waiting])
    return render(request, "accounts/keys.html", {
        "record": _record(by, state, is_open), "events": None, "state": state, "is_open": is_open,
        "people": (people := _people(by, state, is_open, names)),
        "people_columns": _PEOPLE if any("act" in one for one in people) else _PEOPLE[:-1],
        "without": [{"what": what, "how": _HOW[how], "then": then} for what, how, then in WITHOUT_KEYS],
        "without_columns": _WITHOUT, "ready": _ready(state),
    })  # fmt: skip


_PEOPLE = [
    Column(gettext_lazy("Name"), "name", first=True),
    Column(gettext_lazy("Keys"), "status"),
    Column(gettext_lazy("To do"), lambda one: one.get("act", " ")),
]
_WITHOUT = [
    Column(gettext_lazy("What"), "what", first=True),
    Column(gettext_lazy("How"), "how"),
    Column(gettext_lazy("What that means"), "then"),
]


def _record(by, state, is_open) -> Record:
    if not state.held:
        status = Status(_("Kept in this installation"), "plain")
    elif is_open:
        status = Status(_("Held by your staff; open in this browser"), "good")
    else:
        status = Status(_("Held by your staff; closed in this browser"), "warning")
    return Record(
        kind=_("Keys"), title=_("Who holds your keys"), status=status, next_step=_next_step(by, state),
        facts=tuple(_facts(state)), actions=tuple(_actions(by, state, is_open)),
        access=Access(
            _("Everyone in your agency sees this page. Nobody else does."),
            (Seer(_("Whoever has the files open"), _("Can give a colleague the keys.")),
             Seer(_("Administrators and privacy officers"), _("Decide whose the keys are, and renew them.")),
             Seer(_("Whoever runs this installation"), _("Sees that copies are there, and how many. They open nothing "
                                                         "without a passphrase or the sheet."))),
        ),
    )  # fmt: skip


def _facts(state):
    if state.held:
        yield Fact(_("People with the keys"), len(state.members))
        sheet = day_words(parse_date(state.sheet_on)) if state.sheet_on else _("none")
        yield Fact(_("Recovery sheet"), _("%(day)s, used since: make a new one") % {"day": sheet}
                   if state.sheet_used else sheet)  # fmt: skip
        if state.renewed_on:
            yield Fact(_("Keys renewed"), day_words(parse_date(state.renewed_on)))
    else:
        yield Fact(_("Who can read your files"), _("Your staff, and whoever controls this machine and its key rings"))


def _next_step(by, state) -> str:
    if state.moving:
        return _("Renewing the keys is not finished.")
    if not state.held:
        return ""
    if by.staff in state.waiting:
        return _("Read your code to a colleague: %(code)s") % {"code": state.waiting[by.staff]}
    if state.removed:
        return _("A colleague has left since the keys were renewed. Renew them.")
    if state.ways < LEAST_WAYS:
        return _("There is only one way to open your files. Add a colleague or make a recovery sheet.")
    return _("Make a new recovery sheet: the old one was used.") if state.sheet_used else ""


def _actions(by, state, is_open):
    decides = custody.may_decide(by)
    if not state.held:
        ready = by.staff in state.waiting
        yield Action(_("Set your passphrase") if not ready else _("Change your passphrase"),
                     reverse("accounts:my_passphrase"), primary=decides and not ready)  # fmt: skip
        if decides:
            yield Action(_("Make a recovery sheet"), reverse("accounts:sheet"), primary=ready and not state.sheet_on)
            if ready and state.ways >= LEAST_WAYS:
                yield Action(_("Let only our staff hold the keys"), reverse("accounts:keys_on"), primary=True)
        return
    if not is_open:
        yield Action(_("Open the files"), reverse("accounts:open_files"), primary=True)
        yield Action(_("Set a new passphrase"), reverse("accounts:my_passphrase"))
        yield Action(_("Use the recovery sheet"), reverse("accounts:recover"))
        return
    if decides:
        renew = _("Go on renewing the keys") if state.moving else _("Renew the keys")
        yield Action(renew, reverse("accounts:renew_keys"), primary=state.moving or bool(state.removed))
        yield Action(_("Make a new recovery sheet") if state.sheet_on else _("Make a recovery sheet"),
                     reverse("accounts:sheet"), primary=state.ways < LEAST_WAYS)  # fmt: skip
    yield Action(_("Change your passphrase"), reverse("accounts:my_passphrase"))
    yield Action(_("Close the files"), reverse("accounts:close_files"), post=True)
    if decides:
        yield Action(_("Let this installation hold the keys again"), reverse("accounts:keys_off"))


def _people(by, state, is_open, names) -> list[dict]:
    """Who has the keys, who asks for them, each once: a lost passphrase is both."""
    found = []
    for staff in sorted({*state.members, *state.waiting}, key=lambda staff: names.get(staff, "")):
        row = {"name": names.get(staff, _("a former colleague"))}
        if not state.held:
            row["status"] = Status(_("Ready: has a passphrase"), "info")
        elif staff not in state.waiting:
            since = parse_date(state.members[staff] or "")
            row["status"] = Status(_("Since %(day)s") % {"day": day_words(since)} if since else _("Has them"), "good")
        else:
            row["status"] = Status(_("Asks for them"), "warning")
            if is_open and staff != by.staff:
                row["act"] = Link(_("Give her the keys"), reverse("accounts:give_keys", args=[staff]))
        found.append(row)
    return found


def _ready(state) -> dict:
    """How far the way to holding the keys oneself has been gone."""
    return {"people": len(state.waiting), "sheet": bool(state.sheet_on), "enough": state.ways >= LEAST_WAYS}


# --- Opening and closing ----------------------------------------------------------------------------------------------


@_of_provider
@_hidden
def open_files(request):
    """The passphrase, once a day."""
    by, back = request.viewer, _back(request)
    state = custody.state(by)
    if not state.held or custody.is_open(by):
        return redirect(back)
    form = PassphraseForm(request.POST or None)
    if form.is_valid():
        if locks.is_locked(request, request.user.email):
            return HttpResponse(status=INVALID)  # axes answers in its place
        if one := _tried(form, custody.open_files, by=by, **form.cleaned_data):
            return _opened(request, one, redirect(back))
        _failed(request)
    return render(request, "accounts/open_files.html", {
        "form": form, "title": _("Open the files"), "page_title": _("Open the files"),
        "has_copy": by.staff in state.members, "code": state.waiting.get(by.staff, ""), "sheet": state.sheet_on,
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


def _opened(request, one: Opened, response):
    """Open from here on in this browser; what waited for somebody with the keys is done now."""
    opening.keep(request, response, one)
    catch_up = import_string(settings.CONCORD_WHEN_OPENED)
    with opened.using(one):
        catch_up(request.viewer)
    return response


def _failed(request) -> None:
    """A wrong passphrase counts like a wrong password, and stands in the provider's own chain."""
    audit.refused(request.viewer, verb="files.not_opened")
    locks.count_failure(request, request.user.email)


def _back(request) -> str:
    wanted = request.GET.get("next", "")
    mine = wanted.startswith(reverse("accounts:open_files"))
    fits = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and not mine
    return wanted if fits else "/"


@_of_provider
@require_POST
def close_files(request):
    opening.close(request)
    messages.success(request, _("Closed. The next page of a file asks for your passphrase."))
    return redirect("accounts:keys")


# --- Passphrases ------------------------------------------------------------------------------------------------------


@_of_provider
@_hidden
def my_passphrase(request):
    """Her first, a new one for a lost one, or another for the one she knows."""
    by = request.viewer
    state = custody.state(by)
    if state.held and by.staff in state.members and custody.is_open(by):
        return _change(request)
    form = NewPassphraseForm(request.POST or None, user=request.user)
    if form.is_valid() and _done(form, custody.ask, passphrase=form.cleaned_data["passphrase"], by=by):
        if state.held:
            messages.success(request, _("Kept. Now read your code to a colleague who has the keys."))
            return redirect("accounts:open_files")
        messages.success(request, _("Your passphrase is set. It counts once your agency holds its keys itself."))
        return redirect("accounts:keys")
    intro = _("It opens your agency's files and stands nowhere. Nobody can tell it to you or set it anew for you: a "
              "colleague who has the keys can only let you choose another.")  # fmt: skip
    return _form(request, form, title=_("Your passphrase"), intro=intro, submit=_("Set it"))


def _change(request):
    form = ChangePassphraseForm(request.POST or None, user=request.user)
    if form.is_valid():
        if locks.is_locked(request, request.user.email):
            return HttpResponse(status=INVALID)
        given = {"passphrase": form.cleaned_data["passphrase"], "new": form.cleaned_data["chosen"]}
        if _done(form, custody.change_passphrase, by=request.viewer, **given):
            messages.success(request, _("Changed. The old one opens nothing any more."))
            return redirect("accounts:keys")
        if "passphrase" in form.errors:
            _failed(request)
    return _form(request, form, title=_("Change your passphrase"), submit=_("Change it"))


@_of_provider
def give(request, pk):
    """A colleague with the files open gives the keys to one who asks, by the code that she reads out."""
    staff = _asking(request, pk)
    form = CodeForm(request.POST or None)
    if form.is_valid() and _done(form, custody.approve, staff=staff, by=request.viewer, **form.cleaned_data):
        messages.success(request, _("Given. Her passphrase opens the files from now on."))
        return redirect("accounts:keys")
    return render(request, "accounts/give_keys.html", {
        "form": form, "title": _("Give %(name)s the keys?") % {"name": staff.name}, "page_title": _("Give the keys"),
        "back_url": reverse("accounts:keys"), "submit_label": _("Give her the keys"), "staff": staff,
    }, status=INVALID if form.errors else 200)  # fmt: skip


@_of_provider
@require_POST
def refuse(request, pk):
    staff = _asking(request, pk)
    with acting(request.viewer):
        custody.refuse(staff=staff, by=request.viewer)
    messages.success(request, _("Refused. She can ask again."))
    return redirect("accounts:keys")


def _asking(request, pk) -> Staff:
    by = request.viewer
    state = custody.state(by)
    if not state.held or pk not in state.waiting or pk == by.staff or not custody.is_open(by):
        raise Http404
    with acting(by):
        return get_object_or_404(Staff, pk=pk, agency_id=by.agency)


# --- The recovery sheet -----------------------------------------------------------------------------------------------


@_of_provider
@sensitive_variables("made")
def sheet(request):
    """Made and shown by one click, once; it counts when its last line was typed off the paper."""
    _require_deciding(request)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and (made := _tried(form, custody.make_sheet, by=request.viewer)):
        return render(request, "accounts/sheet.html", {
            "title": _("Recovery sheet"), "page_title": _("Recovery sheet"), "lines": made.lines,
            "check_url": reverse("accounts:check_sheet"),
            "handling": _("Whoever holds this sheet opens every client file. Keep it in a safe."),
        })  # fmt: skip
    return _confirm(request, form, title=_("Make a recovery sheet?"), submit=_("Make and show it"), consequences=[
        _("It is shown once, to print. It is kept nowhere: have the printer ready, one that keeps no copies."),
        _("Whoever holds it can open every file of yours. Lock it away, in an envelope signed over its flap."),
        _("A sheet made earlier ends when you have confirmed the new one."),
    ])  # fmt: skip


@_of_provider
@_hidden
def check_sheet(request):
    _require_deciding(request)
    form = SheetLineForm(request.POST or None)
    if form.is_valid() and _done(form, custody.confirm_sheet, line=form.cleaned_data["sheet"], by=request.viewer):
        messages.success(request, _("The sheet counts from now on. Lock it away."))
        return redirect("accounts:keys")
    intro = _("Type the last line off the paper, not off the screen: it shows that it was printed and can be read.")
    return _form(request, form, title=_("Is it on paper?"), intro=intro, submit=_("Confirm"))


@_of_provider
@_hidden
def recover(request):
    """Everybody's passphrase is lost, or nobody who has one is there."""
    by = request.viewer
    state = custody.state(by)
    if not state.held or not state.sheet_on:
        raise Http404
    form = RecoverForm(request.POST or None, user=request.user)
    if form.is_valid():
        if locks.is_locked(request, request.user.email):
            return HttpResponse(status=INVALID)
        given = {name: form.cleaned_data[name] for name in ("sheet", "passphrase")}
        if one := _tried(form, custody.recover, by=by, **given):
            messages.success(request, _("The files are open, and the passphrase is yours. Make a new sheet now."))
            return _opened(request, one, redirect("accounts:keys"))
        _failed(request)
    intro = _("It is recorded, and your colleagues see it. Afterwards make a new sheet and renew the keys.")
    return _form(request, form, title=_("Open the files with the recovery sheet"), intro=intro, submit=_("Open"))


# --- Whose they are, and renewing them --------------------------------------------------------------------------------


@_of_provider
@_hidden
def turn_on(request):
    _require_deciding(request)
    by = request.viewer
    state = custody.state(by)
    if state.held:
        return redirect("accounts:keys")
    form = PassphraseForm(request.POST or None)
    if form.is_valid() and (one := _tried(form, custody.turn_on, by=by, **form.cleaned_data)):
        return _opened(request, one, _moving(request, one))
    with acting(by):
        ready = ", ".join(sorted(staff_names(list(state.waiting)).values()))
    return _confirm(request, form, title=_("Let only your staff hold the keys?"), grave=True,
                    submit=_("Yes, only our staff"), consequences=[
        _("The keys leave this machine. What stays are copies that open with a passphrase or the sheet."),
        _("These people can open the files from then on: %(names)s. Everybody else asks one of them.") % {
            "names": ready},
        _("Each of them types her passphrase once a day, after signing in."),
        _("If all passphrases and the recovery sheet are lost, every client file is lost, for ever. Nobody can help: "
          "that is the purpose."),
        _("Backups of the key rings made until today still open your files. Have them destroyed, and ask for it in "
          "writing."),
    ])  # fmt: skip


@_of_provider
@_hidden
def turn_off(request):
    _require_deciding(request)
    form = PassphraseForm(request.POST or None)
    if not custody.state(request.viewer).held:
        return redirect("accounts:keys")
    if form.is_valid():
        if locks.is_locked(request, request.user.email):
            return HttpResponse(status=INVALID)
        if _done(form, custody.turn_off, by=request.viewer, **form.cleaned_data):
            opening.close(request)
            return _moving(request, None)
        if "passphrase" in form.errors:
            _failed(request)
    return _confirm(request, form, title=_("Let this installation hold the keys again?"), grave=True,
                    submit=_("Yes, this installation"), consequences=[
        _("Whoever controls this machine and its key rings can then read your files, also without you."),
        _("Passphrases and the recovery sheet end. Nobody has to open the files any more."),
    ])  # fmt: skip


@_of_provider
def renew(request):
    _require_deciding(request)
    if not custody.state(request.viewer).held:
        raise Http404
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, custody.renew, by=request.viewer):
        return _moving(request, opened.current())
    return _confirm(request, form, title=_("Renew the keys?"), submit=_("Renew them"), consequences=[
        _("Whoever's copy was taken out opens nothing any more with what she kept."),
        _("Your colleagues notice nothing; passphrases and the sheet stay as they are."),
        _("It takes a few seconds for 100,000 persons. Broken off, it goes on where it was."),
    ])  # fmt: skip


def _moving(request, one: Opened | None):
    """The keys are new; their persons' keys follow beside the page. `one`: what opens them, if staff hold them."""
    custody.move_on(one, request.viewer)
    return redirect("accounts:keys_progress")


@_of_provider
@require_safe
def progress(request):
    by = request.viewer
    state = custody.state(by)
    done, of, at = moved(settings.CONCORD_RINGS, by.agency)
    going = state.moving and time.time() - at < STALLED_SECONDS
    if state.moving and not going and custody.is_open(by):
        custody.move_on(opened.current(), by)  # cut off: whoever looks takes it on
        going = True
    shown = {"progress": {
        "done": done if state.moving else max(done, of), "of": max(of, 1), "unit": _("persons' keys"),
        "next": _next_words(state, going), "url": reverse("accounts:keys_progress"), "finished": not state.moving,
        "result": reverse("accounts:keys"), "result_label": _("Who holds your keys"),
    }, "title": _("Renewing the keys"), "page_title": _("Renewing the keys")}  # fmt: skip
    template = "pages/progress.html#progress" if "HX-Request" in request.headers else "pages/progress.html"
    return render(request, template, shown)


def _next_words(state, going: bool) -> str:
    if not state.moving:
        return _("All of them are under the new keys. The old ones open nothing here any more.")
    if going:
        return _("Old and new keys open until the last has moved: nothing can get lost.")
    return _("It stands still until somebody has the files open. Open them, then come back to this page.")


def _require_deciding(request) -> None:
    by = request.viewer
    if not custody.may_decide(by):
        raise Http404
    if not custody.is_open(by):
        raise opened.FilesClosed("whoever decides on keys has them open")


def _tried(form, action, *, by, **given):
    """What the action returns, or None where it objects: then the form says why."""
    try:
        with acting(by):
            return action(by=by, **given)
    except Objection as objection:
        complain(form, objection)
        return None


def _done(form, action, *, by, **given) -> bool:
    _tried(form, action, by=by, **given)
    return not form.errors


def _form(request, form, *, title, submit, intro=""):
    return render(request, "accounts/passphrase.html", {
        "form": form, "title": title, "page_title": title, "intro": intro, "submit_label": submit,
        "back_url": reverse("accounts:keys"), "back_label": _("Who holds your keys"),
        "suggestion": held.suggestion() if isinstance(form, NewPassphraseForm) else "",
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


def _confirm(request, form, *, title, consequences, submit, grave=False):
    return render(request, "pages/confirm.html", {
        "form": form, "title": title, "consequences": consequences, "submit_label": submit, "grave": grave,
        "cancel_url": reverse("accounts:keys"),
    }, status=INVALID if form.errors else 200)  # fmt: skip
