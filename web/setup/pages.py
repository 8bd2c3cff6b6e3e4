"""How pages of the administration are answered: with their navigation, as lists that load more, as forms."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.pagination import Page
from web.setup.sections import Section, navigation

Saved = TypeVar("Saved")


def page(request: HttpRequest, name: str, *, section: Section | None, status: int = 200, **context) -> HttpResponse:
    """The page `templates/setup/<name>.html`."""
    shell = {"section": "admin", "setup_nav": navigation(), "setup_key": section.key if section else "home"}
    return render(request, f"setup/{name}.html", {**context, **shell}, status=status)


def form_page(request: HttpRequest, name: str, *, section: Section, **context) -> HttpResponse:
    """A page with a form: 422 when `problems` has something to say."""
    return page(request, name, section=section, status=422 if context.get("problems") else 200, **context)


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
    except IntegrityError:
        # somebody else was faster than our own look
        form.add_error(None, _("Somebody just saved the same name or address. Look again, then save."))
    return None


def _by_field(error: ValidationError) -> dict[str | None, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {None: error.messages}


def _more(request: HttpRequest, found: Page) -> str:
    if not found.next:
        return ""
    query = request.GET.copy()
    query["cursor"] = found.next
    return f"?{query.urlencode()}"
