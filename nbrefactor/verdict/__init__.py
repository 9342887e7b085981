"""Whether a definition may be replaced: obligations, and the one solver over them."""
