"""Choices of custom fields that are about to be taken out of their lists: which open tickets have them."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from core.counting import capped, counts
from tickets.models import FieldDefinition, Ticket
from tickets.models.field import FieldKind

MOST = 20


def still_chosen(field: FieldDefinition, removed: Sequence[str]) -> list[str]:
    """A sentence for each choice that open tickets have: they keep it, and nobody can choose it again."""
    removed, several = removed[:MOST], field.kind == FieldKind.MULTISELECT
    having = {
        f"c{index}": Ticket.objects.open().filter(custom_fields__contains={field.key: [one] if several else one})
        for index, one in enumerate(removed)
    }
    told = []
    for choice, number in zip(removed, counts(**having).values() if having else (), strict=True):
        if number:
            words = ngettext(
                "%(number)s open ticket has the choice “%(choice)s”",
                "%(number)s open tickets have the choice “%(choice)s”",
                number,
            )
            told.append(words % {**capped(number), "choice": choice})
    return told
