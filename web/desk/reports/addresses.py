"""A question in an address and in a form, and back: every page of a report can be kept as a bookmark or sent on."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from reports.questions import Question, written

# A period that is no named one: `from` and `to` are its days.
OWN_DAYS = "days"
MOST_LETTERS = 8_000
# Parts of the question that are one word each, and how they are called in addresses.
_WORDS = {"rows": "by", "columns": "across", "grain": "grain", "compare": "compare", "as_of": "as_of", "zone": "zone"}


def pairs_of(question: Question) -> list[tuple[str, str]]:
    """What stands in the address, in an order that does not change."""
    data = written(question)
    pairs = [("m", key) for key in question.measures]
    pairs += [(short, data[name]) for name, short in _WORDS.items() if data[name]]
    if name := data["period"].get("name"):
        pairs.append(("period", name))
    else:
        pairs += [("period", OWN_DAYS), ("from", data["period"]["from"]), ("to", data["period"]["to"])]
    if question.condition:
        pairs.append(("where", json.dumps(question.condition, separators=(",", ":"), ensure_ascii=False)))
    return pairs


def query_of(question: Question) -> str:
    return urlencode(pairs_of(question))


def builder_url(question: Question, **more: object) -> str:
    """Where the question is changed. `report`: the one that was kept and is the beginning; `display`."""
    return _address("desk:report_new", question, more)


def tickets_url(question: Question) -> str:
    """The tickets behind a number, to be ended by which one (`cell_query`)."""
    return f"{reverse('desk:report_tickets')}?{query_of(question)}"


def cell_query(measure: str, row: str, column: str) -> str:
    return urlencode({"measure": measure, "row": row, "column": column})


def _address(name: str, question: Question, more: Mapping[str, object]) -> str:
    pairs = [*pairs_of(question), *((key, str(value)) for key, value in more.items() if value)]
    return f"{reverse(name)}?{urlencode(pairs)}"


def data_in(sent: QueryDict, beginning: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON form of what was sent, to be read by `reports.questions.read`. What was not sent stays as it was at the
    beginning. Conditions that were typed are put in by whoever knows the rows of the form."""
    data = dict(beginning or {})
    if measures := [key for key in sent.getlist("m") if key]:
        data["measures"] = measures
    data |= {name: sent[short] for name, short in _WORDS.items() if short in sent}
    if period := sent.get("period"):
        data["period"] = _days(sent.get("from", ""), sent.get("to", "")) if period == OWN_DAYS else {"name": period}
    if "where" in sent:
        data["condition"] = _condition(sent["where"])
    return data


def is_asked(sent: QueryDict) -> bool:
    """Whether an address holds a question of its own."""
    return any(sent.getlist("m"))


def _days(first: str, last: str) -> dict[str, str]:
    """Who has just chosen days has not said which: the last thirty, to begin with."""
    if not last:
        last = localdate().isoformat()
    if not first:
        try:
            first = (date.fromisoformat(last) - timedelta(days=29)).isoformat()
        except (ValueError, OverflowError):
            first = last
    return {"from": first, "to": last}


def _condition(text: str) -> Any:
    """What cannot be read is refused as a condition is that makes no sense."""
    if not text:
        return {}
    try:
        return json.loads(text) if len(text) <= MOST_LETTERS else {"field": ""}
    except ValueError:
        return {"field": ""}
