"""The request catalogue in the administration: the tree, its services, their forms, trying them."""

import pytest
from django.urls import reverse

from tickets.models import FieldDefinition, Service, ServiceField
from tickets.servicedefinitions import add_question, save_service

pytestmark = pytest.mark.django_db


def made(world, name: str = "New laptop", **facts) -> Service:
    return save_service(Service(name=name, **{"queue": world.support, **facts}), {}, by=world.alex)


def question(world, service: Service, key: str, **facts) -> ServiceField:
    field = {"kind": "dropdown", "options": ["Small", "Large"], **facts}
    return add_question(service, FieldDefinition.objects.create(key=key, label=key.title(), **field), by=world.alex)


def data(world, **more) -> dict:
    return {"name": "New laptop", "queue": world.support.pk, "audience": "customers", "is_active": "on", **more}


def test_a_topic_and_a_service_in_it(world, door, last_change):
    door.post(reverse("setup:topic_new"), {"name": "Workplace", "audience": "everybody", "is_active": "on"})
    topic = Service.objects.get()
    assert (topic.is_topic, topic.audience) == (True, "everybody")
    sent = data(
        world, parent=topic.pk, name_de="Neues Notebook", subject="Laptop for {{ customer.name }}", icon="laptop"
    )
    answer = door.post(reverse("setup:service_new"), sent)
    service = Service.objects.get(name="New laptop")
    assert answer["Location"] == reverse("setup:service_form", args=[service.pk])
    assert (service.path, service.names, service.icon) == ("Workplace::New laptop", {"de": "Neues Notebook"}, "laptop")
    assert last_change().after["queue"] == {"id": world.support.pk, "name": "Support"}
    page = door.get(reverse("setup:services")).content.decode()
    assert page.index("Workplace") < page.index("New laptop")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "A::B"}, "two colons"),
        ({"subject": "{{ broken"}, "cannot be read"),
        ({"audience": "members"}, "at least one organisation"),
        ({"audience": "members", "organisations": "Acme\nNowhere"}, "no organisation with this name: Nowhere"),
        ({"queue": ""}, "1 field needs a change"),
    ],
)
def test_what_cannot_be_is_said(world, door, more, said):
    answer = door.post(reverse("setup:service_new"), data(world, **more))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Service.objects.count() == 0


def test_a_stale_page_is_refused(world, door):
    service = made(world)
    path = reverse("setup:service", args=[service.pk])
    answer = door.post(path, data(world, name="Old page", seen="0"))
    assert answer.status_code == 409
    service.refresh_from_db()
    assert service.name == "New laptop"


def test_retiring_names_what_leans_on_it_first(world, door):
    topic = made(world, "Workplace", queue=None)
    made(world, parent=topic)
    path = reverse("setup:service", args=[topic.pk])
    answer = door.post(path, {"name": "Workplace", "audience": "customers"})
    assert answer.status_code == 422
    assert "1 service in it is not found any more" in answer.content.decode()
    door.post(path, {"name": "Workplace", "audience": "customers", "confirmed": "on"})
    topic.refresh_from_db()
    assert not topic.is_active


def test_the_order_is_changed_one_place_at_a_time(world, door):
    for name in "AB":
        made(world, name)
    door.post(reverse("setup:service_move", args=[Service.objects.get(name="B").pk]), {"to": "up"})
    assert [service.name for service in Service.objects.all()] == ["B", "A"]
    rows = door.get(reverse("setup:services")).content.decode().split("<tbody>")[1]
    assert rows.index(">B</a>") < rows.index(">A</a>")


def test_a_question_is_added_with_a_condition_and_tried(world, door, last_change):
    service = made(world, subject="{{ field.size }}")
    question(world, service, "size")
    reason = FieldDefinition.objects.create(key="reason", label="Reason", kind="text")
    answer = door.post(reverse("setup:question_add", args=[service.pk]), {"field": reason.pk})
    asked = ServiceField.objects.get(field=reason)
    path = reverse("setup:question", args=[service.pk, asked.pk])
    assert answer["Location"] == path
    assert 'value="leaf 0"' in door.get(path).content.decode()
    rows = {"row": "0.0 leaf", "kind-0": "all", "field-0.0": "field.size", "op-0.0": "is", "value-0.0": "Large"}
    drawn = door.post(f"{path}?draw=rows", {**rows, "edit": "leaf 0"}).content.decode()
    assert 'name="field-0.1"' in drawn and 'value="field.size"' in drawn
    assert ServiceField.objects.get(pk=asked.pk).condition is None
    door.post(path, {**rows, "is_required": "on", "help_de": "Warum?"})
    asked.refresh_from_db()
    assert asked.condition == {"all": [{"field": "field.size", "is": "Large"}]}
    assert (asked.is_required, asked.help_texts) == (True, {"de": "Warum?"})
    assert last_change().after["questions"]["reason"]["required"] is True
    page = door.get(reverse("setup:service_form", args=[service.pk])).content.decode()
    assert "Size is Large" in page
    assert 'name="field_reason"' not in page
    tried = door.post(reverse("setup:service_try", args=[service.pk]), {"field_size": "Large"}).content.decode()
    assert 'name="field_reason"' in tried
    assert "Size: Large" in tried


def test_the_first_question_depends_on_nothing(world, door):
    asked = question(world, made(world), "size")
    page = door.get(reverse("setup:question", args=[asked.service_id, asked.pk])).content.decode()
    assert "it is asked always" in page


def test_a_question_that_others_depend_on_stays(world, door):
    service = made(world)
    size, reason = question(world, service, "size"), question(world, service, "reason")
    ServiceField.objects.filter(pk=reason.pk).update(condition={"field": "field.size", "is": "Large"})
    for path in ("setup:question_remove", "setup:question_move"):
        door.post(reverse(path, args=[service.pk, size.pk]), {"to": "down"})
    assert [one.field.key for one in service.questions.all()] == ["size", "reason"]
    door.post(reverse("setup:question_remove", args=[service.pk, reason.pk]))
    door.post(reverse("setup:question_remove", args=[service.pk, size.pk]))
    assert service.questions.count() == 0


def test_topics_have_no_form(world, door):
    topic = made(world, "Workplace", queue=None)
    assert door.get(reverse("setup:service_form", args=[topic.pk])).status_code == 404


def test_the_audit_tells_of_the_form_in_words(world, door, last_change):
    service = made(world)
    question(world, service, "size")
    page = door.get(reverse("setup:audit_change", args=[last_change().pk])).content.decode()
    assert "1. Size" in page


def test_queries_do_not_grow(world, door, queries):
    service = made(world)
    question(world, service, "size")

    def counted() -> tuple[int, int]:
        with queries() as tree:
            door.get(reverse("setup:services"))
        with queries() as form:
            door.get(reverse("setup:service_form", args=[service.pk]))
        return len(tree), len(form)

    before = counted()
    for number in range(4):
        made(world, f"S{number}")
        question(world, service, f"more{number}")
    assert counted() == before
