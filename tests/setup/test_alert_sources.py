"""The pages of alert sources: made with an address shown once, tried, and what came of their posts."""

import re

import pytest

from accounts.models import ConfigChange, User
from automation.alert_posts import accept
from automation.alert_reading import Malformed
from automation.alert_sources import source_for
from automation.models import Alert, AlertPost, AlertSource
from tests.automation.alerts import firing, posted, raw, source
from tickets.models import Priority, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world) -> dict:
    return {
        "name": "Prometheus",
        "is_active": "on",
        "system": "alertmanager",
        "queue": world.support.pk,
        "type": "",
        "customer_address": "dana@acme.example",
        "when_resolved": "close",
        "wait_hours": "24",
        "again_minutes": "60",
    }


def test_a_source_is_made_and_its_address_shown_once(door, world, form):
    high = Priority.objects.get(level=4)
    body = door.post("/admin/alerts/new/", {**form, "priority_critical": high.pk}).content.decode()
    row = AlertSource.objects.get()
    (secret,) = set(re.findall(r"hda_[\w-]+", body))
    assert source_for(secret) == row
    assert "webhook_configs:\n      - url: &quot;http" in body
    assert (row.customer, row.priorities) == (world.dana, {"critical": high.pk})
    shown = door.get(f"/admin/alerts/{row.pk}/").content.decode()
    assert secret not in shown
    assert "/api/v1/alerts/SECRET/" in shown
    change = ConfigChange.objects.get(kind="automation.alertsource")
    assert secret[:10] not in str(change.after)
    new = door.post(f"/admin/alerts/{row.pk}/secret/").content.decode()
    assert source_for(secret) is None
    assert source_for(re.search(r"hda_[\w-]+", new)[0]) == row


def test_a_customer_that_nobody_is_yet_is_made(door, form):
    door.post("/admin/alerts/new/", {**form, "customer_address": "Monitoring@demo.example"})
    assert AlertSource.objects.get().customer == User.objects.get(email="monitoring@demo.example")


def test_another_program_says_where_things_are(door, form):
    door.post("/admin/alerts/new/", {**form, "system": "other", "place_title": "alert.name", "place_list": "/all"})
    assert AlertSource.objects.get().mapping == {"title": "alert.name", "list": "/all"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"customer_address": "nonsense"}, "Write an email address"),
        ({"queue": ""}, "This field is required."),
        ({"wait_hours": "9999"}, "field needs a change"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(door, form, change, says):
    people = User.objects.count()
    answer = door.post("/admin/alerts/new/", {**form, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert (AlertSource.objects.count(), User.objects.count()) == (0, people)


def test_what_somebody_else_has_changed_is_not_overwritten(door, world, form):
    row, _secret = source(world)
    url = f"/admin/alerts/{row.pk}/"
    door.post(url, {**form, "name": "Theirs", "seen": "0"})
    assert door.post(url, {**form, "name": "Mine", "seen": "0"}).status_code == 409
    row.refresh_from_db()
    assert row.name != "Mine"


@pytest.mark.parametrize("system", AlertSource.System.values)
def test_the_sample_of_each_system_can_be_tried_and_keeps_nothing(door, world, system):
    row, _secret = source(world, system=system)
    url = f"/admin/alerts/{row.pk}/try/"
    text = door.get(url).content.decode()
    sample = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.S)[1]
    data = {"post": sample.replace("&quot;", '"')}
    answer = door.post(url, data)
    assert answer.status_code == 200
    assert "It would open a ticket." in answer.content.decode()
    part = door.post(url, data, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert not (AlertPost.objects.exists() or Alert.objects.exists() or Ticket.objects.exists())
    refused = door.post(url, {"post": "{"})
    assert refused.status_code == 422
    assert "no valid JSON" in refused.content.decode()


def test_posts_tell_what_came_of_them_but_not_of_hidden_tickets(door, world):
    row, _secret = source(world)
    hidden, _secret = source(world, name="Billing", queue=world.billing)
    posted(row, firing())
    posted(hidden, firing())
    with pytest.raises(Malformed):
        accept(row, raw({"alarms": []}))
    first, second = Ticket.objects.order_by("pk")
    body = door.get(f"/admin/alerts/{row.pk}/posts/").content.decode()
    assert "new ticket" in body
    assert first.number in body
    assert "There is no list “alerts” in the JSON." in body
    assert second.number not in door.get(f"/admin/alerts/{hidden.pk}/posts/").content.decode()
    listed = door.get("/admin/alerts/").content.decode()
    assert "Prometheus" in listed
    assert "refused" in listed


def test_one_is_removed_and_its_tickets_stay(door, world):
    row, _secret = source(world)
    posted(row, firing())
    door.post(f"/admin/alerts/{row.pk}/remove/")
    assert (AlertSource.objects.count(), Ticket.objects.count()) == (0, 1)


def test_a_queue_that_is_retired_names_its_sources(door, world):
    source(world, queue=world.billing)
    answer = door.post(f"/admin/queues/{world.billing.pk}/", {"name": "Billing", "follow_up": "reopen"})
    assert answer.status_code == 422
    assert "The alert source Prometheus names it" in answer.content.decode()


@pytest.mark.parametrize("page", ["/admin/alerts/", "/admin/alerts/{pk}/posts/"])
def test_queries_do_not_grow_with_rows(door, world, queries, page):
    row, _secret = source(world)
    posted(row, firing())
    url = page.format(pk=row.pk)
    door.get(url)
    with queries() as few:
        door.get(url)
    for number in range(4):
        source(world, name=f"Other {number}")
        posted(row, firing(number + 2))
    with queries() as many:
        door.get(url)
    assert len(many) == len(few)
