"""Sessions in the database, as Django keeps them: found by a statement that is put together once, saved in one."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from core.prepared import prepared

# What is added to a session that is there already is where somebody was last: a page does not wait for the disk for it.
# Signing in makes a new one, which is waited for.
_SAVE = """
    WITH lightly AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE django_session SET session_data = %s, expire_date = %s FROM lightly WHERE session_key = %s
"""


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """Django's own says the same with a query that is made anew for every page."""
        found = _valid(self.session_key, timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return None
        return found[0]

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's way
        """A row that is there is changed by one statement, which needs no transaction around it."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        row = self.create_model_instance(self._get_session(no_load=False))
        with connection.cursor() as cursor:
            cursor.execute(_SAVE, [row.session_data, row.expire_date, row.session_key])
            if not cursor.rowcount:
                raise UpdateError


@prepared(str, datetime)
def _valid(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
