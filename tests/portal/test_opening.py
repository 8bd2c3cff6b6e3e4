"""A new request: where it goes, what it carries, and that one form makes one request."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mail.models import Address
from tickets.models import FieldDefinition, Queue, Ticket

pytestmark = pytest.mark.django_db
NEW = "/portal/new/"


def send(client: Client, **more):
    headers = more.pop("headers", {})
    form = {"subject": "Printer hums", "text": "It blinks, too.", "submission": str(uuid.uuid4()), **more}
    return client.post(NEW, form, headers=headers)


def test_a_request_goes_to_the_queue_of_the_first_address(world, dana):
    answer = send(dana, files=[SimpleUploadedFile("a.txt", b"a", "text/plain")])
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/portal/requests/{ticket.number}/"
    assert (ticket.title, ticket.queue, ticket.customer) == ("Printer hums", world.support, world.dana)
    assert (ticket.channel, ticket.organisation, ticket.has_files) == ("web", world.acme, True)
    event = ticket.events.get(kind="ticket.created")
    assert (event.actor, event.cause_kind) == (world.dana, "portal")
    assert ticket.articles.first().body == "It blinks, too."
    assert "Printer hums" in dana.get(answer["Location"]).content.decode()


def test_a_receipt_goes_out_as_for_mail(world, dana):
    send(dana)
    receipt = Ticket.objects.get().articles.get(sender="system")
    assert receipt.to == [{"name": "", "address": "dana@acme.example"}]
    assert receipt.outgoing.subject.endswith("We have received your request")


def test_the_language_is_that_of_the_page(world, dana):
    send(dana, headers={"accept-language": "pt"})
    assert Ticket.objects.get().language == "pt"


def test_the_same_form_twice_makes_one_request(world, dana):
    form = str(uuid.uuid4())
    first, second = send(dana, submission=form), send(dana, submission=form)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_without_addresses_the_oldest_queue_takes_it(world, dana):
    Address.objects.all().delete()
    Queue.objects.filter(pk=world.support.pk).update(is_active=False)
    send(dana)
    assert Ticket.objects.get().queue == world.hardware


def test_without_any_queue_the_page_says_so(world, dana):
    Queue.objects.update(is_active=False)
    answer = dana.get(NEW)
    assert answer.status_code == 503
    assert "cannot be opened here yet" in answer.content.decode()
    assert send(dana).status_code == 503


@pytest.mark.parametrize("missing", ["subject", "text"])
def test_what_is_missing_is_said_and_the_rest_kept(world, dana, missing):
    answer = send(dana, **{missing: " "})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "1 field needs a change" in text
    assert ("It blinks, too." if missing == "subject" else "Printer hums") in text
    assert Ticket.objects.count() == 0


def test_T74_get_opens_nothing_and_a_token_is_needed(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.dana)
    assert client.get(NEW, {"subject": "S", "text": "T"}).status_code == 200
    assert send(client).status_code == 403
    assert client.put(NEW).status_code == 403
    assert Ticket.objects.count() == 0


def test_only_fields_for_customers_are_asked_and_they_arrive(world, dana):
    make = FieldDefinition.objects.create
    make(key="serial", label="Serial number", kind="text", in_portal=True, is_required=True)
    make(key="parts", label="Parts", kind="multiselect", options=["drum", "tray"], in_portal=True)
    make(key="pages", label="Pages", kind="number", in_portal=True)
    make(key="since", label="Since", kind="date", in_portal=True)
    make(key="leased", label="Leased", kind="checkbox", in_portal=True)
    make(key="model", label="Model", kind="dropdown", options=["A", "B"], in_portal=True)
    make(key="secret", label="Internal cost", kind="text")
    page = dana.get(NEW).content.decode()
    assert "Serial number" in page
    assert "Internal cost" not in page
    assert send(dana).status_code == 422
    answer = send(
        dana,
        field_serial="X1",
        field_parts=["tray", "drum"],
        field_pages="1,5",
        field_since="2026-11-20",
        field_leased="on",
        field_model="B",
        field_secret="0",
        headers={"accept-language": "de"},
    )
    assert answer.status_code == 302
    assert Ticket.objects.get().custom_fields == {
        "serial": "X1",
        "parts": ["drum", "tray"],
        "pages": 1.5,
        "since": "2026-11-20",
        "leased": True,
        "model": "B",
    }
    shown = dana.get(answer["Location"]).content.decode()
    assert re.search(r"<dt>Parts</dt><dd[^>]*>drum, tray</dd>", shown)


def test_the_fields_are_those_of_the_queue_the_request_goes_to(world, dana):
    make = FieldDefinition.objects.create
    for key, queue in (("serial", world.support), ("invoice", world.billing)):
        make(key=key, label=key.title(), kind="text", in_portal=True).queues.add(queue)
    page = dana.get(NEW).content.decode()
    assert "field_serial" in page
    assert "field_invoice" not in page
    assert send(dana, field_serial="X1", field_invoice="2209").status_code == 302
    assert Ticket.objects.get().custom_fields == {"serial": "X1"}


def test_a_value_that_is_not_on_the_list_is_refused(world, dana):
    FieldDefinition.objects.create(key="model", label="Model", kind="dropdown", options=["A"], in_portal=True)
    assert send(dana, field_model="Z").status_code == 422
    assert Ticket.objects.count() == 0


def test_in_place_the_answer_names_the_new_page_or_the_errors(world, dana):
    answer = send(dana, headers={"hx-request": "true"})
    assert answer["HX-Redirect"] == f"/portal/requests/{Ticket.objects.get().number}/"
    wrong = send(dana, subject="", headers={"hx-request": "true"})
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith('<form class="pform"')


def test_a_hostile_subject_is_one_line_of_text(world, dana):
    answer = send(dana, subject="Hi\r\nBcc: all@x.example <script>alert(1)</script>")
    assert "<script>alert" not in dana.get(answer["Location"]).content.decode()
    assert "\n" not in Ticket.objects.get().title


def test_an_agent_may_have_requests_of_his_own(world, signed_in):
    client = signed_in(world.bea)
    assert send(client).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.articles.first().sender) == (world.bea, "customer")
