"""How a text with placeholders would read in each language: on a ticket that one may see, or with examples.

One way for all texts: `preview` takes the texts as they were typed and who knows their values. Nothing is saved by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from core.liquid import Place, TemplateError, in_words, render
from tickets.models import Ticket
from tickets.placeholders import examples_of
from tickets.wordings import PLACEHOLDERS, missing_values, values

# Longer texts are no templates.
MAX_BODY = 100_000


@dataclass(frozen=True)
class Version:
    """How it reads in these languages (by their codes); `languages` is empty where all read the same."""

    languages: Sequence[str]
    text: str


@dataclass(frozen=True)
class Preview:
    """`versions` as customers would read it; or `error`, with its `place` where that is known.

    `number` is the ticket asked for, `note` why it is not the one that was used.
    """

    number: str
    versions: Sequence[Version] = ()
    error: str = ""
    place: Place | None = None
    note: str = ""
    missing: Sequence[str] = field(default_factory=tuple)


# What placeholders stand for, on a ticket or (None) as examples, for somebody who reads this language.
Known = Callable[[Ticket | None, str], Mapping[str, Any]]
# The text that somebody who reads this language gets, as it was typed.
Typed = Callable[[str], str]


def preview(typed: Typed, known: Known, languages: Sequence[str], *, number: str = "", by: User) -> Preview:
    """The ticket is asked for by its number, through the right of `by` to read."""
    ticket = asked_ticket(number, by)
    shown = Preview(number)
    if number and ticket is None:
        shown = replace(shown, note=_("You see no ticket with this number. These are examples."))
    texts: dict[str, str] = {}
    missing: dict[str, None] = {}
    for language in languages:
        template, values_here = typed(language)[:MAX_BODY], known(ticket, language)
        try:
            with override(language):
                texts[language] = render(template, dict(values_here)).strip()
        except TemplateError as error:
            return replace(shown, error=in_words(error), place=error.place)
        missing |= dict.fromkeys(missing_values(template, values_here))
    return replace(shown, versions=_versions(texts), missing=list(missing))


def values_in(ticket: Ticket | None, language: str, by: User) -> Mapping[str, Any]:
    """What placeholders of replies of `by` stand for, were this the customer's language."""
    if ticket is None:
        return examples_of(PLACEHOLDERS, language)
    ticket.language = language  # never saved
    return values(ticket, by)


def languages_for(chosen: str) -> list[str]:
    """The one that was chosen where the house has it, else all of the house."""
    known = [code for code, _name in settings.LANGUAGES]
    return [chosen] if chosen in known else known


def with_subject(subject: str, body: str) -> str:
    """Both as one text, in the language of the moment."""
    return f"{_('Subject')}: {subject[:300]}\n\n{body}"


def asked_ticket(number: str, by: User) -> Ticket | None:
    """Through the right to read: administrators see tickets by their roles alone."""
    if not number:
        return None
    mine = Ticket.objects.allowing(by, "read").select_related("queue", "customer", "organisation")
    return mine.filter(number=number).first()


def _versions(texts: Mapping[str, str]) -> list[Version]:
    """Languages that read the same are one."""
    by_text: dict[str, list[str]] = {}
    for language, text in texts.items():
        by_text.setdefault(text, []).append(language)
    if len(by_text) == 1:
        return [Version((), text) for text in by_text]
    return [Version(languages, text) for text, languages in by_text.items()]
