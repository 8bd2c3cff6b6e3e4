"""What is remembered of where somebody was is saved by one statement that waits for no disk, and nothing else is."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection

from web.common.sessions import SessionStore


def test_what_is_added_is_saved_by_one_statement(db, queries):
    begun = SessionStore()
    begun["place"] = "mine"
    begun.create()
    known = SessionStore(begun.session_key)
    known["place"] = "all"
    with queries() as asked:
        known.save()
    assert len(asked) == 1
    assert SessionStore(begun.session_key)["place"] == "all"


@pytest.mark.django_db(transaction=True)
def test_only_that_statement_does_not_wait_for_the_disk():
    begun = SessionStore()
    begun["place"] = "mine"
    begun.create()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        begun.save()
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        cursor.execute("RESET synchronous_commit")


def test_one_that_has_ended_meanwhile_is_not_begun_anew(db):
    begun = SessionStore()
    begun.create()
    SessionStore(begun.session_key).delete()
    begun["place"] = "mine"
    with pytest.raises(UpdateError):
        begun.save()
    assert not SessionStore().exists(begun.session_key)
