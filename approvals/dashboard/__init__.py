"""A year at a glance: what the board of an office, a division or a leader shows, read once."""
