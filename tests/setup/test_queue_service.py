"""Service levels on the page of a queue: what it adds, what it inherits; and how the audit tells of all of it."""

import re

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from accounts.people import system_actor
from sla.configuring import save_calendar, save_policy, save_queue_hours
from sla.models import Calendar, Policy, QueueHours, QueueTarget, Retarget, Target
from tests.setup.test_meanwhile import seen as mark_of
from tests.setup.test_queues import sent as queue_sent
from tests.setup.test_queues import write
from tests.sla.conftest import HOUR, OFFICE, hours_of_queue
from tickets.models import Priority, Queue

WORKDAY = 8 * HOUR


@pytest.fixture
def office(db) -> Calendar:
    calendar = Calendar(name="Office", zone="UTC", hours=OFFICE, is_default=True)
    return save_calendar(calendar, by=system_actor("system"))


@pytest.fixture
def gold(office) -> Policy:
    return save_policy(Policy(name="Gold"), [Target(kind="solution", seconds=HOUR)], by=system_actor("system"))


def sent(queue: Queue, **fields) -> dict:
    """The form of a queue with its service levels."""
    hours = {"hours-seen": "", "hours-calendar": "", "hours-policy": "", "hours-unlock_after": ""}
    addresses = [(row.pk, row.address, row.name) for row in queue.mail_addresses.all()]
    return queue_sent(queue, addresses=addresses, grants=write(queue)) | hours | fields


def path_of(queue: Queue) -> str:
    return reverse("setup:queue", args=[queue.pk])


def stays(queue: Queue) -> set:
    return set(QueueTarget.objects.filter(hours=queue.pk).values_list("priority__level", "seconds"))


def test_everything_a_queue_can_add(world, door, office, gold, last_change):
    high = Priority.objects.get(level=5)
    fields = {
        "hours-calendar": office.pk,
        "hours-policy": gold.pk,
        "hours-unlock_after": "1 h 30 min",
        "hours-warnings": "75",
        "hours-levels": "30 min",
        "t-stay-0": "2 d",
        f"t-stay-{high.pk}": "4 h",
    }
    assert door.post(path_of(world.billing), sent(world.billing, **fields)).status_code == 302
    hours = QueueHours.objects.get()
    assert (hours.queue, hours.calendar, hours.policy) == (world.billing, office, gold)
    assert (hours.unlock_after, hours.warnings, hours.levels) == (5400, [75], [1800])
    assert stays(world.billing) == {(None, 2 * WORKDAY), (5, 4 * HOUR)}
    change = last_change()
    assert (change.kind, change.action, change.actor) == ("sla.queuehours", "created", world.alex)
    assert Retarget.objects.filter(reason="Billing", asked_by=world.alex).count() == 1
    page = door.get(path_of(world.billing)).content.decode()
    assert 'name="t-stay-0" value="2 d"' in page
    assert re.search(r'name="hours-unlock_after"[^>]*value="1 h 30 min"|value="1 h 30 min"[^>]*hours-unlock', page)


def test_nothing_said_is_nothing_saved(world, door, office):
    before = ConfigChange.objects.count()
    assert door.post(path_of(world.billing), sent(world.billing)).status_code == 302
    assert not QueueHours.objects.exists()
    assert ConfigChange.objects.count() == before


def test_a_page_without_the_part_leaves_it_alone(world, door, office):
    hours_of_queue(world.billing, stay=HOUR, calendar=office)
    data = queue_sent(world.billing, grants=write(world.billing), name="Invoices")
    assert door.post(path_of(world.billing), data).status_code == 302
    assert QueueHours.objects.get().calendar == office
    assert stays(world.billing) == {(None, HOUR)}


def test_what_is_inherited_is_shown_with_its_queue(world, door, office, gold, text_of):
    row = QueueHours(queue=world.support, calendar=office, policy=gold, unlock_after=2 * HOUR)
    high = Priority.objects.get(level=5)
    save_queue_hours(row, [QueueTarget(seconds=WORKDAY), QueueTarget(seconds=HOUR, priority=high)], by=world.alex)
    page = text_of(door.get(path_of(world.hardware)))
    assert "Office, from Support" in page
    assert "Gold, from Support" in page
    assert "Empty: 2 h, from Support." in page
    assert re.search(r"As long as nothing is written here: 8 h, [^,]+ 1 h, from Support\.", page)
    own = text_of(door.get(path_of(world.billing)))
    assert "from Support" not in own
    assert "Empty: never." in own


