"""Queues with their addresses and rights."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import ConfigChange
from mail.addressing import address_for
from mail.models import Address
from tests.factories import QueueFactory, TicketFactory, address, role
from tickets.grants import grants_in
from tickets.models import Queue, Ticket
from tickets.rights import grant
from web.setup.views import queues as views


def sent(queue: Queue | None = None, *, addresses=(), grants=(), **fields) -> dict:
    """What the form of a queue posts; `addresses` are (number, address, name) or with "remove"."""
    facts = {"name": queue.name, "parent": queue.parent_id or "", "follow_up": queue.follow_up} if queue else {}
    data = {"parent": "", "description": "", "language": "", "signature": "", "follow_up": "reopen", "is_active": "on"}
    data |= facts | fields | {"grant": list(grants), "address-rows": len(addresses)}
    for index, (number, text, name, *remove) in enumerate(addresses):
        data |= {f"address-{index}-number": number, f"address-{index}-address": text, f"address-{index}-name": name}
        if remove:
            data[f"address-{index}-remove"] = "on"
    return data


def write(queue: Queue) -> list[str]:
    """The rights as they are, ticked."""
    return [f"{group}:{right}" for group, rights in grants_in([queue.pk])[queue.pk].items() for right in rights]


def test_a_new_queue_with_an_address_takes_mail_at_once(world, door):
    fields = {"name": "Returns", "parent": world.support.pk, "signature": "Yours, Returns"}
    addresses = [("", "Returns@Demo.example", "Demo Returns")]
    answer = door.post(reverse("setup:queue_new"), sent(None, addresses=addresses, **fields))
    made = Queue.objects.get(name="Returns")
    assert answer["Location"] == reverse("setup:queue", args=[made.pk])
    assert made.path == "Support::Returns"
    assert made.signature == "Yours, Returns"
    found = address_for(["returns@demo.example"])
    assert (found.queue, found.name) == (made, "Demo Returns")
    kinds = ConfigChange.objects.order_by("pk").values_list("kind", "action", "actor")
    assert list(kinds)[-2:] == [
        ("tickets.queue", "created", world.alex.pk),
        ("mail.address", "created", world.alex.pk),
    ]


def test_a_change_is_noted_with_before_and_after(world, door, last_change):
    address = world.billing.mail_addresses.get()
    rows = [(address.pk, address.address, address.name)]
    door.post(
        reverse("setup:queue", args=[world.billing.pk]),
        sent(world.billing, addresses=rows, grants=write(world.billing), name="Invoices", follow_up="reject"),
    )
    world.billing.refresh_from_db()
    assert (world.billing.path, world.billing.follow_up) == ("Invoices", "reject")
    change = last_change()
    assert (change.kind, change.action, change.object_id) == ("tickets.queue", "changed", str(world.billing.pk))
    assert (change.before["name"], change.after["name"]) == ("Billing", "Invoices")
    assert (change.before["follow_up"], change.after["follow_up"]) == ("reopen", "reject")


def test_saving_without_a_change_notes_nothing(world, door):
    before = ConfigChange.objects.count()
    address = world.billing.mail_addresses.get()
    rows = [(address.pk, address.address, address.name), ("", "", "")]
    data = sent(world.billing, addresses=rows, grants=write(world.billing))
    assert door.post(reverse("setup:queue", args=[world.billing.pk]), data).status_code == 302
    assert ConfigChange.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("warranty@demo,example", "An address cannot contain a comma. Did you mean warranty@demo.example?"),
        ("war ranty@demo.example", "An address cannot contain a space. Did you mean warranty@demo.example?"),
        (
            "a@demo.example, b@demo.example",
            "An address cannot contain a comma. Write each address in a row of its own.",
        ),
        ("warranty", "This is not an email address. It looks like support@example.com."),
        ("billing@demo.example", "billing@demo.example already belongs to the queue Billing."),
    ],
)
def test_a_wrong_address_is_explained_and_nothing_is_saved(world, door, text_of, typed, said):
    data = sent(world.support, addresses=[("", typed, "Kept Name")], name="Renamed")
    answer = door.post(reverse("setup:queue", args=[world.support.pk]), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said.replace("'", "&#x27;") in page
    assert "1 field needs a change" in page
    assert 'value="Kept Name"' in page
    assert f'value="{typed}"' in page
    world.support.refresh_from_db()
    assert world.support.name == "Support"


def test_the_same_address_twice_is_refused(world, door):
    rows = [("", "new@demo.example", ""), ("", "NEW@demo.example", "")]
    answer = door.post(reverse("setup:queue", args=[world.hardware.pk]), sent(world.hardware, addresses=rows))
    assert answer.status_code == 422
    assert not Address.objects.filter(address="new@demo.example").exists()


def test_an_address_can_be_removed(world, door, last_change):
    address = world.billing.mail_addresses.get()
    rows = [(address.pk, address.address, address.name, "remove")]
    door.post(
        reverse("setup:queue", args=[world.billing.pk]),
        sent(world.billing, addresses=rows, grants=write(world.billing)),
    )
    assert address_for(["billing@demo.example"]) is None
    change = last_change()
    assert (change.kind, change.action) == ("mail.address", "removed")
    assert change.before["address"] == "billing@demo.example"


def test_an_address_of_another_queue_cannot_be_taken_by_its_number(world, door):
    billing = world.billing.mail_addresses.get()
    rows = [(billing.pk, "new@demo.example", "", "remove")]
    door.post(reverse("setup:queue", args=[world.hardware.pk]), sent(world.hardware, addresses=rows))
    billing.refresh_from_db()
    assert (billing.address, billing.queue) == ("billing@demo.example", world.billing)


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(world, door):
    data = sent(world.support, addresses=[("", "new@demo,example", "New")], name="Typed", more="address")
    answer = door.post(reverse("setup:queue", args=[world.support.pk]), data)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="address-1-address"' in page
    assert 'value="new@demo,example"' in page
    assert 'value="Typed"' in page
    world.support.refresh_from_db()
    assert world.support.name == "Support"


def test_a_queue_cannot_lie_inside_itself(world, door):
    data = sent(world.support, grants=write(world.support), parent=world.hardware.pk)
    answer = door.post(reverse("setup:queue", args=[world.support.pk]), data)
    assert answer.status_code == 422
    world.support.refresh_from_db()
    assert world.support.parent is None


def test_a_name_that_is_taken_is_refused_with_kept_input(world, door, text_of):
    answer = door.post(reverse("setup:queue_new"), sent(None, name="Billing", description="Second try"))
    assert answer.status_code == 422
    assert "There is already a queue with this name here." in text_of(answer)
    assert 'value="Second try"' in answer.content.decode()
    assert Queue.objects.filter(name="Billing").count() == 1


def test_colons_cannot_stand_in_a_name(world, door):
    answer = door.post(reverse("setup:queue_new"), sent(None, name="A::B"))
    assert answer.status_code == 422


def test_rights_of_roles_are_replaced_and_noted(world, door, last_change):
    second = role("Night shift", world.carlos)
    ticked = [f"{second.pk}:read", f"{second.pk}:note", "999999:write", "nonsense"]
    door.post(reverse("setup:queue", args=[world.billing.pk]), sent(world.billing, grants=ticked))
    assert grants_in([world.billing.pk])[world.billing.pk] == {second.pk: {"read", "note"}}
    change = last_change()
    assert change.before == {"rights": {"Billing team": ["write"]}}
    assert change.after == {"rights": {"Night shift": ["read", "note"]}}
    ticket = TicketFactory(queue=world.billing)
    assert list(Ticket.objects.allowing(world.carlos, "read")) == [ticket]
    assert not Ticket.objects.allowing(world.bea, "read").exists()


def test_somebody_faster_is_no_error_page(world, door, monkeypatch, text_of):
    def too_late(*_args, **_options):
        raise IntegrityError

    monkeypatch.setattr(views, "save_queue", too_late)
    answer = door.post(reverse("setup:queue_new"), sent(None, name="Returns"))
    assert answer.status_code == 422
    assert "Somebody just saved the same name or address." in text_of(answer)


def test_T07_hostile_queues_and_roles_are_text(world, door):
    hostile = '"><img src=x onerror=alert(1)>'
    queue = QueueFactory(name=hostile, parent=world.support, description=hostile, signature=hostile)
    group = role(hostile, world.bea, write=queue)
    address("evil@demo.example", queue, name=hostile)
    pages = [
        reverse("setup:queues"),
        reverse("setup:queue", args=[queue.pk]),
        reverse("setup:queue_people", args=[queue.pk]),
        reverse("setup:roles"),
        reverse("setup:role", args=[group.role.pk]),
        reverse("setup:addresses"),
        reverse("setup:account_new"),
        reverse("setup:person", args=[world.bea.pk]),
        reverse("setup:audit"),
    ]
    for path in pages:
        assert "<img" not in door.get(path).content.decode(), path
    taken = door.post(reverse("setup:queue_new"), sent(None, name="New", addresses=[("", "evil@demo.example", "")]))
    assert "<img" not in taken.content.decode()


def test_inherited_rights_are_shown_as_such(world, door, text_of):
    page = text_of(door.get(reverse("setup:queue", args=[world.hardware.pk])))
    assert "Inherited from Support" in page
    assert "Included in" not in page
    assert "Included in “Everything”" in text_of(door.get(reverse("setup:queue", args=[world.support.pk])))


def test_the_page_says_who_sees_a_queue_and_why(world, door, text_of):
    grant(world.carlos, world.hardware, "note")
    page = text_of(door.get(reverse("setup:queue_people", args=[world.hardware.pk])))
    assert "“Everything” on Support, as a member of Support team" in page
    assert "“Add notes” on Support › Hardware, granted personally" in page
    assert "Dana Miller" not in page
