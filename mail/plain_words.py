"""What a mail server's answer means, in a sentence for people (RFC 3463, RFC 5321). Pure.

The enhanced status tells most; where there is none, the words that servers use; last the class of the answer.
"""

import re
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mail.refusals import About, about_us

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"\s*([245])\d\d(?!\d)")

NO_ADDRESS = _("This address does not exist.")
NO_DOMAIN = _("The domain of this address does not exist or takes no mail.")
FULL = _("The mailbox is full.")
SWITCHED_OFF = _("The mailbox has been switched off.")
TOO_LARGE = _("The message is too large for the recipient's server.")
UNWANTED = _("The recipient's server does not want this message.")
NO_RELAY = _("The mail server does not send on messages to this address.")
UNPROVEN = _("The recipient's server does not accept that the message comes from us. Check SPF, DKIM and DMARC.")
BUSY = _("The recipient's server takes no messages at the moment.")
TOO_MANY = _("The recipient's server has had too many messages from us lately.")
GREYLISTED = _("The recipient's server wants the message to be sent once more a little later.")
LOOPS = _("The message goes round in circles between servers.")
UNREACHABLE = _("The recipient's server could not be reached in time.")
ENCRYPTION = _("No encrypted connection to the recipient's server was possible.")
NOT_NOW = _("The recipient's server could not take the message now.")
REFUSED = _("The recipient's server refused the message.")

OWN_AWAY = _("Our mail server cannot be reached at the moment.")
OWN_FORBIDDEN = _("Our mail server is in a network that may not be reached from here (HELPDESK_MAIL_NETWORKS).")
OWN_UNKNOWN = _("The name of our mail server cannot be found.")
OWN_UNTRUSTED = _("The certificate of our mail server cannot be trusted.")
OWN_TROUBLE = _("Our mail server could not take the message now.")
OWN_REFUSES: Mapping[About, str | Promise] = {
    About.RELAY: _("Our mail server does not accept messages from us at the moment: it sends on nothing for us."),
    About.SIGN_IN: _("Our mail server does not accept messages from us at the moment: it refuses how we sign in."),
    About.SENDER: _("Our mail server does not accept messages from us at the moment: not from this address."),
    About.MACHINE: _("Our mail server does not accept messages from us at the moment: not from this machine."),
    About.LIMIT: _("Our mail server does not accept messages from us at the moment: we have sent as many as we may."),
    About.ACCOUNT: _("Our mail server does not accept messages from us at the moment: our account there is blocked."),
    About.ENCRYPTION: _("Our mail server does not accept messages from us at the moment: it wants them encrypted."),
    About.OTHER: _("Our mail server does not accept messages from us at the moment."),
}

INFECTED = _("A file of this message contains a virus, so the message was not sent.")
UNCHECKABLE = _("A file of this message is too large to be checked for viruses, so the message was not sent.")

# Before what our own server said, or what became of the connection to it.
_OF_OURS = "Our mail server: "
# What we say ourselves instead of a server, before the name of a file.
_OF_INFECTED, _OF_LARGE = "Contains a virus", "Too large for the virus scanner"

