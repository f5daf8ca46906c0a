"""What a year teaches where reviews and deferrals are concerned, and how all lessons are shown."""
