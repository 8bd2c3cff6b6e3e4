"""People, organisations, roles, tokens and the audit of configuration."""
