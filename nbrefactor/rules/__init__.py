"""Rewrites, one a file; a rule reports findings with edits and never mutates."""
