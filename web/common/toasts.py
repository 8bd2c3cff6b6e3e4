"""What the next page says after something was done, with the way back where there is one."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


@dataclass(frozen=True)
class Undo:
    """A POST to `url` takes it back, for so many `seconds` where its time is short."""

    url: str
    seconds: int = 0


def say(request: HttpRequest, text: str, *, undo: Undo | None = None) -> None:
    """Something went well; the next page shows it (components/toasts.html)."""
    messages.success(request, text, extra_tags=f"{undo.url} {undo.seconds}" if undo else "")


def undo_of(message: Message) -> Undo | None:
    """The way back that `say` gave with it."""
    url, _space, seconds = (message.extra_tags or "").partition(" ")
    return Undo(url, int(seconds or 0)) if url.startswith("/") else None
