"""What events of rules say to a reader (settings.SENTENCES)."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Event
from tickets.sentences import Sentence, now_name


def _rule(event: Event) -> dict[str, str]:
    return {"rule": now_name(event, "rule")}


RULE_SENTENCES = {
    "rule.stopped": Sentence(
        _("The rule “%(rule)s” was stopped here, because rules have set each other off too often"), "warn", _rule
    ),
}
