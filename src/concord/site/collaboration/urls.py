from django.urls import path

from concord.site.collaboration import views

app_name = "collaboration"

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.meeting_new, name="meeting_new"),
    path("meetings/<uuid:pk>/", views.meeting, name="meeting"),
    path("meetings/<uuid:pk>/change/", views.meeting_change, name="meeting_change"),
    path("meetings/<uuid:pk>/minutes/", views.minutes, name="minutes"),
    path("meetings/<uuid:pk>/attendance.pdf", views.attendance_sheet, name="attendance_sheet"),
    path("meetings/<uuid:pk>/minutes.pdf", views.minutes_sheet, name="minutes_sheet"),
    path("protocols/", views.protocols, name="protocols"),
    path("protocols/new/", views.protocol_new, name="protocol_new"),
    path("protocols/<uuid:pk>/", views.protocol, name="protocol"),
    path("protocols/<uuid:pk>/revise/", views.protocol_revise, name="protocol_revise"),
    path("training/", views.trainings, name="trainings"),
    path("training/new/", views.training_new, name="training_new"),
    path("outreach/", views.outreach, name="outreach"),
    path("outreach/new/", views.outreach_new, name="outreach_new"),
]
