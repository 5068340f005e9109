"""Everything that writes in a provider's vault. Views, jobs, the demonstration and tests call these."""

from concord.site.pages.objections import Objection
from concord.site.services.actions.care import (
    add_follow_up,
    add_needs,
    add_note,
    decide_need,
    finish_follow_up,
    log_contact,
    log_group_service,
    log_service,
    undo_group_service,
    undo_service,
)
from concord.site.services.actions.clients import (
    close_client,
    judge_status,
    keep_inquiry,
    open_client,
    record_enrolment,
    reopen_client,
    set_reach,
)
from concord.site.services.actions.disclosures import preview_report, report
from concord.site.services.actions.referrals import accept_referral, decline_referral, open_referral
from concord.site.services.actions.staff import (
    appoint,
    assign,
    end_assignment,
    lift_restriction,
    release_staff,
    restrict,
)

__all__ = [
    "Objection",
    "accept_referral",
    "add_follow_up",
    "add_needs",
    "add_note",
    "appoint",
    "assign",
    "close_client",
    "decide_need",
    "decline_referral",
    "end_assignment",
    "finish_follow_up",
    "judge_status",
    "keep_inquiry",
    "lift_restriction",
    "log_contact",
    "log_group_service",
    "log_service",
    "open_client",
    "open_referral",
    "preview_report",
    "record_enrolment",
    "release_staff",
    "reopen_client",
    "report",
    "restrict",
    "set_reach",
    "undo_group_service",
    "undo_service",
]
