"""What rules did, on the ticket: beside the conversation, and a page with every reason, by the right on the ticket."""

import pytest
from django.urls import reverse

from automation.models import Rule, RuleRun
from automation.rulebook import announce_change
from automation.ruling import publish, save_rule
from tests.automation.ruling import last_event, react
from tests.factories import QueueFactory, TicketFactory
from tickets.actions.fields import set_title
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_with")]


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(title="It hums", queue=world.support, customer=world.dana)


def rule(world, name: str, events: list[str], effects: list[dict], condition: dict | None = None) -> Rule:
    one = Rule(name=name, events=events, effects=effects, condition=condition or {})
    return publish(save_rule(one, [], by=world.alex), by=world.alex)


def page(client, ticket: Ticket, query: str = ""):
    return client.get(reverse("desk:automation", args=[ticket.number]) + query)


@pytest.fixture
def chain(world, ticket) -> list[Rule]:
    """A title that sets off a rule, whose tag sets off another one."""
    asked = {"any": [{"field": "title", "contains": "down"}, {"field": "title", "contains": "broken"}]}
    first = rule(world, "Outages", ["title"], [{"do": "tag", "tags": ["outage"]}], asked)
    second = rule(world, "Tagged", ["tags"], [{"do": "untag", "tags": ["none"]}])
    # what it names has been retired since
    Rule.objects.filter(pk=second.pk).update(effects=[{"do": "move", "to": 99_999_999}, *second.effects])
    announce_change()
    at = last_event()
    set_title(ticket, "All is down", by=world.bea)
    react(at)
    return [first, second]


def test_a_ticket_tells_rules_conditions_effects_and_causes(world, signed_in, ticket, chain):
    answer = page(signed_in(world.bea), ticket)
    second, first = answer.context["runs"]
    assert [(part.text, part.held, part.depth) for part in first.parts] == [
        ("At least one of these:", True, 0),
        ("Subject contains down", True, 1),
        ("Subject contains broken", False, 1),
    ]
    assert [(did.text, did.said) for did in first.effects] == [("Add the tag outage", "done")]
    assert (list(first.causes), list(second.parts)) == ([], [])
    assert [did.said for did in second.effects] == ["not possible", "nothing to change"]
    assert "by the rule “Outages”" in second.happened
    assert len(second.causes) == 1
    assert "Bea" in second.causes[0]


def test_one_rule_alone(world, signed_in, ticket, chain):
    answer = page(signed_in(world.bea), ticket, f"?rule={chain[0].pk}")
    assert [told.run.rule for told in answer.context["runs"]] == [chain[0]]
    assert answer.context["rules"] == [(one.pk, one.name) for one in chain]


def test_it_is_beside_the_conversation_only_where_rules_ran(world, signed_in, ticket, chain):
    client = signed_in(world.bea)
    url = reverse("desk:automation", args=[ticket.number])
    assert url in client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    other = TicketFactory(queue=world.support, customer=world.dana)
    text = client.get(reverse("desk:ticket", args=[other.number])).content.decode()
    assert reverse("desk:automation", args=[other.number]) not in text
    assert page(client, other).status_code == 200


def test_names_that_the_reader_may_not_see_stay_unnamed(world, signed_in, ticket):
    secret = {"not": {"field": "queue", "is": QueueFactory(name="Secret").pk}}
    rule(world, "Elsewhere", ["title"], [{"do": "tag", "tags": ["seen"]}], secret)
    at = last_event()
    set_title(ticket, "Hums more", by=world.bea)
    react(at)
    (told,) = page(signed_in(world.bea), ticket).context["runs"]
    assert told.parts[0].text == "Queue is not Something you may not see"


def test_queries_do_not_grow_with_runs(world, signed_in, ticket, chain, queries):
    client = signed_in(world.bea)

    def counted() -> int:
        with queries() as found:
            assert page(client, ticket).status_code == 200
        return len(found)

    counted()
    before, at = counted(), last_event()
    for number in range(4):
        set_title(ticket, f"Down again {number}", by=world.bea)
    react(at)
    assert RuleRun.objects.filter(ticket=ticket).count() > 4
    assert counted() == before
