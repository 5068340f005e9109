"""Pages of real input."""
