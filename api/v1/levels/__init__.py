"""Service levels for programs: calendars, SLAs, hours of queues, and the clocks of tickets."""
