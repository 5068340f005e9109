from django.urls import path

from concord.site.services.views import care, file, intake, lists, referrals, reports, staff
from concord.site.services.views._room import desk

app_name = "services"

_FILE = [
    ("", file.client, "client"),
    ("services/", file.services, "services"),
    ("notes/", file.notes, "notes"),
    ("details/", file.details, "details"),
    ("ledger/", file.ledger, "ledger"),
    ("staff/", staff.staff, "staff"),
    ("paper/", file.on_paper, "on_paper"),
    ("data/", file.as_data, "as_data"),
    ("enrolment/", intake.Enrol.as_view(), "enrolment"),
    ("reach/", intake.ChangeReach.as_view(), "reach"),
    ("family/new/", intake.AddFamily.as_view(), "family_new"),
    ("needs/new/", care.AddNeeds.as_view(), "needs_new"),
    ("services/new/", care.AddService.as_view(), "service_new"),
    ("contacts/new/", care.AddContact.as_view(), "contact_new"),
    ("notes/new/", care.AddNote.as_view(), "note_new"),
    ("follow-ups/new/", care.AddFollowUp.as_view(), "follow_up_new"),
    ("status/new/", care.JudgeStatus.as_view(), "status_new"),
    ("close/", care.Close.as_view(), "close"),
    ("reopen/", care.Reopen.as_view(), "reopen"),
    ("restriction/", staff.restriction, "restriction"),
    ("report/", reports.Report.as_view(), "report"),
]

urlpatterns = [
    path("clients/", lists.clients, name="clients"),
    path("clients/find/", lists.find, name="find"),
    path("clients/matches/", lists.matches, name="matches"),
    path("clients/new/", intake.OpenFile.as_view(), name="client_new"),
    path("clients/inquiries/", lists.inquiries, name="inquiries"),
    path("clients/inquiries/new/", intake.KeepInquiry.as_view(), name="inquiry_new"),
    path("clients/inquiries/<uuid:pk>/", intake.inquiry, name="inquiry"),
    path("clients/referrals/", referrals.inbox, name="referrals"),
    path("clients/referrals/<uuid:pk>/", referrals.referral, name="referral"),
    path("clients/referrals/<uuid:pk>/accept/", referrals.accept, name="referral_accept"),
    path("clients/referrals/<uuid:pk>/decline/", referrals.Decline.as_view(), name="referral_decline"),
    path("clients/without-staff/", staff.keeping, name="keeping"),
    path("clients/<uuid:pk>/appoint/", staff.appoint, name="appoint"),
    *(path(f"clients/<uuid:pk>/{tail}", view, name=name) for tail, view, name in _FILE),
    path("clients/needs/<uuid:pk>/", care.DecideNeed.as_view(), name="need_decide"),
    path("clients/follow-ups/<uuid:pk>/done/", care.follow_up_done, name="follow_up_done"),
    path("clients/assignments/<uuid:pk>/end/", staff.assignment_end, name="assignment_end"),
    path("services/quick/", care.quick, name="quick"),
    path("services/<uuid:pk>/entered/", care.quick_done, name="quick_done"),
    path("services/<uuid:pk>/undo/", care.service_undo, name="service_undo"),
    path("services/groups/new/", care.AddGroupService.as_view(), name="group_new"),
    path("services/groups/<uuid:pk>/", care.group, name="group"),
    path("services/groups/<uuid:pk>/undo/", care.group_undo, name="group_undo"),
    *[path(f"clients/{pattern.pattern}", pattern.callback, name=pattern.name) for pattern in desk.urls()],
]
