"""How a template reads on a real ticket, and where one cannot be read."""

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from core.liquid import Place, TemplateError, render
from tests.factories import TicketFactory
from tickets.models import ReplyTemplate

BODY = "Dear {{ customer.first_name }},\n{{ ticket.title }} from {{ customer.organisation }}."


def preview(door, body: str, **fields):
    return door.post(reverse("setup:templates_new"), {"name": "New", "body": body, "preview": "on"} | fields)


def part(answer) -> str:
    return answer.content.decode().partition('id="preview"')[2].partition("</section>")[0]


def test_on_a_ticket_that_one_may_see(world, door):
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer <hums>")
    answer = preview(door, BODY, preview_ticket=f" #{ticket.number} ")
    assert answer.status_code == 200
    assert "Dear Dana,\nPrinter &lt;hums&gt; from Acme." in part(answer)
    assert 'value="New"' in answer.content.decode()
    assert not ReplyTemplate.objects.exists()


@pytest.mark.parametrize("number", ["", "999999", "hidden"])
def test_without_one_from_examples(world, door, number):
    hidden = TicketFactory(queue=world.billing, title="Secret", customer=world.erik)
    answer = preview(door, BODY, preview_ticket=hidden.number if number == "hidden" else number)
    assert "Dear Dana,\nPrinter hums from Acme." in part(answer)
    assert "Secret" not in answer.content.decode()
    assert ("You see no ticket with this number." in part(answer)) is bool(number)


def test_what_is_not_known_is_named(world, door):
    ticket = TicketFactory(queue=world.support, customer=world.erik)
    ticket.organisation = None
    ticket.save()
    assert "customer.organisation" in part(preview(door, BODY, preview_ticket=ticket.number))


def test_an_error_points_at_its_place(world, door, text_of):
    answer = preview(door, "Hello\nDear {% if %} you")
    assert "Line 2, character" in part(answer)
    assert "<mark>" in part(answer)
    saved = door.post(reverse("setup:templates_new"), {"name": "New", "body": "Hello\nDear {% if %} you"})
    assert saved.status_code == 422
    assert "Line 2, character" in text_of(saved)


def test_a_preview_of_a_row_changes_nothing_and_keeps_what_was_typed(world, door):
    row = ReplyTemplate.objects.create(name="Thanks", body="Thank you.")
    before = ConfigChange.objects.count()
    data = {"name": "Typed", "body": "Other", "queues": [world.support.pk], "preview": "on", "seen": "7"}
    page = door.post(reverse("setup:templates_row", args=[row.pk]), data).content.decode()
    assert 'value="Typed"' in page
    assert 'name="seen" value="7"' in page
    assert page.count("checked") >= 1
    row.refresh_from_db()
    assert (row.name, row.body) == ("Thanks", "Thank you.")
    assert ConfigChange.objects.count() == before


def test_T58_nothing_can_be_reached_through_a_preview(world, door):
    ticket = TicketFactory(queue=world.support)
    body = "{{ ticket.__class__ }}|{{ customer.password }}|{{ agent._meta }}|{0.__init__}"
    assert "|||{0.__init__}" in part(preview(door, body, preview_ticket=ticket.number))


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("a {% nonsense %}", Place(1, 6, "a {% nonsense %}")),
        ("one\ntwo {{ a | }}", None),
        ("{{ a", None),
    ],
)
def test_errors_know_their_line(template, place):
    with pytest.raises(TemplateError) as caught:
        render(template, {})
    assert "\n" not in str(caught.value)
    if place is not None:
        assert caught.value.place == place
        assert caught.value.place.before + caught.value.place.after == place.text
