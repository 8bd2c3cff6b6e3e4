"""The portal's lists as customers load them, in this process."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import COUNTED, WARM_UP, Result, measure

# Customers who take turns.
PEOPLE = 20


def portal_list(ground: Ground) -> list[Result]:
    """All requests of one's own; of the whole organisation, for those who may see them (`portal_list_organisation`);
    those with a word (`portal_search`); and the first page (`portal_home`)."""
    tickets = ground.some_tickets(ground.repeat + WARM_UP + COUNTED)
    people = list({ticket.customer_id: ticket.customer for ticket in tickets}.values())[:PEOPLE]
    Membership.objects.filter(user__in=people).update(sees_all=True)
    words = [pair.split()[0] for pair in ground.pairs_of_words(PEOPLE)] or ["battery"]
    requests = reverse("portal:requests")
    return [
        _pages("portal_list", people, [f"{requests}?show=all&whose=mine"], ground),
        _pages("portal_list_organisation", people, [f"{requests}?show=all&whose=organisation"], ground),
        _pages("portal_search", people, [f"{requests}?show=all&whose=organisation&q={word}" for word in words], ground),
        _pages("portal_home", people, [reverse("portal:home")], ground),
    ]


def _pages(name: str, people: list[User], addresses: list[str], ground: Ground) -> Result:
    load = _loader([_browser(person) for person in people], addresses)
    return measure(name, load, repeat=ground.repeat, tickets=ground.tickets)


def _browser(person: User) -> Client:
    browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def _loader(browsers: list[Client], addresses: list[str]) -> Callable[[int], None]:
    def load(number: int) -> None:
        address = addresses[number % len(addresses)]
        answer: HttpResponse = browsers[number % len(browsers)].get(address)
        if answer.status_code != 200:
            raise AssertionError(f"{address}: {answer.status_code}")

    return load
