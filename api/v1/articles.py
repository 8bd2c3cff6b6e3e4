"""Articles: what was said on a ticket, and saying something."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import articles_of, require, require_survivor, ticket_to_change
from api.v1.forms import CustomerMessageForm, NewArticleForm
from api.v1.shapes import ArticleShape
from tickets.actions.replying import add_note, log_contact, receive, reply
from tickets.models import Article, Ticket
from tickets.models.ticket import Channel
from web.common.files import as_download, file_for


class ArticleList(Door):
    area = ApiToken.Area.TICKETS
    order = ("created_at", "id")

    @extend_schema(
        operation_id="listArticles",
        summary="List the articles",
        parameters=[NUMBER],
        responses=ArticleShape(many=True),
        tags=["Articles"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Everything said on the ticket, the oldest first. Customers get what they may read."""
        articles = articles_of(self.person, number).select_related("ticket", "author")
        return self.listing(articles.prefetch_related("attachments"), ArticleShape)

    @extend_schema(
        operation_id="addArticle",
        summary="Answer, add a note, log a call",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewArticleForm,
        responses={201: ArticleShape},
        examples=[examples.ANSWER, examples.NOTE],
        tags=["Articles"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """`email` is sent to the customer, or to `to` and `cc`; `note` needs only the right to add notes.

        A customer's token writes to us: its channel is `web`, and a closed ticket reopens as its queue decides.
        """
        ticket = ticket_to_change(self.person, number)
        article = self._answer(ticket) if self.person.is_agent else self._receive(ticket)
        return Response(self.shaped(article, ArticleShape).data, status.HTTP_201_CREATED)

    def _answer(self, ticket: Ticket) -> Article:
        form = NewArticleForm(data=self.request.data)
        form.is_valid(raise_exception=True)
        channel, how = form.validated_data["channel"], {"by": self.person, "cause": self.cause}
        require(ticket, self.person, "note" if channel == Channel.NOTE else "write")
        if channel == Channel.EMAIL:
            return reply(ticket, form.message(), **how)
        if channel == Channel.NOTE:
            return add_note(ticket, form.message(), **how)
        visible = form.validated_data["visible_to_customer"]
        return log_contact(ticket, form.message(), channel=channel, visible=visible, **how)

    def _receive(self, ticket: Ticket) -> Article:
        form = CustomerMessageForm(data=self.request.data)
        form.is_valid(raise_exception=True)
        require_survivor(ticket, self.person)
        return receive(ticket, form.message(), channel=Channel.WEB, by=self.person, cause=self.cause)


class AttachmentDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="downloadAttachment",
        summary="Download a file",
        responses={(200, "*/*"): OpenApiTypes.BINARY},
        tags=["Articles"],
    )
    def get(self, request: Request, uuid: str) -> HttpResponse:
        """The bytes, for whoever may read the article. Where files are checked for viruses: 409 while this one is being
        checked, 403 when it is not given out; `scan` says why."""
        return as_download(file_for(self.person, uuid))
