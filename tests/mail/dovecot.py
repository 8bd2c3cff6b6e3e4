"""A Dovecot of our own for tests; the drills have it, too."""

from helpdesk.drills.dovecot import PASSWORD, Server, Unavailable, running

__all__ = ["PASSWORD", "Server", "Unavailable", "running"]
