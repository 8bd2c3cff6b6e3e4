"""What leans on a row that is about to be retired, with the pages where it is: told before the row is retired."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse

from automation import dependents as domain


@dataclass(frozen=True)
class Dependent:
    """Something that stays as it is; with an address where it can be looked at."""

    text: str
    url: str = ""


def before_retiring(row: Model, form: BaseForm, request: HttpRequest) -> list[Dependent]:
    """What must be said before this form retires the row: nothing when it does not, or when that was confirmed."""
    if row.pk is None or "confirmed" in request.POST or form.cleaned_data.get("is_active", True):
        return []
    return dependents(row) if domain.is_in_use(row) else []


def dependents(row: Any) -> list[Dependent]:
    return [Dependent(one.text, _url(one)) for one in domain.dependents(row)]


def _url(one: domain.Dependent) -> str:
    return reverse(f"setup:{one.place}", args=[one.key] if one.key else []) if one.place else ""
