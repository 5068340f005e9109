"""Tables of the justice store, by what they are about."""

from concord.site.justice.models.arrests import Arrest, ArrestReview
from concord.site.justice.models.cases import CaseEvent, Investigation, LeadLink, TeamAgency, on_team
from concord.site.justice.models.court import Charge, Docket, Hearing, ProsecutionReferral
from concord.site.justice.models.drafts import Draft
from concord.site.justice.models.imports import (
    CourtDefendant,
    CourtRecord,
    ImportBatch,
    NibrsArrestee,
    NibrsIncident,
    NibrsMonth,
    NibrsOffender,
    NibrsOffense,
    NibrsVictim,
    RereadItem,
    SavedMapping,
    Upload,
)
from concord.site.justice.models.leads import Lead, ReferralAnswer, SentReferral
from concord.site.justice.models.persons import Assertion, Pair, Person, Scheme, VictimStatusEvent
from concord.site.justice.models.prosecution import ChargeReason, ConsideredCharge, DecisionReason, Worksheet
from concord.site.justice.models.received import DiscoveryEntry, ReceivedRecord

__all__ = [
    "Arrest",
    "ArrestReview",
    "Assertion",
    "CaseEvent",
    "Charge",
    "ChargeReason",
    "ConsideredCharge",
    "CourtDefendant",
    "CourtRecord",
    "DecisionReason",
    "DiscoveryEntry",
    "Docket",
    "Draft",
    "Hearing",
    "ImportBatch",
    "Investigation",
    "Lead",
    "LeadLink",
    "NibrsArrestee",
    "NibrsIncident",
    "NibrsMonth",
    "NibrsOffender",
    "NibrsOffense",
    "NibrsVictim",
    "Pair",
    "Person",
    "ProsecutionReferral",
    "ReceivedRecord",
    "ReferralAnswer",
    "RereadItem",
    "SavedMapping",
    "Scheme",
    "SentReferral",
    "TeamAgency",
    "Upload",
    "VictimStatusEvent",
    "Worksheet",
    "on_team",
]
