"""The knowledge base as visitors and agents load it, on 20,000 articles in four languages each."""

from collections.abc import Callable
from itertools import cycle, islice
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import COUNTED, WARM_UP, Result, measure
from helpdesk.demo import shelves
from knowledge.models import Article, Translation
from knowledge.search import suggest

ARTICLES = 20_000


def article_page(ground: Ground) -> list[Result]:
    """The page of a public article, as a visitor without cookies gets it, in all languages."""
    rows = _some(ground)
    addresses = [reverse("kb:article", args=[row.article.number, row.slug or "x"]) for row in rows]
    languages = [row.language for row in rows]
    return [_pages("article_page", addresses, languages, ground)]


def kb_search(ground: Ground) -> list[Result]:
    """`kb_search`: two words of a title, mostly rare; `kb_search_common`: words that thousands of articles have."""
    rows, address = _some(ground), reverse("kb:search")
    rare = [f"{address}?{urlencode({'q': ' '.join(row.title.split()[:2])})}" for row in rows]
    words = {"en": "battery", "de": "Akku", "es": "batería", "pt": "bateria"}
    common = [f"{address}?{urlencode({'q': word})}" for word in words.values()]
    return [
        _pages("kb_search", rare, [row.language for row in rows], ground),
        _pages("kb_search_common", common, list(words), ground),
    ]


def kb_suggest(ground: Ground) -> list[Result]:
    """What an agent is offered beside a ticket, from its subject and its first message."""
    tickets = ground.some_tickets(ground.repeat + WARM_UP + COUNTED)
    texts = [(f"{row.title}\n{row.articles.order_by('id')[0].body}", row.language or "en") for row in tickets]
    _shelves()

    def ask(number: int) -> None:
        text, language = texts[number % len(texts)]
        suggest(text, user=ground.agent, brand=None, language=language)

    return [measure("kb_suggest", ask, repeat=ground.repeat, tickets=ground.tickets, articles=Article.objects.count())]


def _some(ground: Ground) -> list[Translation]:
    """Public articles from the whole knowledge base, one language after the other."""
    _shelves()
    number = ground.repeat + WARM_UP + COUNTED
    public = Article.objects.visible_to(None, None)
    chosen = sorted(ground.dice.sample(list(public.values_list("pk", flat=True)), k=number))
    found = Article.objects.in_bulk(chosen)
    languages = cycle(code for code, _name in settings.LANGUAGES)
    pairs = list(zip(chosen, islice(languages, number), strict=True))
    rows = Translation.objects.filter(article__in=chosen, published__isnull=False).select_related("published")
    by_pair = {(row.article_id, row.language): row for row in rows.defer("words")}
    some = [by_pair[pair] for pair in pairs if pair in by_pair]
    for row in some:
        row.article = found[row.article_id]
    return some


def _shelves() -> None:
    shelves.grow(ARTICLES, lambda _done, _all: None)


def _pages(name: str, addresses: list[str], languages: list[str], ground: Ground) -> Result:
    browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    load = _loader(browser, addresses, languages)
    return measure(name, load, repeat=ground.repeat, tickets=ground.tickets, articles=Article.objects.count())


def _loader(browser: Client, addresses: list[str], languages: list[str]) -> Callable[[int], None]:
    def load(number: int) -> None:
        address, language = addresses[number % len(addresses)], languages[number % len(languages)]
        answer: HttpResponse = browser.get(address, headers={"Accept-Language": language})
        if answer.status_code != 200:
            raise AssertionError(f"{address}: {answer.status_code}")

    return load
