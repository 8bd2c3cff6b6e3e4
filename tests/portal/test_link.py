"""Secret links: made while a mail is composed, for one person and one request; expiring, revocable, kept as a digest."""

import re
from email import message_from_bytes, policy

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import EmailAddress, User
from core.blobs import load
from core.links import concealed
from mail.models import Outgoing
from tests.factories import PersonFactory, TicketFactory
from tickets.actions import participants
from tickets.actions.replying import add_note, reply
from tickets.messages import File, Message
from tickets.models import Article, Queue, SecretLink, Ticket
from tickets.secret_links import make, revoke
from web.portal.views.link import WRONG

pytestmark = pytest.mark.django_db
PLAIN = re.compile(r"http://127\.0\.0\.1:8000/portal/requests/\d+/")
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
SECRET = re.compile(r"http://127\.0\.0\.1:8000(/portal/link/[\w-]{43}/)")


def mailed(article: Article) -> str:
    """The text of the mail as it leaves."""
    mail = message_from_bytes(load(Outgoing.objects.get(article=article).digest), policy=policy.default)
    return mail.get_body(("plain",)).get_content()


@pytest.fixture
def ticket(ticket) -> Ticket:
    """Without the link of its receipt."""
    SecretLink.objects.all().delete()
    return ticket


@pytest.fixture
def path(world, ticket) -> str:
    return link(ticket, world.dana)


def link(ticket: Ticket, person: User) -> str:
    return SECRET.search(make(ticket, person, address=person.email))[1]


def page_of(ticket: Ticket) -> str:
    return f"/portal/requests/{ticket.number}/"


def bare(page: bytes) -> bytes:
    """Without what differs each time."""
    return TOKEN.sub(b"", page)


def follow(path: str) -> Client:
    client = Client()
    client.get(path)
    return client


# ---- in mails


def test_a_receipt_carries_a_link_that_nobody_else_sees(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    receipt = ticket.articles.get(sender="system")
    assert PLAIN.search(receipt.body)
    assert not SECRET.search(receipt.body)
    found = SECRET.search(mailed(receipt))
    assert follow(found[1]).get(page_of(ticket)).status_code == 200
    kept = SecretLink.objects.get()
    assert (kept.user, kept.address, kept.article) == (world.dana, "dana@acme.example", receipt)
    token = found[1].split("/")[-2]
    assert token not in str(SecretLink.objects.values())


def test_an_agents_mail_to_one_person_carries_it_in_text_and_html(world, ticket):
    url = f"http://127.0.0.1:8000{page_of(ticket)}"
    sent = reply(ticket, Message(text=f"See {url}", html=f'<p>See <a href="{url}">it</a></p>'), by=world.bea)
    raw = load(Outgoing.objects.get(article=sent).digest)
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    assert [bool(SECRET.search(part)) for part in parts] == [True, True]
    assert len({SECRET.search(part)[1] for part in parts}) == 1
    assert url in sent.html


def test_a_mail_to_several_people_carries_none(world, ticket):
    participants.add(ticket, world.erik, by=world.bea)
    SecretLink.objects.all().delete()
    sent = reply(ticket, Message(text=f"See http://127.0.0.1:8000{page_of(ticket)}"), by=world.bea)
    assert not SECRET.search(mailed(sent))
    assert not SecretLink.objects.exists()


def test_somebody_in_copy_gets_one_of_his_own(world, ticket):
    participants.add(ticket, world.erik, by=world.dana)
    kept = SecretLink.objects.get()
    assert (kept.user, kept.ticket) == (world.erik, ticket)
    client = follow(SECRET.search(mailed(kept.article))[1])
    assert client.get(page_of(ticket)).status_code == 200
    participants.remove(ticket, world.erik, by=world.dana)
    assert client.get(page_of(ticket)).status_code == 302


@pytest.mark.parametrize("who", ["stranger", "agent"])
def test_mails_to_others_carry_none(world, ticket, who: str):
    to = {"stranger": "who@else.example", "agent": world.carlos.email}[who]
    text = f"See http://127.0.0.1:8000{page_of(ticket)}"
    sent = reply(ticket, Message(text=text, to=[{"name": "", "address": to}]), by=world.bea)
    assert not SECRET.search(mailed(sent))


def test_a_queue_may_do_without(world, dana, ticket, path):
    Queue.objects.update(secret_link_days=0)
    later = TicketFactory(queue=Queue.objects.get(pk=world.support.pk), customer=world.erik)
    assert not SECRET.search(mailed(later.articles.get(sender="system")))
    assert Client().get(path).status_code == 410


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"> https://h.example/portal/link/{'a-_Z' * 10}abc/\n", "> https://h.example/portal/link/…/\n"),
        (f'<a href="/portal/survey/17-{"x" * 43}/?score=5">', '<a href="/portal/survey/17-…/?score=5">'),
        (f"/portal/link/{'x' * 44}/ /portal/link/short/", f"/portal/link/{'x' * 44}/ /portal/link/short/"),
        ("", ""),
    ],
)
def test_T80_a_quoted_link_is_shortened(text: str, shown: str):
    assert concealed(text) == shown


