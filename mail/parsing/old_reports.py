"""Delivery reports in words alone: those of qmail, Exim, Exchange, Domino and the many that follow no standard.

It takes two signs: a sender that is a machine, and words that such machines use.
"""

import re
from dataclasses import replace

from core.text import clean_line
from mail.addresses import is_address
from mail.parsing.model import FailedRecipient

MAX_TEXT = 64 * 1024
MAX_LINES = 400
MAX_RECIPIENTS = 50
NEAR = 6  # lines after an address in which its reason is looked for

_MACHINE = re.compile(
    r"(?i)(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mdaemon|double-bounce|bounces?|microsoftexchange[0-9a-f]+"
    r"|mail[-_.]?delivery[-_.]?(?:system|subsystem)?)(?:[+=-].*)?$"
)
_SUBJECT = re.compile(
    r"(?i)undeliver(?:able|ed)"
    r"|delivery (?:status|failure|failed|has failed|report|notification|error|problem|incomplete)"
    r"|failure notice|returned mail|mail (?:delivery )?(?:failed|failure|error)|mail delivery (?:sub)?system"
    r"|(?:message|mail|e-mail) (?:could not|not|was not|cannot) be|not delivered|delivery .{0,20}failed"
    r"|could not send message|error (?:sending|delivering) your (?:mail|message)|warning: (?:could not send|message)"
    r"|unzustellbar|nicht zugestellt|zustell(?:ung|bericht).{0,60}(?:fehl|problem|status|nicht)"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregado|correo devuelto"
    r"|n[ãa]o (?:(?:foi|[ée]) poss[íi]vel entregar|entregue)|mensagem (?:n[ãa]o entregue|devolvida)|falha na entrega"
    r"|non remis|onbestelbaar|impossibile recapitare|niet bezorgd"
)
_WORDS = re.compile(
    r"(?i)hi\. this is the .{0,60} program|created automatically by mail delivery software"
    r"|sorry to have to inform you|following address(?:es)? (?:had|failed|could not)|permanent fatal errors"
    r"|could not be delivered|cannot be delivered|was not delivered|wasn't delivered|couldn't be delivered"
    r"|trouble delivering your message|refused to accept your message"
    r"|delivery (?:to .{0,80})?(?:has )?failed|did not reach the following|undeliverable"
    r"|konnte nicht .{0,40}zugestellt|nicht zugestellt werden|no se (?:ha podido|pudo|puede) entregar"
    r"|n[ãa]o p[ôo]de ser entregue|n[ãa]o foi (?:poss[íi]vel entregar|entregue)"
)
_DELAYED = re.compile(
    r"(?i)\b(?:delayed|warning message only|will be retried|will continue to|still trying|not yet been delivered"
    r"|verz[öo]gert|weiterhin versucht|retrasad|atrasad)"
)
_COPY = re.compile(
    r"(?i)[-= ]*(?:below this line is a copy|this is a copy of|original message|the header of the original"
    r"|returned message|original message headers|diagnostic information for administrators|ursprüngliche nachricht"
    r"|unsent message|message headers follow)|(?:received|return-path): "
)
_ADDRESS = re.compile(r"(?:[\s>*•:\"']|rfc822;|to |an )*<?(?:mailto:)?([^\s<>:;,\"'()@]{1,64}@[^\s<>:;,\"'()@]{3,200})")
_IN_A_SENTENCE = re.compile(r"(?<!from )(?<!von )<([^<>\s@]{1,64}@[^<>\s@]{3,200})>")
_ANYWHERE = re.compile(r"(?<![^\s:(\"'])[^\s<>:;,\"'()@]{1,64}@[^\s<>:;,\"'()@]{3,200}")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?: |-|$)")


def is_report(text: str, *, subject: str, sender: str, nobody: bool) -> bool:
    """`nobody` says that there is no return path. Absence notices have none either, but other subjects and words."""
    if not sender or _is_machine(sender):
        return (_SUBJECT.search(subject[:300]) or _WORDS.search(text[:3_000])) is not None
    return nobody and _SUBJECT.match(subject[:300]) is not None and _WORDS.search(text[:3_000]) is not None


def recipients_in(text: str) -> tuple[FailedRecipient, ...]:
    """Every address before the copy of the original, with what is said about it in the lines below."""
    lines = text[:MAX_TEXT].split("\n")[:MAX_LINES]
    end = next((number for number, line in enumerate(lines) if _COPY.match(line.lstrip())), len(lines))
    action = "delayed" if _DELAYED.search("\n".join(lines[:end])) else "failed"
    found: dict[str, FailedRecipient] = {}
    for number, line in enumerate(lines[:end]):
        match = _ADDRESS.match(line)
        address = match[1].rstrip(".>") if match else ""
        if not is_address(address) or address.lower() in found or len(found) >= MAX_RECIPIENTS:
            continue
        reason = _reason([line, *lines[number + 1 : min(number + NEAR, end)]])
        code, status = _CODE.search(reason), _STATUS.search(reason)
        found[address.lower()] = FailedRecipient(
            address=address,
            action="delayed" if code and code[1] == "4" else action,
            status=status[1] if status else "",
            diagnostic=clean_line(reason, 500),
        )
    report = "\n".join(lines[:end])
    if len(found) <= 1 and (only := next(iter(found.values()), None) or _only_address(report, action)) is not None:
        status = _STATUS.search(report)
        return (replace(only, status=only.status or (status[1] if status else "")),)
    return tuple(found.values())


def _only_address(report: str, action: str) -> FailedRecipient | None:
    """Where no line begins with an address: the first in angle brackets, or the only one there is."""
    if (match := _IN_A_SENTENCE.search(report)) and is_address(match[1]):
        return FailedRecipient(address=match[1], action=action)
    all_there_are = {match[0].rstrip(".").lower(): match[0].rstrip(".") for match in _ANYWHERE.finditer(report)}
    named = [address for address in all_there_are.values() if is_address(address) and not _is_machine(address)]
    return FailedRecipient(address=named[0], action=action) if len(named) == 1 else None


def _is_machine(address: str) -> bool:
    return _MACHINE.match(address.partition("@")[0]) is not None


def _reason(lines: list[str]) -> str:
    """The address's own line and those below up to the next empty one, which may stand after it or after a colon."""
    said = [lines[0].strip()]
    for line in lines[1:]:
        if not line.strip("=-_*# \t"):
            if len(said) > 1 and not said[-1].endswith(":"):
                break
            continue
        if _ADDRESS.match(line) and "@" in line.split()[0]:
            break
        said.append(line.strip())
    return " ".join(said)
