"""The field's code lists, once, with their sources. Nothing here knows a database or a page.

Every list is a `Code`: a string enum whose members carry the words people read. The value is what is stored and
exported; it never changes. The label may.
"""

from enum import StrEnum


class Code(StrEnum):
    """A stored value with the words a person reads for it: `NAME = "value", "Label"`."""

    label: str

    def __new__(cls, value, label=None):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("_", " ").capitalize()
        return member

    @classmethod
    def choices(cls):
        """Pairs of value and label, in order, as forms and model fields take them."""
        return [(member.value, member.label) for member in cls]


class StoreKind(Code):
    """Which database a thing lives in. A store is a database; there is one vault for each provider."""

    ACCOUNT = "account", "Sign-in"
    HUB = "hub", "Task force"
    JUSTICE = "justice", "Investigations and prosecutions"
    STUDY = "study", "Evaluation"
    VAULT = "vault", "Client files"


class Sector(Code):
    """What kind of work an agency does. It decides what the agency can ever reach; an agency has exactly one."""

    COMMUNITY_SERVICES = "community_services", "Community victim services"
    SYSTEM_VICTIM_SERVICES = "system_victim_services", "Victim services inside police, prosecution or federal agencies"
    LEGAL_AID = "legal_aid", "Legal aid"
    CHILD_PROTECTION = "child_protection", "Child protection"
    LABOR_REGULATOR = "labor_regulator", "Labor regulator"
    HEALTH = "health", "Health care"
    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement"
    PROSECUTION = "prosecution", "Prosecution"
    DEFENCE = "defence", "Defence"
    SURVIVOR_ADVISOR = "survivor_advisor", "Survivor advisors"
    COORDINATION = "coordination", "Task force coordination"
    EVALUATION = "evaluation", "Evaluation and research"
    OVERSIGHT = "oversight", "Oversight"


class AgencyLevel(Code):
    LOCAL = "local", "Local"
    STATE = "state", "State"
    TRIBAL = "tribal", "Tribal"
    FEDERAL = "federal", "Federal"
    NON_PROFIT = "non_profit", "Non-profit"


class Scope(Code):
    """How far a task force reaches."""

    LOCAL = "local", "Local"
    REGIONAL = "regional", "Regional"
    STATEWIDE = "statewide", "Statewide"


class Role(Code):
    """What a member of staff does. A role never widens what her agency's sector may reach."""

    COORDINATOR = "coordinator", "Coordinator"
    DETECTIVE = "detective", "Detective or agent"
    SUPERVISOR = "supervisor", "Supervisor"
    PROSECUTOR = "prosecutor", "Prosecutor"
    VICTIM_WITNESS = "victim_witness", "Victim-witness specialist"
    ADVOCATE = "advocate", "Advocate"
    CASE_MANAGER = "case_manager", "Case manager"
    COUNSEL = "counsel", "Counsel"
    LABOR_INSPECTOR = "labor_inspector", "Labor inspector"
    SURVIVOR_ADVISOR = "survivor_advisor", "Survivor advisor"
    EVALUATOR = "evaluator", "Evaluator"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Agency administrator"


# --- What is missing, and why -----------------------------------------------------------------------------------------


class Why(Code):
    """Why a value is absent. Source: ours, after HTRS (BJS NCJ 224526), whose denominators shrank unexplained."""

    NOT_RECORDED = "not_recorded", "Not recorded in the file"
    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Asked, and declined to say"
    NOT_APPLICABLE = "not_applicable", "Does not apply"
    NOT_YET_KNOWN = "not_yet_known", "Not yet known"
    WITHHELD = "withheld", "Known, and withheld"


# --- Leads and cases --------------------------------------------------------------------------------------------------


class TraffickingType(Code):
    """Sex, labor or both. Source: 22 USC 7102(11); TIMS snapshots count "uncertain" apart."""

    SEX = "sex", "Sex trafficking"
    LABOR = "labor", "Labor trafficking"
    BOTH = "both", "Sex and labor trafficking"
    NOT_YET_KNOWN = "not_yet_known", "Not yet known"


class LeadSource(Code):
    """Where a lead or a case came from. Source: ours; HTRS and the ECM evaluation ask the same question."""

    HOTLINE = "hotline", "Hotline"
    PATROL = "patrol", "Patrol or emergency call"
    VICTIM = "victim", "The person harmed"
    FAMILY = "family", "Family or friend"
    PROVIDER = "provider", "Service provider"
    MEDICAL = "medical", "Health care"
    LABOR_INSPECTION = "labor_inspection", "Labor inspection"
    COURT = "court", "Court"
    SCHOOL = "school", "School"
    ONLINE = "online", "Online report or search"
    OTHER_AGENCY = "other_agency", "Another agency"
    PROACTIVE_OPERATION = "proactive_operation", "Proactive operation"
    OTHER = "other", "Other"


class CallerPermission(Code):
    """What a caller allows to be done with what she says. Source: ours, after 34 USC 12291(b)(2); asked first."""

    SERVICES_ONLY = "services_only", "Wants help; tell nobody else"
    ASK_AGAIN = "ask_again", "May be asked again before anything is passed on"
    PASS_WITHOUT_NAME = "pass_without_name", "Pass on what happened, without a name"
    PASS_WITH_NAME = "pass_with_name", "Pass on, and the caller may be contacted"


class NoActionReason(Code):
    """Why a lead went no further at triage. Source: ours."""

    NOT_TRAFFICKING = "not_trafficking", "Nothing in it points to trafficking"
    TOO_LITTLE = "too_little", "Too little to act on"
    DUPLICATE = "duplicate", "Same as an earlier lead"
    ALREADY_OPEN = "already_open", "Another agency already has a case"
    OUTSIDE_AREA = "outside_area", "Outside the area; passed on"
    CALLER_WISH = "caller_wish", "The caller asked for no action"
    SERVICES_ONLY = "services_only", "A request for services, not a report"
    UNSAFE_TO_ACT = "unsafe_to_act", "Acting now would put someone in danger"
    OTHER = "other", "Other"


class CaseStatus(Code):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class ClosedHow(Code):
    """How police closed a case. Source: FBI NIBRS 2019.1 exceptional clearances A-E, and police practice (ours)."""

    ARREST = "arrest", "Cleared by arrest"
    EXCEPTIONAL_DEATH = "exceptional_death", "Exceptional: death of the suspect"
    EXCEPTIONAL_DECLINED = "exceptional_declined", "Exceptional: prosecution declined"
    EXCEPTIONAL_CUSTODY = "exceptional_custody", "Exceptional: in custody elsewhere"
    EXCEPTIONAL_VICTIM = "exceptional_victim", "Exceptional: victim did not take part"
    EXCEPTIONAL_JUVENILE = "exceptional_juvenile", "Exceptional: juvenile, no custody"
    UNFOUNDED = "unfounded", "Unfounded"
    INSUFFICIENT = "insufficient", "Insufficient evidence"
    DECLINED_BY_PROSECUTOR = "declined_by_prosecutor", "Declined by the prosecutor"
    REFERRED_OUT = "referred_out", "Referred to another agency"
    VICTIM_WISH = "victim_wish", "Closed at the victim's wish"
    ADMINISTRATIVE = "administrative", "Administratively closed"
    ADJUDICATED = "adjudicated", "Adjudicated"


class InvestigationMethod(Code):
    """How a case was investigated. Source: ours, from the ECM evaluation's methods and the FY2021 solicitation."""

    UNDERCOVER_STING = "undercover_sting", "Undercover operation"
    VICTIM_INTERVIEW = "victim_interview", "Victim interview"
    WITNESS_INTERVIEW = "witness_interview", "Witness interview"
    SUSPECT_INTERVIEW = "suspect_interview", "Suspect interview"
    SURVEILLANCE = "surveillance", "Surveillance"
    SEARCH_WARRANT = "search_warrant", "Search warrant"
    PHONE_RECORDS = "phone_records", "Phone and location records"
    DEVICE_EXAMINATION = "device_examination", "Examination of a device"
    ONLINE_ADVERTISEMENTS = "online_advertisements", "Online advertisements and social media"
    FINANCIAL = "financial", "Financial investigation"
    WAGE_RECORDS = "wage_records", "Wage, hour and visa records"
    WORKSITE_INSPECTION = "worksite_inspection", "Worksite inspection"
    INFORMANT = "informant", "Informant"
    WIRETAP = "wiretap", "Wiretap"
    TRAFFIC_STOP = "traffic_stop", "Traffic stop"
    OTHER = "other", "Other"