# ---- following one


def test_T80_a_link_opens_its_request_and_its_token_goes_no_further(world, ticket, path):
    client = Client()
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, page_of(ticket))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    page = client.get(page_of(ticket)).content.decode()
    assert "It hums and blinks." in page
    assert path.split("/")[-2] not in page
    kept = SecretLink.objects.get()
    assert (kept.uses, kept.used_at is not None) == (1, True)


def test_T41_it_opens_nothing_else(world, ticket, path):
    other = TicketFactory(queue=world.support, customer=world.dana)
    client = follow(path)
    for address in ("/portal/", "/portal/requests/", page_of(other), "/profile/", f"/desk/tickets/{ticket.number}/"):
        assert client.get(address)["Location"].startswith("/login/?next=")
    assert client.get("/live-address/", {"ticket": ticket.number}).status_code == 302
    assert client.post(page_of(ticket) + "people/", {"address": "a@b.example"}).status_code == 302
    assert not ticket.participants.exists()


def test_T43_files_come_with_it_and_go_with_it(world, ticket, path):
    note = add_note(ticket, Message(text="n", files=[File("n.txt", "text/plain", b"n")]), by=world.bea)
    public = reply(ticket, Message(text="p", files=[File("p.txt", "text/plain", b"p")]), by=world.bea)
    other = TicketFactory(queue=world.support, customer=world.dana)
    further = reply(other, Message(text="o", files=[File("o.txt", "text/plain", b"o")]), by=world.bea)
    hidden, shown, foreign = (article.attachments.get().uuid for article in (note, public, further))
    client = follow(path)
    assert [client.get(f"/files/{uuid}/").status_code for uuid in (shown, hidden, foreign)] == [200, 302, 302]
    revoke(SecretLink.objects.first(), by=world.bea)
    assert client.get(f"/files/{shown}/").status_code == 302


def test_answering_by_a_link_says_so_in_the_history(world, ticket, path):
    client = follow(path)
    assert client.post(page_of(ticket) + "answer/", {"text": "By link"})["Location"] == page_of(ticket)
    article = ticket.articles.filter(sender="customer").latest("pk")
    event = article.events.get()
    assert (article.body, article.author) == ("By link", world.dana)
    assert (event.cause_kind, event.cause_reference) == ("link", str(SecretLink.objects.first().pk))
    client.post(page_of(ticket) + "solved/", {})
    ticket.refresh_from_db()
    assert not ticket.is_open


def test_so_many_answers_come_by_one_link(world, ticket, path):
    client = follow(path)
    cache.set(f"limit:answers-by-link:{SecretLink.objects.get().pk}", 30, 60)
    before = ticket.articles.count()
    assert client.post(page_of(ticket) + "answer/", {"text": "Again"}).status_code == 429
    assert ticket.articles.count() == before


