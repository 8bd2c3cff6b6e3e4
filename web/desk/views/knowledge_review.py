"""What happens to the newest words of an article: review, comments, publishing, taking back."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from knowledge.actions import publishing, reviewing
from knowledge.actions.reading import settle_feedback
from knowledge.actions.translating import still_right as confirm_translation
from knowledge.changes import Refused, Stale
from knowledge.models import Article, Feedback, ReviewComment, Translation
from web.common.access import agent_required
from web.desk.knowledge.fetch import (
    article_to_publish_or_404,
    article_to_write_or_404,
    language_or_404,
    translation_or_404,
)


@require_POST
@agent_required
def ask_review(request: HttpRequest, number: int, language: str) -> HttpResponse:
    one = _to_write(request, number, language)
    done = _("The article waits for somebody's review.")
    return _act(request, one, lambda seen: reviewing.ask_review(one, by=request.user, seen=seen), done)


@require_POST
@agent_required
def ask_changes(request: HttpRequest, number: int, language: str) -> HttpResponse:
    one = _to_write(request, number, language)
    words = request.POST.get("body", "")
    done = _("The article goes back to its writer.")
    return _act(request, one, lambda seen: reviewing.ask_changes(one, comment=words, by=request.user, seen=seen), done)


@require_POST
@agent_required
def publish(request: HttpRequest, number: int, language: str) -> HttpResponse:
    one = _to_publish(request, number, language)
    done = _("The article is published.")
    return _act(request, one, lambda seen: publishing.publish(one, by=request.user, seen=seen), done)


@require_POST
@agent_required
def schedule(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """`publish_at` is a time in the agent's zone."""
    one = _to_publish(request, number, language)
    at = _moment(request.POST.get("publish_at", ""))
    if at is None:
        messages.warning(request, str(Refused("past")))
        return _back(one)
    done = _("It will be published then.")
    return _act(request, one, lambda seen: publishing.schedule(one, at, by=request.user, seen=seen), done)


@require_POST
@agent_required
def unschedule(request: HttpRequest, number: int, language: str) -> HttpResponse:
    one = _to_publish(request, number, language)
    done = _("It is a draft again.")
    return _act(request, one, lambda _seen: publishing.unschedule(one, by=request.user), done)


@require_POST
@agent_required
def withdraw(request: HttpRequest, number: int, language: str) -> HttpResponse:
    one = _to_publish(request, number, language)
    done = _("Readers do not find it any more.")
    answer = _act(request, one, lambda _seen: publishing.withdraw(one, by=request.user), done)
    # asked in place, because it asks a question first
    return HttpResponseClientRedirect(answer["Location"]) if request.htmx else answer


@require_POST
@agent_required
def still_right(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """The original has changed, and the translation says the same as ever."""
    one = _to_write(request, number, language)
    done = _("The translation counts as up to date.")
    return _act(request, one, lambda seen: confirm_translation(one, by=request.user, seen=seen), done)


@require_POST
@agent_required
def archive(request: HttpRequest, number: int) -> HttpResponse:
    found = article_to_publish_or_404(request, number)
    publishing.archive(found, by=request.user)
    messages.success(request, _("The article is in the archive."))
    return redirect("desk:knowledge_article", number)


@require_POST
@agent_required
def unarchive(request: HttpRequest, number: int) -> HttpResponse:
    found = article_to_publish_or_404(request, number)
    publishing.bring_back(found, by=request.user)
    messages.success(request, _("The article is back, as a draft."))
    return redirect("desk:knowledge_article", number)


@require_POST
@agent_required
def comment(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """A remark about the words, or with `answers` an answer to one."""
    one = _to_write(request, number, language)
    text = request.POST.get("answers", "")
    answered = None
    if text:
        answered = get_object_or_404(one.comments, pk=int(text) if text.isdecimal() and len(text) < 19 else 0)
    words, quote = request.POST.get("body", ""), request.POST.get("quote", "")
    done = _("Your answer is there.") if answered else _("Your comment is there.")

    def say(_seen: int | None) -> object:
        return reviewing.add_comment(one, words, by=request.user, quote=quote, answers=answered)

    return _act(request, one, say, done)


@require_POST
@agent_required
def comment_done(request: HttpRequest, pk: int) -> HttpResponse:
    articles = Article.objects.editable_by(request.user)
    rows = ReviewComment.objects.select_related("translation__article")
    said = get_object_or_404(rows, pk=pk, translation__article__in=articles)
    reviewing.finish_comment(said, by=request.user)
    return _back(said.translation)


@require_POST
@agent_required
def feedback_done(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Feedback.objects.select_related("article").filter(article__in=Article.objects.editable_by(request.user))
    said = get_object_or_404(rows, pk=pk)
    settle_feedback(said, by=request.user)
    if request.POST.get("next") == "to-do":
        return redirect("desk:knowledge_to_do")
    return redirect("desk:knowledge_article", said.article.number)


def _to_write(request: HttpRequest, number: int, language: str) -> Translation:
    return translation_or_404(article_to_write_or_404(request, number), language_or_404(language))


def _to_publish(request: HttpRequest, number: int, language: str) -> Translation:
    return translation_or_404(article_to_publish_or_404(request, number), language_or_404(language))


def _act(request: HttpRequest, one: Translation, verb: Callable[[int | None], object], done: str) -> HttpResponse:
    """Call a verb with the words the person saw; the page says what came of it."""
    value = request.POST.get("seen", "")
    seen = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
    try:
        happened = verb(seen)
    except Stale:
        messages.warning(request, _("Somebody has saved newer words meanwhile. Look at them first."))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        if happened:
            messages.success(request, done)
    return _back(one)


def _back(one: Translation) -> HttpResponse:
    response = redirect("desk:knowledge_article", one.article.number)
    response["Location"] += f"?lang={one.language}"
    return response


def _moment(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at
