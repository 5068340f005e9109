from django.urls import include
from django.urls import path as plain_path

from concord.site.justice.desk import desk
from concord.site.justice.views import arrests, cases, court, leads, persons, prosecution, received, search
from concord.site.justice.views.common import justice_only

app_name = "justice"


def path(route, view, name):
    return plain_path(route, justice_only(view), name=name)


urlpatterns = [
    path("leads/", leads.leads, name="leads"),
    path("leads/new/", leads.first_question, name="first_question"),
    path("leads/new/help/", leads.inquiry, name="inquiry"),
    path("leads/new/lead/", leads.NewLead.as_view(), name="new_lead"),
    path("leads/received/", leads.received, name="received"),
    path("leads/received/<uuid:pk>/", leads.received_referral, name="received_referral"),
    path("leads/received/<uuid:pk>/accept/", leads.accept_referral, name="accept_referral"),
    path("leads/<uuid:pk>/", leads.lead, name="lead"),
    path("leads/<uuid:pk>/triage/", leads.triage, name="lead_triage"),
    path("leads/<uuid:pk>/assign/", leads.assign, name="lead_assign"),
    path("leads/<uuid:pk>/no-action/", leads.no_action, name="lead_no_action"),
    path("leads/<uuid:pk>/open/", leads.open_from_lead, name="lead_open"),
    path("leads/<uuid:pk>/join/", leads.join, name="lead_join"),
    path("leads/<uuid:pk>/arrest/", arrests.OutsideArrest.as_view(), name="lead_arrest"),
    path("leads/<uuid:pk>/refer/", leads.refer, name="lead_refer"),
    path("investigations/", cases.cases, name="cases"),
    path("investigations/new/", cases.open_case, name="open_case"),
    path("investigations/<uuid:pk>/", cases.case, name="case"),
    path("investigations/<uuid:pk>/facts/", cases.change_case, name="change_case"),
    path("investigations/<uuid:pk>/type/", cases.set_type, name="set_type"),
    path("investigations/<uuid:pk>/join/", cases.join_case, name="case_join"),
    path("investigations/<uuid:pk>/make/", cases.make_investigation, name="make_investigation"),
    path("investigations/<uuid:pk>/close/", cases.close_case, name="close_case"),
    path("investigations/<uuid:pk>/reopen/", cases.reopen, name="reopen"),
    path("investigations/<uuid:pk>/adopted/", cases.adopt, name="adopt"),
    path("investigations/<uuid:pk>/prosecutor/", cases.refer_case, name="refer_case"),
    path("investigations/<uuid:pk>/team/", cases.team, name="team"),
    path("investigations/<uuid:pk>/team/add/", cases.add_to_team, name="add_to_team"),
    path("investigations/team/<uuid:pk>/end/", cases.leave_team, name="leave_team"),
    path("investigations/<uuid:pk>/people/", persons.roster, name="roster"),
    path("investigations/<uuid:pk>/people/enter/", persons.RosterEntry.as_view(), name="roster_entry"),
    path("investigations/<uuid:pk>/people/same-facts/", persons.same_facts, name="same_facts"),
    path("investigations/<uuid:pk>/elements/", persons.elements, name="elements"),
    path("investigations/<uuid:pk>/elements/scheme/", persons.new_scheme, name="new_scheme"),
    path("investigations/<uuid:pk>/elements/fact/", persons.assert_fact, name="assert_fact"),
    path("investigations/<uuid:pk>/charges/", court.case_charges, name="case_charges"),
    path("investigations/<uuid:pk>/charges/docket/", court.new_docket, name="new_docket"),
    path("investigations/<uuid:pk>/charges/hearing/", court.new_hearing, name="new_hearing"),
    path("investigations/<uuid:pk>/office/", prosecution.office_file, name="office_file"),
    path("investigations/<uuid:pk>/office/consider/", prosecution.consider, name="consider"),
    path("investigations/<uuid:pk>/office/worksheet/", prosecution.worksheet, name="worksheet"),
    path("investigations/<uuid:pk>/received/", received.case_received, name="case_received"),
    path("received-records/", received.received_records, name="received_records"),
    path("received-records/sealed/<uuid:pk>/", received.sealed_copy, name="sealed_copy"),
    path("received-records/sealed/<uuid:pk>/open/", received.open_copy, name="open_copy"),
    path("received-records/<uuid:pk>/", received.received_record, name="received_record"),
    path("received-records/<uuid:pk>/investigation/", received.attach, name="received_attach"),
    path("received-records/<uuid:pk>/keep/", received.keep, name="received_keep"),
    path("received-records/<uuid:pk>/hold/", received.hold, name="received_hold"),
    path("received-records/<uuid:pk>/lift/", received.lift, name="received_lift"),
    path("received-records/<uuid:pk>/discovery/", received.discovery, name="received_discovery"),
    path("persons/search/", search.search, name="search"),
    path("persons/<uuid:pk>/", persons.person, name="person"),
    path("persons/<uuid:pk>/facts/", persons.change_person, name="change_person"),
    path("persons/<uuid:pk>/status/", persons.victim_status, name="victim_status"),
    path("persons/<uuid:pk>/refer/", persons.refer_person, name="refer_person"),
    path("persons/<uuid:pk>/arrest/", arrests.NewArrest.as_view(), name="new_arrest"),
    path("persons/<uuid:pk>/charge/", court.file_charge, name="file_charge"),
    path("arrests/new/", arrests.OutsideArrest.as_view(), name="outside_arrest"),
    path("arrests/<uuid:pk>/", arrests.arrest, name="arrest"),
    path("arrests/<uuid:pk>/safeguard/", arrests.safeguard, name="safeguard"),
    path("arrests/<uuid:pk>/advocate/", arrests.arrest_call, name="arrest_call"),
    path("reviews/", arrests.reviews, name="reviews"),
    path("reviews/<uuid:pk>/", arrests.review, name="review"),
    path("charges/", court.charges, name="charges"),
    path("charges/<uuid:pk>/", court.charge, name="charge"),
    path("charges/<uuid:pk>/class/", court.class_charge, name="class_charge"),
    path("charges/<uuid:pk>/amend/", court.amend, name="amend"),
    path("charges/<uuid:pk>/dispose/", court.dispose, name="dispose"),
    path("charges/<uuid:pk>/restitution/", court.restitution_paid, name="restitution_paid"),
    path("charges/<uuid:pk>/reason/", prosecution.charge_reason, name="charge_reason"),
    path("charging/", prosecution.charging, name="charging"),
    path("charging/<uuid:pk>/", prosecution.decision, name="decision"),
    path("hearings/", court.hearings, name="hearings"),
    path("hearings/<uuid:pk>/", court.hearing, name="hearing"),
    plain_path("", include("concord.site.justice.imports.urls")),
]
for draft in desk.urls():
    urlpatterns.append(path(f"justice/{draft.pattern}", draft.callback, draft.name))
