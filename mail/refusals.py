"""Whom a refusal of our own mail server is about: us and our account there, or the message and its recipients. Pure.

What is about us is trouble of the server: it is mended by whoever runs it or this installation, so the message waits.
What is about a recipient is final. In doubt it is about the recipient, as servers of recipients answer here, too, where
a message is handed to them directly.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class About(StrEnum):
    """What of us the server does not accept."""

    RELAY = "relay"  # it sends nothing to others for us
    SIGN_IN = "sign-in"
    SENDER = "sender"  # the address we send from
    MACHINE = "machine"  # the machine that we are, or its address
    LIMIT = "limit"
    ACCOUNT = "account"  # closed, blocked or not yet confirmed
    ENCRYPTION = "encryption"
    OTHER = "other"  # it does not say what


# Codes that ask for a sign-in or refuse it, whatever they are said to (RFC 4954).
_SIGN_IN_CODES = (530, 534, 535, 538)
_STATUS = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# Subject and detail of enhanced statuses about the sender alone (RFC 3463, RFC 4954, Exchange and Microsoft 365).
_BY_STATUS: Mapping[tuple[int, int], About] = {
    (1, 7): About.SENDER,
    (1, 8): About.SENDER,
    (2, 252): About.SENDER,
    (7, 3): About.SIGN_IN,
    (7, 8): About.SIGN_IN,
    (7, 9): About.SIGN_IN,
    (7, 11): About.ENCRYPTION,
    (7, 54): About.RELAY,
    (7, 57): About.SIGN_IN,
    (7, 60): About.SENDER,
    (7, 64): About.RELAY,
    (7, 139): About.SIGN_IN,
    (7, 233): About.LIMIT,
    (7, 501): About.ACCOUNT,
    (7, 502): About.ACCOUNT,
    (7, 503): About.ACCOUNT,
    (7, 511): About.ACCOUNT,
    (7, 705): About.LIMIT,
    (7, 708): About.MACHINE,
    (7, 750): About.SENDER,
}
# The server tells what another one said, or who may write to a group: about the recipient, whatever words are quoted.
_OF_THE_RECIPIENT = re.compile(
    r"\bsaid:|in reply to|undeliverable address|remote (?:host|server)|callout|RESOLVER\.RST|ForGroup"
    r"|recipient'?s? (?:mailbox|quota)|you (?:are|'re) trying to (?:contact|reach)|you tried to reach",
    re.IGNORECASE,
)
# The first that fits counts.
_BY_WORDS: Sequence[tuple[re.Pattern[str], About]] = tuple(
    (re.compile(pattern, re.IGNORECASE), about)
    for pattern, about in (
        (r"must issue (?:a )?STARTTLS|STARTTLS (?:is )?required|(?:encryption|TLS) (?:is )?required"
         r"|requires? (?:a )?(?:encryption|TLS)\b", About.ENCRYPTION),
        (r"(?:daily|hourly|sending|sender|relay|outbound|messaging|mail send).{0,40}(?:limits?|quota|credits|threshold)"
         r".{0,30}exceed|exceed.{0,40}(?:your (?:messaging |sending )?(?:limits?|quota)|e?-?mails? per (?:hour|day))"
         r"|maximum (?:credits|sending rate) exceeded|daily message quota|sender thread limit|tenant has exceeded"
         r"|recipient limit exceeded", About.LIMIT),
        (r"relay(?:ing)?(?: access)?.{0,20}(?:denied|prohibited|not (?:permitted|allowed))|do not relay"
         r"|(?:un)?able to relay|(?:permitted|allowed|authori[sz]ed) to (?:send|relay) .{0,30}"
         r"(?:through|via|without auth)|not (?:permitted|allowed|authori[sz]ed) to relay|allowed rcpthosts"
         r"|not allowed to relay|credentials for relay|delivery is not allowed to this address", About.RELAY),
        (r"authenticat(?:ion|e).{0,20}(?:required|first|unsuccessful|failed)|requires? (?:SMTP )?authentication"
         r"|turn on SMTP auth|not authenticated\b|unauthenticated senders? not|credentials (?:invalid|rejected)"
         r"|invalid credentials|smtp auth(?:entication)? (?:is )?required", About.SIGN_IN),
        (r"sender address (?:is )?(?:rejected|not (?:allowed|permitted|owned))|sender verify failed|not owned by user"
         r"|sendasdenied|not allowed to send as|permissions? to send as|bad outbound sender"
         r"|(?:domain of )?sender address .{0,320}does ?n[o']t exist|email address is not verified"
         r"|from address (?:does not match|not verified|is not (?:allowed|verified))|sender is not allowed"
         r"|sender signature|unregistered domain", About.SENDER),
        (r"sandbox (?:sub)?domains?|activate your account|your account|for this account|sending (?:paused|suspended)"
         r"|not allowed to send:|not authori[sz]ed to perform|banned sender|unusual sending activity", About.ACCOUNT),
        (r"client host .{0,120}(?:rejected|blocked|denied)|helo command rejected|unauthori[sz]ed IP"
         r"|traffic not accepted from this IP|IP address .{0,40}not (?:allowed|authori[sz]ed|permitted)"
         r"|rejected because \S{1,60} is in a black ?list", About.MACHINE),
    )
)  # fmt: skip
# What MAIL may be answered because of the message: its size (RFC 1870), or letters that the server cannot carry (6531).
_OF_THE_MESSAGE = re.compile(r"\b5\.(?:2\.3|3\.4|6\.7)\b|\bsize\b|too (?:large|big)|SMTPUTF8", re.IGNORECASE)


def about_us(code: int, answer: str) -> About | None:
    """What of us is refused by this answer to RCPT or DATA; None when it speaks of the message or a recipient, or is no
    refusal. `code` is 0 when only the text is known."""
    text = answer[:2_000]
    if 0 < code < 400 or _OF_THE_RECIPIENT.search(text):
        return None
    status = _STATUS.search(text)
    by_status = _BY_STATUS.get((int(status[1]), int(status[2]))) if status else None
    by_words = next((about for pattern, about in _BY_WORDS if pattern.search(text)), None)
    return by_status or by_words or (About.SIGN_IN if code in _SIGN_IN_CODES else None)


def about_us_as_sender(code: int, answer: str) -> About | None:
    """The same of an answer to MAIL, when no recipient has been named yet: it is about us unless it is about the
    message."""
    if code < 400 or _OF_THE_MESSAGE.search(answer[:2_000]):
        return None
    return about_us(code, answer) or About.OTHER
