"""Service levels: calendars, targets, clocks that explain themselves, and what happens when they run out."""
