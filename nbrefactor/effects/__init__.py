"""What code does besides computing its result, by a closed world: what is not known is unknown."""
