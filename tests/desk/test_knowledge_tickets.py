"""Articles and tickets: what may answer one, text and links for the reply, what solved it, an article made of it."""

import pytest

from knowledge.models import Article, Use
from tests.desk.conftest import PART, part, text_of
from tests.factories import TicketFactory
from tests.knowledge.library import article, category, let_write, translated


def of(ticket, rest: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/articles/{rest}"


@pytest.fixture
def humming(world):
    return article("Printer hums", "<p>Turn the <strong>printer</strong> off when it hums.</p>")


def test_the_subject_and_the_words_of_a_ticket_find_articles(bea, world, ticket, humming):
    article("Bicycle chains", "<p>Oil them.</p>")
    told = text_of(part(bea, of(ticket)))
    assert "Printer hums" in told
    assert "Bicycle chains" not in told
    assert 'id="ticket-articles"' in text_of(bea.get(f"/desk/tickets/{ticket.number}/"))


def test_a_house_without_articles_has_no_panel(bea, world, ticket):
    assert 'id="ticket-articles"' not in text_of(bea.get(f"/desk/tickets/{ticket.number}/"))


def test_text_and_link_come_in_the_customers_language(bea, world, ticket, humming):
    translated(humming, "de", "Drucker brummt", "<p>Den <em>Drucker</em> ausschalten.</p>")
    ticket.language = "de"
    ticket.save(update_fields=["language"])
    words = of(ticket, f"{humming.number}/")
    link = text_of(bea.get(words))
    assert link.startswith("Drucker brummt\nhttp")
    assert link.endswith(f"/kb/{humming.number}/")
    assert text_of(bea.get(words, {"how": "text"})) == "Den Drucker ausschalten."
    assert text_of(bea.get(words, {"how": "text", "as": "html"})) == "<p>Den <em>Drucker</em> ausschalten.</p>"


def test_without_script_the_words_stand_in_the_reply(bea, world, ticket, humming):
    told = text_of(bea.get(f"/desk/tickets/{ticket.number}/", {"wording": f"article-{humming.number}-text"}))
    assert "Turn the printer off when it hums.</textarea>" in told


def test_what_only_agents_read_is_not_put_into_a_reply(bea, world, ticket):
    secret = article("Printer hums", "<p>The printer hums: call Carl.</p>", visibility="internal")
    told = text_of(part(bea, of(ticket)))
    assert "Agents only" in told
    assert f"{secret.number}/?how=text" not in told
    assert bea.get(of(ticket, f"{secret.number}/")).status_code == 404
    assert bea.post(of(ticket, f"{secret.number}/use/"), {"how": "link"}).status_code == 404
    told = text_of(bea.get(f"/desk/tickets/{ticket.number}/", {"wording": f"article-{secret.number}-text"}))
    assert "call Carl" not in told


def test_articles_are_offered_after_the_slash(bea, world, ticket, humming):
    told = text_of(part(bea, f"/desk/tickets/{ticket.number}/wordings/", q="printer hums"))
    assert f'id="article-{humming.number}-link"' in told
    assert f'id="article-{humming.number}-text"' in told


def test_what_was_used_and_what_solved_it_is_remembered_and_taken_back(bea, world, ticket, humming):
    use = of(ticket, f"{humming.number}/use/")
    bea.post(f"{use}?how=link", headers=PART)
    bea.post(use, {"how": "solved"})
    bea.post(use, {"how": "solved"})
    assert sorted(Use.objects.values_list("how", flat=True)) == ["linked", "solved"]
    assert ticket.title in text_of(bea.get(f"/desk/knowledge/{humming.number}/"))
    assert bea.post(use, {"how": "nonsense"}).status_code == 404
    bea.post(use, {"how": "not_solved"})
    assert list(Use.objects.values_list("how", flat=True)) == ["linked"]


def test_tickets_of_an_article_are_those_that_may_be_read(bea, carlos, world, humming):
    billing = TicketFactory(queue=world.billing, customer=world.dana, title="Secret invoice")
    bea.post(of(billing, f"{humming.number}/use/"), {"how": "solved"})
    assert "Secret invoice" in text_of(bea.get(f"/desk/knowledge/{humming.number}/"))
    assert "Secret invoice" not in text_of(carlos.get(f"/desk/knowledge/{humming.number}/"))


def test_an_article_is_made_of_a_ticket_by_who_writes_articles(bea, world, ticket):
    new = of(ticket, "new/")
    assert bea.get(new).status_code == 404
    let_write(world.bea)
    bea.session.flush()
    bea.force_login(world.bea)
    assert "Make an article of this ticket" in text_of(bea.get(new))
    place = category("Printers")
    answer = bea.post(new, {"title": "Humming printers", "category": place.pk, "language": "en"})
    made = Article.objects.get()
    assert answer["Location"] == f"/desk/knowledge/{made.number}/en/write/"
    assert (made.visibility, made.is_published, made.owner) == ("internal", False, world.bea)
    words = made.translations.get().latest
    assert words.title == "Humming printers"
    assert "It hums and blinks." in words.text
    assert made.uses.get().how == "source"
