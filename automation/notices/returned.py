"""Mails of notices that came back (settings.MAIL_REPORTS): the rows say that their reader has not got them."""

from uuid import UUID

from django.db.models import Q

from automation.models import NoticeDelivery


def note_failure(uuid: UUID, answer: str) -> None:
    """The mail with this `uuid`, and what went along with it, failed: `answer` is what the other server said."""
    found = NoticeDelivery.objects.filter(Q(uuid=uuid) | Q(carrier__uuid=uuid), state=NoticeDelivery.State.SENT)
    found.update(state=NoticeDelivery.State.FAILED, reason=answer[:300])
