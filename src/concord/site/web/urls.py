from django.urls import include, path

from concord.site.web import health

urlpatterns = [
    path("healthz", health.alive),
    path("account/", include("allauth.urls")),
    path("", include("concord.site.bridge.urls")),
]
