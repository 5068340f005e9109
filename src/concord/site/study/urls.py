from django.urls import path

from concord.site.study import views

app_name = "study"

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/new/", views.study_new, name="study_new"),
    path("studies/<uuid:pk>/", views.study, name="study"),
    path("studies/<uuid:pk>/agreements/new/", views.agreement_new, name="agreement_new"),
    path("studies/bundles/<uuid:pk>/", views.bundle, name="bundle"),
    path("studies/bundles/<uuid:pk>/destroyed/", views.destroyed, name="destroyed"),
]
