"""Answers of servers in a sentence for people."""

import pytest

from mail import plain_words as words
from mail.plain_words import in_plain_words
from mail.refusals import About

CASES = [
    ("550 5.1.1 <x@y.example>: Recipient address rejected: User unknown", words.NO_ADDRESS),
    ("550-5.1.1 The email account that you tried to reach does not exist.", words.NO_ADDRESS),
    ("550 No such user here", words.NO_ADDRESS),
    ("550 Requested action not taken: mailbox unavailable", words.NO_ADDRESS),
    ("553 5.3.0 <x@y>... Unknown user", words.NO_ADDRESS),
    ("5.1.2", words.NO_DOMAIN),
    ("550 5.4.4 Host or domain name not found. Name service error", words.NO_DOMAIN),
    ("552 5.2.2 mailbox full", words.FULL),
    ("452 4.2.2 Over quota", words.FULL),
    ("550 Quota exceeded (mailbox for user is full)", words.FULL),
    ("552 5.3.4 Message size exceeds fixed limit", words.TOO_LARGE),
    ("552 message too large", words.TOO_LARGE),
    ("554 5.7.1 Message rejected as spam", words.UNWANTED),
    ("554 Blocked using zen.spamhaus.org", words.UNWANTED),
    ("550 5.7.26 This mail has been blocked because the sender is unauthenticated", words.UNPROVEN),
    ("550 SPF check failed", words.UNPROVEN),
    ("554 Relay access denied", words.NO_RELAY),
    ("451 4.7.1 Greylisting in action, please come back later", words.UNWANTED),
    ("450 Greylisted, try again in 300 seconds", words.GREYLISTED),
    ("421 4.7.28 Our system has detected an unusual rate of mail", words.TOO_MANY),
    ("421 too many connections", words.TOO_MANY),
    ("450 4.1.1 could not be verified yet", words.NOT_NOW),
    ("4.4.1 connection timed out", words.UNREACHABLE),
    ("[Errno 110] Connection timed out", words.OWN_AWAY),
    ("554 5.7.1 <x@y.example>: Relay access denied", words.NO_RELAY),
    ("550 5.1.1 <x@y.example>: undeliverable address: host mx said: 554 5.7.1 Relay access denied", words.NO_ADDRESS),
    ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", words.OWN_REFUSES[About.SENDER]),
    ("5.7.708", words.OWN_REFUSES[About.MACHINE]),
    ("Our mail server: 554 5.7.1 <x@y.example>: Relay access denied", words.OWN_REFUSES[About.RELAY]),
    ("Our mail server: 535 5.7.8 Error: authentication failed", words.OWN_REFUSES[About.SIGN_IN]),
    ("Our mail server: 452 4.3.1 Insufficient system storage", words.OWN_REFUSES[About.OTHER]),
    ("Our mail server: [Errno 111] Connection refused", words.OWN_AWAY),
    ("Our mail server: timed out", words.OWN_AWAY),
    ("Our mail server: [Errno -2] Name or service not known", words.OWN_UNKNOWN),
    ("Our mail server: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1)",
     words.OWN_UNTRUSTED),
    ("Our mail server: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
     words.OWN_REFUSES[About.ENCRYPTION]),
    ("Our mail server: 127.0.0.1 is in a network that may not be reached from here (HELPDESK_MAIL_NETWORKS)",
     words.OWN_FORBIDDEN),
    ("Our mail server: Connection unexpectedly closed", words.OWN_TROUBLE),
    ("554 5.4.6 Too many hops", words.LOOPS),
    ("550 account disabled", words.SWITCHED_OFF),
    ("530 5.7.0 Must issue a STARTTLS command first", words.ENCRYPTION),
    ("451 later", words.NOT_NOW),
    ("550 no", words.REFUSED),
    ("250 OK", ""),
    ("", ""),
    ("something", ""),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "sentence"), CASES, ids=[answer[:40] or "nothing" for answer, _sentence in CASES])
def test_an_answer_in_plain_words(answer, sentence):
    assert in_plain_words(answer) == str(sentence)


def test_long_and_hostile_answers_cost_nothing():
    assert in_plain_words("550 " + "mailbox " * 100_000) == str(words.REFUSED)
