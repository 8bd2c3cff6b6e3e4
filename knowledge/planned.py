"""Articles that are published at a time set before. Whoever runs this twice at once publishes once."""

import logging

from core.clock import now
from knowledge.actions.publishing import publish_due
from knowledge.models import State, Translation

logger = logging.getLogger(__name__)
# Rows of one look; the next one comes a minute later.
MOST = 200


def publish_planned() -> int:
    """Show everything whose time has come; returns how many. One that fails does not stop the others."""
    due = Translation.objects.filter(state=State.SCHEDULED, publish_at__lte=now()).select_related("article")
    published = 0
    for translation in due.order_by("publish_at", "pk")[:MOST]:
        try:
            published += publish_due(translation) is not None
        except Exception:
            logger.exception("Article %s could not be published.", translation.article.number)
    return published
