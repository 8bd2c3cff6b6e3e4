"""Why what an agent wanted by mail was not done: his answer to the customer, and his commands, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHY_NOT_SENT: Mapping[str, str | Promise] = {
    "nothing": _("The email says nothing new."),
    "mixed": _("What is new in the email is not clearly apart from what it quotes. Write above the quote."),
    "internal": _("The email repeats what only agents may read."),
    "message": _("A whole message is attached to the email, which the customer may not be meant to read."),
    "refused": _("There is nobody to send it to, or no address to send it from."),
    "right": _("The agent may not answer here."),
}
WHY_REFUSED: Mapping[str, str | Promise] = {
    "no right": _("the agent may not do that here"),
    "not known here": _("not known here"),
    "not possible now": _("not possible now"),
}
