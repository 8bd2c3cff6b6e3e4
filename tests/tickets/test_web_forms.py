"""Web forms: kept by administrators, and what becomes of what is sent."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import ConfigChange, EmailAddress, Membership, User
from mail.models import AutomaticText, Outgoing
from tests.factories import QueueFactory
from tickets.actions.web_forms import Entry, receive_form
from tickets.models import FieldDefinition, Ticket, WebForm, WebFormPost
from tickets.webforms import checked_sites, remove_form, save_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world) -> WebForm:
    return save_form(WebForm(name="Contact", queue=world.support, sites=["https://shop.example"]), [], by=world.alex)


@pytest.fixture
def receipt(world) -> AutomaticText:
    return AutomaticText.objects.create(event="new", subject="Thanks", body="We have it.")


def entry(**facts) -> Entry:
    return Entry(**{"address": "ida@new.example", "text": "The lamp flickers.\nSince noon.", "name": "Ida", **facts})


def test_a_message_becomes_a_ticket_with_a_receipt(form, receipt):
    post = receive_form(form, entry(subject="Lamp", language="de"), nonce="n1")
    ticket = post.ticket
    assert (ticket.title, ticket.queue, ticket.language) == ("Lamp", form.queue, "de")
    assert (ticket.channel, ticket.customer.email, ticket.customer.name) == ("web", "ida@new.example", "Ida")
    article, answer = ticket.articles.order_by("pk")
    assert article.visible_to_customer
    assert article.author == ticket.customer
    assert article.marks == [{"code": "web_form", "form": "Contact"}]
    assert answer.subject == "Thanks"
    assert Outgoing.objects.count() == 1
    event = ticket.events.get(kind="ticket.created")
    assert (event.actor.system_key, event.cause_kind, event.cause_reference) == ("forms", "web form", str(form.pk))


def test_without_a_subject_the_first_words_are_the_title(form):
    assert receive_form(form, entry(), nonce="n1").ticket.title == "The lamp flickers."


def test_the_same_stamp_opens_one_ticket(form):
    first = receive_form(form, entry(), nonce="n1")
    assert receive_form(form, entry(address="other@new.example"), nonce="n1") == first
    assert Ticket.objects.count() == WebFormPost.objects.count() == 1


def test_what_looks_like_spam_is_held_without_a_receipt(world, form, receipt):
    junk = QueueFactory(name="Junk", is_junk=True)
    FieldDefinition.objects.create(key="model", label="Model", kind="text").queues.set([world.support])
    sent = entry(custom_fields={"model": "L1"}, answers={"Model": "L1"})
    post = receive_form(form, sent, nonce="n1", held=["trap"])
    assert (post.ticket.queue, post.held, post.ticket.custom_fields) == (junk, ["trap"], {})
    assert post.ticket.articles.get().body.endswith("\n\nModel: L1")
    assert not Outgoing.objects.exists()


def test_without_a_queue_for_it_spam_is_marked_and_gets_no_receipt(form, receipt):
    post = receive_form(form, entry(), nonce="n1", held=["fast"])
    assert post.ticket.queue == form.queue
    assert post.ticket.articles.get().marks[1] == {"code": "held", "why": ["fast"]}
    assert not Outgoing.objects.exists()


def test_T51_an_address_that_was_only_written_down_opens_nothing(world, form):
    receive_form(form, entry(address="stranger@acme.example"), nonce="n1")
    person = User.objects.get(email="stranger@acme.example")
    assert not Membership.objects.filter(user=person).exists()
    assert EmailAddress.objects.get(user=person).verified_at is None


def test_a_deactivated_person_is_held_and_nobody_outside_learns_it(world, form):
    world.dana.is_active = False
    world.dana.save()
    assert receive_form(form, entry(address="dana@acme.example"), nonce="n1").held == ["inactive"]


def test_a_field_that_does_not_fit_is_said_and_nothing_is_left(form):
    people = User.objects.count()
    with pytest.raises(ValidationError) as caught:
        receive_form(form, entry(custom_fields={"nonsense": "x"}), nonce="n1")
    assert list(caught.value.message_dict) == ["nonsense"]
    assert (Ticket.objects.count(), WebFormPost.objects.count(), User.objects.filter(is_customer=True).count()) == (
        0,
        0,
        2,
    )
    assert User.objects.count() == people


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        (" http://shop.example:8080 ", "http://shop.example:8080"),
        ("https://*.shop.example", "https://*.shop.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_site_is_kept_as_browsers_compare_it(written, kept):
    assert checked_sites([written, written, ""]) == [kept]


@pytest.mark.parametrize(
    "site",
    [
        "shop.example",
        "*",
        "https:",
        "https://",
        "https://shop.example/path",
        "https://shop.example; script-src *",
        "https://shop.example https://evil.example",
        "https://shop.example\n'unsafe-inline'",
        "javascript://shop.example",
        "https://*",
        "https://a.*.example",
        "https://shop.example:port",
    ],
)
def test_T87_what_is_no_site_is_refused(site):
    with pytest.raises(ValidationError):
        checked_sites([site])


def test_changes_are_audited_with_their_questions(world, form):
    field = FieldDefinition.objects.create(key="model", label="Model", kind="text")
    save_form(form, [(field, True)], by=world.alex)
    change = ConfigChange.objects.order_by("-pk").first()
    assert (change.kind, change.before["questions"], change.after["questions"]) == ("tickets.webform", [], ["model *"])
    save_form(form, [(field, True)], by=world.alex)
    assert ConfigChange.objects.order_by("-pk").first() == change
    receive_form(form, entry(), nonce="n1")
    remove_form(form, by=world.alex)
    assert WebFormPost.objects.get().form is None
    assert Ticket.objects.count() == 1
