"""Sign-in below `/account/`: those of allauth's pages that we use, by the names it looks for, and ours."""

from allauth.account import views as account
from django.urls import include, path

from concord.site.signin import views

ours = [
    path("here/", views.here, name="here"),
    path("lock/", views.lock, name="lock"),
    path("demo/", views.demo_sign_in, name="demo"),
    path("sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path("invitation/", views.accept_invitation, name="accept"),
    path("invitation/<str:token>/", views.open_invitation, name="invitation"),
]

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("2fa/webauthn/remove/<int:pk>/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include((ours, "signin"))),
]
