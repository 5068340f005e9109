"""The only maker of a releasable table: thresholds, complementary suppression, audit by attack, release ledger."""
