"""Macros: offered by right, run as a whole as the agent who runs them, taken back, and with many tickets at once."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import ConfigChange
from automation.macro_setup import move_macro, remove_macro, save_macro
from automation.macros import NotPossible, offered_in_lists, offered_on, run_macro, run_of, steps_of
from automation.models import Macro
from tests import factories
from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.merging import merge
from tickets.actions.replying import receive
from tickets.actions.routing import assign, move
from tickets.bulk import run_job, start_job, undo_job
from tickets.changes import Stale
from tickets.messages import Message
from tickets.models import Job, JobItem, Queue, State, Ticket
from tickets.rights import grant
from tickets.steps import Refused
from web.desk.bulk_actions import told

pytestmark = pytest.mark.django_db

TAG = {"do": "tag", "tags": ["billing"]}
TAKE = {"do": "take"}


def solved() -> dict:
    return {"do": "close", "to": State.objects.get(name="closed successful").pk}


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")


@pytest.fixture
def make(world):
    def made(name: str = "Take and tag", *, effects=None, roles=(), queues=(), **fields) -> Macro:
        row = Macro(name=name, effects=effects or [TAKE, TAG], **fields)
        return save_macro(row, roles=roles, queues=queues, by=world.alex)

    return made


@pytest.fixture
def bea(world, signed_in):
    return signed_in(world.bea)


@pytest.fixture
def reader(world):
    """An agent who sees Support and may do nothing there."""
    person = factories.AgentFactory(name="Rita")
    grant(person, world.support, "read")
    return person


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def run_url(ticket: Ticket, macro: Macro) -> str:
    return reverse("desk:macro", args=[ticket.number, macro.pk])


# ---- who is offered what


def test_offered_by_role_queue_and_right(world, make, ticket, reader):
    everybody = make("Everybody")
    billing = make("Billing people", roles=[world.billing_role])
    hardware = make("Hardware tickets", queues=[world.hardware])
    support = make("Support tickets", queues=[world.support])
    make("Inactive", is_active=False)
    lists = make("In lists", on_ticket=False)
    below = TicketFactory(queue=world.hardware, customer=world.dana)
    assert offered_on(ticket, world.bea) == [everybody, billing, support]
    assert offered_on(ticket, world.carlos) == [everybody, support]
    assert offered_on(below, world.carlos) == [everybody, hardware, support]
    assert offered_on(ticket, reader) == []
    assert offered_in_lists(world.carlos) == [everybody, hardware, support, lists]


def test_what_a_reader_may_do_is_offered_to_readers(world, make, ticket, reader):
    watch = make("Watch", effects=[{"do": "watch", "who": world.bea.pk}])
    assert offered_on(ticket, reader) == [watch]


def test_one_query_however_many_there_are(world, make, ticket, queries):
    def cost() -> int:
        user = type(world.bea).objects.get(pk=world.bea.pk)
        row = Ticket.objects.select_related("queue", "state").get(pk=ticket.pk)
        row.allows(user, "write")
        with queries() as counted:
            offered_on(row, user)
        return len(counted)

    make("One")
    before = cost()
    for number in range(4):
        make(f"More {number}", roles=[world.support_role])
    assert cost() == before == 1


# ---- running one


def test_a_macro_acts_as_the_agent_and_says_so(world, make, ticket):
    macro = make()
    events = run_macro(macro, ticket, by=world.bea, seen=ticket.version)
    assert [event.kind for event in events] == ["owner.changed", "tags.changed"]
    assert {(event.actor, event.cause_kind, event.cause_reference) for event in events} == {
        (world.bea, "macro", str(macro.pk))
    }
    assert (fresh(ticket).owner, fresh(ticket).tags) == (world.bea, ["billing"])
    assert run_macro(macro, ticket, by=world.bea) == []


def test_all_of_it_or_nothing(world, make, ticket):
    macro = make(effects=[TAG, {"do": "move", "to": world.billing.pk}])
    with pytest.raises(NotPossible) as refusal:
        run_macro(macro, ticket, by=world.carlos)  # he may not put tickets into Billing
    assert (refusal.value.code, refusal.value.effect["do"]) == ("choice", "move")
    assert fresh(ticket).version == ticket.version
    assert len(run_macro(macro, ticket, by=world.bea)) == 2


@pytest.mark.parametrize("right", ["read", "note", "owner", "priority"])
def test_each_effect_takes_its_own_right(world, make, ticket, reader, right):
    """T55: nobody reaches by a macro what he could not do himself."""
    grant(reader, world.support, right)
    macro = make(effects=[TAG])
    with pytest.raises(NotPossible) as refusal:
        run_macro(macro, ticket, by=reader)
    assert refusal.value.code == "right"
    assert fresh(ticket).tags == []


def test_the_right_is_asked_again_after_the_ticket_has_moved(world, make, ticket):
    grant(world.carlos, world.billing, "move_into")
    macro = make(effects=[{"do": "move", "to": world.billing.pk}, TAG])
    with pytest.raises(NotPossible):
        run_macro(macro, ticket, by=world.carlos)
    assert fresh(ticket).queue == world.support
    last = make("Move last", effects=[TAG, {"do": "move", "to": world.billing.pk}])
    assert len(run_macro(last, ticket, by=world.carlos)) == 2


def test_an_owner_who_may_not_see_it_is_refused(world, make):
    alone = TicketFactory(queue=world.billing, customer=world.erik)
    macro = make(effects=[{"do": "assign", "to": world.carlos.pk}])
    with pytest.raises(NotPossible) as refusal:
        run_macro(macro, alone, by=world.bea)
    assert refusal.value.code == "choice"


def test_a_guided_queue_lets_nobody_choose(world, make, ticket, reader):
    Queue.objects.filter(pk=world.support.pk).update(is_guided=True)
    grant(reader, world.support, "owner")
    macro = make(effects=[TAKE])
    with pytest.raises(NotPossible) as refusal:
        run_macro(macro, fresh(ticket), by=reader)
    assert refusal.value.code == "guided"


def test_t58_placeholders_reach_nothing_but_their_values(world, make, ticket):
    text = "Dear {{ customer.first_name }}, {{ ticket.__class__ }}{{ customer.password }}#{{ ticket.number }}"
    macro = make(effects=[{"do": "note", "text": text}])
    (event,) = run_macro(macro, ticket, by=world.bea)
    assert event.article.body == f"Dear Dana, #{ticket.number}"
    assert event.article.author == world.bea


def test_whoever_was_faster_wins(world, make, ticket):
    macro, seen = make(), ticket.version
    set_tags(ticket, {"other"}, by=world.carlos)  # tags are added to, so that does not clash
    run_macro(macro, ticket, by=world.bea, seen=seen)
    seen = fresh(ticket).version
    assign(ticket, world.carlos, by=world.carlos)
    before = fresh(ticket).version
    with pytest.raises(Stale):
        run_macro(macro, ticket, by=world.bea, seen=seen)
    assert fresh(ticket).version == before


def test_an_answer_is_not_sent_past_the_customers_new_message(world, make, ticket):
    macro = make(effects=[{"do": "reply", "text": "Please restart it."}])
    seen = ticket.version
    receive(ticket, Message(text="It burns now!"), channel="email", by=world.dana)
    with pytest.raises(Stale):
        run_macro(macro, ticket, by=world.bea, seen=seen)
    assert not ticket.articles.filter(author=world.bea).exists()
    assert len(run_macro(macro, ticket, by=world.bea, seen=fresh(ticket).version)) == 1


# ---- the desk


def test_the_ticket_page_offers_its_macros(bea, make, ticket):
    macro = make(key="3")
    page = text_of(bea.get(reverse("desk:ticket", args=[ticket.number])))
    assert run_url(ticket, macro) in page
    assert 'data-key="3"' in page
    assert 'data-command="Macro: Take and tag"' in page
    told_page = text_of(part(bea, reverse("desk:macros", args=[ticket.number])))
    assert "Assign it to whoever starts this · Add the tag billing" in told_page


def test_one_click_runs_it_and_offers_the_way_back(bea, world, make, ticket):
    macro = make(effects=[TAKE, TAG, solved()])
    answer = part(bea, run_url(ticket, macro), {"seen": ticket.version, "shown": ticket.version})
    event = ticket.events.latest("pk")
    undo = reverse("desk:macro_undo", args=[ticket.number, event.pk])
    assert "Done: Take and tag" in text_of(answer)
    assert undo in text_of(answer)
    assert fresh(ticket).state.name == "closed successful"
    assert "The change is undone." in text_of(part(bea, undo, {}))
    back = fresh(ticket)
    assert (back.owner, back.tags, back.state.name) == (None, [], "new")
    history = text_of(bea.get(reverse("desk:history", args=[ticket.number])))
    assert "by the macro “Take and tag”" in history


def test_what_was_written_stays(bea, world, make, ticket):
    run_macro(make(effects=[TAG, {"do": "reply", "text": "Please restart it."}]), ticket, by=world.bea)
    undo = reverse("desk:macro_undo", args=[ticket.number, ticket.events.latest("pk").pk])
    assert "What could be undone is undone. What was written stays." in text_of(part(bea, undo, {}))
    assert (fresh(ticket).tags, fresh(ticket).state.name) == ([], "new")
    assert ticket.articles.filter(author=world.bea).count() == 1


def test_a_run_is_taken_back_by_whoever_ran_it_and_only_while_nothing_changed(bea, world, make, ticket, signed_in):
    run_macro(make(), ticket, by=world.bea)
    event = ticket.events.latest("pk")
    assert [one.kind for one in run_of(event)] == ["owner.changed", "tags.changed"]
    undo = reverse("desk:macro_undo", args=[ticket.number, event.pk])
    assert signed_in(world.carlos).post(undo).status_code == 404
    assign(ticket, world.carlos, by=world.carlos)
    assert part(bea, undo, {}).status_code == 409
    assert fresh(ticket).owner == world.carlos


def test_a_refusal_names_the_effect_and_changes_nothing(world, make, ticket, signed_in):
    macro = make(effects=[TAG, {"do": "move", "to": world.billing.pk}])
    answer = part(signed_in(world.carlos), run_url(ticket, macro), {"seen": ticket.version})
    assert answer.status_code == 422
    text = (
        "Nothing was done. This was not possible: Move it to Billing. What was chosen is not possible for this ticket."
    )
    assert text in text_of(answer)
    assert fresh(ticket).version == ticket.version


def test_a_stale_page_is_refused(bea, world, make, ticket):
    seen = ticket.version
    assign(ticket, world.carlos, by=world.carlos)
    answer = part(bea, run_url(ticket, make()), {"seen": seen})
    assert answer.status_code == 409
    assert fresh(ticket).owner == world.carlos


def test_what_is_not_offered_is_not_there(bea, make, ticket, world):
    macro = make(queues=[world.billing])
    assert bea.post(run_url(ticket, macro)).status_code == 404
    assert bea.post(reverse("desk:macro", args=[ticket.number, 0])).status_code == 404


@pytest.mark.parametrize("then", ["next", "list"])
def test_afterwards_the_next_ticket_or_the_list(bea, world, make, ticket, then):
    queue_url = reverse("desk:queue", args=[world.support.pk])
    older = TicketFactory(queue=world.support, customer=world.dana)
    set_tags(ticket, {"newest"}, by=world.bea)
    bea.get(queue_url)
    answer = bea.post(run_url(ticket, make(effects=[solved()], then=then)), {"seen": fresh(ticket).version})
    expected = reverse("desk:ticket", args=[older.number]) if then == "next" else queue_url
    assert (answer.status_code, answer.url) == (302, expected)
    assert "Done: Take and tag" in text_of(bea.get(expected))


# ---- many tickets


def test_selected_tickets_each_with_its_result_and_the_way_back(bea, world, make, ticket):
    macro = make(effects=[TAKE, TAG], key="4")
    page = text_of(bea.get(reverse("desk:queue", args=[world.support.pk])))
    assert 'data-key="4"' in page
    invoice = TicketFactory(queue=world.billing, customer=world.erik)
    data = {"ticket": [ticket.pk, invoice.pk], "to": macro.pk}
    answer = part(bea, reverse("desk:bulk", args=["macro"]), data)
    assert "2 tickets are changed." in text_of(answer)
    assert {fresh(one).owner for one in (ticket, invoice)} == {world.bea}
    event = ticket.events.latest("pk")
    assert (event.cause_kind, event.cause_reference) == ("macro", str(macro.pk))
    job = Job.objects.get()
    assert "Macro: Take and tag" in text_of(bea.get(reverse("desk:job", args=[job.pk])))
    run_job(undo_job(job, by=world.bea))
    assert [(fresh(one).owner, fresh(one).tags) for one in (ticket, invoice)] == [(None, []), (None, [])]


def test_where_it_cannot_be_run_is_said_at_the_ticket(world, make, ticket):
    macro = make(effects=[TAG, {"do": "assign", "to": world.carlos.pk}], queues=[world.support, world.billing])
    below = TicketFactory(queue=world.hardware, customer=world.dana)
    invoice = TicketFactory(queue=world.billing, customer=world.erik)
    other = factories.QueueFactory(name="Elsewhere")
    grant(world.bea, other, "write")
    elsewhere = TicketFactory(queue=other, customer=world.erik)
    from_lists = [ticket, below, invoice, elsewhere]
    job = start_job(from_lists, steps_of(macro), by=world.bea)
    run_job(job)
    reasons = [item.reason for item in JobItem.objects.filter(job=job)]
    assert reasons == ["", "", "choice", "elsewhere"]
    assert [fresh(one).tags for one in from_lists] == [["billing"], ["billing"], [], []]
    assert told(job).text == "2 tickets are changed. With 2 tickets it was not possible."


# ---- setting up


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("effects", []), ("effects", [{"do": "nonsense"}]), ("key", "x"), ("then", "never")],
)
def test_what_cannot_be_kept(world, make, field, value):
    macro = make()
    setattr(macro, field, value)
    with pytest.raises(ValidationError) as error:
        save_macro(macro, roles=[], queues=[], by=world.alex)
    assert list(error.value.message_dict) == [field]


def test_it_must_be_offered_somewhere(make):
    with pytest.raises(ValidationError):
        make(on_ticket=False, in_lists=False)


def test_order_changes_and_removal_are_audited(world, make, ticket):
    first, second, third = make("One"), make("Two", queues=[world.support]), make("Three")
    move_macro(third, -2, by=world.alex)
    assert [one.name for one in Macro.objects.all()] == ["Three", "One", "Two"]
    move_macro(third, 9, by=world.alex)
    assert [one.name for one in Macro.objects.all()] == ["One", "Two", "Three"]
    run_macro(first, ticket, by=world.bea)
    remove_macro(first, by=world.alex)
    assert ticket.events.filter(cause_kind="macro").count() == 2
    made = ConfigChange.objects.get(kind="automation.macro", object_id=str(second.pk), action="created")
    assert made.after["queues"] == ["Support"]


def test_a_moved_ticket_is_out_of_reach_of_another_queues_macro(world, make, ticket):
    macro = make(queues=[world.support])
    move(ticket, world.billing, by=world.bea)
    assert offered_on(fresh(ticket), world.bea) == []
    assert macro.name == "Take and tag"


def test_on_what_was_merged_meanwhile_nothing_is_done(world, make, ticket):
    macro = make(effects=[{"do": "tag", "tags": ["seen"]}])
    merge(ticket, into=TicketFactory(queue=world.support), by=world.bea)
    with pytest.raises(Refused) as refusal:
        run_macro(macro, fresh(ticket), by=world.bea)
    assert (refusal.value.code, offered_on(fresh(ticket), world.bea)) == ("away", [])
    assert not fresh(ticket).tags
