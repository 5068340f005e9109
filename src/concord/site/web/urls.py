from django.conf import settings
from django.urls import include, path

from concord.site.web import health, homes

urlpatterns = [
    path("", homes.home, name="home"),
    path("healthz", health.alive),
    path("account/", include("concord.site.signin.urls")),
    path("", include("concord.site.accounts.urls")),
    path("", include("concord.site.bridge.urls")),
    path("", include("concord.site.collaboration.urls")),
    path("", include("concord.site.reporting.urls")),
    path("", include("concord.site.study.urls")),
    path("", include("concord.site.justice.urls")),
    path("", include("concord.site.services.urls")),
    path("", include("concord.site.pages.urls")),
    *([path("", include("concord.site.demo.urls"))] if settings.CONCORD_DEMO else []),
]
handler400 = "concord.site.pages.views.bad_request"
handler403 = handler404 = "concord.site.pages.views.not_found"
handler500 = "concord.site.pages.views.server_error"