# ---- when it is over


def _expire(world, ticket):
    SecretLink.objects.update(expires_at=timezone.now())


def _revoke(world, ticket):
    revoke(SecretLink.objects.get(), by=world.bea)


def _another_address(world, ticket):
    EmailAddress.objects.filter(user=world.dana).update(address="dana@new.example")


def _deactivate(world, ticket):
    User.objects.filter(pk=world.dana.pk).update(is_active=False)


def _sign_out(world, ticket):
    User.objects.filter(pk=world.dana.pk).update(signed_out_at=timezone.now())


def _promote(world, ticket):
    User.objects.filter(pk=world.dana.pk).update(is_agent=True)


def _give_away(world, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(customer=world.erik)


ENDS = [_expire, _revoke, _another_address, _deactivate, _sign_out, _promote, _give_away]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_T80_a_link_that_is_over_looks_like_one_that_never_was(world, ticket, path, end):
    client = follow(path)
    assert client.get(page_of(ticket)).status_code == 200
    end(world, ticket)
    assert client.get(page_of(ticket)).status_code == 302
    assert client.post(page_of(ticket) + "answer/", {"text": "Late"}).status_code == 302
    over, never = Client().get(path), Client().get(f"/portal/link/{'x' * 43}/")
    assert (over.status_code, never.status_code) == (410, 410)
    assert bare(over.content) == bare(never.content)
    assert not ticket.articles.filter(body="Late").exists()


def test_T22_guessing_comes_to_an_end(world, path):
    client = Client()
    for number in range(WRONG.most):
        assert client.get(f"/portal/link/wrong{number}/").status_code == 410
    assert client.get(path).status_code == 429
    assert not SecretLink.objects.filter(uses__gt=0).exists()


@pytest.mark.parametrize("token", ["-", "%20", "x" * 5000, "%00", "ё"])
def test_T80_no_other_token_matches(world, path, token: str):
    SecretLink.objects.update(digest="")
    assert Client().get(f"/portal/link/{token}/").status_code in (404, 410)


def test_a_merged_request_leads_on_as_far_as_the_person_may_see(world, ticket, path):
    mine = TicketFactory(queue=world.support, customer=world.dana)
    theirs = TicketFactory(queue=world.support, customer=world.erik)
    client = follow(path)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=mine)
    assert client.get(page_of(ticket))["Location"] == page_of(mine)
    assert client.get(page_of(mine)).status_code == 200
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=theirs)
    assert client.get(page_of(ticket)).status_code == 302
    assert client.get(page_of(theirs)).status_code == 302


def test_being_signed_in_goes_first_and_a_link_helps_whoever_may_not_see(world, erik, dana, ticket, path):
    dana.get(path)
    assert "You read this with the link" not in dana.get(page_of(ticket)).content.decode()
    assert erik.get(page_of(ticket)).status_code == 404
    erik.get(path)
    assert "dana@acme.example" in erik.get(page_of(ticket)).content.decode()
    erik.post(page_of(ticket) + "answer/", {"text": "Whose?"})
    assert ticket.articles.get(body="Whose?").author == world.dana


def test_an_agent_does_not_speak_as_a_customer(world, signed_in, ticket, path):
    client = follow(path)
    assert signed_in(world.bea).get(path)["Location"] == f"/desk/tickets/{ticket.number}/"
    client.force_login(world.bea)  # in a browser in which the link was followed before
    assert client.get(page_of(ticket)).status_code == 404
    assert client.post(page_of(ticket) + "answer/", {"text": "As Dana"}).status_code == 404
    assert not ticket.articles.filter(body="As Dana").exists()


def test_its_language_is_that_of_its_person(world, ticket):
    person = PersonFactory(email="eva@x.example", is_customer=True, language="de")
    other = TicketFactory(queue=world.support, customer=person)
    page = follow(link(other, person)).get(page_of(other)).content.decode()
    assert '<html lang="de"' in page
