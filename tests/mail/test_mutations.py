"""Mails made by chance (tests/mail/mutations.py): 2,000 here, 100,000 each night."""

from tests.mail import mutations


def test_G5_mails_made_by_chance_lose_nothing_and_damaged_ones_stop_nothing():
    mutations.run(2_000)
