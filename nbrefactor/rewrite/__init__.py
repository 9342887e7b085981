"""Edits of cells: definitions become imports, calls are made to fit."""
