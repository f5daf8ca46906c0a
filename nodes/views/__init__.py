"""Pages about nodes: each parses, calls one service, and shows."""
