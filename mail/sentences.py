"""What events of mail say to a reader (settings.SENTENCES)."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Event
from tickets.sentences import Sentence, now_name


def _failure(event: Event) -> dict[str, str]:
    return {"recipients": now_name(event, "recipients"), "answer": now_name(event, "answer")}


MAIL_SENTENCES = {
    "mail.failed": Sentence(_("The email to %(recipients)s could not be delivered: %(answer)s"), "warn", _failure),
    "mail.unsent": Sentence(
        _("No automatic reply was sent to the customer, because no address is set up to send from"), "warn"
    ),
}
