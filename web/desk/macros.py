"""Macros as the desk shows them: each with what it would do, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from automation.effects import sentence_of
from automation.macros import NotPossible, offered_on
from automation.models import Macro
from automation.naming import names_known
from tickets.models import Ticket
from web.common.effect_words import named_in
from web.desk.bulk_actions import reason


@dataclass(frozen=True)
class Told:
    macro: Macro
    sentences: Sequence[str]


def told_on(ticket: Ticket, agent: User) -> list[Told]:
    """The macros that are offered on a ticket; names are asked for once for all of them."""
    macros = offered_on(ticket, agent)
    with names_known(named_in(values for macro in macros for values in macro.effects)):
        return [Told(macro, [sentence_of(values) for values in macro.effects]) for macro in macros]


def refusal_in_words(refusal: NotPossible) -> str:
    words = {"effect": sentence_of(refusal.effect), "reason": reason(refusal.code)}
    return _("Nothing was done. This was not possible: %(effect)s. %(reason)s") % words
