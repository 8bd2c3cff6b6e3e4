"""The links by which customers answer without signing in: a number of the invitation with a MAC over it.

The MAC covers the customer's address, so a link is void once that has changed (T80); 256 bits, so nobody guesses one
(T22). Agents read the mail on the ticket, where a sign stands for the link: only the mail itself carries it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from django.utils.crypto import constant_time_compare

from automation.models import SurveyInvitation
from core.links import survey
from core.secrets import derived_key
from tickets.models import Article
from tickets.models.article import Sender

MARK = "survey"
MAX_DIGITS = 18


def link_of(invitation: SurveyInvitation) -> str:
    return survey(token_of(invitation), host=invitation.ticket.queue.host)


def concealed_link() -> str:
    """What stands for the link where others can read."""
    return survey("…")


def token_of(invitation: SurveyInvitation) -> str:
    return f"{invitation.pk}-{_mac(invitation)}"


def invitation_of(token: str) -> SurveyInvitation | None:
    """What this token was made for; None when it is forged, or the address has changed since."""
    number, _dash, mac = token.partition("-")
    if not (number.isascii() and number.isdecimal()) or len(number) > MAX_DIGITS or not mac:
        return None
    found = SurveyInvitation.objects.select_related("customer", "ticket__queue", "ticket__state")
    invitation = found.filter(pk=int(number)).first()
    if invitation is None or not constant_time_compare(mac, _mac(invitation)):
        return None
    return invitation


def revealed(article: Article) -> Mapping[str, str]:
    """What stands in an article for a secret, and the secret: only its mail carries that (settings.CONCEALED)."""
    mark = next((mark for mark in article.marks if mark.get("code") == MARK), None)
    if mark is None or article.sender != Sender.SYSTEM:
        return {}
    invitation = (
        SurveyInvitation.objects.select_related("customer", "ticket__queue__brand")
        .filter(pk=mark["invitation"])
        .first()
    )
    return {concealed_link(): link_of(invitation)} if invitation else {}


def _mac(invitation: SurveyInvitation) -> str:
    covered = f"{invitation.pk} {invitation.ticket_id} {invitation.customer_id} {invitation.customer.email}"
    digest = hmac.digest(derived_key("survey links"), covered.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
