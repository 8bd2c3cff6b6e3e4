"""Answers to approvals by mail (settings.MAIL_ANSWERS): "yes" or "no" in the first line, the rest is the comment."""

import re
from collections.abc import Mapping

from core.text import fold
from core.work import wake
from mail.answered import Reply
from mail.replies import split_reply
from processes.links import decision_of_address
from processes.models import Decision, Impulse

_YES = ("yes", "approve", "approved", "ok", "ja", "genehmigt", "freigegeben", "si", "aprobado", "apruebo", "sim")
_NO = ("no", "decline", "declined", "reject", "rejected", "nein", "abgelehnt", "rechazado", "rechazo", "nao")
WORDS: Mapping[str, str] = {
    **dict.fromkeys((*_YES, "aprovado", "aprovo"), Decision.Answer.APPROVED.value),
    **dict.fromkeys((*_NO, "recusado", "recuso"), Decision.Answer.DECLINED.value),
}
# What may follow in the same line without changing what was said; "no problem" and "yes but" do.
_COURTESIES = frozenset(
    ("", "please", "thanks", "thank you", "bitte", "danke", "vielen dank", "gern", "gerne", "gracias", "por favor")
    + ("muchas gracias", "obrigado", "obrigada", "muito obrigado", "muito obrigada")
)
_BETWEEN_WORDS = re.compile(r"[\s.,!*\-\u2013\u2014]+")


def take(reply: Reply) -> str | None:
    """Only mail from the approver's own address counts, and only words that leave no doubt; everything else goes the
    way of all mail, so that nothing that somebody wrote is lost."""
    found = (decision_of_address(address) for address in reply.recipients)
    decision = next((each for each in found if each is not None), None)
    if decision is None or not reply.is_trusted or reply.sender is None or reply.sender.pk != decision.approver_id:
        return None
    answer, comment = read_answer(reply.text)
    if not answer or decision.answer or not decision.task.is_open:
        return None
    duty = Impulse.objects.create(
        kind=Impulse.Kind.DECISION,
        ticket_id=decision.task.ticket_id,
        by=decision.approver,
        decision=decision,
        name=answer,
        comment=comment,
    )
    wake(duty)
    return f"#{decision.task.ticket.number}"


def read_answer(text: str) -> tuple[str, str]:
    """What the first line says, "" where it leaves a doubt, and what is written below it."""
    lines = split_reply(text).visible.strip().splitlines()
    if not lines:
        return "", ""
    words = _BETWEEN_WORDS.sub(" ", fold(lines[0])).casefold().split()
    is_clear = bool(words) and " ".join(words[1:]) in _COURTESIES
    return (WORDS.get(words[0], "") if is_clear else ""), "\n".join(lines[1:]).strip()
