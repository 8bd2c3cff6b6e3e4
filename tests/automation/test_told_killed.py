"""Workers that are killed (-9) while they tell people and programs: each hears at least once, always by the same id."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F

from automation import webhook_handlers, webhook_sending, webhook_turns
from automation.models import Notice, NoticeDelivery, WebhookDelivery
from automation.notices import leaving, making
from automation.tasks import send_notice, send_webhook
from core.work import WorkRow
from helpdesk.embedded.ports import free_port
from tests.automation.endpoints import HOUSE, endpoint, listening
from tests.automation.test_rules_killed import deliver_all
from tests.factories import TicketFactory
from tests.sla.test_killed import killed_at
from tickets.actions.replying import receive
from tickets.actions.routing import assign
from tickets.messages import Message
from tickets.models.ticket import Channel

pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    taken = Sink()
    controller = Controller(taken, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    yield taken
    controller.stop()


@pytest.fixture
def ticket(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    assign(ticket, world.bea, by=world.alex)
    deliver_all()
    NoticeDelivery.objects.all().delete()
    Notice.objects.all().delete()
    return ticket


def send_all(model: type[WorkRow], send) -> None:
    """As the sweep would have it after every lease has run out and every pause is over."""
    model.objects.filter(due_at__isnull=False).update(leased_until=None, due_at=F("created_at"))
    for pk in model.objects.due().values_list("pk", flat=True):
        send(pk)


def test_F17_an_endpoint_hears_of_each_event_by_one_id_wherever_the_worker_dies(world, ticket, settings):
    settings.WEBHOOK_NETWORKS = HOUSE
    with listening() as heard:
        endpoint(world, heard.url, events=["customer_wrote"])
        receive(ticket, Message(text="It hums again."), channel=Channel.EMAIL, by=world.dana)
        for name in ("_row_for", "wake"):
            killed_at(webhook_handlers, name, 1, deliver_all)
        deliver_all()
        delivery = WebhookDelivery.objects.get()
        for module, name in ((webhook_sending, "_call"), (webhook_sending, "_note"), (webhook_turns, "leave")):
            killed_at(module, name, 1, lambda: send_all(WebhookDelivery, send_webhook))
        send_all(WebhookDelivery, send_webhook)
        send_all(WebhookDelivery, send_webhook)
    assert len(heard.ids) == 3
    assert {*heard.ids} == {delivery.message_id}
    assert len({body for _headers, body in heard.heard}) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == ("delivered", None)


def test_F03_a_notice_rings_once_and_its_mail_is_one_message_wherever_the_worker_dies(world, ticket, sink):
    receive(ticket, Message(text="It hums again."), channel=Channel.EMAIL, by=world.dana)
    killed_at(making, "notify", 1, deliver_all)
    killed_at(making, "_with_the_others", 1, deliver_all)
    deliver_all()
    assert Notice.objects.filter(user=world.bea).count() == 1
    killed_at(leaving, "post", 1, lambda: send_all(NoticeDelivery, send_notice))
    assert sink.mails == []
    killed_at(leaving, "_settle", 2, lambda: send_all(NoticeDelivery, send_notice))
    send_all(NoticeDelivery, send_notice)
    send_all(NoticeDelivery, send_notice)
    ids = [line for mail in sink.mails for line in mail.splitlines() if line.lower().startswith(b"message-id:")]
    assert (len(ids), len({*ids})) == (2, 1)
    assert not NoticeDelivery.objects.unfinished().exists()
