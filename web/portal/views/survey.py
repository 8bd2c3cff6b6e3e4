"""How satisfied somebody is: asked by a link in a mail, answered without signing in.

To look counts for nothing, because programs follow links in mails before people do: `?score=` only chooses beforehand.
"""

from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from automation import surveying
from automation.models import SurveyInvitation
from automation.survey_links import invitation_of
from automation.survey_sentences import SCALE
from core.links import request_in_portal
from mail.addressing import sender_for
from web.common.access import View
from web.portal.forms import SurveyComment, SurveyForm

LOW = 2


def by_link(view: View) -> View:
    """Whoever has the link may enter, in the customer's language unless he has chosen another; 410 for any other."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitation_of(token)
        if invitation is None or not surveying.is_open(invitation):
            return render(request, "portal/survey_over.html", status=410)
        with override(language_for(request, invitation.language)):
            return view(request, token, invitation)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def survey(request: HttpRequest, token: str, invitation: SurveyInvitation) -> HttpResponse:
    given = getattr(invitation, "answer", None)
    if given is not None:
        return _answered(request, token, invitation, SurveyComment())
    form = SurveyForm(request.POST if request.method == "POST" else None, initial={"score": _chosen(request)})
    if form.is_bound and form.is_valid():
        with suppress(surveying.AnsweredAlready):  # by a second click
            surveying.answer(invitation, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"])
        return redirect("portal:survey", token)
    context = {"invitation": invitation, "ticket": invitation.ticket, "form": form, "token": token}
    return render(request, "portal/survey.html", context, status=422 if form.errors else 200)


@require_POST
@by_link
def survey_comment(request: HttpRequest, token: str, invitation: SurveyInvitation) -> HttpResponse:
    """Whoever has only clicked says why."""
    given = getattr(invitation, "answer", None)
    form = SurveyComment(request.POST)
    if given is None or given.comment:
        return redirect("portal:survey", token)
    if not form.is_valid():
        return _answered(request, token, invitation, form, status=422)
    with suppress(surveying.AnsweredAlready):
        surveying.add_comment(given, form.cleaned_data["comment"])
    return redirect("portal:survey", token)


def _answered(
    request: HttpRequest, token: str, invitation: SurveyInvitation, form: SurveyComment, *, status: int = 200
) -> HttpResponse:
    """Thanks, and a way on for whose request is not solved."""
    given = invitation.answer
    context: dict[str, Any] = {
        "ticket": invitation.ticket,
        "given": given,
        "words": SCALE[given.score],
        "is_low": given.score <= LOW,
        "form": form,
        "token": token,
        "reply_url": _reply(invitation),
        "request_url": request_in_portal(invitation.ticket.number, host=invitation.ticket.queue.host),
    }
    return render(request, "portal/survey_thanks.html", context, status=status)


def _reply(invitation: SurveyInvitation) -> str:
    """A mail to us that finds its ticket by the tag in its subject."""
    address = sender_for(invitation.ticket.queue)
    if address is None:
        return ""
    subject = urlencode({"subject": f"Re: [#{invitation.ticket.number}]"}, quote_via=quote)
    return f"mailto:{address.address}?{subject}"


def _chosen(request: HttpRequest) -> int | None:
    score = request.GET.get("score", "")
    return int(score) if score in {str(number) for number in SCALE} else None


def language_for(request: HttpRequest, own: str) -> str:
    """Of whoever came by a link: `own`, unless he has signed in or chosen another one on this computer."""
    if request.user.is_authenticated:  # his pages are in his own
        return get_language() or own
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else own
