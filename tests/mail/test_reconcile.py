"""The ledger against the server: what is there, known, new, missed, moved on, lost."""

import pytest

from mail import reconcile as module
from mail.fetching.looking import Contents
from mail.models import Account, Incoming, Reconciliation
from mail.reconcile import Difference, compare, reconcile

CASES = {
    "nothing anywhere": ([], [], [], Difference(0, (), (), 0, 0)),
    "all is known": ([1, 2, 3], [1, 2, 3], [], Difference(3, (), (), 0, 0)),
    "the first visit is still to come": ([1, 2], [], [], Difference(0, (1, 2), (), 0, 0)),
    "newer ones come with the next visit": ([1, 2, 9], [1, 2], [], Difference(2, (9,), (), 0, 0)),
    "older ones were missed": ([1, 2, 3, 4], [2, 4], [], Difference(2, (), (1, 3), 0, 0)),
    "one that could not be fetched is known": ([1, 2], [2], [1], Difference(2, (), (), 0, 0)),
    "moved on after it was kept": ([2], [1, 2], [], Difference(1, (), (), 1, 0)),
    "gone before it could be kept": ([2], [2], [1], Difference(1, (), (), 0, 1)),
    "words have no order": (["b", "a"], ["a"], [], Difference(1, ("b",), (), 0, 0)),
}


@pytest.mark.parametrize("case", CASES)
def test_comparing(case):
    there, kept, unkept, expected = CASES[case]
    assert compare(there, kept, unkept) == expected


@pytest.fixture
def account(world) -> Account:
    return Account.objects.create(name="Provider", host="imap.demo.example", username="u")


@pytest.fixture
def server(account, monkeypatch):
    """What the folder holds: sizes by UID."""
    sizes: dict[int, int] = {}

    def contents(account: Account, folder: str, *, patience) -> Contents:
        return Contents(folder, account.place_of(folder), 7, sizes)

    monkeypatch.setattr(module, "contents", contents)
    return sizes


def known(account: Account, uid: int, **facts) -> Incoming:
    given = {"source": "imap", "digest": "0" * 64, "size": 1, "identity": str(uid), "place": account.place}
    return Incoming.objects.create(account=account, uid=uid, **given | {"uidvalidity": 7} | facts)


def test_what_was_missed_gets_a_row_and_is_fetched_next(account, server):
    known(account, 5)
    server.update({4: 120, 5: 1, 6: 1})
    (found,) = reconcile(account)
    assert (found.there, found.known, found.new, found.missed, found.lost, found.agrees) == (3, 1, 1, 1, 0, False)
    missed = Incoming.objects.get(uid=4)
    assert (missed.digest, missed.size, missed.attempts, missed.due_at) == ("", 120, 0, None)
    assert (missed.state, missed.reason_code, missed.mailbox) == (
        "quarantined",
        "not_fetched",
        f"account:{account.pk}",
    )
    (again,) = reconcile(account)
    assert (again.pk, again.missed, again.agrees) == (found.pk, 0, True)
    assert Reconciliation.objects.count() == 1


def test_other_numberings_and_folders_are_other_messages(account, server):
    known(account, 5, uidvalidity=6)
    known(account, 6, place="imap://u@imap.demo.example/Other")
    server.update({5: 1, 6: 1})
    (found,) = reconcile(account)
    assert (found.known, found.new, found.missed) == (0, 2, 0)


def test_what_somebody_has_dealt_with_is_not_lost(account, server):
    known(account, 4, digest="", state="quarantined", reason_code="unfetchable")
    known(account, 5, digest="", state="ignored", reason_code="discarded")
    known(account, 6, digest="", state="ignored", reason_code="gone")
    (found,) = reconcile(account)
    assert (found.lost, found.moved_on, found.agrees) == (1, 2, False)


def test_it_costs_the_same_however_much_there_is(account, server, queries):
    server.update(dict.fromkeys(range(10), 1))
    with queries() as few:
        reconcile(account)
    server.update(dict.fromkeys(range(1000), 1))
    with queries() as many:
        reconcile(account)
    assert len(many) <= len(few)
