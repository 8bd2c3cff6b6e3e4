"""What the demo's helpdesk does by itself: three rules as a small team would begin with."""

from collections.abc import Mapping

from accounts.models import User
from automation.models import Rule
from automation.ruling import publish, save_rule
from tickets.models import Priority, Queue

OUTAGE = {
    "any": [
        {"field": "title", "matches": r"\b(outage|offline|not working|defekt|avería|avariad[oa])\b"},
        {"field": "article.text", "matches": r"\b(recall|smoke|burn(t|ing)?|fire)\b"},
    ]
}
UNHAPPY = {
    "all": [
        {"field": "article.sender", "is": "customer"},
        {"field": "article.text", "matches": r"\b(lawyer|refund|complain(t)?|Anwalt|reclamaci[oó]n)\b"},
        {"not": {"field": "tags", "contains": "escalated"}},
    ]
}
AT_NIGHT = {"all": [{"field": "event.in_hours", "is": False}, {"field": "state.type", "in": ["new", "open"]}]}


def add_rules(queues: Mapping[str, Queue], agents: Mapping[str, User]) -> None:
    """The last one is a draft, to be tried on the past."""
    by, high = agents["alex"], Priority.objects.get(level=4).pk
    outages = Rule(
        name="Outages go first",
        description="Whatever sounds like something broken or dangerous is looked at before the rest.",
        events=["opened"],
        condition=OUTAGE,
        effects=[{"do": "tag", "tags": ["outage"]}, {"do": "priority", "to": Priority.objects.get(level=5).pk}],
    )
    publish(save_rule(outages, [queues["Support"]], by=by), by=by)
    unhappy = Rule(
        name="Unhappy customers",
        description="Bea watches over what may become a complaint.",
        events=["opened", "customer_wrote"],
        condition=UNHAPPY,
        effects=[
            {"do": "tag", "tags": ["escalated"]},
            {"do": "watch", "who": agents["bea"].pk},
            {"do": "note", "text": "This sounds like a complaint of {{ customer.name }}. Please answer today."},
        ],
        once_per_ticket=True,
    )
    publish(save_rule(unhappy, [], by=by), by=by)
    night = Rule(
        name="What comes in at night",
        description="Try this one on the past before it is published.",
        events=["opened"],
        condition=AT_NIGHT,
        effects=[{"do": "tag", "tags": ["overnight"]}, {"do": "priority", "to": high}],
    )
    save_rule(night, [queues["Support"], queues["Billing"]], by=by)
