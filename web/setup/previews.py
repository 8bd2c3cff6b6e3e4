"""How a text with placeholders would read in each language: on a ticket that one may see, or with examples.

One way for all editors: `preview` takes the texts as they were typed and who knows their values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.liquid import Place, TemplateError, in_words, render
from tickets.models import Ticket
from tickets.placeholders import examples_of
from tickets.wordings import PLACEHOLDERS, missing_values, values

# Longer texts are no templates.
MAX_BODY = 100_000


@dataclass(frozen=True)
class Version:
    """How it reads in these languages (by their names); `languages` is empty where all read the same."""

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


def preview(request: HttpRequest, typed: Typed, known: Known, languages: Sequence[str]) -> Preview:
    """Nothing is saved by it. The ticket is asked for by its number, through the right to read."""
    number = request.POST.get("preview_ticket", "").strip(" #")[:40]
    ticket = asked_ticket(request, number)
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


def preview_of(request: HttpRequest) -> Preview:
    """Of a reply template or a snippet as it was typed: in its own language, else in each."""

    def known(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
        return values_in(ticket, language, request)

    return preview(request, lambda _language: request.POST.get("body", ""), known, chosen_languages(request))


def values_in(ticket: Ticket | None, language: str, request: HttpRequest) -> Mapping[str, Any]:
    """What placeholders of replies stand for, were this the customer's language."""
    if ticket is None:
        return examples_of(PLACEHOLDERS, language)
    ticket.language = language  # never saved
    return values(ticket, request.user)


def chosen_languages(request: HttpRequest) -> list[str]:
    """That of the text where it has one, else all of the house."""
    known = [code for code, _name in settings.LANGUAGES]
    chosen = request.POST.get("language", "")
    return [chosen] if chosen in known else known


def asked_ticket(request: HttpRequest, number: str) -> Ticket | None:
    """Through the right to read: administrators see tickets by their roles alone."""
    if not number:
        return None
    mine = Ticket.objects.allowing(request.user, "read").select_related("queue", "customer", "organisation")
    return mine.filter(number=number).first()


def _versions(texts: Mapping[str, str]) -> list[Version]:
    """Languages that read the same are one."""
    names = dict(settings.LANGUAGES)
    by_text: dict[str, list[str]] = {}
    for language, text in texts.items():
        by_text.setdefault(text, []).append(names.get(language, language))
    if len(by_text) == 1:
        return [Version((), text) for text in by_text]
    return [Version(languages, text) for text, languages in by_text.items()]
