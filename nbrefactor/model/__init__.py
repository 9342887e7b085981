"""Values and errors that every part shares; nothing here knows another part."""
