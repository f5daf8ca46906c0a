"""The work itself: the year, its indicators, the work nodes and their evidence."""
