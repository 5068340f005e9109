"""What can be done here. Every action takes who does it as `by`, and raises `Objection` with what to change."""

from concord.site.justice.actions.leads import accept_referral, decline_referral
from concord.site.justice.actions.referrals import refer_to_services

__all__ = ["accept_referral", "decline_referral", "refer_to_services"]
