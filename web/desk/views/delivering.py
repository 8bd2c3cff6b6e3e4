"""What an agent does about a mail that did not arrive or was held back: send it again, send it anyway."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mail.models import Outgoing
from mail.resending import resend, send_anyway
from tickets.models import Article
from web.common.access import agent_required
from web.desk import answers
from web.desk.delivery import delivery_of
from web.desk.tickets import article_or_404, ticket_or_404


@require_POST
@agent_required
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """To those who did not get it; who has it gets no second one."""
    article, outgoing = _found(request, pk)
    done = _("The email is on its way again.") if resend(outgoing, by=request.user) else ""
    return _told(request, article, done or _("There is nothing to send again."))


@require_POST
@agent_required
def anyway(request: HttpRequest, pk: int) -> HttpResponse:
    """Its recipients have been looked at."""
    article, outgoing = _found(request, pk)
    done = _("Your message is on its way.") if send_anyway(outgoing, by=request.user) else ""
    return _told(request, article, done or _("The message is not held back any more."))


def _found(request: HttpRequest, pk: int) -> tuple[Article, Outgoing]:
    article = article_or_404(request, pk, "write")
    outgoing = Outgoing.objects.filter(article=article).first()
    if outgoing is None:
        raise Http404
    return article, outgoing


def _told(request: HttpRequest, article: Article, done: str) -> HttpResponse:
    ticket = ticket_or_404(request, article.ticket.number, "write")
    fresh = Article.objects.select_related("outgoing", "author").get(pk=article.pk)
    delivery = delivery_of(fresh)
    return answers.went_well(request, ticket, done, deliveries=[delivery] if delivery else [])
