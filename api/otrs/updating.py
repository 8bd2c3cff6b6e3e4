"""TicketUpdate: attributes by the verbs of a PATCH, each under its own right, then words, files and time."""

from typing import Any

from api.otrs.articles import Words, say, words_of
from api.otrs.attributes import changes_of, customer_of, set_lock, state_of, wanted_lock
from api.otrs.door import Call, Caller, Refusal, operation, scalar
from api.otrs.reading import Facts, dynamic_fields, given, invalid, row
from api.otrs.seen import denied, fields_of, ticket_to_change
from api.otrs.signing_in import caller_of
from api.v1.access import require
from api.v1.changing import change, require_rights
from tickets import options
from tickets.models import Ticket


@operation("TicketUpdate")
def update_ticket(call: Call) -> dict[str, Any]:
    if not set(call.data) - {"TicketID"}:
        raise Refusal("EmptyRequest", "The request data is invalid!")
    if not given(call.data, "TicketID", "TicketNumber"):
        raise Refusal("MissingParameter", "TicketID or TicketNumber is required!")
    caller = caller_of(call)
    ticket = ticket_to_change(caller, pk=call.text("TicketID"), number=call.text("TicketNumber"))
    facts = call.data.get("Ticket") or {}
    if not isinstance(facts, dict):
        raise invalid("Ticket")
    words = words_of(call, caller=caller) if call.data.get("Article") else []
    if call.data.get("Attachment") and not words:
        raise Refusal("MissingParameter", "To create an attachment an article is needed!")
    _change(ticket, call, facts, caller=caller)
    answer = {"TicketID": str(ticket.pk), "TicketNumber": ticket.number}
    for one in words:
        _require_words(ticket, one, caller=caller)
        article = say(ticket, one, caller=caller)
        answer.setdefault("ArticleID", str(article.pk))
    return answer


def _change(ticket: Ticket, call: Call, facts: Facts, *, caller: Caller) -> None:
    fields = dynamic_fields(call.data.get("DynamicField"), fields_of(caller))
    if caller.is_customer:
        if facts or fields:
            raise denied()
        return
    values, lock = _values(ticket, facts, caller=caller), wanted_lock(facts)
    if fields:
        values["custom_fields"] = fields
    require_rights(ticket, caller.person, {*values, *(["lock"] if lock else [])})
    change(ticket, values, by=caller.person, cause=caller.cause, seen=None)
    set_lock(ticket, lock, owner=values.get("owner", ticket.owner), caller=caller)


def _values(ticket: Ticket, facts: Facts, *, caller: Caller) -> dict[str, Any]:
    queue = row(facts, "Queue", options.queues_to_move_to(caller.person, ticket))
    states = [*options.states(ticket), ticket.state]
    values = changes_of(facts, queue=queue or ticket.queue, states=states, caller=caller)
    if "state" not in values:
        values |= state_of(facts, states, present=ticket.state)
    if queue is not None:
        values["queue"] = queue
    if given(facts, "Title"):
        values["title"] = scalar(facts["Title"])
    if given(facts, "CustomerUser"):
        values["customer"] = customer_of(facts, caller=caller)
    return values


def _require_words(ticket: Ticket, words: Words, *, caller: Caller) -> None:
    if not caller.is_customer:
        require(ticket, caller.person, "note" if words.is_note else "write")
