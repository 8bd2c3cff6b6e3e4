"""What is asked twice: every address that lists, counts, searches, suggests or shows, for each door."""

import os
import random
from collections.abc import Iterator
from urllib.parse import urlencode

from accounts.models import User
from tests.rights.crowds import SECRET, WORDS, Crowd
from tickets.models import Ticket
from tickets.views import VIEWS

QUESTIONS = int(os.environ.get("RIGHTS_QUERIES", "25"))


def desk(crowd: Crowd, hidden: list[str]) -> Iterator[str]:
    for view in VIEWS:
        yield f"/desk/views/{view.key}/"
    for queue in (crowd.desk, crowd.board, crowd.billing):
        yield from (f"/desk/queues/{queue.pk}/", f"/desk/queues/{queue.pk}/?closed=1")
    for number in [*(row.number for row in crowd.visible[:4]), *hidden[::2]]:
        for page in ("", "history/", "files/", "list/", "earlier/", "news/?shown=1"):
            yield f"/desk/tickets/{number}/{page}"
        yield f"/desk/search/?q={number}"
        yield f"/live-address/?ticket={number}" if number in hidden else f"/desk/search/?q=%23{number}"
    for page in ("owner", "responsible", "queue", "state", "priority", "type", "tags", "fields/serial"):
        yield f"/desk/tickets/{crowd.visible[0].number}/{page}/"
    yield from ("/desk/", "/desk/side/", "/desk/tickets/new/", "/")
    for words in ("queue:", "customer:", "customer:d", "org:g", "tag:", "owner:c", "field.serial:X", SECRET[:3]):
        yield f"/desk/search/complete/?{urlencode({'q': words, 'at': len(words)})}"
    yield from ("/desk/search/", "/desk/saved/new/", "/desk/saved/new/?q=queue:desk", "/desk/search/?q=queue:vault")
    yield from ("/desk/views/open/?order=-priority&group=queue", "/desk/views/open/?order=due&group=state")
    yield from ("/desk/tickets/", "/desk/next/", "/desk/people/", "/desk/people/?q=dana", "/desk/organisations/")
    for person in (crowd.dana, crowd.carl, crowd.erik):
        yield from (f"/desk/people/{person.pk}/", f"/desk/people/{person.pk}/?show=all")
        yield f"/desk/organisations/{person.memberships.get().organisation_id}/?show=all"
    for person in (crowd.dana, crowd.erik):
        yield f"/desk/tickets/new/person/?customer={person.email}"


def parts_of_desk(crowd: Crowd, hidden: list[str], ids: list[int]) -> Iterator[str]:
    rows = urlencode([("r", f"{pk}.3") for pk in [*ids, *(row.pk for row in crowd.visible[:3])]])
    for view in VIEWS:
        yield from (f"/desk/views/{view.key}/", f"/desk/views/{view.key}/news/?{rows}&top=1")
    yield from (f"/desk/queues/{crowd.desk.pk}/news/?{rows}&more=1", f"/desk/queues/{crowd.billing.pk}/news/?{rows}")
    for key in ("view:mine", "view:open", f"queue:{crowd.desk.pk}", f"queue:{crowd.board.pk}"):
        yield f"/desk/side/?here={key}"
    yield from ("/desk/", "/desk/people/?q=da", "/desk/organisations/names/?join=a")
    for words in (*WORDS, SECRET, SECRET[:4], "Vault", "Billing", "Desk", ">queue", "", "@dana", "#1", *hidden[:3]):
        yield f"/desk/palette/?{urlencode({'q': words})}"


def api(crowd: Crowd, hidden: list[str]) -> Iterator[str]:
    tickets = "/api/v1/tickets/"
    yield from (f"/api/v1/{name}/" for name in ("queues", "states", "priorities", "types", "me"))
    yield f"{tickets}?page_size=3"
    for number in [crowd.visible[0].number, *hidden]:
        yield from (
            f"{tickets}{number}/",
            f"{tickets}{number}/articles/?page_size=1",
            f"{tickets}{number}/history/?page_size=2",
        )
        yield f"{tickets}?q={number}"
    for queue in ("Desk", "Board", "Billing", "Vault", "Board::Vault", crowd.billing.pk):
        yield f"{tickets}?queue={queue}"
    for person in (crowd.agent, crowd.colleague, crowd.dana, crowd.erik):
        yield from (
            f"{tickets}?owner={person.pk}",
            f"{tickets}?customer={person.email}",
            f"/api/v1/people/?email={person.email}",
        )
    for tag in ("urgent", "printer", SECRET):
        yield f"{tickets}?tag={tag}&page_size=2"
    for moment in ("2026-03-02T09:05:00Z", "2026-03-02T10:00:00Z"):
        yield from (f"{tickets}?changed_after={moment}&page_size=2", f"{tickets}?created_after={moment}&open=true")


def portal(person: User, hidden: list[str]) -> Iterator[str]:
    yield "/portal/"
    for show in ("open", "solved", "all"):
        yield from (f"/portal/requests/?show={show}", f"/portal/requests/?show={show}&whose=organisation")
    for words in (SECRET, *hidden):
        yield f"/portal/requests/?show=all&q={words}"
    own = Ticket.objects.of_customer(person).order_by("pk")
    for number in [*own.values_list("number", flat=True), *hidden]:
        yield from (f"/portal/requests/{number}/", f"/portal/requests/{number}/?all")
    yield from (f"/live-address/?ticket={number}" for number in hidden)
    yield from ("/portal/new/", "/profile/", "/")


def api_of_customer(person: User, hidden: list[str]) -> Iterator[str]:
    tickets = "/api/v1/tickets/"
    yield from (f"{tickets}?page_size=2", f"{tickets}?open=true", "/api/v1/queues/", f"{tickets}?q={SECRET}")
    yield f"{tickets}?created_after=2026-03-02T10:00:00Z&page_size=2"
    own = Ticket.objects.of_customer(person).order_by("pk")
    for number in [*own.values_list("number", flat=True), *hidden]:
        yield from (
            f"{tickets}{number}/",
            f"{tickets}{number}/articles/",
            f"{tickets}{number}/history/",
            f"{tickets}?q={number}",
        )


def random_searches(path: str, hidden: list[str], **more: str) -> Iterator[str]:
    dice = random.Random(48)
    words = [*WORDS, SECRET, "urgent", "plugged", '"about the"', "or", "X3", "prin", *hidden[:2]]
    for _question in range(QUESTIONS):
        chosen = " ".join(dice.choice(("", "", "-")) + dice.choice(words) for _word in range(dice.randint(1, 3)))
        yield f"{path}?{urlencode({'q': chosen, **more})}"
