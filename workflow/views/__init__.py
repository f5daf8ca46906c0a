"""Pages about the office itself: each parses, calls one service, and shows."""
