"""Writing an article: the words of one language, its pictures and files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.actions.drafting import add_file, save_draft
from knowledge.actions.publishing import publish
from knowledge.actions.reviewing import ask_review
from knowledge.changes import Refused, Stale
from knowledge.models import Revision
from tickets.pictures import NoPicture, keep_picture
from web.common.access import agent_required
from web.common.uploads import FilesField
from web.desk.forms.articles import ArticleWords
from web.desk.knowledge.bodies import shown
from web.desk.knowledge.fetch import article_to_write_or_404, language_or_404, page_of
from web.desk.knowledge.languages import NAMES
from web.desk.knowledge.page import ArticlePage

PLAIN = "text/plain; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def write(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """A new version; `then` says what is done with it. 409 when somebody else has saved one meanwhile."""
    found = article_to_write_or_404(request, number)
    page = page_of(request, found, language_or_404(language))
    is_sent = request.method == "POST"
    form = ArticleWords(request.POST if is_sent else None, request.FILES if is_sent else None, page=page)
    status, stale = 200, None
    if is_sent and form.is_valid():
        try:
            revision = _save(request, page, form)
        except Stale as error:
            form.stale = stale = error.revision
            status = 409
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, page, revision)
    context = page.context("write", form=form, original=_original(page), stale=_faster(form, stale))
    return render(request, "desk/knowledge/write.html", context, status=422 if form.errors else status)


@require_POST
@agent_required
def add_picture(request: HttpRequest, number: int) -> HttpResponse:
    """A picture for the words; answers with the element that shows it, or why it cannot be shown (422)."""
    article_to_write_or_404(request, number)
    try:
        files = FilesField(required=True).clean(request.FILES.getlist("picture"))
        added = keep_picture(files[0], by=request.user)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type=PLAIN)
    except NoPicture:
        words = _("This is no picture that can be shown in a text.")
        return HttpResponse(words, status=422, content_type=PLAIN)
    return render(request, "desk/picture.html", {"picture": added})


def _save(request: HttpRequest, page: ArticlePage, form: ArticleWords) -> Revision:
    if form.seen is not None and form.seen != page.seen:
        raise Stale(revision=page.one.latest if page.one else None)
    with transaction.atomic():
        added = [add_file(page.article, file, by=request.user) for file in form.cleaned_data["files"]]
        return save_draft(page.article, page.language, form.words(added), by=request.user, seen=form.seen)


def _saved(request: HttpRequest, page: ArticlePage, revision: Revision) -> HttpResponse:
    """What comes after: a question for review or readers, if that is possible; the words are safe in any case."""
    then, translation = request.POST.get("then", ""), revision.translation
    try:
        if then == "review":
            ask_review(translation, by=request.user, seen=revision.number)
            messages.success(request, _("The article waits for somebody's review."))
        elif then == "publish" and page.may_publish_next:
            publish(translation, by=request.user, seen=revision.number)
            messages.success(request, _("The article is published."))
        else:
            messages.success(request, _("The draft is saved."))
    except Refused as refused:
        messages.warning(request, str(refused))
    address = redirect("desk:knowledge_article", page.article.number)
    address["Location"] += f"?lang={page.language}"
    return address


def _original(page: ArticlePage) -> dict[str, object] | None:
    """The words that a translation is made from."""
    revision = page.newest_original
    if revision is None:
        return None
    code = page.article.language
    return {
        "title": revision.title,
        "body": shown(revision, page.all_files),
        "language": code,
        "language_name": NAMES[code],
    }


def _faster(form: ArticleWords, newest: Revision | None) -> dict[str, object] | None:
    """Who saved meanwhile, and between which versions the difference is."""
    if newest is None:
        return None
    seen = form.data.get("seen", "")
    was = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    return {"author": newest.author, "was": was or 1, "now": newest.number}
