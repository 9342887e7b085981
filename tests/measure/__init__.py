"""A development command that measures what is wrongly replaced and what is needlessly refused."""
