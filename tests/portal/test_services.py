"""The request catalogue in the portal: what is offered, forms whose questions follow from answers, what is opened."""

import uuid

import pytest
from django.test import Client

from tests.factories import organisation
from tickets.models import FieldDefinition, Service, Ticket, TicketType
from tickets.servicedefinitions import add_question, save_question, save_service

pytestmark = pytest.mark.django_db
CATALOGUE = "/portal/services/"


def made(world, name: str = "New laptop", organisations=(), **facts) -> Service:
    sets = {"organisations": organisations, "brands": []}
    return save_service(Service(name=name, **{"queue": world.hardware, **facts}), sets, by=world.alex)


def ask(world, service: Service, key: str, condition=None, **facts):
    kind = {"kind": "dropdown", "options": ["Small", "Large", "Other"], **facts.pop("field", {})}
    field = FieldDefinition.objects.create(key=key, label=key.title(), in_portal=True, **kind)
    question = add_question(service, field, by=world.alex)
    question.condition, question.is_required = condition, facts.pop("required", False)
    question.help_text = facts.pop("hint", "")
    save_question(question, by=world.alex)
    return question


@pytest.fixture
def laptop(world) -> Service:
    """Asks for the size, and for the reason of a large one."""
    service = made(world, type=TicketType.objects.get(name="Service request"), subject="{{ field.size }} laptop")
    ask(world, service, "size", required=True, hint="Look at the lid.")
    large = {"field": "field.size", "is": "Large"}
    ask(world, service, "reason", large, required=True, field={"kind": "text", "options": []})
    return service


def page_of(service: Service) -> str:
    return f"{CATALOGUE}{service.pk}/"


def send(client: Client, service: Service, headers=None, **form):
    return client.post(page_of(service), {"submission": str(uuid.uuid4()), **form}, headers=headers)


def test_without_services_there_is_one_form(world, dana):
    assert dana.get(CATALOGUE)["Location"] == "/portal/new/"
    assert dana.get("/portal/new/").status_code == 200


def test_the_catalogue_leads_to_topics_services_and_something_else(world, dana):
    topic = made(world, "Workplace", queue=None, names={"de": "Arbeitsplatz"})
    service = made(world, parent=topic)
    assert dana.get("/portal/new/")["Location"] == CATALOGUE
    page = dana.get(CATALOGUE).content.decode()
    assert f'href="{page_of(topic)}"' in page
    assert f'href="{page_of(service)}"' not in page
    assert 'href="/portal/new/?topic=other"' in page
    assert f'href="{page_of(service)}"' in dana.get(page_of(topic)).content.decode()
    assert "Arbeitsplatz" in dana.get(CATALOGUE, headers={"accept-language": "de"}).content.decode()
    other = dana.get("/portal/new/?topic=other").content.decode()
    assert 'name="subject"' in other
    assert 'href="/portal/new/?topic=other" aria-current="page"' in other


def test_T42_what_is_not_offered_looks_like_what_is_not_there(world, dana, erik):
    acme = made(world, "Acme's own", audience="members", organisations=[world.acme])
    hidden = made(world, "Hidden", queue=None, audience="members", organisations=[organisation("Initech")])
    inside = made(world, "Inside", parent=hidden, audience="everybody")
    public = made(world, "Public", audience="everybody")
    assert dana.get(page_of(acme)).status_code == 200
    gone = erik.get(f"{CATALOGUE}999/").content
    for service in (acme, hidden, inside):
        answer = erik.get(page_of(service))
        assert (answer.status_code, answer.content) == (404, gone)
        assert send(erik, service, subject="S", text="T").status_code == 404
        assert erik.post(f"{page_of(service)}questions/").status_code == 404
    visitor = Client()
    assert visitor.get("/portal/new/")["Location"] == CATALOGUE
    assert visitor.get("/portal/new/?topic=other")["Location"].startswith("/login/")
    page = visitor.get(CATALOGUE).content.decode()
    assert "Public" in page and "Acme" not in page
    assert "/login/?next=/portal/services/" in visitor.get(page_of(public)).content.decode()
    assert visitor.get(page_of(acme))["Location"].startswith("/login/")
    assert send(visitor, public, subject="S", text="T")["Location"].startswith("/login/")
    assert Ticket.objects.count() == 0


