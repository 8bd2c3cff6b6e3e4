"""How a text with placeholders would read, asked for by an editor of texts: of its form as it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tickets import previewing
from tickets.models import Ticket
from tickets.previewing import MAX_BODY, Known, Preview, Typed, languages_for, values_in

__all__ = ["MAX_BODY", "Preview", "chosen_languages", "preview", "preview_of", "values_in"]


def preview(request: HttpRequest, typed: Typed, known: Known, languages: Sequence[str]) -> Preview:
    """With the languages by their names."""
    number = request.POST.get("preview_ticket", "").strip(" #")[:40]
    shown = previewing.preview(typed, known, languages, number=number, by=request.user)
    names = dict(settings.LANGUAGES)
    named = [replace(one, languages=[names.get(code, code) for code in one.languages]) for one in shown.versions]
    return replace(shown, versions=named)


def preview_of(request: HttpRequest) -> Preview:
    """Of a reply template or a snippet as it was typed: in its own language, else in each."""

    def known(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
        return values_in(ticket, language, request.user)

    return preview(request, lambda _language: request.POST.get("body", ""), known, chosen_languages(request))


def chosen_languages(request: HttpRequest) -> list[str]:
    """That of the text where it has one, else all of the house."""
    return languages_for(request.POST.get("language", ""))
