"""What is done with selected tickets: asked for, done by a job, told for each ticket, undone."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.desk.conftest import part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.removing import trash
from tickets.actions.routing import assign
from tickets.bulk import run_job
from tickets.models import FieldDefinition, Job, JobItem, Link, Priority, Queue, State, Ticket, TicketType
from tickets.reading import has_read, mark_read
from tickets.steps import FAILURES
from tickets.tasks import run_job as run_job_task
from web.desk.bulk_actions import ACTIONS, REASONS
from web.desk.views import bulk


def start(key: str) -> str:
    return reverse("desk:bulk", args=[key])


def ask(key: str) -> str:
    return reverse("desk:bulk_ask", args=[key])


@pytest.fixture
def other(world):
    return TicketFactory(queue=world.billing, customer=world.erik, title="Invoice is wrong")


@pytest.fixture
def both(ticket, other):
    return [ticket.pk, other.pk]


def fresh(*tickets):
    for one in tickets:
        one.refresh_from_db()
    return tickets


def toast(response) -> str:
    said = re.search(r'<span role="status">(.*?)</span>', text_of(response))
    return said[1] if said else ""


# ---- each of them ----------------------------------------------------------------------------------


def test_selected_tickets_are_taken(bea, world, ticket, other, both):
    left = TicketFactory(queue=world.billing)
    answer = part(bea, start("take"), {"ticket": both})
    assert toast(answer) == "2 tickets are yours now."
    assert set(json.loads(answer.headers["HX-Trigger"])) == {"tick", "close-dialog", "bulk-done"}
    fresh(ticket, other, left)
    assert (ticket.owner, other.owner, left.owner) == (world.bea, world.bea, None)


def test_selected_tickets_are_closed(bea, world, ticket):
    assert toast(part(bea, start("close"), {"ticket": [ticket.pk]})) == "1 ticket is closed."
    fresh(ticket)
    assert ticket.state.name == "closed successful"
    assert ticket.events.filter(kind="ticket.closed", actor=world.bea).count() == 1


def test_closed_tickets_stay_as_they_are(bea, world, ticket):
    ticket = put(ticket, "closed unsuccessful", by=world.carlos)
    assert toast(part(bea, start("close"), {"ticket": [ticket.pk]})) == "There was nothing to change."
    assert ticket.events.count() == ticket.version
    fresh(ticket)
    assert ticket.state.name == "closed unsuccessful"


def test_each_property_is_set(bea, world, ticket, other, both):
    FieldDefinition.objects.create(key="asset", label="Asset", kind="text")
    done = [
        ("assign", {"to": world.bea.pk}),
        ("move", {"to": world.hardware.pk}),
        ("priority", {"to": Priority.objects.get(level=5).pk}),
        ("type", {"to": TicketType.objects.get(name="Incident").pk}),
        ("tag", {"tags": "late, vip"}),
        ("untag", {"tags": "late"}),
        ("fields", {"field_asset": "PC-12"}),
        ("watch", {}),
    ]
    for key, data in done:
        assert part(bea, start(key), {"ticket": both, **data}).status_code == 200, key
    for one in fresh(ticket, other):
        assert (one.owner, one.queue, one.priority.level, one.type.name) == (world.bea, world.hardware, 5, "Incident")
        assert (one.tags, one.custom_fields) == (["vip"], {"asset": "PC-12"})
        assert one.watchers.get().user == world.bea
    assert part(bea, start("assign"), {"ticket": both, "to": "nobody"}).status_code == 200
    assert fresh(ticket)[0].owner is None
    assert toast(part(bea, start("unwatch"), {"ticket": both})) == "2 tickets are changed."


def test_a_field_of_some_queues_is_set_where_tickets_have_it(bea, world, ticket):
    invoice = TicketFactory(queue=world.billing, customer=world.dana)
    serial = FieldDefinition.objects.create(key="serial", label="Serial number", kind="text")
    serial.queues.add(world.support)
    asked = ask("fields")
    assert "field_serial" in text_of(part(bea, asked, {"ticket": [ticket.pk, invoice.pk]}))
    assert "field_serial" not in text_of(part(bea, asked, {"ticket": [invoice.pk]}))
    answer = part(bea, start("fields"), {"ticket": [ticket.pk, invoice.pk], "field_serial": "X1"})
    assert "With 1 ticket it was not possible." in toast(answer)
    assert [one.custom_fields for one in fresh(ticket, invoice)] == [{"serial": "X1"}, {}]
    shown = text_of(bea.get(f"/desk/jobs/{Job.objects.latest('pk').pk}/"))
    assert "Tickets of its queue and type do not have this field." in shown


def test_a_state_that_waits_asks_until_when(bea, world, ticket):
    waits = State.objects.get(name="pending reminder")
    answer = part(bea, start("state"), {"ticket": [ticket.pk], "to": waits.pk})
    assert answer.status_code == 422
    assert "Say until when the tickets wait." in text_of(answer)
    assert f'<input type="hidden" name="to" value="{waits.pk}">' in text_of(answer)
    assert fresh(ticket)[0].state.name == "new"
    later = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)
    data = {"ticket": [ticket.pk], "to": waits.pk, "until": later.strftime("%Y-%m-%dT%H:%M")}
    assert part(bea, start("state"), data).status_code == 200
    assert fresh(ticket)[0].pending_until == later
    assert ticket.state == waits


def test_notes_and_replies_are_written_for_each_ticket(bea, world, ticket, other, both):
    part(bea, start("note"), {"ticket": both, "text": "About {{ ticket.number }}"})
    part(bea, start("reply"), {"ticket": both, "text": "Dear {{ customer.first_name }}"})
    said = {one.pk: [article.body for article in one.articles.order_by("id")][-2:] for one in (ticket, other)}
    assert said == {
        ticket.pk: [f"About {ticket.number}", "Dear Dana"],
        other.pk: [f"About {other.number}", "Dear Erik"],
    }


def test_a_text_that_cannot_be_filled_is_refused_at_its_ticket(bea, world, ticket):
    answer = part(bea, start("note"), {"ticket": [ticket.pk], "text": "{{ customer."})
    assert "With 1 ticket it was not possible." in toast(answer)
    job = Job.objects.get()
    page = text_of(bea.get(reverse("desk:job", args=[job.pk])))
    assert "The text has a placeholder that cannot be filled." in page
    assert not ticket.articles.filter(author=world.bea).exists()


def test_tickets_are_merged_into_the_oldest_and_out_again(bea, world, ticket, other, both):
    form = text_of(part(bea, ask("merge"), {"ticket": both}))
    assert f'value="{ticket.number}"' in form
    answer = part(bea, start("merge"), {"ticket": both, "number": ticket.number})
    assert toast(answer) == "1 ticket is merged."
    assert fresh(other)[0].merged_into == ticket
    part(bea, reverse("desk:job_undo", args=[Job.objects.get().pk]), {})
    assert fresh(other)[0].merged_into is None


def test_tickets_are_linked_and_unlinked(bea, world, ticket, other):
    data = {"ticket": [ticket.pk], "number": other.number, "kind": "duplicate"}
    part(bea, start("link"), data)
    assert Link.objects.filter(source=ticket, target=other, kind="duplicate").count() == 1
    part(bea, reverse("desk:job_undo", args=[Job.objects.get().pk]), {})
    assert not Link.objects.exists()


def test_spam_and_trash_are_put_back(bea, world, ticket, other):
    part(bea, start("spam"), {"ticket": [ticket.pk]})
    part(bea, start("trash"), {"ticket": [other.pk]})
    assert fresh(ticket, other)[1].is_removed
    assert not ticket.is_open
    for job in Job.objects.order_by("pk"):
        part(bea, reverse("desk:job_undo", args=[job.pk]), {})
    assert all(one.is_open for one in fresh(ticket, other))
    trash(other, by=world.bea)
    assert toast(part(bea, start("restore"), {"ticket": [other.pk]})) == "1 ticket is restored."


# ---- what is asked first ---------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.key)
def test_every_action_asks_in_a_part_and_on_a_page(bea, world, both, action):
    small = part(bea, ask(action.key), {"ticket": both})
    assert small.status_code == 200
    assert "<html" not in text_of(small)
    page = bea.post("/desk/tickets/selected/", {"ticket": both, "do": action.key})
    assert page.status_code == 200
    assert f'action="{start(action.key)}"' in text_of(page)
    assert re.findall(r'name="ticket" value="(\d+)"', text_of(page)) == [str(pk) for pk in both]


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.way != "now"], ids=lambda action: action.key)
def test_an_empty_answer_is_asked_again_with_the_tickets_kept(bea, world, both, action):
    answer = part(bea, start(action.key), {"ticket": both})
    assert answer.status_code == 422
    assert "data-autoopen" in text_of(answer)
    assert re.findall(r'name="ticket" value="(\d+)"', text_of(answer)) == [str(pk) for pk in both]
    assert not Job.objects.exists()


def test_T45_only_agents_who_may_see_the_tickets_are_offered(bea, world, ticket, other):
    assert "Carlos" in text_of(part(bea, ask("assign"), {"ticket": [ticket.pk]}))
    assert "Carlos" not in text_of(part(bea, ask("assign"), {"ticket": [other.pk]}))
    answer = part(bea, start("assign"), {"ticket": [other.pk], "to": world.carlos.pk})
    assert answer.status_code == 422
    assert "This cannot be chosen any more." in text_of(answer)


@pytest.mark.parametrize("key", ["merge", "link"])
def test_T46_a_hidden_ticket_is_as_unknown_as_none(carlos, world, ticket, other, key):
    for number in (other.number, "99999999"):
        answer = part(carlos, start(key), {"ticket": [ticket.pk], "number": number, "kind": "normal"})
        assert answer.status_code == 422
        assert "There is no ticket with this number, or you may not see it." in text_of(answer)


# ---- by right --------------------------------------------------------------------------------------


def test_T42_tickets_without_the_right_are_left_alone(carlos, world, ticket, reader, signed_in):
    hidden = TicketFactory(queue=world.billing)
    answer = part(carlos, start("close"), {"ticket": [hidden.pk, ticket.pk]})
    assert toast(answer) == "1 ticket is closed."
    assert fresh(hidden)[0].is_open
    seen = TicketFactory(queue=world.support)
    before = seen.version
    answer = part(signed_in(reader), start("take"), {"ticket": [seen.pk]})
    assert toast(answer) == "With 1 ticket it was not possible."
    assert (fresh(seen)[0].owner, seen.version) == (None, before)
    page = text_of(signed_in(reader).get(reverse("desk:job", args=[Job.objects.latest("pk").pk])))
    assert "You may not do this with the ticket." in page


def test_somebody_elses_job_is_not_there(bea, carlos, world, ticket):
    part(bea, start("take"), {"ticket": [ticket.pk]})
    job = Job.objects.get()
    for name in ("job", "job_progress"):
        assert carlos.get(reverse(f"desk:{name}", args=[job.pk])).status_code == 404
    assert carlos.post(reverse("desk:job_undo", args=[job.pk])).status_code == 404
    assert fresh(ticket)[0].owner == world.bea


def test_T48_results_do_not_name_tickets_that_went_out_of_sight(carlos, bea, world, ticket):
    part(carlos, start("take"), {"ticket": [ticket.pk]})
    part(bea, start("move"), {"ticket": [ticket.pk], "to": world.billing.pk})
    page = text_of(carlos.get(reverse("desk:job", args=[Job.objects.earliest("pk").pk])))
    assert "Printer hums" not in page
    assert ticket.number not in page
    assert "A ticket you may no longer see" in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_T74_only_posting_changes(bea, world, ticket, method):
    for url in (start("take"), ask("assign"), "/desk/tickets/selected/"):
        assert getattr(bea, method)(url, {"ticket": ticket.pk}).status_code == 405


@pytest.mark.parametrize("data", [{}, {"ticket": ["x", "9" * 30]}, {"all": "1", "list": "queue:99999"}, {"all": "1"}])
def test_nonsense_is_no_ticket(bea, world, data):
    answer = part(bea, start("take"), data)
    assert answer.status_code == 422
    assert "Select some tickets first." in text_of(answer)
    assert bea.post(start("take"), data).headers["Location"] == "/desk/views/open/"
    assert not Job.objects.exists()


def test_an_unknown_action_is_not_there(bea, world, ticket):
    assert part(bea, "/desk/tickets/selected/explode/", {"ticket": [ticket.pk]}).status_code == 404
    assert bea.post("/desk/tickets/selected/", {"ticket": [ticket.pk], "do": "explode"}).status_code == 404


# ---- all of a list ---------------------------------------------------------------------------------


def test_all_of_a_list_is_meant_beyond_what_is_shown(bea, world):
    for _number in range(55):
        TicketFactory(queue=world.support, customer=world.dana)
    left = TicketFactory(queue=world.billing)
    key = f"queue:{world.support.pk}"
    form = text_of(part(bea, ask("priority"), {"all": "1", "list": key, "ticket": []}))
    assert f'name="list" value="{key}"' in form
    assert 'name="ticket"' not in form
    answer = part(bea, start("priority"), {"all": "1", "list": key, "to": Priority.objects.get(level=5).pk})
    assert "0 of 55 tickets" in text_of(answer)
    assert Ticket.objects.filter(priority__level=5).count() == 0
    run_job(Job.objects.get())
    assert Ticket.objects.filter(priority__level=5).count() == 55
    assert fresh(left)[0].priority.level == 3


def test_all_of_a_search_or_a_saved_view(bea, world, ticket, other):
    part(bea, start("take"), {"all": "1", "list": "search:queue:billing"})
    assert (fresh(ticket)[0].owner, fresh(other)[0].owner) == (None, world.bea)


def test_the_page_offers_all_of_its_list(bea, world, ticket):
    page = text_of(bea.get("/desk/views/open/"))
    assert '<input type="hidden" name="list" value="view:open">' in page
    assert '<input type="checkbox" name="all" value="1" form="selected">' in page


# ---- progress, results, undo -----------------------------------------------------------------------


def test_a_large_selection_goes_on_in_the_background_and_tells_how_far_it_is(bea, world, monkeypatch, ticket, other):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    answer = text_of(part(bea, start("take"), {"ticket": [ticket.pk, other.pk]}))
    job = Job.objects.get()
    progress = reverse("desk:job_progress", args=[job.pk])
    assert "0 of 2 tickets" in answer
    assert f'hx-get="{progress}"' in answer
    assert "HX-Trigger" not in part(bea, progress).headers
    assert "0 of 2 tickets" in text_of(bea.get(reverse("desk:job", args=[job.pk])))
    run_job_task(job.pk)
    done = part(bea, progress)
    assert done.headers["HX-Trigger"] == "tick"
    assert toast(done) == "2 tickets are yours now."
    assert "hx-get" not in text_of(done)


def test_what_was_done_is_undone_once(bea, world, ticket, other):
    assign(ticket, world.carlos, by=world.carlos)
    answer = part(bea, start("take"), {"ticket": [ticket.pk, other.pk]})
    undo = re.search(r'hx-post="(/desk/jobs/\d+/undo/)"', text_of(answer))[1]
    assert toast(part(bea, undo, {})) == "2 tickets are as they were."
    assert (fresh(ticket)[0].owner, fresh(other)[0].owner) == (world.carlos, None)
    again = part(bea, undo, {})
    assert again.status_code == 409
    assert "This has been undone already" in text_of(again)


def test_undo_leaves_alone_what_a_colleague_changed_meanwhile(bea, world, ticket, other):
    part(bea, start("take"), {"ticket": [ticket.pk, other.pk]})
    assign(ticket, world.carlos, by=world.carlos)
    set_tags(other, ["vip"], by=world.alex)
    answer = part(bea, reverse("desk:job_undo", args=[Job.objects.get().pk]), {})
    assert "1 ticket is as it was. With 1 ticket it was not possible." in toast(answer)
    assert (fresh(ticket)[0].owner, fresh(other)[0].owner) == (world.carlos, None)
    assert other.tags == ["vip"]
    failed = JobItem.objects.get(state="failed")
    assert (failed.ticket_id, failed.reason) == (ticket.pk, "changed")


def test_several_steps_on_one_property_are_undone_together(bea, world, ticket):
    set_tags(ticket, ["old"], by=world.bea)
    part(bea, start("tag"), {"ticket": [ticket.pk], "tags": "new"})
    part(bea, start("untag"), {"ticket": [ticket.pk], "tags": "old"})
    part(bea, reverse("desk:job_undo", args=[Job.objects.latest("pk").pk]), {})
    assert fresh(ticket)[0].tags == ["new", "old"]


def test_what_cannot_be_undone_offers_no_undo(bea, world, ticket):
    answer = part(bea, start("note"), {"ticket": [ticket.pk], "text": "Called the maker"})
    assert "undo" not in text_of(answer)
    assert part(bea, reverse("desk:job_undo", args=[Job.objects.get().pk]), {}).status_code == 409


def test_results_are_shown_by_ticket_and_page_by_page(bea, world, monkeypatch, ticket, other, queries):
    monkeypatch.setattr("web.desk.views.jobs.PAGE", 1)
    put(other, "closed successful", by=world.bea)
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    part(bea, start("state"), {"ticket": [ticket.pk, other.pk], "to": State.objects.get(name="closed successful").pk})
    url = reverse("desk:job", args=[Job.objects.get().pk])
    page = text_of(bea.get(url))
    assert "Fields that are needed for closing are empty." in page
    assert "Printer hums" in page
    assert "Invoice is wrong" not in page
    following = re.search(r'href="(\?after=[^"]*)"', page)[1]
    assert "Invoice is wrong" in text_of(bea.get(url + following))
    assert "was like that already" in text_of(bea.get(url + following))
    assert "Invoice is wrong" not in text_of(bea.get(url, {"show": "failed"}))


def test_results_cost_the_same_however_many_tickets(bea, world, ticket, queries):
    def cost(url) -> int:
        with queries() as counted:
            bea.get(url)
        return len(counted)

    few = [ticket.pk]
    many = [TicketFactory(queue=world.support).pk for _number in range(8)]
    for pks in (few, many):
        part(bea, start("take"), {"ticket": pks})
    one, two = (reverse("desk:job", args=[job.pk]) for job in Job.objects.order_by("pk"))
    cost(one)
    assert cost(one) == cost(two)


def test_what_was_read_stays_read_and_what_was_not_does_not(bea, world, ticket, other):
    mark_read(fresh(ticket)[0], by=world.bea)
    part(bea, start("take"), {"ticket": [ticket.pk, other.pk]})
    fresh(ticket, other)
    assert (has_read(ticket, world.bea), has_read(other, world.bea)) == (True, False)


def test_without_script_the_list_or_the_results_come_back(bea, world, ticket, reader, signed_in):
    answer = bea.post(start("take"), {"ticket": [ticket.pk]})
    assert answer.headers["Location"] == "/desk/views/open/"
    assert "1 ticket is yours now." in text_of(bea.get("/desk/views/open/"))
    looking = signed_in(reader)
    answer = looking.post(start("take"), {"ticket": [ticket.pk]})
    assert answer.headers["Location"] == reverse("desk:job", args=[Job.objects.latest("pk").pk])
    page = text_of(looking.get(answer.headers["Location"]))
    assert "You may not do this with the ticket." in page


def test_every_reason_has_its_words():
    others = {"unknown", "right", "choice", "text", "field", "changed", "guided", "elsewhere", "away", "error"}
    assert {*FAILURES.values(), *others} == set(REASONS)


def test_no_queue_is_offered_that_tickets_may_not_be_moved_into(carlos, world, ticket):
    offered = text_of(part(carlos, ask("move"), {"ticket": [ticket.pk]}))
    assert "Hardware" in offered
    assert "Billing" not in offered
    answer = part(carlos, start("move"), {"ticket": [ticket.pk], "to": world.billing.pk})
    assert answer.status_code == 422
    assert fresh(ticket)[0].queue == Queue.objects.get(name="Support")
