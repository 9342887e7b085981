"""Proving by execution that a migrated notebook does what the original did, output by output."""
