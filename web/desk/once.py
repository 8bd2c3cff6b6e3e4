"""A form is done once however often it is sent, where the rows it makes do not remember it themselves."""

from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest

SECONDS = 3600


def fresh() -> str:
    return str(uuid4())


def is_repeated(request: HttpRequest) -> bool:
    """Whether this very form, by its `submission`, was sent before: a double click, or the same page again."""
    try:
        submission = UUID(request.POST.get("submission", ""))
    except ValueError:
        return False
    return not cache.add(f"once-{request.user.pk}-{submission}", 1, SECONDS)
