"""Pages of decisions: each parses, calls one service, and shows."""
