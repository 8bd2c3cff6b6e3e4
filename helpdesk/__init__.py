"""Settings, addresses and processes: names the doors and the handlers; nothing imports it."""