class Venue(Code):
    """Where it happened. Source: NIEM 6.0 hs:TraffickedVenue (34); its "Unknown" and "Did Not Disclose" are a `Why`."""

    BAR = "bar", "Bar, cantina or restaurant"
    BEAUTY_SALON = "beauty_salon", "Beauty salon or spa"
    BOAT = "boat", "Boat, ocean, lake or fishery"
    BUS_STATION = "bus_station", "Bus station or truck stop"
    CARNIVAL = "carnival", "Carnival"
    CASINO = "casino", "Casino"
    CHILD_CARE = "child_care", "Child care facility"
    CONSTRUCTION_SITE = "construction_site", "Construction site"
    DANCE_CLUB = "dance_club", "Dance or strip club"
    DIPLOMATIC_RESIDENCE = "diplomatic_residence", "Diplomatic residence"
    EDUCATIONAL = "educational", "Educational setting"
    ESCORT_SERVICE = "escort_service", "Escort or delivery service"
    FACTORY = "factory", "Factory"
    FARM = "farm", "Farm or ranch"
    FOSTER_HOME = "foster_home", "Foster home"
    HEALTHCARE = "healthcare", "Healthcare facility"
    HOTEL = "hotel", "Hotel or motel"
    INTERNET = "internet", "Internet, pornography or webchat"
    DETENTION = "detention", "Juvenile detention, jail or prison"
    MASSAGE = "massage", "Massage business"
    MINE = "mine", "Mine or quarry"
    NATURAL_DISASTER = "natural_disaster", "Natural disaster area"
    NON_RELATIVE_HOME = "non_relative_home", "Home of a non-relative"
    RELATIVE_HOME = "relative_home", "Home of a relative"
    RESIDENTIAL_BROTHEL = "residential_brothel", "Residential brothel"
    GROUP_HOME = "group_home", "Residential group home"
    CONGREGATE_CARE = "congregate_care", "Residential placement and congregate care"
    RETAIL = "retail", "Retail sales"
    SHELTER = "shelter", "Shelter"
    STREET = "street", "Street"
    WEBCHAT = "webchat", "Webchat"
    OTHER = "other", "Other"


class Industry(Code):
    """In what trade. Source: NIEM 6.0 hs:ExploitationIndustry (31); "Unknown", "Did not disclose" are a `Why`."""

    AGRICULTURE = "agriculture", "Agriculture and animal husbandry"
    ARTS = "arts", "Arts and entertainment"
    CARNIVAL = "carnival", "Carnival"
    CLEANING = "cleaning", "Commercial cleaning services"
    CONSTRUCTION = "construction", "Construction"
    DOMESTIC_WORK = "domestic_work", "Domestic work"
    ESCORT = "escort", "Escort services"
    FACTORIES = "factories", "Factories and manufacturing"
    FORESTRY = "forestry", "Forestry and logging"
    HEALTH_AND_BEAUTY = "health_and_beauty", "Health and beauty services"
    HEALTH_CARE = "health_care", "Health care"
    HOSPITALITY = "hospitality", "Hotels and hospitality"
    ILLICIT_ACTIVITIES = "illicit_activities", "Illicit activities"
    ILLICIT_MASSAGE = "illicit_massage", "Illicit massage, health and beauty"
    LANDSCAPING = "landscaping", "Landscaping"
    MINING = "mining", "Mining and quarrying"
    OUTDOOR_SOLICITATION = "outdoor_solicitation", "Outdoor solicitation"
    PEDDLING = "peddling", "Peddling and begging"
    PERSONAL_SEXUAL_SERVITUDE = "personal_sexual_servitude", "Personal sexual servitude"
    PORNOGRAPHY = "pornography", "Pornography"
    RECREATION = "recreation", "Recreation and sports"
    RELIGIOUS = "religious", "Religious institution"
    REMOTE_SEXUAL_ACTS = "remote_sexual_acts", "Remote interactive sexual acts"
    RESTAURANTS = "restaurants", "Restaurants and food service"
    RETAIL = "retail", "Retail sales"
    STRIP_CLUBS = "strip_clubs", "Strip clubs"
    TRANSPORTATION = "transportation", "Transportation"
    TRAVELING_SALES = "traveling_sales", "Traveling sales crew"
    OTHER = "other", "Other"


# --- People -----------------------------------------------------------------------------------------------------------


class PersonRole(Code):
    """What a person is in a case; one person may hold several. Source: ours, after HTRS and HTCDS per_RoleInProcess."""

    POTENTIAL_VICTIM = "potential_victim", "Potential victim"
    VICTIM = "victim", "Confirmed victim"
    PRIMARY = "primary", "Primary suspect"
    RECRUITER = "recruiter", "Recruiter"
    ENFORCER = "enforcer", "Enforcer"
    FACILITATOR = "facilitator", "Facilitator"
    BUYER = "buyer", "Buyer"
    EMPLOYER = "employer", "Employer"
    OTHER_SUSPECT = "other", "Other suspect"
    WITNESS = "witness", "Witness"
    REPORTING_PARTY = "reporting_party", "Reporting party"

    @classmethod
    def suspects(cls):
        """The roles a `suspect` row may carry."""
        return (cls.PRIMARY, cls.RECRUITER, cls.ENFORCER, cls.FACILITATOR, cls.BUYER, cls.EMPLOYER, cls.OTHER_SUSPECT)

    @classmethod
    def victims(cls):
        """The roles that make a person a victim, potential or confirmed."""
        return (cls.POTENTIAL_VICTIM, cls.VICTIM)


class VictimStatus(Code):
    """Potential and confirmed are counted apart, always. Source: DOJ OIG audit 08-26, recommendation 1."""

    POTENTIAL = "potential", "Potential victim"
    CONFIRMED = "confirmed", "Confirmed victim"
    DETERMINED_NOT = "determined_not", "Determined not a victim of trafficking"


class StatusDecider(Code):
    """Who decided the status. Source: HTCDS 2.0 vic_TraffickingStatusDecisionMakingOrg (IOM, CC BY 4.0)."""

    POLICE = "police", "Police"
    NGO = "ngo", "Service provider"
    COURT_OR_PROSECUTION = "court_or_prosecution", "Court or prosecution"
    NON_POLICE_GOVERNMENT = "non_police_government", "Government body other than police"
    OTHER = "other", "Other"


class Race(Code):
    """One combined question, select all. Source: OMB SPD-15, 28 March 2024, minimum categories."""

    AIAN = "aian", "American Indian or Alaska Native"
    ASIAN = "asian", "Asian"
    BLACK = "black", "Black or African American"
    HISPANIC = "hispanic", "Hispanic or Latino"
    MENA = "mena", "Middle Eastern or North African"
    NHPI = "nhpi", "Native Hawaiian or Pacific Islander"
    WHITE = "white", "White"


class RaceSource(Code):
    """Who said so: a suspect's race is mostly an officer's guess, and a disparity must show it. Source: ours."""

    SELF = "self", "The person"
    OFFICER = "officer", "An officer's observation"
    RECORD = "record", "An earlier record"


