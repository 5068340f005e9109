"""What a provider's people are asked, by what it is about."""
