"""A form in somebody else's website: no cookie, no account, shown only where the administrator allows it.

It takes no authority from the browser (who is signed in does not count), so it needs no token against forged requests;
the stamp says that the page was made here.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tickets.actions.web_forms import receive_form
from tickets.models import WebForm
from tickets.webform_judging import ADDRESS, FLOOD, PLACE, Sent, suspicions
from tickets.webform_stamps import BITS
from web.common.custom_fields import add_errors
from web.common.limits import HOUR, Limit, address_of
from web.portal.web_form import VisitorForm

# Beyond the first nothing is taken; beyond the others it is held.
TRIES = Limit("web-form-tries", 30, HOUR)
OFTEN = {
    PLACE: Limit("web-form-place", 5, HOUR),
    ADDRESS: Limit("web-form-address", 5, HOUR),
    FLOOD: Limit("web-form", 200, HOUR),
}

FormView = Callable[[HttpRequest, WebForm], HttpResponse]


def framed(view: FormView) -> Callable[..., HttpResponse]:
    """Of the form with this key, in the visitor's language, framed by its sites alone (T87); 404 when there is none."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, key: str) -> HttpResponse:
        form = WebForm.objects.open_to_visitors().select_related("queue__brand").filter(key=key).first()
        if form is None:
            raise Http404
        if form.queue.brand is not None:  # whatever host name it was asked for by
            request.brand = form.queue.brand
        with override(_language(request, form)):
            return csp_replace({"frame-ancestors": [SELF, *form.sites]})(view)(request, form)

    return xframe_options_exempt(csrf_exempt(guarded))


@require_http_methods(["GET", "HEAD", "POST"])
@framed
def web_form(request: HttpRequest, of: WebForm) -> HttpResponse:
    if request.method != "POST":
        return _page(request, VisitorForm(of=of))
    place = address_of(request)
    form = VisitorForm(request.POST, request.FILES, of=of)
    if not TRIES.take(place):
        form.add_error(None, _("There were too many messages from here. Please try again in an hour."))
        return _page(request, form, status=429)
    if form.is_valid() and _received(form, place):
        query = urlencode({"lang": get_language() or ""})
        return redirect(f"{reverse('form:thanks', args=[of.key])}?{query}")
    return _page(request, form, status=422)


@require_safe
@framed
def thanks(request: HttpRequest, of: WebForm) -> HttpResponse:
    return render(request, "portal/form_thanks.html", _context(of))


@require_safe
@cache_control(public=True, max_age=3600)
def script(request: HttpRequest, key: str) -> HttpResponse:
    """The file that puts a frame into a page; it finds the key in the address it was asked for by."""
    if not WebForm.objects.open_to_visitors().filter(key=key).exists():
        raise Http404
    return redirect(static("js/form-embed.js"))


def _received(form: VisitorForm, place: str) -> bool:
    stamp, data = form.sent_stamp, form.cleaned_data
    if stamp is None:
        return False
    about = {PLACE: place, ADDRESS: data["email"].encode().hex()[:200], FLOOD: form.of.key}
    sent = Sent(
        trap=data.get("comment_url", ""),
        age=stamp.age,
        name=data.get("name", ""),
        subject=data.get("subject", ""),
        text=data["text"],
        often=[code for code, who in about.items() if not OFTEN[code].take(who)],
    )
    try:
        entry = form.entry(language=get_language() or "")
        receive_form(form.of, entry, nonce=stamp.nonce, held=suspicions(sent))
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _page(request: HttpRequest, form: VisitorForm, *, status: int = 200) -> HttpResponse:
    form.renew()
    return render(request, "portal/form.html", {"form": form, **_context(form.of)}, status=status)


def _context(of: WebForm) -> dict[str, object]:
    """Nothing of whoever may be signed in, and no token: it would set a cookie."""
    texts = {name: of.text(name) for name in ("title", "intro", "thanks")}
    return {"web_form": of, "texts": texts, "csrf_token": "", "theme": of.look, "density": "", "bits": BITS}


def _language(request: HttpRequest, of: WebForm) -> str:
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("lang", "").partition("-")[0]
    if asked in known:
        return asked
    offered = get_language() or ""
    return offered if offered in of.texts or not of.texts else of.language
