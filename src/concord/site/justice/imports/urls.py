from django.urls import path as plain_path

from concord.site.justice.imports.views import charges, releases, reread
from concord.site.justice.views.common import justice_only


def path(route, view, name):
    return plain_path(route, justice_only(view), name=name)


urlpatterns = [
    path("imports/", releases.imports, name="imports"),
    path("imports/<uuid:pk>/", releases.batch, name="import"),
    path("imports/release/", releases.release, name="import_release"),
    path("imports/release/check/", releases.release_check, name="import_release_check"),
    path("imports/release/rejected/", releases.release_rejected, name="import_release_rejected"),
    path("imports/charges/", charges.charges, name="import_charges"),
    path("imports/charges/columns/", charges.columns, name="import_charges_columns"),
    path("imports/charges/check/", charges.check, name="import_charges_check"),
    path("imports/charges/rejected/", charges.rejected, name="import_charges_rejected"),
    path("imports/charges/waiting/", charges.waiting, name="defendants"),
    path("imports/charges/waiting/<uuid:pk>/", charges.defendant, name="defendant"),
    path("imports/charges/waiting/<uuid:pk>/aside/", charges.aside, name="defendant_aside"),
    path("reread/", reread.queue, name="reread"),
    path("reread/<uuid:pk>/", reread.item, name="reread_item"),
    path("reread/<uuid:pk>/lead/", reread.OpenLead.as_view(), name="reread_lead"),
]
