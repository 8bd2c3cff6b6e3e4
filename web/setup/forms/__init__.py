"""Forms of the administration: they read and check what was typed; saving is up to the domain."""
