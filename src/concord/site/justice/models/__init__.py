"""Tables of the justice store, by what they are about."""

from concord.site.justice.models.arrests import Arrest, ArrestReview
from concord.site.justice.models.cases import CaseEvent, Investigation, LeadLink, TeamAgency
from concord.site.justice.models.court import Charge, Docket, Hearing, ProsecutionReferral
from concord.site.justice.models.drafts import Draft
from concord.site.justice.models.leads import Lead, ReferralAnswer, SentReferral
from concord.site.justice.models.persons import Assertion, Pair, Person, Scheme, VictimStatusEvent
from concord.site.justice.models.prosecution import ChargeReason, ConsideredCharge, DecisionReason, Worksheet

__all__ = [
    "Arrest",
    "ArrestReview",
    "Assertion",
    "CaseEvent",
    "Charge",
    "ChargeReason",
    "ConsideredCharge",
    "DecisionReason",
    "Docket",
    "Draft",
    "Hearing",
    "Investigation",
    "Lead",
    "LeadLink",
    "Pair",
    "Person",
    "ProsecutionReferral",
    "ReferralAnswer",
    "Scheme",
    "SentReferral",
    "TeamAgency",
    "VictimStatusEvent",
    "Worksheet",
]
