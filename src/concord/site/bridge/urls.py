from django.urls import path

from concord.site.bridge import package_views, views

app_name = "bridge"

urlpatterns = [
    path("referrals/", views.sent, name="sent"),
    path("referrals/received/", views.received, name="received"),
    path("referrals/received/<uuid:pk>/", views.opened, name="opened"),
    path("referrals/send/", views.choose, name="choose"),
    path("referrals/send/<slug:kind>/", views.send, name="send"),
    path("sealed-copies/", package_views.packages, name="packages"),
    path("sealed-copies/<uuid:pk>/", package_views.package, name="package"),
    path("sealed-copies/<uuid:pk>/open/", package_views.package_open, name="package_open"),
    path("calls/", views.calls, name="calls"),
    path("calls/new/", views.call_new, name="call_new"),
    path("calls/<uuid:pk>/", views.call, name="call"),
    path("calls/<uuid:pk>/withdraw/", views.call_withdraw, name="call_withdraw"),
    path("roster/", views.roster, name="roster"),
    path("roster/new/", views.shift_new, name="shift_new"),
    path("roster/<uuid:pk>/cancel/", views.shift_cancel, name="shift_cancel"),
]
