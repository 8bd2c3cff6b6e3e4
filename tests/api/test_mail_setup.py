"""How mail comes in and leaves, set up by programs: filters, known senders, sending servers, and the tester."""

from base64 import b64encode

import pytest

from accounts.models import ConfigChange
from mail.models import Filter, Incoming, KnownSender, Outgoing, Server, ServerState
from tests.factories import TicketFactory
from tickets.models import FieldDefinition, Ticket

LETTER = (
    b"From: Nagios <nagios@monitor.example>\r\nTo: support@demo.example\r\nSubject: [DOWN] server17\r\n"
    b"Message-ID: <1@monitor.example>\r\n\r\nIt does not answer.\r\n"
)
DOWN = {"part": "subject", "test": "matches", "value": r"\[DOWN\] (\w+)"}


@pytest.fixture
def alex(world, program):
    """An administrator."""
    return program(world.alex)


def tried(alex, letter: bytes = LETTER, **how):
    answer = alex.post("mail/try/", {"message": b64encode(letter).decode(), "recipient": "support@demo.example", **how})
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestFilters:
    def test_one_is_added_tried_changed_and_removed(self, world, alex):
        FieldDefinition.objects.create(key="host", label="Host", kind="text")
        body = {"name": "Monitoring", "conditions": [DOWN], "queue": "Billing", "tags": ["alarm"]}
        added = alex.post("mail/filters/", body | {"custom_fields": {"host": "{1}"}, "joins_by": "host"})
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["position"], shown["queue"]["name"], shown["conditions"]) == (
            1,
            "Billing",
            [{**DOWN, "header": ""}],
        )
        ticket = tried(alex)["ticket"]
        assert (ticket["queue"], ticket["tags"], ticket["custom_fields"]) == (
            "Billing",
            ["alarm"],
            {"host": "server17"},
        )
        path = f"mail/filters/{shown['id']}/"
        changed = alex.patch(path, {"action": "ignore", "tags": []}).json()
        assert changed == {**shown, "action": "ignore", "tags": []}
        outcome = tried(alex)
        assert (outcome["state"], outcome["ticket"]) == ("ignored", None)
        assert alex.delete(path, headers={"If-Match": '"old"'}).status_code == 412
        assert alex.delete(path).status_code == 204
        lines = ConfigChange.objects.filter(kind="mail.filter").order_by("pk")
        assert [line.action for line in lines] == ["created", "changed", "removed"]

    def test_they_have_an_order(self, world, alex):
        for name in ("One", "Two", "Three"):
            alex.post("mail/filters/", {"name": name, "conditions": [DOWN]})
        last = Filter.objects.get(name="Three")
        assert alex.patch(f"mail/filters/{last.pk}/", {"position": 1}).json()["position"] == 1
        assert [one["name"] for one in alex.get("mail/filters/").json()["results"]] == ["Three", "One", "Two"]

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"conditions": [DOWN]}, "name"),
            ({"name": "A"}, "conditions"),
            ({"name": "A", "conditions": []}, "conditions"),
            ({"name": "Old", "conditions": [DOWN]}, "name"),
            ({"name": "A", "conditions": [{**DOWN, "value": "("}]}, "conditions.0.value"),
            ({"name": "A", "conditions": [{**DOWN, "part": "header"}]}, "conditions.0.header"),
            ({"name": "A", "conditions": [{**DOWN, "test": "smells"}]}, "conditions.0.test"),
            ({"name": "A", "conditions": [DOWN], "queue": "Nowhere"}, "queue"),
            ({"name": "A", "conditions": [DOWN], "joins_by": "host"}, "joins_by"),
            ({"name": "A", "conditions": [DOWN], "custom_fields": {"host": "x"}}, "custom_fields.host"),
            ({"name": "A", "conditions": [DOWN], "action": "burn"}, "action"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        Filter.objects.create(name="Old", conditions=[DOWN])
        before = ConfigChange.objects.count()
        answer = alex.post("mail/filters/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (Filter.objects.count(), ConfigChange.objects.count()) == (1, before)


class TestSenders:
    def test_one_is_known(self, world, alex):
        added = alex.post("mail/senders/", {"pattern": "Monitor.example", "verdict": "denied"})
        assert (added.status_code, added.json()["pattern"]) == (201, "@monitor.example")
        assert tried(alex)["state"] == "ignored"
        path = f"mail/senders/{added.json()['id']}/"
        assert alex.patch(path, {"verdict": "wanted"}).json()["verdict"] == "wanted"
        assert list(
            alex.post("mail/senders/", {"pattern": "@monitor.example", "verdict": "junk"}).json()["errors"]
        ) == ["pattern"]
        assert list(alex.post("mail/senders/", {"pattern": "a b c", "verdict": "junk"}).json()["errors"]) == ["pattern"]
        assert alex.delete(path).status_code == 204
        assert not KnownSender.objects.exists()


class TestTheTester:
    def test_nothing_stays(self, world, alex):
        outcome = tried(alex)
        assert (outcome["state"], outcome["outcome"], outcome["article"]) == ("ticketed", "new", "message")
        assert outcome["ticket"]["is_new_customer"] and outcome["answer"]["subject"]
        assert not any(model.objects.exists() for model in (Ticket, Incoming, Outgoing))

    def test_of_a_ticket_that_one_may_not_see_nothing_is_told(self, world, program, alex):
        ticket = TicketFactory(queue=world.billing, customer=world.erik, title="Secret")
        letter = LETTER.replace(b"[DOWN] server17", f"Re: #{ticket.number}".encode())
        shown = tried(alex, letter.replace(b"nagios@monitor.example", b"erik@globex.example"))
        assert "Secret" not in str(shown)

    def test_by_a_mailbox_or_a_pipe(self, world, alex):
        assert tried(alex, by="pipe")["state"] == "ticketed"
        answer = alex.post("mail/try/", {"message": "eA==", "mailbox": "Nowhere"})
        assert list(answer.json()["errors"]) == ["mailbox"]
        assert list(alex.post("mail/try/", {"message": "%"}).json()["errors"]) == ["message"]


class TestServers:
    BODY = {  # noqa: RUF012
        "name": "Relay",
        "host": "smtp.demo.example",
        "username": "support",
        "password": " p4ss ",
        "queues": ["Support"],
        "addresses": ["support@demo.example"],
    }

    def test_the_password_is_written_and_never_shown(self, world, alex):
        added = alex.post("mail/servers/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["has_password"], "p4ss" in added.content.decode()) == (True, False)
        assert ([one["name"] for one in shown["queues"]], shown["port"]) == (["Support"], 587)
        server, path = Server.objects.get(), f"mail/servers/{shown['id']}/"
        assert server.password == " p4ss "
        ServerState.objects.create(key=f"server {server.pk}", last_error="once")
        assert alex.patch(path, {"port": 25}).json()["errors"].keys() == {"password"}
        server.refresh_from_db()
        assert (server.port, server.password) == (587, " p4ss ")
        assert alex.patch(path, {"port": 25, "password": " p4ss "}).json() == {**shown, "port": 25}
        assert Server.objects.get().password == " p4ss "
        assert not ServerState.objects.exists()
        seen = alex.get(path)["ETag"]
        assert alex.patch(path, {"password": "another"}).status_code == 200
        assert alex.patch(path, {"port": 26}, headers={"If-Match": seen}).status_code == 412
        assert alex.patch(path, {"username": ""}).json()["has_password"] is False
        assert "p4ss" not in str(list(ConfigChange.objects.values_list("before", "after")))

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"host": ""}, "host"),
            ({"host": "smtp://relay"}, "host"),
            ({"port": 0}, "port"),
            ({"name": "Old"}, "name"),
            ({"username": ""}, "username"),
            ({"queues": ["Nowhere"]}, "queues.0"),
            ({"security": "maybe"}, "security"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        Server.objects.create(name="Old", host="old.example")
        before = ConfigChange.objects.count()
        answer = alex.post("mail/servers/", self.BODY | sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (Server.objects.count(), ConfigChange.objects.count()) == (1, before)

    def test_one_is_tried(self, world, alex, monkeypatch):
        monkeypatch.setattr("api.v1.mail.servers.try_way", lambda way: ConnectionRefusedError())
        pk = alex.post("mail/servers/", self.BODY).json()["id"]
        answer = alex.post(f"mail/servers/{pk}/try/").json()
        assert (answer["is_good"], answer["state"]) == (False, None)
        assert answer["sentence"] == "smtp.demo.example takes no connections on port 587."


@pytest.mark.parametrize("path", ["mail/filters/", "mail/senders/", "mail/servers/", "mail/try/"])
def test_only_administrators_know_that_these_are_there(world, bea, program, path):
    for who in (bea, program(world.dana)):
        assert {who.get(path).status_code, who.post(path).status_code} <= {404, 405}
