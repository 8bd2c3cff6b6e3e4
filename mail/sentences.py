"""What events of mail say to a reader (settings.SENTENCES)."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Event
from tickets.sentences import Sentence, now_name


def _failure(event: Event) -> dict[str, str]:
    return {"recipients": now_name(event, "recipients"), "answer": now_name(event, "answer")}


def _recipients(event: Event) -> dict[str, str]:
    return {"recipients": now_name(event, "recipients")}


MAIL_SENTENCES = {
    "mail.failed": Sentence(_("The email to %(recipients)s could not be delivered: %(answer)s"), "warn", _failure),
    "mail.loop": Sentence(
        _("Automatic replies were stopped here, because several in a row look like a loop of two programs"), "warn"
    ),
    "mail.resent": Sentence(_("%(actor)s sent the email again to %(recipients)s"), "send", _recipients),
    "mail.released": Sentence(_("%(actor)s sent the email that was held back, to %(recipients)s"), "send", _recipients),
    "mail.held": Sentence(
        _("The email waits, because its recipients look unusual: %(recipients)s"), "warn", _recipients
    ),
    "mail.unsent": Sentence(
        _("No automatic reply was sent to the customer, because no address is set up to send from"), "warn"
    ),
}
