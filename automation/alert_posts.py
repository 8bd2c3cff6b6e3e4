"""What sources post: read, stored, and only then answered; the work comes after, in the order of arrival."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from automation.alert_reading import Malformed, Reading, read
from automation.alert_tickets import take, work_for
from automation.models import AlertPost, AlertSource
from core.clock import now
from core.text import strip_nul
from core.work import nudge, run_inside, wake

# Of a large post so many make one row, which is one transaction.
PER_ROW = 50
MOST_AT_ONCE = 20
KEPT = timedelta(days=14)
CLEARED_AT_ONCE = 5_000
REFUSED_KEPT, EXCERPT = 20, 2_000


def accept(source: AlertSource, raw: bytes) -> int:
    """Store a post; when this returns it is safe, and the number is how many alerts it has. Raises `Malformed`, and
    then the list of posts shows what was wrong."""
    try:
        readings = read(source.system, raw, source.mapping)
    except Malformed as error:
        _note_refusal(source, raw, str(error))
        raise
    with transaction.atomic():
        for start in range(0, len(readings), PER_ROW):
            part = [reading.stored() for reading in readings[start : start + PER_ROW]]
            wake(AlertPost.objects.create(source=source, alerts=part))
    return len(readings)


def process(pk: int) -> None:
    """The oldest post of its source that is due, and those after it. Whoever finds that another worker is at it leaves
    the rest to that one."""
    source = AlertPost.objects.filter(pk=pk).values_list("source", flat=True).first()
    for _post in range(MOST_AT_ONCE):
        following = _next(source)
        if following is None or not run_inside(AlertPost, following, _work):
            return
    if following := _next(source):
        nudge(AlertPost.task, following)


def forget_posts() -> int:
    """What was done long ago; what was given up stays for people to look at."""
    old = AlertPost.objects.filter(due_at__isnull=True, parked_at__isnull=True, received_at__lt=timezone.now() - KEPT)
    rows = list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
    AlertPost.objects.filter(pk__in=rows).delete()
    return len(rows)


def _next(source: int | None) -> int | None:
    return AlertPost.objects.due().filter(source=source).order_by("pk").values_list("pk", flat=True).first()


def _work(post: AlertPost) -> Sequence[str]:
    """In the order of their fingerprints, so that two posts never wait for each other in a circle."""
    work = work_for(post.source)
    readings = sorted((Reading(**one) for one in post.alerts), key=lambda reading: reading.fingerprint)
    post.outcomes = [take(reading, work=work, post=post.pk) for reading in readings]
    post.finished_at = now()
    return ("outcomes", "finished_at")


def _note_refusal(source: AlertSource, raw: bytes, reason: str) -> None:
    """The latest few are kept, for whoever sets the source up."""
    excerpt = strip_nul(raw[:EXCERPT].decode(errors="replace"))
    AlertPost.objects.create(source=source, refusal=reason[:300], excerpt=excerpt, due_at=None, finished_at=now())
    refused = AlertPost.objects.filter(source=source).exclude(refusal="").order_by("-pk")
    old = list(refused.values_list("pk", flat=True)[REFUSED_KEPT : REFUSED_KEPT + 100])
    AlertPost.objects.filter(pk__in=old).delete()
