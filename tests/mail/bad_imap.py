"""A bad IMAP server for tests; the drills have it, too."""

from helpdesk.drills.bad_imap import DROP, Script, scripted

__all__ = ["DROP", "Script", "scripted"]
