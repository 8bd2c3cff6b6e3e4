"""The desk's pages as an agent loads them, in this process: what the server needs, without the network."""

from django.http import HttpResponse
from django.urls import reverse

from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import COUNTED, WARM_UP, Result, measure

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


def _pages(name: str, addresses: list[str], ground: Ground) -> Result:
    def load(number: int) -> None:
        answer: HttpResponse = ground.browser.get(addresses[number % len(addresses)])
        if answer.status_code != 200:
            raise AssertionError(f"{addresses[number % len(addresses)]}: {answer.status_code}")

    return measure(name, load, repeat=ground.repeat, tickets=ground.tickets)
