"""Forms of this room: what is asked, in the words of `law.intake` where it has them."""
