"""What has been chosen in a form: a row among those that may be chosen."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model
from django.http import HttpRequest
from django.views.decorators.http import require_http_methods

Row = TypeVar("Row", bound=Model)

ask_or_change = require_http_methods(["GET", "HEAD", "POST"])


def chosen_from(request: HttpRequest, name: str, choices: Iterable[Row]) -> Row | None:
    """None when nothing was chosen, or something that may not be."""
    return next((row for row in choices if str(row.pk) == request.POST.get(name)), None)
