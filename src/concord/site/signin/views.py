
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.views import LoginView, password_change
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from concord.site.signin import demo, entrance, invitations, sessions
from concord.site.signin.adapters import MFAAdapter
from concord.site.signin.forms import NewPasswordForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOKEN = "invitation"


class SignIn(LoginView):
    def get_context_data(self, **kwargs):
        people = demo.people() if settings.CONCORD_DEMO else []
        return super().get_context_data(**kwargs) | {"why": self.request.GET.get("why", ""), "people": people}


class RemovePasskey(RemoveWebAuthnView):
    """As allauth's, but never the last factor."""

    def form_valid(self, form):
        if not MFAAdapter().can_delete_authenticator(self.object):
            messages.error(self.request, MFAAdapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


sign_in = SignIn.as_view()
remove_passkey = RemovePasskey.as_view()


def locked_out(request, response, credentials):
    """In place of any answer to a sign-in that is locked (AXES_LOCKOUT_CALLABLE)."""
    return render(request, "signin/locked.html", status=429)


@require_POST
def demo_sign_in(request):
    """As an invented person, without a password: in a demonstration only."""
    if not settings.CONCORD_DEMO:
        raise Http404
    user = get_object_or_404(demo.users(), pk=request.POST.get("user"))
    login(request, user, backend=BACKEND)
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/")


@login_required
def change_password(request):
    """As allauth's. Who enters without a password, as a demonstration's people do, has none to change."""
    if not request.user.has_usable_password():
        raise Http404
    return password_change(request)


@require_GET
@login_required
def here(request):
    """The page's script says that she still works on a page that asks the server for nothing."""
    return HttpResponse(status=204)


@require_GET
def lock(request):
    """The page hid itself after half an hour: end the session too, whatever other pages asked for meanwhile.

    A GET, as it must work from a page that is closing; its cookie is not sent from other sites.
    """
    logout(request)
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': back, 'why': entrance.IDLE})}")


@require_POST
@login_required
def end_other_sessions(request):
    ended = sessions.end_of(request.user.pk, but=request.session.session_key)
    messages.success(request, _("Signed out on %(n)d other browsers.") % {"n": ended})
    return redirect("mfa_index")


@require_GET
def open_invitation(request, token):
    """Out of the address at once: addresses are kept in histories and shown over shoulders."""
    request.session[TOKEN] = token
    return redirect("signin:accept")


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def accept_invitation(request):
    token = request.session.get(TOKEN, "")
    try:
        invitation = invitations.find(token)
    except invitations.NotOpen:
        return render(request, "signin/invitation_closed.html", status=404)
    form = NewPasswordForm(request.POST or None, user=invitation.user)
    if not form.is_valid():
        shown = {"form": form, "user_invited": invitation.user, "open_until": invitation.expires_at}
        return render(request, "signin/invitation.html", shown, status=422 if form.is_bound else 200)
    user = invitations.accept(token=token, password=form.cleaned_data["password"])
    request.session.pop(TOKEN)
    login(request, user, backend=BACKEND)
    reauthenticate_by_password(request)  # she has just typed it: setting up the second factor need not ask again
    return redirect("mfa_index")
