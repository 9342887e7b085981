"""Notebooks as bytes and cells: reading, magics, finding files, writing back."""
