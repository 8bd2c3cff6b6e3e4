"""What events of surveys say to a reader (settings.SENTENCES)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from automation.surveying import ANSWERED, COMMENTED, PLANNED
from tickets.models import Event
from tickets.sentences import Sentence

# The scale in words, as the customer reads it.
SCALE: Mapping[int, str | Promise] = {
    1: pgettext_lazy("satisfaction", "Very dissatisfied"),
    2: pgettext_lazy("satisfaction", "Dissatisfied"),
    3: pgettext_lazy("satisfaction", "So-so"),
    4: pgettext_lazy("satisfaction", "Satisfied"),
    5: pgettext_lazy("satisfaction", "Very satisfied"),
}


def _score(event: Event) -> dict[str, str]:
    score = event.data["score"]["now"]["id"]
    return {"score": str(score), "words": str(SCALE[score])}


SURVEY_SENTENCES = {
    PLANNED: Sentence(_("%(actor)s had the customer asked how satisfied he is"), "smile"),
    ANSWERED: Sentence(_("%(actor)s answered the survey: %(score)s of 5, “%(words)s”"), "smile", _score),
    COMMENTED: Sentence(_("%(actor)s added a comment to the survey"), "smile"),
}