class Sex(Code):
    """Source: FBI NIBRS 2019.1 data elements 27, 38, 49 (M, F; its U is a `Why`), and the X marker of state records."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    X = "x", "X on the person's documents"


class Gender(Code):
    """Source: HTCDS 2.0 prs_Gender (IOM, CC BY 4.0); its NonSpecifiedUnknown is a `Why`."""

    FEMININE = "feminine", "Woman or girl"
    MASCULINE = "masculine", "Man or boy"
    TRANSGENDER_FEMININE = "transgender_feminine", "Transgender woman or girl"
    TRANSGENDER_MASCULINE = "transgender_masculine", "Transgender man or boy"
    NON_CONFORMING = "non_conforming", "Non-binary or gender non-conforming"


class Citizenship(Code):
    """Status groups of the grantee reports. Source: TIMS snapshots (US citizen, LPR, foreign national)."""

    US_CITIZEN = "us_citizen", "US citizen"
    PERMANENT_RESIDENT = "permanent_resident", "Lawful permanent resident"
    FOREIGN_NATIONAL = "foreign_national", "Foreign national"


class MeansOfControl(Code):
    """Methods of control. Source: HTCDS 2.0 vic_MethodsOfControl (IOM, CC BY 4.0), values spelled as on its wire.

    The picklist has 16 values; its definitions name two more (`x_RestrictsMovement`, `x_UsesChildren`), and abduction
    is in the UN Protocol article 3. Those three carry HTCDS's extension prefix: physical restraint decides a case.
    """

    PHYSICAL_THREATS = "PhysicalThreats", "Threats of physical harm"
    THREATS_LAW_ENFORCEMENT = "ThreatsLawEnforcement", "Threats of police or immigration action"
    THREATENS_FAMILY = "ThreatensChildrenFamily", "Threats against children or family"
    DEBT_BONDAGE = "DebtBondage", "Debt bondage"
    FALSE_PROMISES = "FalsePromises", "False promises"
    PHYSICAL_ABUSE = "PhysicalAbuse", "Physical abuse"
    SEXUAL_ABUSE = "SexualAbuse", "Sexual abuse"
    TAKES_EARNINGS = "TakesEarnings", "Takes earnings"
    RESTRICTS_FINANCIAL_ACCESS = "RestrictsFinancialAccess", "Restricts access to money"
    RESTRICTS_MEDICAL_CARE = "RestrictsMedicalCare", "Restricts medical care"
    WITHHOLDS_NECESSITIES = "WithholdsNecessities", "Withholds food, sleep or other necessities"
    PSYCHOLOGICAL_ABUSE = "PsychologicalAbuse", "Psychological abuse"
    PSYCHOACTIVE_SUBSTANCE = "PsychoactiveSubstance", "Drugs or alcohol"
    EXCESSIVE_HOURS = "ExcessiveWorkingHours", "Excessive working hours"
    WITHHOLDS_DOCUMENTS = "WithholdsDocuments", "Withholds documents"
    OTHER = "Other", "Other"
    RESTRICTS_MOVEMENT = "x_RestrictsMovement", "Restricts movement"
    USES_CHILDREN = "x_UsesChildren", "Uses children as leverage"
    ABDUCTION = "x_Abduction", "Abduction"


class IdentifiedBy(Code):
    """Who first saw a victim. Source: NIEM 6.0 hs:IdentifiedAsVictim (31 values)."""

    CW_ADOPTION = "cw_adoption", "Child welfare: adoption program"
    CW_CPS = "cw_cps", "Child welfare: child protective services"
    CW_FOSTER = "cw_foster", "Child welfare: foster home"
    CW_OTHER = "cw_other", "Child welfare: other"
    EDUCATOR = "educator", "Educator, teacher or school"
    EMPLOYER = "employer", "Employer"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or friend"
    LE_FEDERAL = "le_federal", "Law enforcement: federal"
    LE_LOCAL = "le_local", "Law enforcement: police or sheriff"
    LE_COUNTY_PROSECUTOR = "le_county_prosecutor", "Law enforcement: county prosecutor"
    LE_FEDERAL_PROSECUTOR = "le_federal_prosecutor", "Law enforcement: federal prosecutor"
    LE_STATE_PROSECUTOR = "le_state_prosecutor", "Law enforcement: state prosecutor"
    LE_STATE = "le_state", "Law enforcement: state"
    LE_ATTORNEY_GENERAL = "le_attorney_general", "Law enforcement: state attorney general"
    LE_TRIBAL = "le_tribal", "Law enforcement: tribal"
    SELF = "self", "The person herself or himself"
    SP_DV_SHELTER = "sp_dv_shelter", "Provider: domestic violence shelter"
    SP_FAMILY_PLANNING = "sp_family_planning", "Provider: family planning clinic"
    SP_HOMELESS_SHELTER = "sp_homeless_shelter", "Provider: homeless shelter"
    SP_HOSPITAL = "sp_hospital", "Provider: hospital"
    SP_EMERGENCY_DEPARTMENT = "sp_emergency_department", "Provider: hospital emergency department"
    SP_TRAFFICKING = "sp_trafficking", "Provider: human trafficking organization"
    SP_IHS = "sp_ihs", "Provider: Indian Health Service"
    SP_LEGAL = "sp_legal", "Provider: legal services"
    SP_MENTAL_HEALTH = "sp_mental_health", "Provider: mental health clinic"
    SP_OTHER = "sp_other", "Provider: other"
    SP_PUBLIC_HEALTH = "sp_public_health", "Provider: public health clinic"
    SP_RAPE_CRISIS = "sp_rape_crisis", "Provider: rape crisis center"
    SP_SAFETY_NET = "sp_safety_net", "Provider: safety net clinic"
    SP_YOUTH = "sp_youth", "Provider: youth service"
    OTHER = "other", "Other"


class Screened(Code):
    """Whether a screening took place; refused and unable are valid results. Source: 34 USC 20709(f), wording ours."""

    YES = "yes", "Screened"
    REFUSED = "refused", "Declined to be screened"
    UNABLE = "unable", "Unable to be screened then"
    NOT_DONE = "not_done", "Not done"


class TookPart(Code):
    """Whether a victim took part in the prosecution. Source: Farrell et al. 2012 (NCJ 238795), wording ours."""

    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"


class Relief(Code):
    """Relief asked for or granted. Source: 22 USC 7105(b)-(c), 8 USC 1184(o)-(p), 18 USC 3771A, state vacatur acts."""

    CONTINUED_PRESENCE = "continued_presence", "Continued presence"
    T_STATUS = "t_status", "T status"
    U_STATUS = "u_status", "U status"
    HHS_CERTIFICATION = "hhs_certification", "HHS certification"
    HHS_ELIGIBILITY = "hhs_eligibility", "HHS eligibility or interim assistance letter"
    RECORD_RELIEF = "record_relief", "Record relief (vacatur, expungement, sealing)"
    STATE_COMPENSATION = "state_compensation", "State crime victim compensation"
    RESTITUTION = "restitution", "Restitution"


class Relationship(Code):
    """What the suspect was to the victim. Source: HTCDS vic_RelationshipToTrafficker, NIBRS element 35."""

    PARENT = "parent", "Parent or guardian"
    OTHER_FAMILY = "other_family", "Other family"
    SPOUSE = "spouse", "Spouse"
    INTIMATE_PARTNER = "intimate_partner", "Boyfriend, girlfriend or partner"
    FORMER_PARTNER = "former_partner", "Former spouse or partner"
    FRIEND = "friend", "Friend"
    ACQUAINTANCE = "acquaintance", "Acquaintance"
    EMPLOYER = "employer", "Employer"
    LABOR_CONTRACTOR = "labor_contractor", "Recruiter or labor contractor"
    LANDLORD = "landlord", "Landlord or host"
    BUYER = "buyer", "Buyer"
    STRANGER = "stranger", "Stranger"
    OTHER = "other", "Other"


# --- Elements of the offence ------------------------------------------------------------------------------------------


class Element(Code):
    """What an assertion speaks to. Source: 22 USC 7102; 18 USC 1589, 1591."""

    ACT = "act", "Act"
    MEANS = "means", "Means"
    PURPOSE = "purpose", "Purpose"
    KNOWLEDGE = "knowledge", "Knowledge"
    BENEFIT = "benefit", "Benefit"
    NEXUS = "nexus", "Federal reach"
    DOCUMENTS = "documents", "Identity documents"


class Act(Code):
    """Source: 18 USC 1591(a)(1), 22 USC 7102(11), UN Protocol article 3(a) (transfer, receipt)."""

    RECRUIT = "recruit", "Recruit"
    ENTICE = "entice", "Entice"
    HARBOR = "harbor", "Harbor"
    TRANSPORT = "transport", "Transport"
    TRANSFER = "transfer", "Transfer"
    PROVIDE = "provide", "Provide"
    OBTAIN = "obtain", "Obtain"
    RECEIVE = "receive", "Receive"
    ADVERTISE = "advertise", "Advertise"
    MAINTAIN = "maintain", "Maintain"
    PATRONIZE = "patronize", "Patronize"
    SOLICIT = "solicit", "Solicit"


class Means(Code):
    """Source: 22 USC 7102(3), 18 USC 1589(a) and (c); the last is the UN Protocol's article 3(a) alone."""

    FORCE = "force", "Force or physical restraint"
    FRAUD = "fraud", "Fraud"
    COERCION_HARM = "coercion_harm", "Coercion: threats of serious harm or restraint"
    COERCION_SCHEME = "coercion_scheme", "Coercion: scheme, plan or pattern"
    COERCION_LEGAL = "coercion_legal", "Coercion: abuse of law or legal process"
    ABUSE_OF_VULNERABILITY = "abuse_of_vulnerability", "Abuse of power or vulnerability (UN Protocol)"


