from django.urls import path

from concord.site.accounts import keys, people, views

app_name = "accounts"
urlpatterns = [
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/new/", views.admit, name="admit"),
    path("agencies/<uuid:pk>/", views.agency, name="agency"),
    path("agencies/<uuid:pk>/change/", views.change, name="change"),
    path("agencies/<uuid:pk>/contact/", views.list_contact, name="list_contact"),
    path("agencies/<uuid:pk>/accounts/", views.open_accounts, name="open_accounts"),
    path("agencies/<uuid:pk>/mou/", views.sign_mou, name="sign_mou"),
    path("memberships/<uuid:pk>/end/", views.end_membership, name="end_membership"),
    path("mous/", views.mous, name="mous"),
    path("mous/<uuid:pk>/end/", views.end_mou, name="end_mou"),
    path("task-forces/<uuid:pk>/", views.task_force, name="task_force"),
    # Who holds a provider's keys.
    path("keys/", keys.keys, name="keys"),
    path("keys/open/", keys.open_files, name="open_files"),
    path("keys/close/", keys.close_files, name="close_files"),
    path("keys/mine/", keys.my_passphrase, name="my_passphrase"),
    path("keys/give/<uuid:pk>/", keys.give, name="give_keys"),
    path("keys/give/<uuid:pk>/refuse/", keys.refuse, name="refuse_keys"),
    path("keys/sheet/", keys.sheet, name="sheet"),
    path("keys/sheet/check/", keys.check_sheet, name="check_sheet"),
    path("keys/recover/", keys.recover, name="recover"),
    path("keys/on/", keys.turn_on, name="keys_on"),
    path("keys/off/", keys.turn_off, name="keys_off"),
    path("keys/renew/", keys.renew, name="renew_keys"),
    path("keys/progress/", keys.progress, name="keys_progress"),
    # Who may sign in: outside the wall's transaction, see settings.CONCORD_SELF_ACTING.
    path("people/", people.people, name="people"),
    path("people/of/<uuid:pk>/invite/", people.invite, name="invite"),
    path("people/<uuid:pk>/", people.person, name="person"),
    path("people/<uuid:pk>/roles/", people.roles, name="roles"),
    path("people/<uuid:pk>/details/", people.details, name="details"),
    path("people/<uuid:pk>/link/", people.link, name="link"),
    path("people/<uuid:pk>/release/", people.release, name="release"),
    path("people/<uuid:pk>/end/", people.end, name="end"),
]
