"""A notebook's code: each cell parsed once, what it binds and uses, in order."""