class Purpose(Code):
    """Source: 22 USC 7102(11); UN Protocol article 3(a) for `other_exploitation`."""

    COMMERCIAL_SEX = "commercial_sex", "Commercial sex act"
    INVOLUNTARY_SERVITUDE = "involuntary_servitude", "Involuntary servitude"
    FORCED_LABOR = "forced_labor", "Forced labor or services"
    DEBT_BONDAGE = "debt_bondage", "Debt bondage"
    PEONAGE = "peonage", "Peonage"
    SLAVERY = "slavery", "Slavery"
    OTHER_EXPLOITATION = "other_exploitation", "Other exploitation"


class Knowledge(Code):
    """Source: 18 USC 1591(a), (c)."""

    KNEW = "knew", "Knew"
    RECKLESS = "reckless", "Reckless disregard"
    COULD_OBSERVE = "could_observe", "Reasonable opportunity to observe the person"


class Benefit(Code):
    """Source: 18 USC 1589(b), 1591(a)(2)."""

    MONEY = "money", "Money"
    LABOR = "labor", "Labor or services"
    PROPERTY = "property", "Property or housing"
    OTHER = "other", "Anything else of value"


class Basis(Code):
    """On what an assertion rests. Source: ours."""

    OBSERVED = "observed", "Observed"
    STATEMENT = "statement", "Statement"
    DOCUMENT = "document", "Document"
    DIGITAL = "digital", "Digital record"
    FINANCIAL = "financial", "Financial record"
    OTHER = "other", "Other"


class Scheme(Code):
    """What many victims of one suspect were put through alike. Source: ours, after the means of 18 USC 1589(a)."""

    RECRUITMENT_FRAUD = "recruitment_fraud", "False promises at recruitment"
    DEBT = "debt", "Debts and charges that cannot be worked off"
    DOCUMENTS = "documents", "Documents held"
    WAGES = "wages", "Wages withheld"
    HOUSING = "housing", "Housing tied to the work and controlled"
    LEGAL_THREATS = "legal_threats", "Threats of police or immigration action"
    VIOLENCE = "violence", "Violence or its display before others"
    ADVERTISING = "advertising", "Advertising several people together"
    OTHER = "other", "Other"


# --- Arrests of possible victims --------------------------------------------------------------------------------------


class ArrestLegalBasis(Code):
    """On what legal ground a possible victim was arrested. Source: measure LE-13's reasons, wording ours."""

    SELLING_SEX_CHARGE = "selling_sex_charge", "Selling-sex charge"
    OTHER_OFFENCE = "other_offence", "Another offence"
    VIOLENT_OFFENCE = "violent_offence", "Violent offence with an immediate danger"
    WARRANT = "warrant", "Outstanding warrant"
    MATERIAL_WITNESS = "material_witness", "Material witness order"
    STATUS_OFFENCE = "status_offence", "Status offence of a minor"
    PROTECTIVE_CUSTODY = "protective_custody", "Protective custody statute"
    IMMIGRATION_HOLD = "immigration_hold", "Immigration hold"


class ArrestStatedPurpose(Code):
    """What the officer said it was for. `protection` and `leverage` conform to no protocol and are recorded as such.

    Source: the ECM evaluation (half of the task forces might arrest a survivor, to protect or for leverage);
    22 USC 7101(b)(19).
    """

    ENFORCEMENT = "enforcement", "To answer for the offence"
    COURT_ORDER = "court_order", "To carry out a court's order"
    IMMEDIATE_DANGER = "immediate_danger", "To stop an immediate danger to others"
    PROTECTION = "protection", "To protect the person (does not conform)"
    LEVERAGE = "leverage", "To get a statement or cooperation (does not conform)"
    SERVICES = "services", "To bring the person to services (does not conform)"

    @classmethod
    def non_conforming(cls):
        """Purposes for which no arrest of a possible victim is allowed."""
        return (cls.PROTECTION, cls.LEVERAGE, cls.SERVICES)


class ArrestAlternative(Code):
    """What was considered instead of an arrest. Source: ours, after 34 USC 20709(f)."""

    NONE = "none", "None was considered"
    RELEASE = "release", "Release without charge"
    ADVOCATE_CALL = "advocate_call", "Call to the advocate on duty"
    VOLUNTARY_SERVICES = "voluntary_services", "Offer of voluntary services"
    SAFE_PLACE = "safe_place", "Transport to a safe place of her or his choice"
    CITATION = "citation", "Citation without custody"
    DIVERSION = "diversion", "Diversion before booking"
    CHILD_PROTECTION = "child_protection", "Child protection instead of arrest"
    OTHER = "other", "Other"


# --- Charges and prosecution ------------------------------------------------------------------------------------------


class ChargeClass(Code):
    """What kind of charge a citation is. Source: ours; citations map to it in law's packs."""

    HT_SEX = "HT-SEX", "Sex trafficking"
    HT_LABOR = "HT-LABOR", "Labor trafficking"
    MANN = "MANN", "Transport or coercion for sex across state lines"
    CSAM = "CSAM", "Child sexual abuse material"
    PROST_PROMOTE = "PROST-PROMOTE", "Promoting or profiting from prostitution"
    PROST_BUY = "PROST-BUY", "Buying sex"
    PROST_SELL = "PROST-SELL", "Selling-sex charge"
    KIDNAP = "KIDNAP", "Kidnapping or unlawful restraint"
    SEXOFF = "SEXOFF", "Sexual offence"
    ASSAULT_THREAT = "ASSAULT-THREAT", "Assault, threats or extortion"
    CHILD_WELFARE = "CHILD-WELFARE", "Child endangerment or child labor"
    WAGE = "WAGE", "Wage and hour"
    LABOR_FRAUD = "LABOR-FRAUD", "Foreign labor contracting, visa or document fraud"
    IMMIG = "IMMIG", "Immigration"
    FIN = "FIN", "Money laundering or tax"
    ENTERPRISE = "ENTERPRISE", "Racketeering or conspiracy"
    DRUG = "DRUG", "Drugs"
    WEAPON = "WEAPON", "Weapons"
    OBSTRUCT = "OBSTRUCT", "Obstruction or tampering"
    OTHER = "OTHER", "Other"

    @classmethod
    def strict(cls):
        """STRICT: what "charged under a trafficking statute" means in the ECM evaluation's 33 percent."""
        return (cls.HT_SEX, cls.HT_LABOR)

    @classmethod
    def broad(cls):
        """BROAD: the federal series adds transport and child-exploitation charges (BJS; approximate, by class)."""
        return (cls.HT_SEX, cls.HT_LABOR, cls.MANN, cls.CSAM)


