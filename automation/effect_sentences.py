"""What the effects on a ticket say about themselves, for people: "Move it to Support › Hardware"."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from automation.answers import span_words
from automation.effects import Values
from automation.naming import name_of
from tickets.models import Level

Sentence = Callable[[Values], str | Promise]


def saying(text: str | Promise, kind: str, *, nobody: str | Promise = "") -> Sentence:
    """A sentence with the name of what the effect names."""

    def sentence(values: Values) -> str:
        if values.get("to") is None and nobody:
            return str(nobody)
        return str(text) % {"name": name_of(kind, values.get("to"))}

    return sentence


def said_tags(text: Promise) -> Sentence:
    """Of a sentence with plural forms, which count by `number`."""

    def sentence(values: Values) -> str:
        tags = [str(tag) for tag in values["tags"]]
        return text % {"number": len(tags), "tags": ", ".join(tags)}

    return sentence


def said_text(text: str | Promise, name: str) -> Sentence:
    """With the beginning of what is said."""

    def sentence(values: Values) -> str:
        words = " ".join(str(values.get(name, "")).split())
        return str(text) % {"text": words if len(words) <= 80 else f"{words[:79]}…"}

    return sentence


def said_state(values: Values) -> str:
    words = {"name": name_of("state", values.get("to")), "time": span_words(values.get("wait") or "")}
    if values.get("wait"):
        return _("Set the status to “%(name)s” for %(time)s") % words
    return _("Set the status to “%(name)s”") % words


def said_rating(values: Values) -> str:
    said = [
        str(words) % {"level": Level(int(values[name])).label}
        for name, words in (("impact", _("impact %(level)s")), ("urgency", _("urgency %(level)s")))
        if values.get(name)
    ]
    return _("Rate it: %(rating)s") % {"rating": ", ".join(said) or "–"}


def said_fields(values: Values) -> str:
    pairs = ", ".join(f"{key} = {value}" for key, value in dict(values.get("values") or {}).items())
    return _("Fill in %(fields)s") % {"fields": pairs}


def said_link(values: Values) -> str:
    return _("Link it with #%(number)s") % {"number": values.get("to")}


def said_watcher(values: Values) -> str:
    return _("Have %(name)s watch it") % {"name": name_of("agent", values.get("who"))}


def plain(text: str | Promise) -> Sentence:
    return lambda _values: text
