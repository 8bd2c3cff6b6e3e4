"""Tokens become a condition: groups, brackets, negations."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tickets.language.filters import Condition, Names, beyond, equal
from tickets.language.tokens import LanguageError, Token, tokens_of

MAX_LENGTH = 500
MAX_DEPTH = 8


def read(query: str, names: Names, custom: Mapping[str, str]) -> Condition:
    """The condition that `query` means; an empty query means everything. `custom` has the kinds of custom fields.

    Raises `LanguageError`.
    """
    if len(query) > MAX_LENGTH:
        raise LanguageError(_("This is too long to search for."), MAX_LENGTH, len(query))
    return _Reader(tokens_of(query), names, custom).read()


class _Reader:
    """Reads the tokens from left to right."""

    def __init__(self, tokens: list[Token], names: Names, custom: Mapping[str, str]):
        self.tokens, self.names, self.custom = tokens, names, custom
        self.at = 0

    def read(self) -> Condition:
        condition = self._query(0)
        if token := self._next():
            raise LanguageError(_("There is no “(” for this “)”."), token.start, token.end)
        return condition

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _query(self, depth: int) -> Condition:
        if (token := self._next()) and token.kind == "or":
            raise LanguageError(_("Something must stand before “or”."), token.start, token.end)
        groups = [self._group(depth)]
        while (token := self._next()) and token.kind == "or":
            self.at += 1
            if not (following := self._next()) or following.kind in ("or", "close"):
                raise LanguageError(_("Something must follow “or”."), token.start, token.end)
            groups.append(self._group(depth))
        return groups[0] if len(groups) == 1 else {"any": groups}

    def _group(self, depth: int) -> Condition:
        parts: list[Condition] = []
        words: list[str] = []
        while (token := self._next()) and token.kind not in ("or", "close"):
            if token.kind in ("word", "phrase"):
                self.at += 1
                words.append(f'"{token.text}"' if token.kind == "phrase" else token.text)
            else:
                parts.append(self._term(token, depth))
        if words:
            parts.append(_words(" ".join(words)))
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _term(self, token: Token, depth: int) -> Condition:
        self.at += 1
        if token.kind in ("minus", "not"):
            following = self._next()
            if following is None or following.kind in ("or", "close", "minus", "not"):
                raise LanguageError(_("Something must follow “-” and “not”."), token.start, token.end)
            if following.kind in ("word", "phrase"):
                self.at += 1
                return {"not": _words(f'"{following.text}"' if following.kind == "phrase" else following.text)}
            return {"not": self._term(following, depth)}
        if token.kind == "open":
            return self._brackets(token, depth)
        return self._filter(token)

    def _brackets(self, token: Token, depth: int) -> Condition:
        if depth >= MAX_DEPTH:
            raise LanguageError(_("These brackets are too deep."), token.start, token.end)
        first = self._next()
        if first is not None and first.kind == "close":
            raise LanguageError(_("There is nothing in these brackets."), token.start, first.end)
        condition = self._query(depth + 1)
        closing = self._next()
        if closing is None:
            raise LanguageError(_("The “)” for this “(” is missing."), token.start, token.end)
        self.at += 1
        return condition

    def _filter(self, token: Token) -> Condition:
        if not token.values:
            raise LanguageError(_("What should “%(name)s” be?") % {"name": token.text}, token.start, token.end)
        if token.kind != ":":
            return beyond(token, self.custom)
        parts = equal(token, self.names, self.custom)
        return parts[0] if len(parts) == 1 else {"any": parts}


def _words(text: str) -> Condition:
    return {"field": "words", "contains": text}