class ChargeStage(Code):
    """How far a charge has come. Source: ours, `considered` added for the prosecutor's own file."""

    CONSIDERED = "considered", "Considered"
    ARREST = "arrest", "At arrest"
    FILED = "filed", "Filed"
    AMENDED = "amended", "Amended"
    DISPOSED = "disposed", "Disposed"


class Disposition(Code):
    """What became of a count. Source: the columns of HumanTraffickingData.org's form."""

    PENDING = "pending", "Pending"
    DISMISSED = "dismissed", "Dismissed"
    DISMISSED_BY_PLEA = "dismissed_by_plea", "Dismissed under a plea"
    GUILTY_PLEA = "guilty_plea", "Guilty by plea"
    GUILTY_TRIAL = "guilty_trial", "Guilty at trial"
    ACQUITTED = "acquitted", "Not guilty"


class SentenceKind(Code):
    """Life and time served are kinds, never numbers. Source: HumanTraffickingData.org form, where they were text."""

    MONTHS = "months", "A term of months"
    LIFE = "life", "Life"
    TIME_SERVED = "time_served", "Time served"
    PROBATION = "probation", "Probation"
    FINE = "fine", "Fine only"
    NONE = "none", "No sentence"


class NotTraffickingReason(Code):
    """Why a prosecutor did not charge trafficking; not itself a failure.

    Source: NIJ abstract of the ECM evaluation (a plea that spares the survivor testimony) and practice.
    """

    SPARE_TESTIMONY = "spare_testimony", "A plea that spares the survivor testimony"
    SURVIVOR_WISH = "survivor_wish", "The survivor's wish"
    INSUFFICIENT_MEANS = "insufficient_means", "Insufficient evidence of force, fraud or coercion"
    INSUFFICIENT_OTHER = "insufficient_other", "Insufficient evidence otherwise"
    VICTIM_UNAVAILABLE = "victim_unavailable", "Survivor unavailable"
    STATUTE_GAP = "statute_gap", "No statute or nexus fits"
    FORUM = "forum", "Another forum took or declined it"
    HIGHER_EXPOSURE = "higher_exposure", "Higher sentence on another count"
    NOT_TRAFFICKING = "not_trafficking", "Not trafficking on the facts"
    OTHER = "other", "Other"


class ProsecutionDecision(Code):
    """Source: ours; the ECM evaluation's prosecution stage."""

    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    PENDING = "pending", "Pending"
    NOT_REFERRED = "not_referred", "Not referred"


class DeclineReason(Code):
    """Why a case was declined. Source: ours, after NIBRS exceptional clearance B and Farrell et al. 2012."""

    INSUFFICIENT_EVIDENCE = "insufficient_evidence", "Insufficient evidence"
    SURVIVOR_WISH = "survivor_wish", "The survivor's wish"
    VICTIM_UNAVAILABLE = "victim_unavailable", "Survivor unavailable"
    DEFENDANT_IS_VICTIM = "defendant_is_victim", "The person charged is a victim"
    INADMISSIBLE = "inadmissible", "Evidence inadmissible"
    OTHER_FORUM = "other_forum", "Taken elsewhere"
    STATUTE_GAP = "statute_gap", "No statute or nexus fits"
    RESOURCES = "resources", "Resources or priorities"
    NOT_TRAFFICKING = "not_trafficking", "Not trafficking on the facts"
    OTHER = "other", "Other"


class Forum(Code):
    """In whose courts. Source: ours."""

    STATE = "state", "State"
    FEDERAL = "federal", "Federal"
    BOTH = "both", "State and federal"
    TRIBAL = "tribal", "Tribal"
    NONE = "none", "None"


class SuspectOutcome(Code):
    """What became of a suspect. Adoption by a federal office is an outcome, not attrition. Source: HTRS, BJS, ours."""

    NO_ACTION = "no_action", "No action"
    PENDING = "pending", "Pending"
    ADOPTED_FEDERALLY = "adopted_federally", "Adopted federally"
    DISMISSED = "dismissed", "Dismissed"
    ACQUITTED = "acquitted", "Acquitted"
    CONVICTED_PLEA = "convicted_plea", "Convicted by plea"
    CONVICTED_TRIAL = "convicted_trial", "Convicted at trial"
    DIVERTED = "diverted", "Diverted"
    DIED = "died", "Died"


class AssetKind(Code):
    """Source: ours, after 18 USC 1594(d)-(f)."""

    CASH = "cash", "Cash or accounts"
    VEHICLE = "vehicle", "Vehicle"
    REAL_PROPERTY = "real_property", "Real property"
    BUSINESS = "business", "Business"
    DEVICE = "device", "Phones and computers"
    OTHER = "other", "Other"


class SeizedFrom(Code):
    """A victim's own property is returned, not forfeited. Source: ours."""

    SUSPECT = "suspect", "A suspect"
    VICTIM = "victim", "A victim"
    THIRD = "third", "A third party"


# --- Services ---------------------------------------------------------------------------------------------------------


class ServiceType(Code):
    """Services. Source: ours, crosswalked to NIEM hs:ServiceCategory, HTCDS spl_Type and OTIP."""

    NEC = "NEC", "Basic necessities"
    CM = "CM", "Case management"
    CHC = "CHC", "Childcare"
    CRI = "CRI", "Crisis intervention"
    EDU = "EDU", "Education"
    EMP = "EMP", "Employment and job training"
    HOU = "HOU", "Housing"
    INT = "INT", "Interpretation and translation"
    LEG_I = "LEG-I", "Legal: immigration"
    LEG_C = "LEG-C", "Legal: civil and family"
    LEG_V = "LEG-V", "Legal: victim rights, record relief, restitution"
    MED = "MED", "Medical"
    DEN = "DEN", "Dental"
    MH = "MH", "Mental health"
    SUD = "SUD", "Substance use treatment"
    SAF = "SAF", "Safety planning"
    ADV = "ADV", "Advocacy and court accompaniment"
    TRN = "TRN", "Transportation"
    BEN = "BEN", "Public benefits"
    FIN = "FIN", "Direct financial assistance"
    PEER = "PEER", "Survivor mentoring and support groups"
    FAM = "FAM", "Family reunification and repatriation"
    OUT = "OUT", "Outreach"


class ServiceMode(Code):
    """The four ways a service meets a person. Source: NIEM 6.0 hs victim-service associations."""

    REQUESTED = "requested", "Requested"
    PROVIDED = "provided", "Provided directly"
    REFERRED = "referred", "Referred out"
    UNMET = "unmet", "Not met"


class ServiceUnit(Code):
    """What is counted. Source: OTIP counts encounters; the rest ours."""

    ENCOUNTER = "encounter", "Encounter"
    HOUR = "hour", "Hour"
    NIGHT = "night", "Night"
    USD = "usd", "US dollars"


class Barrier(Code):
    """Why a need was not met. Source: ours; OTIP reports barriers quarterly."""

    NO_HOUSING_SLOT = "no_housing_slot", "No housing slot"
    WAITLIST = "waitlist", "Waiting list"
    LANGUAGE = "language", "Language"
    TRANSPORT = "transport", "Transport"
    DOCUMENTS = "documents", "Documents or identification"
    IMMIGRATION_STATUS = "immigration_status", "Immigration status"
    CRIMINAL_RECORD = "criminal_record", "Criminal record"
    COST = "cost", "Cost"
    CHILDCARE = "childcare", "Childcare"
    HEALTH = "health", "Health or substance use"
    FEAR = "fear", "Fear or safety"
    LE_HOLD = "le_hold", "Law enforcement hold"
    CLIENT_DECLINED = "client_declined", "Client declined"
    ELIGIBILITY_RULE = "eligibility_rule", "Eligibility rule"
    ABSENT_IN_AREA = "absent_in_area", "Service absent in the area"
    OTHER = "other", "Other"


