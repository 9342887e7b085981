"""Modules found and read as source, and what importing them does."""
