"""The history of a ticket, for programs."""

from django.utils.translation import get_language

from accounts.models import ApiToken
from tickets.actions.replying import add_note
from tickets.actions.routing import assign
from tickets.messages import Message


def test_events_tell_who_when_why_and_what(world, bea, ticket):
    bea.patch(f"tickets/{ticket.number}/", {"owner": "carlos@demo.example"})
    shown = bea.get(f"tickets/{ticket.number}/history/").json()
    assert shown["next"] is None
    assert shown["results"][0]["kind"] == "ticket.created"
    assert shown["results"][0]["article"] == ticket.articles.earliest("id").pk
    event = ticket.events.latest("id")
    assert shown["results"][-1] == {
        "id": event.pk,
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "kind": "owner.changed",
        "actor": {"id": world.bea.pk, "name": "Bea Costa"},
        "on_behalf_of": None,
        "cause": {"kind": "token", "reference": str(ApiToken.objects.get())},
        "data": {"owner": {"was": None, "now": {"id": world.carlos.pk, "name": "Carlos Díaz"}}},
        "article": None,
        "version": event.version,
        "sentence": "Bea Costa assigned it to Carlos Díaz",
    }


def test_the_sentence_is_in_the_language_of_the_person(world, program, ticket, monkeypatch):
    told = []
    monkeypatch.setattr("api.v1.shapes.sentence_of", lambda event: told.append(get_language()) or "…")
    for language in ("de", "pt", ""):
        world.bea.language = language
        world.bea.save()
        program(world.bea).get(f"tickets/{ticket.number}/history/", headers={"Accept-Language": "es"})
    assert list(dict.fromkeys(told)) == ["de", "pt", "es"]


def test_pages_of_history_cost_the_same(world, bea, ticket, queries):
    bea.get("me/")
    costs = []
    for _round in range(2):
        for _n in range(5):
            add_note(ticket, Message(text="x"), by=world.bea)
            assign(ticket, world.carlos, by=world.bea)
            assign(ticket, None, by=world.alex)
        with queries() as counted:
            assert bea.get(f"tickets/{ticket.number}/history/").status_code == 200
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 6
