"""The engine under all of it: people, posts, delegation, routing, working days, audit trail and files."""
