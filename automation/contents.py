"""Texts in several languages: which one a reader gets, and how other texts take them in as `{{ content.KEY }}`.

A reader gets the text in his language, else in that of which his is a kind (pt for pt-br), else in the queue's, else
the original, else any there is. Contents may take in one another a few times over, never themselves.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import save_audited
from accounts.models import ConfigChange, User
from automation.models import Content
from core.liquid import TemplateError, in_words, render
from core.memo import remembered
from tickets.models import Queue
from tickets.placeholders import Reader, Source, examples_of
from tickets.wordings import PLACEHOLDERS

# How often one may take in another that takes in another.
MAX_DEPTH = 3
# How many are filled in for one text, and what each may grow to, in characters.
MAX_FILLS = 200
MAX_FILLED = 50_000
NAME = "content"


def text_for(content: Content, language: str, queue: Queue | None = None) -> str:
    """The text of this content for somebody who reads `language`; its placeholders are not filled in."""
    return content.texts.get(language_for(content, language, queue), "")


def language_for(content: Content, language: str, queue: Queue | None = None) -> str:
    """In which language somebody gets it; empty where it has no text at all."""
    wanted = (language, language.partition("-")[0], queue.language if queue else "", content.language)
    return next((code for code in (*wanted, *content.texts) if content.texts.get(code)), "")


class Contents(Mapping[str, str]):
    """The contents as a template sees them: read when the first is asked for, each filled in once.

    One that would take in itself is empty there; so is one that cannot be read.
    """

    def __init__(
        self, known: Mapping[str, Any], reader: Reader, *, outer: "Contents | None" = None, key: str = ""
    ) -> None:
        self._known, self._reader, self._outer = known, reader, outer
        self._inside: tuple[str, ...] = (*outer._inside, key) if outer else ()
        self._left: Iterator[int] = outer._left if outer else iter(range(MAX_FILLS))
        self._filled: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        if key not in self._filled:
            self._filled[key] = self._fill(self._rows[key])
        return self._filled[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __str__(self) -> str:
        """All of them together are no text."""
        return ""

    @cached_property
    def _rows(self) -> Mapping[str, Content]:
        return self._outer._rows if self._outer else dict(_active())

    def _fill(self, content: Content) -> str:
        text = text_for(content, self._reader.language, self._reader.queue)
        if not content.is_liquid:
            return text
        if content.key in self._inside or len(self._inside) >= MAX_DEPTH or next(self._left, None) is None:
            return ""
        within = Contents(self._known, self._reader, outer=self, key=content.key)
        try:
            return render(text, {**self._known, NAME: within})[:MAX_FILLED]
        except TemplateError:
            return ""


def check_text(text: str, *, key: str, language: str) -> None:
    """Raises `ValidationError` for a text of the content `key` whose placeholders cannot be filled in, because that
    would fail in front of a customer, and for one that takes in itself."""
    known = examples_of(PLACEHOLDERS)
    contents = _Watched(known, Reader(language))
    try:
        render(text, known | {NAME: contents})
    except TemplateError as error:
        raise ValidationError(in_words(error)) from error
    if key in contents.asked:
        raise ValidationError(gettext("A text cannot take in itself."))


def save_content(content: Content, *, by: User, still_right: frozenset[str] = frozenset()) -> ConfigChange | None:
    """Save it and see which translations are now older than the original; those that changed with it are not, nor
    those of the languages `still_right`."""
    with transaction.atomic():
        old = Content.objects.select_for_update().filter(pk=content.pk).first() if content.pk else None
        content.texts = {code: text for code, text in content.texts.items() if text}
        if old and (old.language, old.original) != (content.language, content.original):
            content.revision = old.revision + 1
        renewed = {code for code, text in content.texts.items() if old is None or old.texts.get(code) != text}
        kept = {code: number for code, number in content.made_from.items() if code in content.texts}
        content.made_from = kept | dict.fromkeys((renewed | still_right) & content.texts.keys(), content.revision)
        return save_audited(content, by=by)


class _Watched(Contents):
    """Contents that know which were asked for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def _names(known: Mapping[str, Any]) -> Mapping[str, str]:
    """Every content with how it begins where the values are `known`."""
    filled = Contents(known, Reader(get_language() or settings.LANGUAGE_CODE))
    return {f"{NAME}.{key}": " ".join(filled[key].split())[:80] for key in filled}


def _values(known: Mapping[str, Any], reader: Reader) -> Mapping[str, Any]:
    return {NAME: Contents(known, reader)}


@remembered
def _active() -> tuple[tuple[str, Content], ...]:
    return tuple((content.key, content) for content in Content.objects.filter(is_active=True))


CONTENTS = Source(_("Texts in several languages"), _names, _values)