def test_never_is_said_and_shown(world, door, office):
    door.post(path_of(world.billing), sent(world.billing, **{"hours-unlock_after": "never"}))
    assert QueueHours.objects.get().unlock_after == 0
    assert 'value="never"' in door.get(path_of(world.billing)).content.decode()
    door.post(path_of(world.billing), sent(world.billing))
    assert QueueHours.objects.get().unlock_after is None


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_is_saved(world, door, office, text_of):
    fields = {"t-stay-0": "soon", "hours-unlock_after": "later", "hours-levels": "x", "name": "Kept"}
    answer = door.post(path_of(world.billing), sent(world.billing, **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="wrong-stay-0">Write 30 min, 4 h, 2 d or none.' in page
    assert "Write 30 min, 4 h, 2 d or never." in page
    assert "3 fields need a change" in text_of(answer)
    for text in ("soon", "later", "Kept"):
        assert f'value="{text}"' in page
    world.billing.refresh_from_db()
    assert world.billing.name == "Billing"


def test_one_more_address_keeps_what_was_typed(world, door, office):
    fields = {"t-stay-0": "soon", "hours-unlock_after": "later", "more": "address"}
    page = door.post(path_of(world.billing), sent(world.billing, **fields)).content.decode()
    assert 'value="soon"' in page
    assert 'value="later"' in page


def test_a_change_by_somebody_else_is_refused_once(world, door, office, text_of):
    hours_of_queue(world.billing, stay=WORKDAY)
    page = door.get(path_of(world.billing)).content.decode()
    seen = re.search(r'name="hours-seen" value="(\d+)"', page)[1]
    save_queue_hours(QueueHours.objects.get(), [QueueTarget(seconds=HOUR)], by=world.bea)
    data = sent(world.billing, seen=mark_of(door, path_of(world.billing)), **{"hours-seen": seen, "t-stay-0": "2 h"})
    answer = door.post(path_of(world.billing), data)
    assert answer.status_code == 409
    assert "targets: All priorities: 8 h" in text_of(answer)
    assert stays(world.billing) == {(None, HOUR)}
    page = answer.content.decode()
    assert 'name="t-stay-0" value="2 h"' in page
    data["hours-seen"] = re.search(r'name="hours-seen" value="(\d+)"', page)[1]
    assert door.post(path_of(world.billing), data).status_code == 302
    assert stays(world.billing) == {(None, 2 * HOUR)}


def test_hours_that_come_while_one_writes_are_not_overwritten(world, door, office):
    page = door.get(path_of(world.billing)).content.decode()
    seen = re.search(r'name="hours-seen" value="(\d+)"', page)[1]
    hours_of_queue(world.billing, stay=HOUR)
    answer = door.post(path_of(world.billing), sent(world.billing, **{"hours-seen": seen, "t-stay-0": "2 h"}))
    assert answer.status_code == 409
    assert stays(world.billing) == {(None, HOUR)}


def test_a_new_queue_with_its_own(world, door, office, gold):
    data = queue_sent(None, name="Returns") | {"hours-seen": "", "hours-policy": gold.pk, "t-stay-0": "1 h"}
    assert door.post(reverse("setup:queue_new"), data).status_code == 302
    made = Queue.objects.get(name="Returns")
    assert made.hours.policy == gold
    assert stays(made) == {(None, HOUR)}


def test_the_audit_tells_it_in_words(world, door, office, gold, text_of):
    high = Priority.objects.get(level=5)
    office.hours, office.country = {"mon": [["08:00", "12:00"]]}, "DE"
    office.own_days = {"2026-12-24": {"name": "Eve", "hours": []}}
    save_calendar(office, by=world.alex)
    gold.condition, gold.warnings, gold.levels = {"field": "priority", "is": high.pk}, [50], [5400]
    gold.reopening = "restart"
    save_policy(gold, [Target(kind="solution", seconds=2 * HOUR, priority=high, calendar=office)], by=world.alex)
    hours_of_queue(world.support, stay=HOUR, unlock_after=1800)
    pages = {
        change.kind: text_of(door.get(reverse("setup:audit_change", args=[change.pk])))
        for change in ConfigChange.objects.filter(kind__startswith="sla.").order_by("pk")
    }
    for words in ("Monday: 08:00–12:00", "2026-12-24 Eve: closed", "Germany", "public holidays of"):
        assert words in pages["sla.calendar"]
    for words in ("Priority is", "50 %", "1 h 30 min", "A new clock starts", "SLA"):
        assert words in pages["sla.policy"]
    assert re.search(r"Solution, [^:,]+: 2 h \(Office\)", pages["sla.policy"])
    for words in ("All priorities: 1 h", "30 min", "SLA settings of a queue"):
        assert words in pages["sla.queuehours"]
    assert "SLA" in text_of(door.get(reverse("setup:audit")))


def test_the_overview_and_the_search_know_them(world, door, gold, text_of):
    page = text_of(door.get(reverse("setup:home")))
    assert "SLAs 1 SLA" in page
    assert "Calendars 1 calendar" in page
    for words, found in (("holidays", "Public holidays by country"), ("unlock", "Unlock tickets without work")):
        assert found in text_of(door.get(reverse("setup:home"), {"q": words}))
