"""Real input: the FBI's release of an agency's incidents, and charges from a court's or prosecutor's system."""