class LivingSituation(Code):
    """Where a client lives. Source: NIEM 6.0 hs:LivingSituation (22); "Unknown", "Did not disclose" are a `Why`."""

    ASSISTED_LIVING = "assisted_living", "Assisted living (temporary)"
    DV_SHELTER = "dv_shelter", "Domestic violence or crisis shelter"
    FOSTER_NON_RELATIVE = "foster_non_relative", "Foster home (non-relative)"
    FOSTER_RELATIVE = "foster_relative", "Foster home (relative)"
    FRIENDS_HOME = "friends_home", "Friend's home"
    GROUP_HOME = "group_home", "Group home"
    HOMELESS_SHELTER = "homeless_shelter", "Homeless shelter"
    TRAFFICKING_SHELTER = "trafficking_shelter", "Human trafficking specific shelter"
    INDEPENDENT_SUPERVISED = "independent_supervised", "Independent living (supervised)"
    INSTITUTION = "institution", "Institution"
    DETENTION = "detention", "Juvenile detention, jail or prison"
    OWN_HOME = "own_home", "Own home"
    RELATIVE_HOME = "relative_home", "Other relative's home"
    OUT_OF_STATE_OR_TRIBAL = "out_of_state_or_tribal", "Out of state or tribal placement"
    PRE_ADOPTIVE = "pre_adoptive", "Pre-adoptive home"
    RUNAWAY_YOUTH = "runaway_youth", "Homeless youth who ran away"
    HOMELESS = "homeless", "Homeless or ran away"
    TRIAL_HOME_VISIT = "trial_home_visit", "Trial home visit"
    YOUTH_SHELTER = "youth_shelter", "Youth emergency shelter"
    OTHER = "other", "Other"


class HousingType(Code):
    """Housing a provider offers. Source: ours, OVC housing awards."""

    EMERGENCY_HOTEL = "emergency_hotel", "Emergency: hotel or voucher"
    EMERGENCY_DV = "emergency_dv", "Emergency: domestic violence or crisis shelter"
    EMERGENCY_HOMELESS = "emergency_homeless", "Emergency: homeless shelter"
    EMERGENCY_YOUTH = "emergency_youth", "Emergency: youth shelter"
    EMERGENCY_TRAFFICKING = "emergency_trafficking", "Emergency: trafficking-specific shelter"
    SAFE_HOUSE = "safe_house", "Safe house"
    TRANSITIONAL = "transitional", "Transitional (6 to 24 months)"
    RENTAL_ASSISTANCE = "rental_assistance", "Rapid re-housing or rental assistance"
    PERMANENT = "permanent", "Permanent"
    SUPERVISED_INDEPENDENT = "supervised_independent", "Supervised independent living"
    FOSTER_OR_GROUP = "foster_or_group", "Foster or group home"
    TREATMENT = "treatment", "Treatment residence"


class ClosureReason(Code):
    """Why a client's file was closed. Source: ours; HTCDS has free text only."""

    GOALS_MET = "goals_met", "Goals met"
    CLIENT_CHOICE = "client_choice", "Client chose to stop"
    LOST_CONTACT = "lost_contact", "Lost contact"
    MOVED = "moved", "Moved out of the area"
    TRANSFERRED = "transferred", "Transferred to another program"
    NOT_ELIGIBLE = "not_eligible", "Not eligible or not trafficking"
    PROGRAM_LIMIT = "program_limit", "Time or funding limit of the program"
    RETURNED_TO_TRAFFICKER = "returned_to_trafficker", "Back under the trafficker's control"
    RETURNED_HOME_COUNTRY = "returned_home_country", "Returned to home country"
    DETAINED = "detained", "Incarcerated or detained"
    SAFETY = "safety", "Safety"
    DIED = "died", "Died"
    OTHER = "other", "Other"


class ReferralSource(Code):
    """Who referred a client. Source: NIEM 6.0 hs:IdentifiedAsVictim grouped, and OTIP DVHT/TVAP Form 1."""

    SELF = "self", "Self"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or friend"
    HOTLINE = "hotline", "Hotline"
    LAW_ENFORCEMENT_LOCAL = "law_enforcement_local", "Local law enforcement"
    LAW_ENFORCEMENT_STATE = "law_enforcement_state", "State law enforcement"
    LAW_ENFORCEMENT_FEDERAL = "law_enforcement_federal", "Federal law enforcement"
    LAW_ENFORCEMENT_TRIBAL = "law_enforcement_tribal", "Tribal law enforcement"
    PROSECUTOR = "prosecutor", "Prosecutor or victim-witness staff"
    COURT = "court", "Court, probation or defence"
    CHILD_WELFARE = "child_welfare", "Child welfare"
    SCHOOL = "school", "School"
    HEALTH_CARE = "health_care", "Health care"
    LEGAL_SERVICES = "legal_services", "Legal services"
    LABOR_AGENCY = "labor_agency", "Labor agency or worker center"
    SHELTER = "shelter", "Shelter or housing provider"
    TRAFFICKING_PROVIDER = "trafficking_provider", "Other trafficking provider"
    OTHER_PROVIDER = "other_provider", "Other service provider"
    OUTREACH = "outreach", "Own outreach"
    EMPLOYER = "employer", "Employer"
    OTHER = "other", "Other"


class ClientKind(Code):
    """Family is counted apart from the principal, and so are its services. Source: OVC FAQ on performance measures."""

    PRINCIPAL = "principal", "Principal client"
    FAMILY = "family", "Family member of a client"


class FamilyRelation(Code):
    """What a family member is to the principal. Source: OVC FAQ (eligible family), 22 USC 7105(b)(1)(C)."""

    SPOUSE = "spouse", "Spouse or partner"
    CHILD = "child", "Child"
    PARENT = "parent", "Parent"
    SIBLING = "sibling", "Brother or sister"
    OTHER = "other", "Other family"


class ContactHow(Code):
    """A way to reach somebody. Source: ours."""

    CALL = "call", "Phone call"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    IN_PERSON = "in_person", "In person"
    THROUGH = "through", "Through somebody she or he trusts"
    LETTER = "letter", "Letter"


class ContactCaution(Code):
    """What makes a way of reaching somebody unsafe. Source: ours, after domestic violence programs' intake forms."""

    NO_MESSAGE = "no_message", "Do not leave a message"
    NO_NAMES = "no_names", "Do not say who you are or where you call from"
    SEEN_BY_OTHERS = "seen_by_others", "Others see this phone, account or letter box"
    ONLY_AT_TIMES = "only_at_times", "Only at the times given"
    NO_NUMBER_SHOWN = "no_number_shown", "Hide our number"
    ASK_SAFE_FIRST = "ask_safe_first", "Ask first whether it is safe to talk"


class NoteKind(Code):
    """Source: ours; a safety plan is kept apart so that it is found at once and printed for nobody else."""

    CASE = "case", "Case note"
    SAFETY_PLAN = "safety_plan", "Safety plan"


class NotServedReason(Code):
    """Why somebody who asked or was referred did not become a client. Source: ours; OTIP asks for unmet demand."""

    NO_CAPACITY = "no_capacity", "No capacity"
    NOT_ELIGIBLE = "not_eligible", "Outside what this program may serve"
    OUTSIDE_AREA = "outside_area", "Outside the area"
    LANGUAGE = "language", "No staff or interpreter for the language"
    UNSAFE = "unsafe", "Could not be served safely here"
    CHOSE_NOT = "chose_not", "Chose not to go on"
    NOT_REACHED = "not_reached", "Could not be reached"
    SERVED_ELSEWHERE = "served_elsewhere", "Served by another program"
    OTHER = "other", "Other"


