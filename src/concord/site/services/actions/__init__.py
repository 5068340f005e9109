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
from concord.site.services.actions.demands import (
    add_paper,
    decide_demand,
    log_notice,
    prepare_demand,
    preview_demand,
    record_demand,
)
from concord.site.services.actions.disclosures import preview_report, report
from concord.site.services.actions.mandated import (
    claim_privilege,
    learn_of_duty,
    make_report,
    preview_mandated,
    tell_of_report,
)
from concord.site.services.actions.packet import packet_items, take_back_answer, tell_once
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
    "add_paper",
    "appoint",
    "assign",
    "claim_privilege",
    "close_client",
    "decide_demand",
    "decide_need",
    "decline_referral",
    "end_assignment",
    "finish_follow_up",
    "judge_status",
    "keep_inquiry",
    "learn_of_duty",
    "lift_restriction",
    "log_contact",
    "log_group_service",
    "log_notice",
    "log_service",
    "make_report",
    "open_client",
    "open_referral",
    "packet_items",
    "prepare_demand",
    "preview_demand",
    "preview_mandated",
    "preview_report",
    "record_demand",
    "record_enrolment",
    "release_staff",
    "reopen_client",
    "report",
    "restrict",
    "set_reach",
    "take_back_answer",
    "tell_of_report",
    "tell_once",
    "undo_group_service",
    "undo_service",
]
