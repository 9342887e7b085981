"""A notebook's own version: where it is stated, its changelog, and what raising it changes."""
