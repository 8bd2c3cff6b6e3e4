"""F12 for fetchers: two at once on one account, with and without the lock that keeps them apart."""

import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection

from core import blobs
from mail.fetching import visiting
from mail.fetching.visiting import fetch_account
from mail.models import Account, Incoming
from tests.mail.bad_imap import scripted
from tests.mail.mails import raw_mail

MAILS = [raw_mail(subject=f"no. {number}", message_id=f"<{number}@acme.example>") for number in range(30)]


@contextmanager
def nobody_is_alone(_space, _account):
    yield True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_f12_two_fetchers_at_once_make_no_doubles(monkeypatch, locked):
    """Without the lock, as when the database dropped it: the unique key of the ledger is the second guard."""
    if not locked:
        monkeypatch.setattr(visiting, "in_hand", nobody_is_alone)
    with scripted() as script:
        account = Account(name="Twice", host="127.0.0.1", port=script.port, security="none", username="u")
        account.password, account.after = "p", Account.After.DELETE
        account.save()
        script.put(*MAILS)
        summaries, start = [], threading.Barrier(2)

        def fetcher() -> None:
            try:
                start.wait(10)
                for _visit in range(3):
                    summaries.append(fetch_account(Account.objects.get(pk=account.pk)))
            finally:
                connection.close()

        threads = [threading.Thread(target=fetcher) for _fetcher in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        fetch_account(account)
        assert not script.messages
    found = Counter(
        blobs.load(digest) for digest in Incoming.objects.exclude(digest="").values_list("digest", flat=True)
    )
    assert found == Counter(MAILS)
    assert sum(summary.stored for summary in summaries) == len(MAILS)
    if locked:
        assert not [summary.error for summary in summaries if summary.error]
