"""TicketCreate: a ticket with its first article, dynamic fields and files."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from api.otrs.articles import Words, note_time, say, words_of
from api.otrs.attributes import changes_of, customer_of, queues_for, set_lock, wanted_lock
from api.otrs.door import Call, Caller, Refusal, operation, scalar
from api.otrs.reading import Facts, dynamic_fields, given, invalid, require, row
from api.otrs.seen import fields_of
from api.otrs.signing_in import caller_of
from api.v1.changing import change
from tickets import options
from tickets.actions.opening import Opening, open_ticket
from tickets.catalogue import catalogue_for
from tickets.models import Queue, Service, State, StateType, Ticket
from tickets.models.article import Sender
from tickets.vocabulary import first_state


@operation("TicketCreate")
def create_ticket(call: Call) -> dict[str, Any]:
    if not call.data:
        raise Refusal("MissingParameter", "The request data is invalid!")
    caller = caller_of(call)
    facts, said = call.data.get("Ticket"), call.data.get("Article")
    if not isinstance(facts, dict) or not facts:
        raise Refusal("MissingParameter", "Ticket parameter is missing or not valid!")
    if not isinstance(said, dict | list) or not said:
        raise Refusal("MissingParameter", "Article parameter is missing or not valid!")
    words = words_of(call, caller=caller)
    ticket, article = _opened(call, facts, words[0], caller=caller)
    for further in words[1:]:
        say(ticket, further, caller=caller)
    return {"TicketID": str(ticket.pk), "TicketNumber": ticket.number, "ArticleID": str(article)}


def _opened(call: Call, facts: Facts, words: Words, *, caller: Caller) -> tuple[Ticket, int]:
    require(facts, "Title", of="Ticket")
    require(facts, "CustomerUser", of="Ticket")
    for name in ("Queue", "State", "Priority"):
        require(facts, name, f"{name}ID", of="Ticket")
    queue = row(facts, "Queue", queues_for(caller))
    assert queue is not None
    customer = customer_of(facts, caller=caller)
    if words.sender == Sender.CUSTOMER and not words.message.sent_from:
        words = replace(
            words, message=replace(words.message, sent_from={"name": customer.name, "address": customer.email})
        )
    values = _values(call, facts, queue, caller=caller)
    opening = Opening(
        title=scalar(facts["Title"]),
        queue=queue,
        customer=customer,
        channel=words.channel,
        custom_fields=dynamic_fields(call.data.get("DynamicField"), fields_of(caller)),
        **{name: values.pop(name) for name in ("type", "service", "priority", "owner") if name in values},
    )
    try:
        article = open_ticket(opening, words.message, sender=words.sender, by=caller.person, cause=caller.cause)
    except ValidationError as error:
        raise invalid("DynamicField->Value") from error
    _go_on(article.ticket, values, facts, caller=caller)
    note_time(article.ticket, words, caller=caller)
    return article.ticket, article.pk


def _values(call: Call, facts: Facts, queue: Queue, *, caller: Caller) -> dict[str, Any]:
    """Of customers only the service counts: the rest is the desk's to say."""
    if not caller.is_customer:
        states = [first_state(StateType.NEW), *options.states()]
        return changes_of(facts, queue=queue, states=states, caller=caller)
    offered = catalogue_for(caller.person, call.request.brand).services  # type: ignore[attr-defined]
    service: Service | None = row(facts, "Service", offered)
    return {"service": service} if service is not None else {}


def _go_on(ticket: Ticket, values: dict[str, Any], facts: Facts, *, caller: Caller) -> None:
    """What a ticket gets after it has been opened. Whoever is named as owner has it locked, as in OTRS."""
    state: State | None = values.get("state")
    if state is not None and state.type == StateType.NEW:
        del values["state"]
    change(ticket, values, by=caller.person, cause=caller.cause, seen=None)
    if caller.is_customer:
        return
    owned = given(facts, "Owner", "OwnerID") and ticket.owner is not None
    wanted = wanted_lock(facts) or ("lock" if owned else "unlock")
    if wanted == "lock" and not (state and state.is_final):
        set_lock(ticket, wanted, owner=ticket.owner, caller=caller)