class ReferralAnswer(Code):
    """What a provider decided about a referral. The sender only sees "received". Source: ours."""

    OPENED = "opened", "Opened, not decided"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class DisclosureItem(Code):
    """What a provider can hand over: a closed list, so that each item is chosen. Source: ours, 34 USC 12291(b)(2)."""

    NAME = "name", "Her or his name"
    SAFE_CONTACT = "safe_contact", "How to reach her or him safely"
    LANGUAGE = "language", "Language"
    AGE_GROUP = "age_group", "Adult or minor"
    GENDER = "gender", "Gender"
    TRAFFICKING_TYPE = "trafficking_type", "Sex, labor or both"
    SUMMARY = "summary", "What she or he wants to report, in her or his words"


class DisclosureBasis(Code):
    """What allowed a disclosure. Source: 34 USC 12291(b)(2)(B)-(D); 28 CFR 94.115."""

    PERMISSION = "permission", "Her or his signed permission"
    MANDATED = "mandated", "A report that the law demands"
    COURT_ORDER = "court_order", "A court's order"
    SUBPOENA = "subpoena", "A subpoena"


class ReleasePurpose(Code):
    """What a release is for; each has a template. Source: ours, after 34 USC 12291(b)(2)(B) and 45 CFR 164.508."""

    REPORT = "report", "Report to police or prosecutors"
    VICTIM_RIGHTS = "victim_rights", "Notices, hearings and restitution as a victim"
    LEGAL_HELP = "legal_help", "A lawyer's help"
    RELIEF = "relief", "Immigration or record relief"
    SERVICES = "services", "Services of another provider"
    HOUSING = "housing", "Housing"
    HEALTH = "health", "Health care"
    CHILD = "child", "A child's safety or schooling"
    TELL_ONCE = "tell_once", "Not being asked again"
    OTHER = "other", "Another purpose, named in her or his words"


class SignerCapacity(Code):
    """As what somebody signs a release. Source: 34 USC 12291(b)(2)(B)(ii); 28 CFR 94.115(c)."""

    CLIENT = "client", "The client"
    MINOR_ALONE = "minor_alone", "The client, a minor whom the law lets sign alone"
    MINOR_AND_PARENT = "minor_and_parent", "The client, a minor, together with a parent"
    MINOR_AND_GUARDIAN = "minor_and_guardian", "The client, a minor, together with a guardian"
    STATE_CUSTODIAN = "state_custodian", "The client, a minor, together with the state as custodian"
    GUARDIAN_AD_LITEM = "guardian_ad_litem", "The client, a minor, together with a guardian ad litem"
    COURT_GUARDIAN = "court_guardian", "A guardian whom a court appointed for an adult"


class SignatureMethod(Code):
    """How a release was signed. Source: ours; an oral permission is put in writing before a witness."""

    PAPER = "paper", "On paper, scanned"
    SCREEN = "screen", "On the screen"
    ORAL = "oral", "Said aloud before a witness, who signed"


class RevocationChannel(Code):
    """How a release was taken back: any way is good. Source: ours, after 28 CFR 94.115; OVW FAQ (2017)."""

    IN_PERSON = "in_person", "In person"
    CALL = "call", "By telephone"
    MESSAGE = "message", "By text or e-mail"
    LETTER = "letter", "By letter"
    THROUGH_ANOTHER = "through_another", "Through somebody she or he asked"


class PackageState(Code):
    """What has become of a sealed copy. Source: ours."""

    WAITING = "waiting", "Not opened"
    OPENED = "opened", "Opened"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CompelledBy(Code):
    """What demands a disclosure. Source: 34 USC 12291(b)(2)(C); 28 CFR 94.115(b)."""

    SUBPOENA = "subpoena", "Subpoena"
    COURT_ORDER = "court_order", "Court order"
    SEARCH_WARRANT = "search_warrant", "Search warrant"
    STATUTE = "statute", "A statute's demand"


class CompelledOutcome(Code):
    """How a demand ended. Source: ours."""

    OPEN = "open", "Not decided"
    OBJECTED = "objected", "Objected to; nothing was handed over"
    WITHDRAWN = "withdrawn", "The demand was taken back"
    QUASHED = "quashed", "A court set it aside"
    COMPLIED = "complied", "The minimum was handed over"


class PacketQuestion(Code):
    """What screeners ask again and again; told once, shown item by item. Source: ours, in our words, after
    the topics of the AHTST (HHS, 2018) and of OTIP's intake form."""

    CALLED = "called", "What to call me"
    LANGUAGE = "language", "The language I speak best, and whom I want as interpreter"
    SAFE_CONTACT = "safe_contact", "How and when to reach me safely"
    ASKED_BEFORE = "asked_before", "Who has asked me already, and about what"
    WORK = "work", "The work I was made to do"
    CONTROL = "control", "How I was kept from leaving"
    MONEY = "money", "What happened to the money"
    MOVED = "moved", "How I came here and was moved"
    SAFETY = "safety", "What I am afraid of now"
    HEALTH = "health", "What a nurse or doctor should know"
    FAMILY = "family", "My family, and who must not learn"
    WANTS = "wants", "What I want, and what I do not want"


class HoldKind(Code):
    """Why records must stay although they could go. Source: ours; a duty to keep beats a wish to erase."""

    LITIGATION = "litigation", "Litigation, begun or expected"
    SUBPOENA = "subpoena", "A subpoena or order that was served"
    AUDIT = "audit", "A funder's audit (2 CFR 200.334)"
    STATUTE = "statute", "A statute's term for keeping"


class PairVerdict(Code):
    """What somebody decided about two files that may be one person's. Source: ours."""

    SAME = "same", "The same person"
    DIFFERENT = "different", "Never these two"


# --- Studies ----------------------------------------------------------------------------------------------------------


class SiteFeature(Code):
    """What a task force is made of; a study may add its own. Source: the ECM evaluation's questions, ours."""

    CO_LOCATED = "co_located", "Agencies share premises"
    FEDERAL_PARTICIPATION = "federal_participation", "Federal agencies take part"
    LABOR_UNIT = "labor_unit", "A unit or person for labor trafficking"
    PAID_COORDINATOR = "paid_coordinator", "Paid coordinator"
    SURVIVOR_ROLE = "survivor_role", "Paid role for people with lived experience"
    UNIT_OF_INVESTIGATORS = "unit_of_investigators", "Unit that its investigators sit in"


class CountStatus(Code):
    """Whether a count is what it says. Source: ours; NIBRS zero reports differ from no report."""

    EXACT = "exact", "Exact"
    SUPPRESSED = "suppressed", "Suppressed"
    NOT_REPORTED = "not_reported", "Not reported"


class CountSource(Code):
    """Which report a site's count comes from. Source: the ECM evaluation used OVC TIMS and BJA PMT."""

    VAULT_COUNT = "vault_count", "Counted by the provider in Concord"
    PMT = "PMT", "BJA or OVC performance report"
    TIMS = "TIMS", "OVC TIMS report"
    OTHER = "other", "Other"


class SelectedBy(Code):
    """Who chose a file; files chosen by their own site cannot be generalised. Source: the ECM evaluation's limits."""

    SITE = "site", "The site chose it"
    ALL = "all", "Every eligible file"
    RANDOM = "random", "Drawn at random"
    RESEARCHER = "researcher", "A researcher chose it"


class DataQuality(Code):
    """Whether a file has enough in it to count outcomes. Source: HTRS 2008-10 (BJS NCJ 233732)."""

    ADEQUATE = "adequate", "Adequate"
    THIN = "thin", "Thin"


class Grade(Code):
    """How much a bundle shows. Source: 28 CFR Part 22; ours."""

    RESEARCH = "research", "Research: exact dates and citations, only under an agreement"
    SHAREABLE = "shareable", "Shareable: intervals and coarse classes"


# --- Answers that may be unknown, and what law asks -------------------------------------------------------------------


