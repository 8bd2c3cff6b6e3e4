"""Log lines about a database that is away: one sentence each, for there are many of them until it is back."""

import logging

from django.db import InterfaceError, OperationalError


class Brief(logging.Filter):
    """Replaces the trace of a lost connection by what the server said; all other errors keep theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OperationalError | InterfaceError) and _is_lost(error):
            said = " ".join(str(error).split())
            record.msg, record.args = f"the database is away: {said}"[:500], ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _is_lost(error: Exception) -> bool:
    """A server that refuses a statement gives a code with its reason; a lost one gives none, or one of class 57P."""
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith("57P")