# By subject and detail of the enhanced status; the class says whether it is for good.
_BY_STATUS: Mapping[tuple[str, str], str | Promise] = {
    ("1", "1"): NO_ADDRESS,
    ("1", "2"): NO_DOMAIN,
    ("1", "3"): NO_ADDRESS,
    ("1", "6"): NO_ADDRESS,
    ("1", "10"): NO_DOMAIN,
    ("2", "1"): SWITCHED_OFF,
    ("2", "2"): FULL,
    ("2", "3"): TOO_LARGE,
    ("3", "1"): FULL,
    ("3", "2"): BUSY,
    ("3", "4"): TOO_LARGE,
    ("4", "1"): UNREACHABLE,
    ("4", "3"): NO_DOMAIN,
    ("4", "4"): NO_DOMAIN,
    ("4", "5"): TOO_MANY,
    ("4", "6"): LOOPS,
    ("4", "7"): UNREACHABLE,
    ("7", "1"): UNWANTED,
    ("7", "4"): ENCRYPTION,
    ("7", "10"): ENCRYPTION,
    ("7", "20"): UNPROVEN,
    ("7", "23"): UNPROVEN,
    ("7", "25"): UNPROVEN,
    ("7", "26"): UNPROVEN,
    ("7", "28"): TOO_MANY,
}
# Exchange and Microsoft 365 report in these ways, after they have taken a message from us, that they do not send it.
_IS_OF_US = re.compile(r"5\.(?:2\.252|7\.(?:57|60|64|50[123]|705|708|750))$")
# Stronger than the status: 5.7.1 goes with everything.
_RELAY = re.compile(
    r"relay(?:ing)?.{0,20}(?:denied|not (?:permitted|allowed)|access)|not (?:permitted|allowed) to relay", re.IGNORECASE
)
# Weaker than a status of its own kind, stronger than 5.0.0 and the like. The first that fits counts.
_BY_WORDS: Sequence[tuple[re.Pattern[str], str | Promise]] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"grey ?list|gray ?list|try again (?:in|later).{0,30}(?:second|minute)|\bpostgrey\b", GREYLISTED),
        (r"too many (?:messages|connections|recipients)|rate.?limit|throttl|quota.{0,20}(?:hour|day)|RP-00", TOO_MANY),
        (r"(?:mailbox|quota|storage|inbox).{0,30}(?:full|exceeded|over)|over ?quota|insufficient storage", FULL),
        (r"(?:disabled|inactive|suspended|deactivated).{0,30}(?:account|mailbox|user)", SWITCHED_OFF),
        (r"(?:account|mailbox|user).{0,30}(?:disabled|inactive|suspended|deactivated)", SWITCHED_OFF),
        (r"\b(?:SPF|DKIM|DMARC)\b", UNPROVEN),
        (r"spam|blacklist|block ?list|blocked|reputation|\bRBL\b|DNSBL|spamhaus|content rejected|virus", UNWANTED),
        (r"(?:message|size).{0,30}(?:too (?:large|big)|exceeds)|maximum (?:message )?size", TOO_LARGE),
        (r"(?:user|recipient|mailbox|address|account).{0,30}(?:unknown|not found|does ?n.t exist|invalid|no longer"
         r"|unavailable|unrouteable|rejected)", NO_ADDRESS),
        (r"(?:no such|unknown|invalid) (?:user|recipient|mailbox|address|local)|unrouteable address", NO_ADDRESS),
        (r"(?:host|domain|name).{0,30}(?:not found|unknown|does ?n.t exist|no mail)|NXDOMAIN|null MX", NO_DOMAIN),
        (r"loop|too many hops|hop count", LOOPS),
        (r"STARTTLS|\bTLS\b", ENCRYPTION),
        (r"timed? ?out|timeout|connection refused|unreachable|no route|could not connect|expired", UNREACHABLE),
    )
)  # fmt: skip
# How the system, OpenSSL and `technical` (mail/way_troubles.py) say it.
_OF_CONNECTIONS: Sequence[tuple[re.Pattern[str], str | Promise]] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"HELPDESK_MAIL_NETWORKS", OWN_FORBIDDEN),
        (r"certificate verify failed", OWN_UNTRUSTED),
        (r"name or service not known|no address associated|name resolution|no name of a server|has no address",
         OWN_UNKNOWN),
        (r"timed? ?out|refused|unreachable|no route|did not answer", OWN_AWAY),
        (r"\[SSL|STARTTLS|\bTLS\b", OWN_REFUSES[About.ENCRYPTION]),
    )
)  # fmt: skip


def said_by_ours(text: str) -> str:
    """In the place of an answer, when trouble with our own server kept the message here."""
    return f"{_OF_OURS}{text}"


def said_of_file(name: str, found: str) -> str:
    """In the place of an answer, when a message does not leave because of this file; `found`: what is in it."""
    return f"{_OF_INFECTED} ({found}): {name}" if found else f"{_OF_LARGE}: {name}"


def in_plain_words(answer: str) -> str:
    """A sentence about this answer; empty when there is nothing to say. Never the server's own words."""
    text = answer[:2_000]
    if text.startswith((_OF_OURS, "[Errno ", "[SSL")):
        return str(_of_ours(text.removeprefix(_OF_OURS)))
    if text.startswith((_OF_INFECTED, _OF_LARGE)):
        return str(INFECTED if text.startswith(_OF_INFECTED) else UNCHECKABLE)
    status = _STATUS.search(text)
    if status and _IS_OF_US.search(status[0]):
        return str(OWN_REFUSES[about_us(0, status[0]) or About.OTHER])
    if (not status or (status[2], status[3]) == ("7", "1")) and _RELAY.search(text):
        return str(NO_RELAY)
    exact = _BY_STATUS.get((status[2], status[3])) if status else None
    if exact is not None:
        # "not now" about an address means that it could not be looked up yet
        return str(NOT_NOW if status and status[1] == "4" and exact is NO_ADDRESS else exact)
    by_words = next((words for pattern, words in _BY_WORDS if pattern.search(text)), None)
    if by_words is not None:
        return str(by_words)
    code = status or _CODE.match(text)
    if code is None:
        return ""
    return str({"4": NOT_NOW, "5": REFUSED}.get(code[1], ""))


def _of_ours(text: str) -> str | Promise:
    """Trouble with our own server: what it said about us, or what became of the connection to it."""
    if code := _CODE.match(text):
        return OWN_REFUSES[about_us(int(code[0]), text[code.end() :]) or About.OTHER]
    return next((words for pattern, words in _OF_CONNECTIONS if pattern.search(text)), OWN_TROUBLE)
