"""Merging, splitting and linking: what moves, what comes back, and what nobody learns."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.models import Outgoing
from tests.factories import TicketFactory
from tickets.actions.effort import spend
from tickets.actions.linking import NotLinkable, link, unlink
from tickets.actions.merging import NotMergeable, merge, unmerge
from tickets.actions.opening import Opening
from tickets.actions.progress import set_state
from tickets.actions.removing import mark_spam, restore, trash
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.splitting import split
from tickets.actions.taking_part import watch
from tickets.events import Refused, broken_links
from tickets.messages import File, Message
from tickets.models import Article, Link, State, Ticket
from tickets.sentences import sentence_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(world):
    return [TicketFactory(queue=world.support, customer=world.dana, title=title) for title in ("First", "Second")]


def picture_of(ticket: Ticket) -> dict:
    """Everything about a ticket that merging may touch and undoing must give back."""
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    for counting in ("version", "chain", "changed_at"):
        row.pop(counting)
    return {
        "row": row,
        "articles": list(ticket.articles.order_by("id").values_list("pk", "origin_ticket")),
        "mentions": list(ticket.mentions.order_by("id").values_list("pk", flat=True)),
        "time": list(ticket.time_entries.order_by("id").values_list("pk", flat=True)),
        "watchers": sorted(ticket.watchers.values_list("user", flat=True)),
    }


def test_everything_said_goes_on_in_the_other_ticket(world, pair):
    old, kept = pair
    reply(old, Message(text="Answer", files=[File("a.txt", "text/plain", b"x")]), by=world.bea)
    watch(old, world.carlos, by=world.carlos)
    spend(old, 15, by=world.bea)
    merge(old, kept, by=world.bea)
    old.refresh_from_db()
    kept.refresh_from_db()
    assert old.merged_into == kept
    assert (old.state.type, old.is_open, old.articles.count()) == ("merged", False, 0)
    assert set(kept.articles.values_list("body", "origin_ticket")) >= {("Answer", old.pk)}
    assert (kept.has_files, kept.time_spent, kept.preview) == (True, 15, "Answer")
    assert [watcher.user for watcher in kept.watchers.all()] == [world.carlos]
    told = [sentence_of(event) for event in (old.events.latest("id"), kept.events.latest("id"))]
    assert told == [
        f"Bea Costa merged it into #{kept.number}",
        f"Bea Costa merged #{old.number} into this ticket",
    ]


def test_an_answer_to_the_old_number_arrives_at_the_survivor(world, pair):
    old, kept = pair
    merge(old, kept, by=world.bea)
    article = receive(old, Message(text="And now?"), channel="email", by=world.dana)
    assert article.ticket == kept


def test_merging_again_changes_nothing(world, pair):
    old, kept = pair
    assert merge(old, kept, by=world.bea)
    events = kept.events.count()
    assert merge(old, kept, by=world.bea) is None
    assert kept.events.count() == events


@pytest.mark.parametrize("code", ["itself", "merged", "removed"])
def test_what_cannot_be_merged_is_refused_and_nothing_changes(world, pair, code):
    old, kept = pair
    if code == "itself":
        kept = old
    elif code == "merged":
        merge(kept, TicketFactory(queue=world.support, customer=world.dana), by=world.bea)
    else:
        trash(kept, by=world.bea)
    before = [picture_of(ticket) for ticket in pair]
    with pytest.raises(NotMergeable) as refused:
        merge(old, kept, by=world.bea)
    assert refused.value.code == code
    assert [picture_of(ticket) for ticket in pair] == before


def test_k05_a_circle_cannot_be_made(world, pair):
    one, other = pair
    merge(one, other, by=world.bea)
    with pytest.raises(NotMergeable):
        merge(other, one, by=world.bea)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_merging_and_undoing_gives_back_an_equal_world(world, data):
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _number in range(3)]
    lived = [
        lambda t: reply(t, Message(text="Answer", mentions=[world.carlos]), by=world.bea),
        lambda t: add_note(t, Message(text="Note", files=[File("n.txt", "text/plain", b"n")]), by=world.carlos),
        lambda t: receive(t, Message(text="More"), channel="email", by=world.dana),
        lambda t: watch(t, world.carlos, by=world.carlos),
        lambda t: watch(t, world.bea, by=world.bea),
        lambda t: spend(t, 5, by=world.bea),
        lambda t: set_state(t, State.objects.get(name="closed successful"), by=world.bea),
        lambda t: set_state(t, State.objects.get(name="pending reminder"), until=timezone.now(), by=world.bea),
    ]
    for number, what in data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, len(lived) - 1)), max_size=8)):
        lived[what](tickets[number])
    one, other, third = tickets
    if data.draw(st.booleans()):  # the merged one had swallowed a third before
        merge(third, one, by=world.bea)
    before = [picture_of(ticket) for ticket in tickets]
    merge(one, other, by=world.bea)
    unmerge(Ticket.objects.get(pk=one.pk), by=world.carlos)
    assert [picture_of(ticket) for ticket in tickets] == before
    assert [broken_links(ticket) for ticket in Ticket.objects.filter(pk__in=[t.pk for t in tickets])] == [[], [], []]


def test_what_was_said_after_the_merge_stays(world, pair):
    old, kept = pair
    merge(old, kept, by=world.bea)
    later = receive(kept, Message(text="Later"), channel="email", by=world.dana)
    old.refresh_from_db()
    unmerge(old, by=world.bea)
    later.refresh_from_db()
    assert later.ticket == kept
    assert set(old.articles.values_list("sender", flat=True)) == {"customer", "system"}


def test_an_inner_merge_is_not_undone_before_the_outer_one(world, pair):
    inner, middle = pair
    merge(inner, middle, by=world.bea)
    middle.refresh_from_db()
    merge(middle, TicketFactory(queue=world.support, customer=world.dana), by=world.bea)
    inner.refresh_from_db()
    with pytest.raises(NotMergeable):
        unmerge(inner, by=world.bea)


def test_t46_the_history_names_the_other_ticket_by_its_number_alone(world, pair):
    old, kept = pair
    merge(old, kept, by=world.bea)
    link(old, kept, "duplicate", by=world.bea)
    assert "Second" not in str([event.data for event in old.events.exclude(kind="ticket.created")])
    assert "First" not in str([event.data for event in kept.events.exclude(kind="ticket.created")])


def test_a_split_message_begins_a_linked_ticket_and_nobody_gets_mail(world, pair):
    old = pair[0]
    said = receive(
        old,
        Message(text="And the fax?", files=[File("f.pdf", "application/pdf", b"%PDF")]),
        channel="email",
        by=world.dana,
    )
    mails = Outgoing.objects.count()
    opening = Opening(title="Fax", queue=world.hardware, customer=world.dana, channel="email")
    copy = split(said, opening, by=world.bea)
    assert (copy.body, copy.author, copy.sender) == ("And the fax?", world.dana, "customer")
    assert copy.attachments.get().content() == b"%PDF"
    assert Article.objects.get(pk=said.pk).ticket == old
    assert Link.objects.get(source=old, target=copy.ticket).kind == "normal"
    assert copy.ticket.events.get(kind="ticket.created").actor == world.bea
    assert Outgoing.objects.count() == mails


def test_an_agents_mail_that_is_split_is_not_sent_again(world, pair):
    said = reply(pair[0], Message(text="Both are broken."), by=world.bea)
    mails = Outgoing.objects.count()
    split(said, Opening(title="Fax", queue=world.support, customer=world.dana, channel="email"), by=world.bea)
    assert Outgoing.objects.count() == mails


def test_links_are_read_from_both_sides(world, pair):
    one, other = pair
    link(one, other, "parent", by=world.bea)
    told = [sentence_of(ticket.events.latest("id")) for ticket in pair]
    assert told == [
        f"Bea Costa linked it with #{other.number}: parent of",
        f"Bea Costa linked it with #{one.number}: child of",
    ]
    assert link(one, other, "parent", by=world.bea) is None
    assert unlink(Link.objects.get(), by=world.bea)
    assert not Link.objects.exists()


def test_a_normal_link_is_one_link_from_whichever_side(world, pair):
    one, other = pair
    assert link(other, one, "normal", by=world.bea)
    assert link(one, other, "normal", by=world.bea) is None


def test_nothing_is_its_own_parent(world, pair):
    one, other = pair
    third = TicketFactory(queue=world.support, customer=world.dana)
    link(one, other, "parent", by=world.bea)
    link(other, third, "parent", by=world.bea)
    for source, target in ((third, one), (one, one)):
        with pytest.raises(NotLinkable):
            link(source, target, "parent", by=world.bea)
    assert Link.objects.count() == 2


def test_trash_and_spam_are_taken_back_exactly(world, pair):
    ticket = pair[0]
    set_state(ticket, State.objects.get(name="pending reminder"), until=timezone.now(), by=world.bea)
    before = picture_of(ticket)
    trash(ticket, by=world.bea)
    assert not Ticket.objects.of_customer(world.dana).filter(pk=ticket.pk).exists()
    assert restore(ticket, by=world.bea)
    assert picture_of(ticket) == before
    mark_spam(ticket, world.billing, by=world.bea)
    assert Ticket.objects.get(pk=ticket.pk).queue == world.billing
    assert restore(ticket, by=world.bea)
    assert picture_of(ticket) == before
    assert restore(ticket, by=world.bea) is None


def test_a_merged_ticket_is_neither_answered_nor_put_into_another_status(pair, world):
    one, other = pair
    merge(one, other, by=world.bea)
    one.refresh_from_db()
    closed = State.objects.get(name="closed successful")
    for act in (
        lambda: set_state(one, closed, by=world.bea),
        lambda: reply(one, Message(text="Hello"), by=world.bea),
    ):
        with pytest.raises(Refused):
            act()
    one.refresh_from_db()
    assert (one.state.type, one.articles.count()) == ("merged", 0)
