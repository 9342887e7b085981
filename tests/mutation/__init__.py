"""A development command that changes the semantic core and asks whether the tests notice."""
