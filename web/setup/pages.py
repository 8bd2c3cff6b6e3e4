"""How pages of the administration are answered: with their navigation, as lists that load more, as forms."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.audit import Stale, refuse_stale, seen_of
from core.database import field_given_twice
from core.pagination import Page
from tickets.grants import GrantsChanged
from web.setup.changes import conflicts_in_words, described
from web.setup.sections import Section, navigation

Saved = TypeVar("Saved")

# What somebody typed where the place of a queue in the tree is there already.
SHOWN_AS = {"path": "name"}


def page(request: HttpRequest, name: str, *, section: Section | None, status: int = 200, **context) -> HttpResponse:
    """The page `templates/setup/<name>.html`."""
    shell = {"section": "admin", "setup_nav": navigation(), "setup_key": section.key if section else "home"}
    return render(request, f"setup/{name}.html", {**context, **shell}, status=status)


def form_page(request: HttpRequest, name: str, *, section: Section, **context) -> HttpResponse:
    """A page with a form: 409 when somebody else was faster, 422 when something is wrong or must be confirmed first."""
    if context.get("stale") or context.get("conflicts"):
        status = 409
    else:
        status = 422 if context.get("problems") or context.get("dependents") else 200
    return page(request, name, section=section, status=status, **context)


def listing(request: HttpRequest, name: str, found: Page, *, section: Section, **context) -> HttpResponse:
    """A list `<name>.html` whose rows are drawn by `<name>_rows.html`; "load more" gets the next rows alone."""
    context |= {"rows": found.rows, "rows_template": f"setup/{name}_rows.html", "more_url": _more(request, found)}
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "setup/parts/more.html", context)
    else:
        response = page(request, name, section=section, **context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(request: HttpRequest, to: str, *args: object) -> HttpResponse:
    """On to the page named `to`: by a redirect, which htmx would follow itself and swap nothing of."""
    target = resolve_url(to, *args)
    return HttpResponseClientRedirect(target) if request.htmx else HttpResponseRedirect(target)


def attempt(form: BaseForm, action: Callable[[], Saved]) -> Saved | None:
    """What `action` made, in one transaction; None when it was refused: then the form has the error."""
    try:
        with transaction.atomic():
            return action()
    except ValidationError as error:
        for field, messages in _by_field(error).items():
            form.add_error(field if field in form.fields else None, messages)
    except Stale as error:
        form.stale = error.changes
    except GrantsChanged as error:
        form.conflicts = error.conflicts
    except IntegrityError as error:
        # somebody else was faster than our own look
        _say_twice(form, field_given_twice(error))
    return None


def attempt_on(
    thing: models.Model | type[models.Model], request: HttpRequest, form: BaseForm, action: Callable[[], Saved]
) -> Saved | None:
    """`attempt`, refused too when somebody else has changed `thing` since the page was made."""

    def unless_stale() -> Saved:
        if not isinstance(thing, models.Model) or thing.pk:
            refuse_stale(thing, seen=seen_in(request))
        return action()

    return attempt(form, unless_stale)


def seen_in(request: HttpRequest) -> int | None:
    """What the form says it has seen (templates/setup/parts/seen.html); None when it says nothing."""
    value = request.POST.get("seen", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def standing(request: HttpRequest, thing: models.Model | type[models.Model], form: BaseForm) -> dict[str, Any]:
    """For the template of a form: what it has seen, and what somebody else has changed meanwhile.

    A new mark goes with the refusal alone: whoever has read it may save again.
    """
    is_there = not isinstance(thing, models.Model) or thing.pk
    stale, seen = getattr(form, "stale", []), seen_in(request)
    if seen is None or stale:
        seen = seen_of(thing) if is_there else 0  # one page, one row: somebody else may make it first
    return {
        "seen": "" if seen is None else seen,
        "stale": [described(change) for change in stale],
        "conflicts": conflicts_in_words(getattr(form, "conflicts", [])),
    }


def _say_twice(form: BaseForm, field: str) -> None:
    field = SHOWN_AS.get(field, field)
    if field not in form.fields:
        form.add_error(None, _("Somebody just saved the same name or address. Look again, then save."))
        return
    usual = _("There is already one with this name.") if field == "name" else _("There is already one with this value.")
    form.add_error(field, form.fields[field].error_messages.get("unique", usual))


def _by_field(error: ValidationError) -> dict[str | None, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {None: error.messages}


def _more(request: HttpRequest, found: Page) -> str:
    if not found.next:
        return ""
    query = request.GET.copy()
    query["cursor"] = found.next
    return f"?{query.urlencode()}"
