"""The links by which approvers decide without signing in, and the addresses to which they may answer by mail.

A link is the number of the decision with a MAC over it, the ticket, the approver and his address: void once that has
changed, or when the approval was passed on. 256 bits, so nobody guesses one (T22).
"""

import base64
import hashlib
import hmac

from django.utils.crypto import constant_time_compare

from core.links import approval
from core.secrets import derived_key
from mail.marks import make_token, read_token
from processes.models import Decision

MAX_DIGITS = 18
_REPLIES = "approval"


def link_of(decision: Decision) -> str:
    return approval(token_of(decision), host=decision.task.ticket.queue.host)


def link_of_number(pk: int) -> str:
    """The same, for letters that know the number alone (settings.LETTER_LINKS); empty when it is gone."""
    decision = Decision.objects.for_page().filter(pk=pk).first()
    return link_of(decision) if decision else ""


def token_of(decision: Decision) -> str:
    return f"{decision.pk}-{_mac(decision)}"


def decision_of(token: str) -> Decision | None:
    """What this token was made for, answered or not; None when it is forged, or the address has changed since."""
    number, _dash, mac = token.partition("-")
    if not (number.isascii() and number.isdecimal()) or len(number) > MAX_DIGITS or not mac:
        return None
    decision = Decision.objects.for_page().filter(pk=int(number)).first()
    if decision is None or not constant_time_compare(mac, _mac(decision)):
        return None
    return decision


def reply_mark(pk: int) -> str:
    """What stands after the "+" of the address to which the approver may answer."""
    return make_token(derived_key("approval replies"), _REPLIES, f"ok-{pk}")


def decision_of_address(address: str) -> Decision | None:
    """The decision that mail to this address answers."""
    mark = address.partition("@")[0].partition("+")[2]
    value = read_token(derived_key("approval replies"), _REPLIES, mark) if mark else None
    number = (value or "").removeprefix("ok-")
    if not (number.isascii() and number.isdecimal()) or len(number) > MAX_DIGITS:
        return None
    return Decision.objects.for_page().filter(pk=int(number)).first()


def _mac(decision: Decision) -> str:
    covered = f"{decision.pk} {decision.task.ticket_id} {decision.approver_id} {decision.approver.email}"
    digest = hmac.digest(derived_key("approval links"), covered.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
