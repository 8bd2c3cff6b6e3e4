"""What is believed of a message by the way it came: the results of a server in front of us, and special headers."""

from dataclasses import asdict
from typing import Any

from accounts.audit import save_audited
from accounts.models import User
from core.memo import remembered
from mail.authentication import MICROSOFT, Authentication, Hop, authenticate
from mail.models import Account, Incoming, Trust
from mail.parse import Message

MAX_HOPS = 10
# Between the mailbox and the machine that checks, two to four servers of Microsoft add a line; results that senders add
# are renamed there, so the topmost counts.
HOPS_OF_MICROSOFT = 5
_OF_MICROSOFT = (".outlook.com", ".office365.com")


def trust_in(incoming: Incoming) -> Trust | None:
    """The row for the mailbox or the door by which it came; None means that nothing is believed."""
    if incoming.account_id:
        found = _of_account(incoming.account_id)
    else:
        found = _of_door(Trust.Door.PIPE if incoming.source == Incoming.Source.PIPE else Trust.Door.RECEIVER)
    return next(iter(found), None)


def authenticate_incoming(incoming: Incoming, mail: Message) -> Authentication:
    trust = trust_in(incoming)
    hop = Hop(trust.server, trust.hops, trust.is_below) if trust and trust.server else None
    address = mail.from_.address if mail.from_ else ""
    return authenticate(mail.headers, hop, from_address=address, ambiguous=mail.from_ambiguous)


def proof_stored(proof: Authentication) -> dict[str, Any]:
    """For the row of the message; nothing where nobody was asked."""
    return asdict(proof) if proof.is_checked else {}


def proof_marks(proof: Authentication) -> list[dict[str, str]]:
    """For the article: its reader must know."""
    if not proof.is_checked:
        return []
    if proof.passed:
        return [{"code": "proven", "by": proof.by}]
    return [{"code": "disproven", "by": proof.by}] if proof.failed else [{"code": "unproven"}]


def obeys_headers(incoming: Incoming) -> bool:
    trust = trust_in(incoming)
    return trust is not None and trust.reads_headers


def trust_of_account(account: Account) -> Trust:
    """The row of a mailbox; a new one, not saved, when nothing was decided yet."""
    return Trust.objects.filter(account=account).first() or Trust(account=account)


def trust_of_door(door: str) -> Trust:
    return Trust.objects.filter(door=door).first() or Trust(door=door)


def save_trust(trust: Trust, *, by: User) -> Trust:
    trust.server = trust.server.strip().lower()[:253]
    if trust.server == MICROSOFT.lower() or trust.server.endswith(_OF_MICROSOFT):
        trust.server, trust.is_below, trust.hops = MICROSOFT, True, max(trust.hops, HOPS_OF_MICROSOFT)
    trust.hops = min(trust.hops, MAX_HOPS)
    save_audited(trust, by=by)
    return trust


@remembered
def _of_account(pk: int) -> list[Trust]:
    """None or one: that there is none is remembered, too."""
    return list(Trust.objects.filter(account=pk)[:1])


@remembered
def _of_door(door: str) -> list[Trust]:
    return list(Trust.objects.filter(door=door)[:1])
