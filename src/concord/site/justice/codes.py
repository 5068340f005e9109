"""Code lists of this room alone: states of its work, which no other store and no study counts by."""

from concord.vocabulary import Code


class LeadDecision(Code):
    """What triage made of a lead."""

    OPENED = "opened", "Investigation opened"
    JOINED = "joined", "Added to an investigation"
    NO_ACTION = "no_action", "No action"


class CaseEventKind(Code):
    """What the dated history of an investigation consists of."""

    TYPE = "type", "Type of trafficking"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"
    ADOPTED = "adopted", "Adopted federally"


class HearingKind(Code):
    ARRAIGNMENT = "arraignment", "Arraignment"
    DETENTION = "detention", "Detention or bail"
    PRELIMINARY = "preliminary", "Preliminary hearing or grand jury"
    MOTION = "motion", "Motion"
    PLEA = "plea", "Plea"
    TRIAL = "trial", "Trial"
    SENTENCING = "sentencing", "Sentencing"
    RESTITUTION = "restitution", "Restitution"
    OTHER = "other", "Other"


class ReviewFinding(Code):
    """What a supervisor found of an arrest of somebody who may be a victim."""

    CONFORMS = "conforms", "Conforms to the protocol"
    RELEASE_ASKED = "release_asked", "Does not conform: release or dismissal asked for"
    TAKEN_UP = "taken_up", "Does not conform: taken up with the officer and the unit"
    NOT_A_VICTIM = "not_a_victim", "Every concern has been ruled out"


class ClassedBy(Code):
    """Who gave a charge its class."""

    PACK = "pack", "The jurisdiction's pack"
    PERSON = "person", "A person, after review"


class ImportKind(Code):
    """What a file that was read in is."""

    NIBRS = "nibrs", "FBI release of incidents (NIBRS)"
    CHARGES = "charges", "Charges from a court or prosecutor"


class RereadStatus(Code):
    """What a person found who read an incident again for missed indicators of trafficking."""

    WAITING = "waiting", "Waiting"
    INDICATORS = "indicators", "Indicators found"
    NONE = "none", "No indicators found"
    NOT_ENOUGH = "not_enough", "Not enough information"
