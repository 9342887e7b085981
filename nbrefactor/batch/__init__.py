"""Many notebooks: found, worked on by one process or several, given back in order."""
