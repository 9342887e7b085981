"""Copies among many notebooks: found, grouped by what they mean, and judged whether they can go."""
