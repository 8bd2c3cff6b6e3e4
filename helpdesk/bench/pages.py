"""The desk's pages as an agent loads them, in this process: what the server needs, without the network."""

from django.http import HttpResponse
from django.urls import reverse

from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import COUNTED, WARM_UP, Result, measure
from tickets.models import Priority, SavedView
from tickets.saved import remove_view, save_view
from tickets.views import OPEN

# Words that many tickets have, few together, or in different languages: the ways of the search part here.
HARD_PAIRS = (
    "battery broken",
    "the and",
    "please tyre",
    "invoice wrong",
    "motor error",
    "Akku Rechnung",
    "brakebolt gearguard",
    "batería no",
    "display missing",
    "Alal hubguard",
)


def desk_queue(ground: Ground) -> list[Result]:
    addresses = [reverse("desk:queue", args=[queue.pk]) for queue in ground.queues]
    views = [reverse("desk:view", args=[key]) for key in ("mine", "open", "unassigned", "new", "waiting", "closed")]
    return [
        _pages("desk_queue", addresses, ground),
        _pages("desk_queue_closed", [f"{address}?closed=1" for address in addresses], ground),
        _pages("desk_view", views, ground),
        _pages("desk_counts", [reverse("desk:side")], ground),
    ]


def desk_saved(ground: Ground) -> list[Result]:
    """Saved views with three conditions, each in an order of its own and one of them in groups; and their counters."""
    views = [save_view(view, roles=[], by=ground.agent) for view in _saved_views(ground)]
    try:
        return [
            _pages("desk_saved", [reverse("desk:saved", args=[view.pk]) for view in views], ground),
            _pages("desk_saved_counts", [reverse("desk:side")], ground),
        ]
    finally:
        for view in views:
            remove_view(view, by=ground.agent)


def _saved_views(ground: Ground) -> list[SavedView]:
    queues = {"field": "queue", "in": [queue.pk for queue in ground.queues[:10]]}
    high = {"not": {"field": "priority", "in": [row.pk for row in Priority.objects.filter(level__lt=4)]}}
    conditions = {
        "-priority": [OPEN, queues, {"field": "owner", "empty": True}],
        "created": [OPEN, high, {"field": "created", "before": {"now": "-7d"}}],
        "-created": [queues, high, {"field": "title", "contains": "battery"}],
        "due": [OPEN, queues, {"field": "state.type", "is": "open"}],
    }
    return [
        SavedView(
            name=f"bench {order}", condition={"all": parts}, order=order, group_by="queue" if order == "due" else ""
        )
        for order, parts in conditions.items()
    ]


def desk_ticket(ground: Ground) -> list[Result]:
    tickets = ground.some_tickets(ground.repeat + WARM_UP + COUNTED)
    return [_pages("desk_ticket", [reverse("desk:ticket", args=[ticket.number]) for ticket in tickets], ground)]


def search(ground: Ground) -> list[Result]:
    """`search` has words that stand together in some message, `search_hard` the same few difficult ones."""
    address = reverse("desk:search")
    pairs = ground.pairs_of_words(ground.repeat + WARM_UP + COUNTED)
    return [
        _pages("search", [f"{address}?q={pair}" for pair in pairs], ground),
        _pages("search_hard", [f"{address}?q={pair}" for pair in HARD_PAIRS], ground),
    ]


def dashboard(ground: Ground) -> list[Result]:
    """The start page, and the list of people with the words of one of them."""
    people = reverse("desk:people")
    return [
        _pages("dashboard", [reverse("desk:home")], ground),
        _pages("people", [people, f"{people}?q=customer", f"{people}?q=000012", f"{people}?kind=agents"], ground),
    ]


def palette(ground: Ground) -> list[Result]:
    """What somebody types, letter by letter: rare words, a name, a number, nothing at all."""
    address = reverse("desk:palette")
    words = [pair.split()[0] for pair in ground.pairs_of_words(ground.repeat)]
    numbers = [f"%23{ticket.number}" for ticket in ground.some_tickets(5)]
    typed = [word[:length] for word in words[:10] for length in (2, 4, len(word))]
    asked = ["", "customer 0000", "%40company", "%3Eteam", *numbers, *typed]
    return [_pages("palette", [f"{address}?q={text}" for text in asked], ground)]


def _pages(name: str, addresses: list[str], ground: Ground) -> Result:
    def load(number: int) -> None:
        answer: HttpResponse = ground.browser.get(addresses[number % len(addresses)])
        if answer.status_code != 200:
            raise AssertionError(f"{addresses[number % len(addresses)]}: {answer.status_code}")

    return measure(name, load, repeat=ground.repeat, tickets=ground.tickets)
