"""The pages of web forms: made, put into a website by one line, and what came through them."""

import pytest

from accounts.models import User
from tests.factories import QueueFactory
from tickets.actions.web_forms import Entry, receive_form
from tickets.models import FieldDefinition, Ticket, WebForm
from tickets.webforms import save_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(world) -> dict:
    return {
        "name": "Contact",
        "is_active": "on",
        "queue": world.support.pk,
        "language": "en",
        "asks_name": "optional",
        "asks_subject": "required",
        "look": "light",
        "sites_text": "https://Shop.example/\n\nhttps://*.calden.example",
        "title_en": 'Ask "us"',
        "consent_de": "Ich willige ein.",
    }


def test_a_form_is_made_and_its_line_shown(door, data):
    model = FieldDefinition.objects.create(key="model", label="Model", kind="text")
    page = door.post("/admin/web-forms/new/", {**data, f"ask_{model.pk}": "required"}, follow=True).content.decode()
    form = WebForm.objects.get()
    assert form.sites == ["https://shop.example", "https://*.calden.example"]
    assert form.texts == {"en": {"title": 'Ask "us"'}, "de": {"consent": "Ich willige ein."}}
    assert list(form.questions.values_list("field__key", "is_required")) == [("model", True)]
    assert f"/form/{form.key}/embed.js" in page
    assert "data-title=&quot;Ask &amp;quot;us&amp;quot;&quot;" in page
    assert f'href="/form/{form.key}/"' in page


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sites_text": "shop.example"}, "is no site. Write it like https://www.example.com, without a path."),
        ({"sites_text": "https://shop.example; script-src *"}, "is no site."),
        ({"queue": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"consent_url": "nonsense"}, "field needs a change"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(door, data, change, says):
    answer = door.post("/admin/web-forms/new/", {**data, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not WebForm.objects.exists()


def test_what_somebody_else_has_changed_is_not_overwritten(door, world, data):
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    url = f"/admin/web-forms/{form.pk}/"
    door.post(url, {**data, "name": "Theirs", "seen": "0"})
    assert door.post(url, {**data, "name": "Mine", "seen": "0"}).status_code == 409
    form.refresh_from_db()
    assert form.name != "Mine"


def test_what_came_is_told_but_not_of_hidden_tickets(door, world):
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    hidden = save_form(WebForm(name="Bills", queue=world.billing), [], by=world.alex)
    receive_form(form, Entry("ida@new.example", "It hums", subject="Hums"), nonce="n1", held=["trap"])
    receive_form(hidden, Entry("ida@new.example", "Too dear", subject="Dear"), nonce="n2")
    page = door.get(f"/admin/web-forms/{form.pk}/posts/").content.decode()
    assert "Hums" in page
    assert "A field that people do not see was filled in." in page
    page = door.get(f"/admin/web-forms/{hidden.pk}/posts/").content.decode()
    assert "Dear" not in page
    assert Ticket.objects.get(title="Dear").number not in page
    assert "in a queue that you do not see" in page
    listed = door.get("/admin/web-forms/").content.decode()
    assert "1 held" in listed
    assert "https://" not in listed


def test_one_is_removed_and_its_tickets_stay(door, world):
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    receive_form(form, Entry("ida@new.example", "It hums"), nonce="n1")
    door.post(f"/admin/web-forms/{form.pk}/remove/")
    assert (WebForm.objects.count(), Ticket.objects.count()) == (0, 1)


def test_a_queue_that_is_retired_names_its_forms(door, world):
    save_form(WebForm(name="Contact", queue=world.billing), [], by=world.alex)
    answer = door.post(f"/admin/queues/{world.billing.pk}/", {"name": "Billing", "follow_up": "reopen"})
    assert "The web form Contact names it" in answer.content.decode()


def test_an_agent_reads_where_it_came_from_and_why_it_was_held(world, signed_in):
    junk = QueueFactory(name="Junk", is_junk=True, parent=world.support)
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    post = receive_form(form, Entry("ida@new.example", "It hums"), nonce="n1", held=["links"])
    assert post.ticket.queue == junk
    page = signed_in(world.bea).get(f"/desk/tickets/{post.ticket.number}/").content.decode()
    assert "This came through the web form “Contact”." in page
    assert "There are many links in it." in page
    history = signed_in(world.bea).get(f"/desk/tickets/{post.ticket.number}/?tab=history").content.decode()
    assert User.objects.get(system_key="forms").name in ("Web forms", "Forms")
    assert history


@pytest.mark.parametrize("page", ["/admin/web-forms/", "/admin/web-forms/{pk}/posts/"])
def test_queries_do_not_grow_with_rows(door, world, queries, page):
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    receive_form(form, Entry("ida@new.example", "It hums"), nonce="n0")
    url = page.format(pk=form.pk)
    door.get(url)
    with queries() as few:
        door.get(url)
    for number in range(4):
        save_form(WebForm(name=f"Other {number}", queue=world.support), [], by=world.alex)
        receive_form(form, Entry("ida@new.example", "It hums"), nonce=f"m{number}")
    with queries() as many:
        door.get(url)
    assert len(many) == len(few)
