"""What events of giving tickets say to a reader (settings.SENTENCES)."""

from django.utils.translation import gettext_lazy as _

from automation.giving import WAITS
from tickets.sentences import Sentence

ASSIGNMENT_SENTENCES = {
    WAITS: Sentence(_("Nobody can take it now, so it waits for somebody"), "clock"),
}
