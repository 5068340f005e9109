"""What NIBRS codes mean, for people. Source: FBI, NIBRS Technical Specification 2019.1, and its code tables.

Codes that no rule of the re-read queue asks about are shown as they are.
"""

OFFENSES = {
    "09A": "Murder", "09B": "Negligent manslaughter", "100": "Kidnapping or abduction", "11A": "Rape", "11B": "Sodomy",
    "11C": "Sexual assault with an object", "11D": "Fondling", "120": "Robbery", "13A": "Aggravated assault",
    "13B": "Simple assault", "13C": "Intimidation", "210": "Extortion or blackmail", "240": "Motor vehicle theft",
    "250": "Counterfeiting or forgery", "26A": "Swindle or confidence game", "26C": "Impersonation",
    "26F": "Identity theft", "30A": "Unlawful entry into the United States", "30C": "Smuggling of people",
    "35A": "Drug violation", "35B": "Drug equipment violation", "36A": "Incest", "36B": "Statutory rape",
    "370": "Obscene material", "40A": "Selling-sex charge", "40B": "Promoting or assisting commercial sex",
    "40C": "Buying sex", "520": "Weapon law violation", "64A": "Human trafficking, commercial sex acts",
    "64B": "Human trafficking, involuntary servitude", "90C": "Disorderly conduct",
}  # fmt: skip
LOCATIONS = {
    "03": "Bar or nightclub", "05": "Commercial or office building", "06": "Construction site",
    "07": "Convenience store", "12": "Grocery or supermarket", "13": "Road, street or sidewalk", "14": "Hotel or motel",
    "18": "Parking lot or garage", "20": "Home", "21": "Restaurant", "22": "School or college",
    "23": "Service or gas station", "24": "Specialty store", "25": "Other or unknown", "39": "Arena, stadium or fair",
    "40": "Cash machine", "44": "Daycare", "45": "Dock, wharf or freight terminal", "46": "Farm",
    "47": "Casino or race track", "48": "Industrial site", "51": "Rest area", "54": "Shelter or mission",
    "55": "Shopping mall", "58": "Online",
}  # fmt: skip
RELATIONSHIPS = {
    "AQ": "Acquaintance", "BG": "Boyfriend or girlfriend", "CF": "Child of boyfriend or girlfriend", "CH": "Child",
    "CS": "Common-law spouse", "EE": "Employee of the offender", "ER": "Employer of the offender", "FR": "Friend",
    "NE": "Neighbor", "OF": "Other family", "OK": "Otherwise known", "PA": "Parent", "RU": "Unknown", "SB": "Sibling",
    "SC": "Stepchild", "SE": "Spouse", "ST": "Stranger", "VO": "Was the offender too", "XR": "Former partner",
    "XS": "Former spouse",
}  # fmt: skip
VICTIMS = {
    "B": "Business", "F": "Financial institution", "G": "Government", "I": "Individual", "L": "Law enforcement officer",
    "O": "Other", "R": "Religious organization", "S": "Society", "U": "Unknown",
}  # fmt: skip
ARRESTS = {"O": "Arrested on view", "S": "Summoned or cited", "T": "Taken into custody"}
SEXES = {"F": "female", "M": "male", "X": "another sex"}
RACES = {
    "W": "White", "B": "Black", "I": "American Indian or Alaska Native", "A": "Asian", "P": "Pacific Islander",
    "AP": "Asian or Pacific Islander", "C": "Chinese", "J": "Japanese", "O": "another race", "M": "several races",
}  # fmt: skip
ETHNICITIES = {"H": "Hispanic or Latino", "N": "not Hispanic or Latino", "M": "several ethnicities"}
ACTIVITIES = {
    "B": "Buying or receiving", "C": "Making or publishing", "D": "Distributing or selling",
    "E": "Exploiting children", "O": "Operating or promoting", "P": "Possessing or hiding",
    "T": "Transporting or importing", "U": "Using", "G": "Gang", "J": "Juvenile gang",
}  # fmt: skip
INJURIES = {
    "B": "Broken bones", "I": "Internal injury", "L": "Severe laceration", "M": "Minor injury", "O": "Major injury",
    "T": "Loss of teeth", "U": "Unconsciousness",
}  # fmt: skip
NOT_SAID = ("N", "U", "NS")


def said(table: dict[str, str], *codes: str) -> str:
    """Codes in words, one after the other; codes for none and unknown are left out."""
    return ", ".join(table.get(code, code) for code in codes if code and (code in table or code not in NOT_SAID))


def age(low: int | None, high: int | None) -> str:
    if low is None:
        return ""
    if high is None:
        return f"{low} or older"
    return f"{low}" if low == high else f"{low} to {high}"
