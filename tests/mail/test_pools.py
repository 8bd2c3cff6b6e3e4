"""F11: servers that say nothing keep one worker waiting, not all of them."""

from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from core.database import in_hand
from mail import pools
from mail.models import Domain, Letter, Outgoing, Server, ServerState
from mail.pools import BeingTried, TryLater, by_any
from mail.tasks import send_letter, send_outgoing
from mail.ways import ways_for
from tests.factories import TicketFactory
from tickets.actions.replying import reply
from tickets.messages import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def outgoing(world) -> Outgoing:
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()
    return reply(ticket, Message(text="Hello"), by=world.bea).outgoing


@pytest.fixture
def away(world):
    """A pool of one server that did not answer a moment ago."""
    server = Server.objects.create(name="Away", host="127.0.0.1", port=9, security="none")
    until = timezone.now() + timedelta(minutes=1)
    ServerState.objects.create(key=f"server {server.pk}", failing_since=timezone.now(), rests_until=until)
    return ways_for("", None)


@pytest.fixture
def somebody_else(away):
    """Another worker that tries this pool just now, in a session of its own."""
    facts = connection.get_connection_params()
    other = psycopg2.connect(
        **{name: facts[name] for name in ("dbname", "user", "password", "host", "port") if name in facts}
    )
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [pools.TRYING, pools._number_of(away) % 2**31])
    yield
    other.close()


def test_F11_while_another_message_tries_silent_servers_the_others_wait_without_a_try(outgoing, somebody_else):
    before = timezone.now()
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    assert (outgoing.attempts, outgoing.state, outgoing.last_error) == (0, Outgoing.State.QUEUED, "")
    assert pools.WAIT[0] <= (outgoing.due_at - before).total_seconds() <= pools.WAIT[1] + 5
    assert not any(domain.holders for domain in Domain.objects.all())


def test_F11_whoever_is_alone_tries_them(outgoing, away):
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.attempts == 1
    assert "refused" in outgoing.last_error


def test_F11_the_turn_is_given_back(away):
    with pytest.raises(OSError, match="refused"):
        by_any(away, lambda server: {})
    with in_hand(pools.TRYING, pools._number_of(away)) as is_free:
        assert is_free


def test_F11_letters_and_notices_are_told_that_others_try(somebody_else, away):
    with pytest.raises(BeingTried):
        by_any(away, lambda server: {})


@pytest.mark.parametrize(
    ("error", "is_silence"), [(TimeoutError("timed out"), True), (ConnectionRefusedError("refused"), False)]
)
def test_silence_is_told_from_a_refusal(error, is_silence):
    assert TryLater.of(error).is_silence is is_silence


def test_F11_a_domain_at_which_the_server_falls_silent_gets_a_pause(outgoing, monkeypatch, away):
    def falls_silent(*_anything):
        raise TryLater("timed out", is_silence=True)

    monkeypatch.setattr("mail.sending._hand_over", falls_silent)
    send_outgoing(outgoing.pk)
    assert Domain.objects.get().pause > 0


def test_F11_a_letter_waits_without_a_try_as_well(world, somebody_else):
    letter = Letter.objects.create(kind=Letter.Kind.PASSWORD_RESET, address=world.dana.email, language="en")
    send_letter(letter.pk)
    letter.refresh_from_db()
    assert (letter.attempts, letter.last_error, letter.due_at > timezone.now()) == (0, "", True)
