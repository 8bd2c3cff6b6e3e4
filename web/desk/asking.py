"""Questions before something is done with a ticket: in a dialog over it, or on a page of their own without script."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

from tickets.models import Ticket

FIELDS = "desk/ask/fields.html"


@dataclass(frozen=True)
class Question:
    """`url` is where the answer goes; `body` draws what stands inside the form, with the names of `more`.

    Without a `button` the body brings its own. `tokens` are fields of several values, `refused` says what is wrong.
    """

    url: str
    title: str | Promise
    button: str | Promise = ""
    body: str = FIELDS
    form: forms.Form | None = None
    # Only to be said yes to: the button takes the focus.
    is_last_step: bool = False
    files: bool = False
    refused: str = ""
    tokens: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return bool(self.refused) or (self.form is not None and bool(self.form.errors))


def ask(request: HttpRequest, ticket: Ticket, question: Question) -> HttpResponse:
    """The dialog; a later step, or the form again with what is wrong with it (422), in place of its form."""
    context = {"ticket": ticket, "question": question, "section": "tickets", **question.more}
    status = 422 if question.failed else 200
    if not request.htmx:
        template = "desk/ask.html"
    elif request.method == "POST":
        template = "desk/ask.html#form"
    else:
        template = "desk/ask.html#dialog"
    response = render(request, template, context, status=status)
    if template.endswith("#form"):
        response["HX-Reswap"] = "outerHTML"
    patch_vary_headers(response, ["HX-Request"])
    return response
