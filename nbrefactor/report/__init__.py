"""Renderers, one a file, all from outcomes."""
