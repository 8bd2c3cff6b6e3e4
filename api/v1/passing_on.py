"""What becomes of one message: a ticket of its own, a mail to somebody else, or nothing, when it has not left yet."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import SHOWN, worked_ticket
from api.v1.fields import AgentField, CustomerField, RowField, TextField
from api.v1.forms import (
    LARGEST_FILES,
    LONGEST_TEXT,
    MOST_FILES,
    MOST_PEOPLE,
    MessageForm,
    RecipientField,
    TicketForm,
    queues_to_open_in,
)
from api.v1.shapes import ArticleShape, TicketShape
from core.text import clean_line
from mail.withdrawing import take_back
from tickets.actions.opening import Opening
from tickets.actions.replying import NotYours, TooLate, forward
from tickets.actions.splitting import split
from tickets.messages import File, Message
from tickets.models import Article, Attachment, Ticket
from tickets.models.article import Sender
from tickets.scanning import givable
from web.common.forwarding import forwarded

LONGEST_SUBJECT = 300


class SplitForm(TicketForm):
    """What is left out is as the message and its ticket have it."""

    title = TextField(min_length=1, max_length=LONGEST_SUBJECT, required=False, help_text="The subject, when left out.")
    queue = RowField(queues_to_open_in, required=False, help_text="In which you may open tickets.")
    customer = CustomerField(required=False, help_text="Address or id; an unknown address makes a customer.")
    owner = AgentField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        queue = self.article.ticket.queue
        if "queue" not in attrs and queue in queues_to_open_in(self.context):
            attrs["queue"] = queue
        if "queue" not in attrs:
            raise serializers.ValidationError({"queue": self.fields["queue"].error_messages["required"]})
        self.agent_in(attrs["queue"], attrs, "owner")
        return attrs

    def opening(self) -> Opening:
        article, ticket, given = self.article, self.article.ticket, self.validated_data
        is_theirs = article.sender == Sender.CUSTOMER and not article.author.is_agent
        return Opening(
            title=given.get("title") or clean_line(article.subject, LONGEST_SUBJECT) or ticket.title,
            queue=given["queue"],
            customer=given.get("customer") or (article.author if is_theirs else ticket.customer),
            channel=article.channel,
            priority=ticket.priority,
            type=ticket.type,
            owner=given.get("owner"),
            language=ticket.language,
        )

    @property
    def article(self) -> Article:
        return self.context["article"]


class ForwardForm(MessageForm):
    """One's own words stand above those of the message; there need be none."""

    body = TextField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False, default="")
    to = serializers.ListField(child=RecipientField(), min_length=1, max_length=MOST_PEOPLE)
    cc = serializers.ListField(child=RecipientField(), default=list, max_length=MOST_PEOPLE)
    subject = TextField(max_length=LONGEST_SUBJECT, required=False, help_text="`Fwd:` and its subject, when left out.")
    files = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_FILES,
        help_text="Those of the message that go along, by id; all that are given out, when left out.",
    )

    def validate_body(self, text: str) -> str:
        return text

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        theirs = {file.uuid: file for file in givable(self.article.attachments.all()) if not file.is_inline}
        wanted = attrs.get("files", list(theirs))
        if not theirs.keys() >= set(wanted):
            raise serializers.ValidationError({"files": _("There is nothing with this name or id to choose.")})
        attrs["kept"] = [theirs[uuid] for uuid in dict.fromkeys(wanted)]
        sizes = [len(file.content) for file in attrs["attachments"]] + [file.size for file in attrs["kept"]]
        if sum(sizes) > LARGEST_FILES:
            raise serializers.ValidationError({"attachments": _("The files are larger than 25 MiB together.")})
        return attrs

    def message(self, **more: Any) -> Message:
        given, article = self.validated_data, self.article
        files = [*map(_copied, given["kept"]), *given["attachments"]]
        said = forwarded(article, text=given["body"].strip(), html=given["html"], files=files)
        subject = given.get("subject") or f"Fwd: {article.subject or article.ticket.title}"
        return Message(subject=clean_line(subject, LONGEST_SUBJECT), to=given["to"], cc=given["cc"], **said)

    @property
    def article(self) -> Article:
        return self.context["article"]


class _OneArticle(Door):
    area = ApiToken.Area.TICKETS

    def article(self, number: str, id: int) -> Article:
        """Of a ticket on which the token's person may write; locked with it."""
        ticket = worked_ticket(self.person, number, "write")
        found = Article.objects.select_related("author").prefetch_related("attachments")
        article = get_object_or_404(found, ticket=ticket, pk=id)
        article.ticket = ticket
        return article

    def context(self, article: Article) -> dict[str, Any]:
        return {**self.get_serializer_context(), "article": article}


class Split(_OneArticle):
    @extend_schema(
        operation_id="splitArticle",
        summary="Make a message a ticket of its own",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=SplitForm,
        responses={201: TicketShape},
        examples=[examples.SPLIT],
        tags=["Articles"],
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """The new ticket begins with a copy of it and is linked with this one, which keeps everything.

        Needs the right to write here, and to open tickets there. Nothing is sent.
        """
        article = self.article(number, id)
        form = SplitForm(data=request.data, context=self.context(article))
        form.is_valid(raise_exception=True)
        copy = split(article, form.opening(), by=self.person, cause=self.cause)
        shown = Ticket.objects.select_related(*SHOWN).get(pk=copy.ticket_id)
        return Response(self.shaped(shown, TicketShape).data, status.HTTP_201_CREATED)


class Forward(_OneArticle):
    @extend_schema(
        operation_id="forwardArticle",
        summary="Pass a message on",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=ForwardForm,
        responses={201: ArticleShape},
        examples=[examples.FORWARD],
        tags=["Articles"],
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """By mail, to somebody who takes no part; the customer does not see it. Needs the right to write."""
        article = self.article(number, id)
        form = ForwardForm(data=request.data, context=self.context(article))
        form.is_valid(raise_exception=True)
        sent = forward(article.ticket, form.message(), by=self.person, cause=self.cause)
        return Response(self.shaped(sent, ArticleShape).data, status.HTTP_201_CREATED)


class TakeBack(_OneArticle):
    @extend_schema(
        operation_id="takeArticleBack",
        summary="Take a message back before it leaves",
        parameters=[NUMBER],
        request=None,
        responses={200: ArticleShape},
        tags=["Articles"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str, id: int) -> Response:
        """With the status and the owner it had brought; its words are in the answer.

        Until `send_at` that is up to its author alone. Then whoever may write here takes back what is held back, or
        waits for another try, as long as nobody has got it.
        """
        article = self.article(number, id)
        try:
            take_back(article, by=self.person, cause=self.cause)
        except NotYours as error:
            raise NotFound from error
        except TooLate as error:
            raise CannotBe(_("It is too late to take the message back, its email is on its way.")) from error
        fresh = Article.objects.select_related("author", "ticket").get(pk=article.pk)
        return Response(self.shaped(fresh, ArticleShape).data)


def _copied(file: Attachment) -> File:
    return File(file.name, file.content_type, file.own_content())