def test_a_request_becomes_what_the_service_says(world, dana, laptop):
    answer = send(dana, laptop, field_size="Small", shown="size", text="Thanks.")
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/portal/requests/{ticket.number}/"
    assert (ticket.title, ticket.queue, ticket.service) == ("Small laptop", world.hardware, laptop)
    assert (ticket.type.name, ticket.customer, ticket.channel) == ("Service request", world.dana, "web")
    assert ticket.custom_fields == {"size": "Small"}
    assert ticket.articles.first().body == "Size: Small\n\nThanks."


def test_questions_follow_from_answers(world, dana, laptop):
    page = dana.get(page_of(laptop)).content.decode()
    assert "field_size" in page and "Look at the lid." in page
    assert "field_reason" not in page
    assert 'name="subject"' not in page
    part = dana.post(f"{page_of(laptop)}questions/", {"field_size": "Large"}).content.decode()
    assert "field_reason" in part
    assert 'value="size reason"' in part
    assert "Large laptop" in part
    assert "needs a change" not in part and 'aria-invalid="true"' not in part
    assert "field_reason" not in dana.post(f"{page_of(laptop)}questions/", {"field_size": "Small"}).content.decode()
    assert Ticket.objects.count() == 0


def test_without_a_script_further_questions_are_shown_before_anything_is_sent(world, dana, laptop):
    answer = send(dana, laptop, field_size="Large", shown="size")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Your answers lead to further questions" in page
    assert "field_reason" in page
    assert "needs a change" not in page
    assert Ticket.objects.count() == 0
    answer = send(dana, laptop, field_size="Large", shown="size reason", field_reason="Pictures")
    assert answer.status_code == 302
    assert Ticket.objects.get().custom_fields == {"size": "Large", "reason": "Pictures"}


def test_answers_to_questions_that_are_not_asked_are_dropped(world, dana, laptop):
    send(dana, laptop, field_size="Small", shown="size reason", field_reason="Sneaked in", field_serial="X")
    assert Ticket.objects.get().custom_fields == {"size": "Small"}


def test_what_is_required_is_asked_for_and_the_rest_kept(world, dana, laptop):
    answer = send(dana, laptop, field_size="Large", shown="size reason", text="I draw.")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 field needs a change" in page and "I draw." in page
    assert send(dana, laptop, field_size="Huge", shown="size").status_code == 422
    assert Ticket.objects.count() == 0


def test_the_same_form_twice_makes_one_request(world, dana, laptop):
    form = str(uuid.uuid4())
    for _twice in range(2):
        answer = dana.post(page_of(laptop), {"submission": form, "field_size": "Small"})
        assert answer["Location"] == f"/portal/requests/{Ticket.objects.get().number}/"


def test_a_service_without_questions_asks_what_happens(world, dana):
    service = made(world, "Repair")
    assert send(dana, service, subject="Broken").status_code == 422
    assert send(dana, service, subject="Broken", text="It hums.").status_code == 302
    assert Ticket.objects.get().title == "Broken"


def test_fields_that_tickets_there_cannot_have_are_not_asked(world, dana, laptop):
    FieldDefinition.objects.get(key="size").queues.set([world.billing])
    page = dana.get(page_of(laptop)).content.decode()
    assert "field_size" not in page


def test_in_place_the_answer_names_the_new_page_or_the_errors(world, dana, laptop):
    answer = send(dana, laptop, headers={"hx-request": "true"}, field_size="Small")
    assert answer["HX-Redirect"] == f"/portal/requests/{Ticket.objects.get().number}/"
    wrong = send(dana, laptop, headers={"hx-request": "true"}, shown="size")
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith('<form class="pform"')


def test_hostile_answers_stay_text(world, dana, laptop):
    reason = "{{ customer }}<script>alert(1)</script>"
    answer = send(dana, laptop, field_size="Large", shown="size reason", field_reason=reason)
    assert "<script>alert" not in dana.get(answer["Location"]).content.decode()
    assert Ticket.objects.get().articles.first().body.endswith(reason)


def test_queries_do_not_grow_with_services_or_questions(world, dana, laptop, queries):
    def counted() -> tuple[int, int]:
        with queries() as catalogue:
            dana.get(CATALOGUE)
        with queries() as form:
            dana.get(page_of(laptop))
        return len(catalogue), len(form)

    before = counted()
    for number in range(5):
        made(world, f"S{number}")
        ask(world, laptop, f"more{number}", {"field": "field.size", "empty": True})
    assert counted() == before
