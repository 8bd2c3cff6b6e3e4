"""The Generic Interface of OTRS and Znuny over REST, for clients that were written for these (docs/otrs.md)."""
