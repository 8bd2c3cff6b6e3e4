"""The demo world tells a consistent story about its mail."""

import pytest

from helpdesk.demo import world
from mail.models import Outgoing
from tickets.models import Delivery, Ticket

pytestmark = pytest.mark.django_db


def test_the_mail_of_the_demo_has_left_for_everybody():
    assert world.build() == Ticket.objects.count()
    sent = list(Outgoing.objects.select_related("article"))
    assert {(outgoing.state, outgoing.due_at) for outgoing in sent} == {("sent", None)}
    assert {recipient["state"] for outgoing in sent for recipient in outgoing.recipients} == {"sent"}
    assert all(outgoing.sent_at == outgoing.article.created_at for outgoing in sent)
    assert not Delivery.objects.unfinished().exists()
    written = {article.pk for ticket in Ticket.objects.all() for article in ticket.articles.filter(sender="agent")}
    assert written & {outgoing.article_id for outgoing in sent}


def test_each_request_by_mail_has_its_receipt():
    world.build()
    for ticket in Ticket.objects.filter(channel__in=("email", "web")):
        assert ticket.articles.filter(sender="system").count() == 1, ticket.title