class Answer(Code):
    """A fact is so, is not so, or is not known. Unknown is never read as no. Source: Kleene's strong three values."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class Outcome(Code):
    """What the elements of a definition add up to for one victim and one suspect. Source: ours."""

    MET = "met", "Every element is there"
    NOT_MET = "not_met", "An element is missing"
    UNDETERMINED = "undetermined", "Cannot be said yet"


class Nexus(Code):
    """What brings an act before federal courts. Source: 18 USC 1591(a)(1), 1596."""

    COMMERCE = "commerce", "In or affecting interstate or foreign commerce"
    MARITIME = "maritime", "Special maritime and territorial jurisdiction"
    EXTRATERRITORIAL = "extraterritorial", "Abroad, by a national, a resident or someone present here"


class IdentityDocuments(Code):
    """What was done with a person's papers, and for what. Source: 18 USC 1592(a)."""

    TAKEN = "taken", "Passport, immigration or identity document destroyed, hidden, removed, taken or kept"
    IN_AN_OFFENCE = "in_an_offence", "In the course of an offence of chapter 77, or to commit one"
    TO_RESTRICT = "to_restrict", "To restrict the movement of a victim and so keep her or his labor or services"


class ArrestConcern(Code):
    """Why somebody arrested may be a victim. Source: ours, after 22 USC 7101(b)(19) and 34 USC 20709(f)."""

    SELLING_SEX = "selling_sex", "Charged with selling sex"
    MINOR = "minor", "Under 18"
    FORCED_CRIME = "forced_crime", "The offence may have been forced"
    SAME_SCENE = "same_scene", "Found with a trafficking suspect"
    KNOWN_VICTIM = "known_victim", "Already a potential or confirmed victim"


class ContactRoute(Code):
    """What a call, message or visit becomes. Source: ours; who asks us for help is never a lead."""

    SERVICES_INQUIRY = "services_inquiry", "Services inquiry"
    LEAD = "lead", "Lead"
    ASK_FIRST = "ask_first", "Ask first whether the caller wants help"


class RecordKind(Code):
    """Records that five fields open. Source: ours."""

    LEAD = "lead", "Lead"
    INVESTIGATION = "investigation", "Investigation"
    CLIENT = "client", "Client"


class Milestone(Code):
    """When further fields are asked, because only then are they known. Source: ours."""

    OPENING = "opening", "Opening"
    TRIAGE = "triage", "Triage"
    SCREENING = "screening", "Screening"
    VICTIM_IDENTIFIED = "victim_identified", "A victim is identified"
    SUSPECT_IDENTIFIED = "suspect_identified", "A suspect is identified"
    ARREST = "arrest", "Arrest"
    PROSECUTION_REFERRAL = "prosecution_referral", "Referral to prosecution"
    CHARGING = "charging", "Charging decision"
    DISPOSITION = "disposition", "Disposition"
    ENROLMENT = "enrolment", "Enrolment"
    SERVICE_PLAN = "service_plan", "Service plan"
    RELIEF_REQUEST = "relief_request", "Relief is requested"
    CLOSURE = "closure", "Closure"


# --- Between agencies -------------------------------------------------------------------------------------------------


class ReferralKind(Code):
    """What one agency sends another. Source: ours, after the two-way referral protocol of the IACP toolkit (2020)."""

    SERVICES = "services", "Someone may want services"
    INQUIRY = "inquiry", "Someone asked us for help"
    REPORT = "report", "A client asks to report"
    LEAD = "lead", "A lead is passed on"


class AgeGroup(Code):
    """Adult or minor, where no birth date belongs. Source: TIMS snapshots; unknown is a state of its own."""

    ADULT = "adult", "Adult"
    MINOR = "minor", "Under 18"
    UNKNOWN = "unknown", "Not known"


class SpokenLanguage(Code):
    """Languages an interpreter may be needed for. A closed list: nothing else can be written there. Source: ours, the
    languages most spoken at home in the American Community Survey, and those of labor trafficking cases."""

    ENGLISH = "english", "English"
    SPANISH = "spanish", "Spanish"
    ASL = "asl", "American Sign Language"
    AMHARIC = "amharic", "Amharic"
    ARABIC = "arabic", "Arabic"
    BENGALI = "bengali", "Bengali"
    BURMESE = "burmese", "Burmese"
    CANTONESE = "cantonese", "Cantonese"
    DARI = "dari", "Dari"
    FRENCH = "french", "French"
    GUJARATI = "gujarati", "Gujarati"
    HAITIAN_CREOLE = "haitian_creole", "Haitian Creole"
    HINDI = "hindi", "Hindi"
    HMONG = "hmong", "Hmong"
    INDONESIAN = "indonesian", "Indonesian"
    KICHE = "kiche", "K'iche'"
    KOREAN = "korean", "Korean"
    MAM = "mam", "Mam"
    MANDARIN = "mandarin", "Mandarin"
    MIXTEC = "mixtec", "Mixtec"
    NAVAJO = "navajo", "Navajo"
    NEPALI = "nepali", "Nepali"
    POLISH = "polish", "Polish"
    PORTUGUESE = "portuguese", "Portuguese"
    PUNJABI = "punjabi", "Punjabi"
    QANJOBAL = "qanjobal", "Q'anjob'al"
    RUSSIAN = "russian", "Russian"
    SOMALI = "somali", "Somali"
    SWAHILI = "swahili", "Swahili"
    TAGALOG = "tagalog", "Tagalog"
    THAI = "thai", "Thai"
    UKRAINIAN = "ukrainian", "Ukrainian"
    URDU = "urdu", "Urdu"
    VIETNAMESE = "vietnamese", "Vietnamese"
    OTHER = "other", "Another language"


class MeetingKind(Code):
    """Source: OVC Human Trafficking Task Force e-Guide 3.1, its committees; ours."""

    CORE_TEAM = "core_team", "Core team"
    GENERAL = "general", "General meeting"
    INVESTIGATION = "investigation", "Investigation and prosecution committee"
    VICTIM_SERVICES = "victim_services", "Victim services committee"
    TRAINING = "training", "Training committee"
    OUTREACH = "outreach", "Outreach committee"
    EVALUATION = "evaluation", "Evaluation committee"
    LABOR = "labor", "Labor trafficking committee"
    SURVIVOR_ADVISORY = "survivor_advisory", "Survivor advisory council"


class ProtocolKind(Code):
    """Source: the IACP/OJP toolkit of July 2020 (its eight protocols); the rest from e-Guide 3.2."""

    INFORMATION_SHARING = "information_sharing", "Information sharing"
    DEAF_ACCESS = "deaf_access", "Access for deaf and hard-of-hearing people"
    LANGUAGE_ACCESS = "language_access", "Language access"
    REFERRALS = "referrals", "Referrals between law enforcement and providers"
    MEDIA = "media", "Media"
    CONFIDENTIALITY = "confidentiality", "Confidentiality"
    DATA_COLLECTION = "data_collection", "Data collection"
    GRANT_REPORTING = "grant_reporting", "Grant reporting"
    ARREST_OF_POSSIBLE_VICTIMS = "arrest_of_possible_victims", "When a possible victim is found or arrested"
    OTHER = "other", "Other"


class Audience(Code):
    """Who is trained or reached. Source: TIMS activity list; BJA and OVC performance measures."""

    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement"
    PROSECUTION = "prosecution", "Prosecutors"
    JUDGES = "judges", "Judges and court staff"
    PROVIDERS = "providers", "Service providers"
    HEALTH = "health", "Health care"
    SCHOOLS = "schools", "Schools and youth programs"
    CHILD_WELFARE = "child_welfare", "Child welfare"
    LABOR_AGENCIES = "labor_agencies", "Labor inspectors and worker centers"
    BUSINESS = "business", "Hotels, transport and other business"
    FAITH = "faith", "Faith and community groups"
    PUBLIC = "public", "The public"
    OTHER = "other", "Other"


class OutreachKind(Code):
    """Source: TIMS activity list (public awareness); ours."""

    EVENT = "event", "Event or talk"
    STREET = "street", "Street and online outreach"
    WORKSITE = "worksite", "Worksite and labor camp outreach"
    CAMPAIGN = "campaign", "Campaign"
    MATERIALS = "materials", "Materials handed out"
