"""Figures compared as data: what they show apart from how they look."""
