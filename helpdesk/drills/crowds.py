"""Many want the same thing at the same time (K01, K02, K03, K09)."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import EmailAddress, User
from accounts.people import create_person
from accounts.tokens import issue_token
from helpdesk.drills.accounting import account, wait_until_done
from helpdesk.drills.load import Browser, Load
from helpdesk.drills.stage import Stage, cookie_of
from mail import intake
from mail.models import Incoming
from tickets.actions.opening import Opening, open_ticket
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Article, Event, Priority, Ticket

Report = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many act at once, and how often in all."""

    at_once: int
    times: int


def k01_edits(stage: Stage, size: Size) -> Report:
    """K01: all change title, priority and tags of one ticket; the end is that of some serial order."""
    ticket = _ticket(stage, "everybody's")
    priorities = list(Priority.objects.values_list("pk", flat=True))
    accepted, statuses = [], Counter[int]()

    def edit(number: int) -> None:
        browser = Browser(stage, stage.agents[number % size.at_once].cookie)
        what: tuple[str, dict[str, object]] = (
            ("title", {"title": f"title {number}"}),
            ("priority", {"priority": priorities[number % len(priorities)]}),
            ("tags", {"tags": f"tag{number}, common"}),
        )[number % 3]
        answer = browser.post(f"/desk/tickets/{ticket.number}/{what[0]}/", what[1])
        statuses[answer.status] += 1
        if answer.is_fine and what[0] == "title":
            accepted.append(f"title {number}")

    seconds = _all(edit, range(size.times), at_once=size.at_once)
    ticket.refresh_from_db()
    wrong = _breaks_of_order(ticket)
    titles = Counter(event.data["title"]["now"] for event in ticket.events.filter(kind="title.changed"))
    lost = [title for title in accepted if not titles[title]]
    doubled = sum(count - 1 for count in titles.values())
    failed = sum(number for status, number in statuses.items() if status >= 500 or status == 0)
    return {
        "name": "K01",
        "ok": not (wrong or lost or doubled or failed or broken_links(ticket)),
        "edits": size.times,
        "events": ticket.events.count(),
        "breaks_of_order": wrong,
        "lost": len(lost),
        "doubled": doubled,
        "statuses": {str(status): number for status, number in sorted(statuses.items())},
        "per_s": round(size.times / seconds, 1),
    }


def k02_answers(stage: Stage, size: Size) -> Report:
    """K02: two agents answer the same question in the same moment; the second is warned, and both texts are kept."""
    warned = both = 0
    for number in range(size.times):
        ticket = _ticket(stage, f"question {number}")
        seen = ticket.articles.order_by("-pk").values_list("pk", flat=True)[0]
        forms = [_answer(f"word{number}x{n}", seen) for n in range(2)]
        answers = _at_once([_poster(stage, n, ticket, form) for n, form in enumerate(forms)])
        refused = [n for n, answer in enumerate(answers) if answer.status == 409]
        warned += len(refused) == 1 and f"word{number}x{refused[0]}" in answers[refused[0]].text
        for n in refused:
            newest = ticket.articles.order_by("-pk").values_list("pk", flat=True)[0]
            _poster(stage, n, ticket, forms[n] | {"anyway": newest})()
        written = Article.objects.filter(ticket=ticket, sender="agent").values_list("body", flat=True)
        both += sorted(written) == [f"word{number}x0", f"word{number}x1"]
    return {
        "name": "K02",
        "ok": warned == both == size.times,
        "rounds": size.times,
        "warned": warned,
        "both_kept": both,
    }


def k03_numbers(stage: Stage, size: Size) -> Report:
    """K03: tickets by mail, by API and by the portal at once; each has a number of its own."""
    load = Load(stage)
    customer = create_person(email="everywhere@crowd.example", name="Everywhere", is_customer=True)
    browser = Browser(stage, cookie_of(customer))
    _token, secret = issue_token(stage.agents[0].user, name="drill")
    before = Ticket.objects.count()
    mark = uuid.uuid4().hex[:6]

    def one(number: int) -> None:
        word = f"many{mark}{number}"
        (
            lambda: load.mail(word),
            lambda: load.create(secret, customer.email, word),
            lambda: load.open_request(browser, word),
        )[number % 3]()

    seconds = _all(one, range(size.times), at_once=size.at_once)
    wait_until_done(seconds=600)
    numbers = Counter(Ticket.objects.values_list("number", flat=True))
    doubles = sum(count - 1 for count in numbers.values())
    report = account(load, stage)
    made = Ticket.objects.count() - before
    wrong = report["lost"] or report["doubled"] or report["wrong"] or doubles
    return {
        "name": "K03",
        "ok": made == size.times and not wrong,
        "tickets": made,
        "numbers_twice": doubles,
        **{key: report[key] for key in ("lost", "doubled", "unsent", "statuses", "wrong")},
        "per_s": round(size.times / seconds, 1),
    }


def k09_customers(stage: Stage, size: Size) -> Report:
    """K09: somebody nobody knows mails many times at once, and more hands than usual are at it: one customer."""
    people, articles = [], 0
    for number in range(size.times):
        load = Load(stage)
        address = f"new{number}@crowd.example"
        _at_once([_mailer(load, address, n) for n in range(size.at_once)])
        pks = list(Incoming.objects.filter(envelope_from=address).values_list("pk", flat=True))
        _at_once([lambda pk=pk: intake.process(pk) for pk in pks])
        wait_until_done(seconds=120)
        people.append(EmailAddress.objects.filter(address=address).count())
        articles += Article.objects.filter(sender="customer", author__email=address).count()
    users = User.objects.filter(email__startswith="new", email__endswith="@crowd.example").count()
    wanted = size.at_once * size.times
    return {
        "name": "K09",
        "ok": set(people) == {1} and users == size.times and articles == wanted,
        "rounds": size.times,
        "people": users,
        "mails": wanted,
        "articles": articles,
    }


def _ticket(stage: Stage, title: str) -> Ticket:
    customer = stage.agents[-1].user
    opening = Opening(title=title, queue=stage.queue, customer=customer, channel="web")
    return open_ticket(opening, Message(text="A question"), by=customer).ticket


def _breaks_of_order(ticket: Ticket) -> int:
    """Changes that do not begin where the one before ended; the last must be what the ticket shows."""
    present: dict[str, Any] = {}
    breaks = 0
    for event in Event.objects.filter(ticket=ticket).order_by("version"):
        for name, change in event.data.items():
            breaks += name in present and present[name] != change["was"]
            present[name] = change["now"]
    shown = {"title": ticket.title, "tags": ticket.tags}
    return breaks + sum(present[name] != value for name, value in shown.items())


def _answer(text: str, seen: int) -> dict[str, object]:
    fields: dict[str, object] = {"to": "somebody@crowd.example", "then": "open", "wait": "3", "text": text}
    return fields | {"submission": str(uuid.uuid4()), "based_on": seen}


def _poster(stage: Stage, agent: int, ticket: Ticket, form: dict[str, object]) -> Callable[[], Any]:
    browser = Browser(stage, stage.agents[agent].cookie)
    return lambda: browser.post(f"/desk/tickets/{ticket.number}/reply/", form)


def _mailer(load: Load, address: str, number: int) -> Callable[[], Any]:
    return lambda: load.mail(f"{address.split('@')[0]}n{number}", sender=address)


def _all(act: Callable[[int], object], numbers: Iterable[int], *, at_once: int) -> float:
    started = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(act, numbers))
    return time.monotonic() - started


def _at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """All of them in the same moment, each in a thread and with a database connection of its own."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
