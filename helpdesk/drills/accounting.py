"""After a drill: is everything there that was promised, and nothing twice?"""

from collections import Counter
from typing import Any

from helpdesk.drills.load import Load
from helpdesk.drills.stage import Stage, asked, wait_for
from helpdesk.operation.checking import check_all
from mail.models import Incoming, Outgoing
from tickets.models import Article, Delivery, Ticket


def backlog() -> int:
    """Rows of work that somebody has yet to finish."""
    return sum(model.objects.unfinished().count() for model in (Incoming, Outgoing, Delivery))


def jobs() -> int:
    return sum(model.objects.count() for model in (Incoming, Outgoing, Delivery))


def wait_until_done(*, seconds: float) -> float:
    """How long the workers took for what was left."""
    return wait_for(lambda: backlog() == 0, seconds=seconds, what="the end of the backlog")


def account(load: Load, stage: Stage) -> dict[str, Any]:
    """Lost: acknowledged, but not there. Doubled: there more than once. Resent: mail that left more than once."""
    mails = Counter(Article.objects.filter(sender="customer", subject__in=load.mails).values_list("subject", flat=True))
    titles = Counter(Ticket.objects.filter(title__in=load.created).values_list("title", flat=True))
    replies = Counter(
        body.split("please try ")[1].rstrip(".")
        for body in Article.objects.filter(sender="agent").values_list("body", flat=True)
        if "please try " in body
    )
    lost = _missing(load.mails, mails) + _missing(load.replies, replies) + _missing(load.created, titles)
    doubled = sum(count - 1 for found in (mails, replies, titles) for count in found.values())
    sent = list(Outgoing.objects.filter(pk__gt=load.since).values_list("message_id", "state"))
    unsent = [message for message, state in sent if state != Outgoing.State.SENT or not stage.sink.taken[message]]
    wrong = check_all().wrong
    return {
        "mails": len(load.mails),
        "replies": len(load.replies),
        "created": len(load.created),
        "jobs": jobs(),
        "sent": len(sent),
        "lost": len(lost),
        "lost_as": _ledger(lost),
        "doubled": doubled,
        "unsent": len(unsent),
        "resent": sum(max(stage.sink.taken[message] - 1, 0) for message, _state in sent),
        "wrong": wrong[:5],
        "texts_kept": load.texts_kept,
        "texts_lost": load.texts_lost,
        "signed_out": load.signed_out,
        "statuses": {str(status): count for status, count in sorted(load.statuses.items())},
        "slowest_s": round(max(load.times, default=0), 2),
    }


def _ledger(lost: list[str]) -> dict[str, int]:
    """What the ledger says of mails that are on no ticket; nothing of those it does not know."""
    rows = Incoming.objects.filter(subject__in=lost).values_list("state", "reason_code")
    return {" ".join(row): number for row, number in Counter(rows).items()}


def is_whole(report: dict[str, Any]) -> bool:
    """Nothing lost, nothing doubled, nothing unsent; no text was lost and nobody had to sign in again."""
    return not any(report[name] for name in ("lost", "doubled", "unsent", "wrong", "texts_lost", "signed_out"))


def is_ticketed(word: str) -> bool:
    return bool(asked(lambda: Article.objects.filter(sender="customer", subject=word).exists()))


def _missing(promised: set[str], found: Counter[str]) -> list[str]:
    return [word for word in promised if not found[word]]
