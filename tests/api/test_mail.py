"""Mail for programs of administrators: the ledger, the outbox, our addresses, mailboxes."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from core import blobs
from mail import finding
from mail.intake import process
from mail.models import Account, Address, Incoming, Outgoing
from tests.factories import PersonFactory, address
from tests.setup import worlds
from tickets.models import Ticket


@pytest.fixture
def alex(world, program):
    """An administrator who may read all tickets."""
    return program(world.alex)


@pytest.fixture
def blind(world, program):
    """An administrator without a right in any queue."""
    return program(PersonFactory(email="ada@demo.example", is_administrator=True))


@pytest.fixture
def came(world) -> Incoming:
    """One that has become a ticket of Support."""
    row = worlds.incoming()
    process(row.pk)
    row.refresh_from_db()
    assert row.state == "ticketed"
    return row


class TestLedger:
    def test_a_message_is_shown_with_why_it_landed_where_it_did(self, came, alex):
        shown = alex.get(f"mail/incoming/{came.pk}/").json()
        assert (shown["state"], shown["outcome"], shown["source"]) == ("ticketed", "new", "smtp")
        assert (shown["mailbox"], shown["mailbox_name"]) == ("support@demo.example", "support@demo.example")
        assert (shown["ticket"], shown["subject"]) == (came.article.ticket.number, "Printer")
        steps = [step["step"] for step in shown["journal"]]
        assert (steps[0], steps[-1]) == ("received", "ticketed")
        assert all("at" in step for step in shown["journal"])

    def test_words_of_a_ticket_one_may_not_read_stay_hidden(self, came, blind):
        for shown in (blind.get(f"mail/incoming/{came.pk}/").json(), blind.get("mail/incoming/").json()["results"][0]):
            assert (shown["is_hidden"], shown["subject"], shown["ticket"]) == (True, None, None)
        assert blind.get(f"mail/incoming/{came.pk}/raw/").status_code == 404

    def test_a_hidden_trace_names_no_ticket(self, world, blind):
        came = worlds.incoming()
        process(came.pk)
        Incoming.objects.filter(pk=came.pk).update(
            trace=[{"step": "tag", "found": "48213", "result": "no such ticket"}]
        )
        assert blind.get(f"mail/incoming/{came.pk}/").json()["trace"] == [{"step": "tag", "result": "no such ticket"}]

    def test_filters_are_those_of_the_page(self, world, alex):
        worlds.quarantined(sender="erik@globex.example", subject="Pump leaks")
        worlds.quarantined(sender="dana@acme.example", subject="Printer", mailbox="account:9")

        def senders(**query) -> list[str]:
            answer = alex.get("mail/incoming/", query)
            assert answer.status_code == 200, answer.content
            return [row["sender"].partition("@")[0] for row in answer.json()["results"]]

        today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
        assert senders() == ["dana", "erik"]
        assert senders(sender="globex") == senders(words="pump") == senders(mailbox="support@demo.example") == ["erik"]
        assert senders(mailbox="account:9") == ["dana"]
        assert senders(state="ticketed") == senders(mailbox="none") == senders(since=tomorrow.isoformat()) == []
        assert senders(reason="no_sender", until=today.isoformat(), state="quarantined") == ["dana", "erik"]
        assert senders(until="9999-12-31", since="0001-01-01") == ["dana", "erik"]

    @pytest.mark.parametrize(
        "query", [{"state": "lost"}, {"since": "soon"}, {"x": "1"}, {"state": ""}, {"cursor": "x"}]
    )
    def test_what_cannot_be_asked_is_refused(self, world, alex, query):
        assert alex.get("mail/incoming/", query).status_code == 400

    def test_pages_go_on_below_the_window_that_was_looked_through(self, world, alex, monkeypatch):
        monkeypatch.setattr(finding, "WINDOW", 2)
        now = timezone.now()
        for hours in range(6):
            subject = "Pump leaks" if hours in (0, 5) else "Other"
            worlds.quarantined(subject=subject, received_at=now - timedelta(hours=hours))
        address, found = "mail/incoming/?words=pump", 0
        for _page in range(6):
            page = alex.get(address).json()
            found += len(page["results"])
            address = page["next"]
            if address is None:
                break
        assert (found, address) == (2, None)

    def test_a_list_costs_the_same_however_much_came(self, world, alex, queries):
        def one() -> None:
            row = worlds.incoming(worlds.LETTER.replace(b"<a@", f"<{Incoming.objects.count()}@".encode()))
            process(row.pk)

        one()
        alex.get("mail/incoming/")
        with queries() as few:
            alex.get("mail/incoming/")
        for _n in range(4):
            one()
        with queries() as many:
            assert len(alex.get("mail/incoming/").json()["results"]) == 5
        assert len(many) == len(few)

    def test_its_bytes_are_a_download(self, came, alex):
        answer = alex.get(f"mail/incoming/{came.pk}/raw/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "message/rfc822")
        assert answer["X-Send-Blob"] == came.digest
        assert f"incoming-{came.pk}.eml" in answer["Content-Disposition"]

    def test_what_waits_is_tried_again_set_aside_and_deleted(self, world, alex, drain):
        row = worlds.quarantined()
        again = alex.post(f"mail/incoming/{row.pk}/retry/")
        assert (again.status_code, again.json()["state"]) == (200, "received")
        assert again.json()["journal"][-1]["again"] == world.alex.name
        aside = alex.post(f"mail/incoming/{row.pk}/discard/").json()
        assert (aside["state"], aside["reason_code"], aside["has_raw"]) == ("ignored", "discarded", True)
        gone = alex.delete(f"/api/v1/mail/incoming/{row.pk}/")
        assert (gone.status_code, gone.json()["has_raw"], gone.json()["reason_code"]) == (200, False, "deleted")
        for answer in (alex.post(f"mail/incoming/{row.pk}/retry/"), alex.delete(f"/api/v1/mail/incoming/{row.pk}/")):
            assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        changes = ConfigChange.objects.filter(kind="mail.incoming", object_id=str(row.pk))
        assert changes.count() == 3
        assert all(change.through.startswith("robot") for change in changes)

    def test_a_ticket_is_made_of_it_once(self, world, alex):
        row = worlds.quarantined()
        body = {"queue": "Support", "customer": "dana@acme.example"}
        made = alex.post(f"mail/incoming/{row.pk}/release/", body, headers={"Idempotency-Key": "r"})
        assert made.status_code == 200, made.content
        ticket = Ticket.objects.get()
        assert (made.json()["ticket"], ticket.customer, ticket.queue) == (ticket.number, world.dana, world.support)
        again = alex.post(f"mail/incoming/{row.pk}/release/", body, headers={"Idempotency-Key": "r"})
        assert (again.content, Ticket.objects.count()) == (made.content, 1)
        assert alex.post(f"mail/incoming/{row.pk}/release/", body).status_code == 409

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "queue"),
            ({"queue": "Nowhere"}, "queue"),
            ({"queue": "Support", "customer": "nobody"}, "customer"),
            ({"queue": "Support", "x": 1}, "x"),
        ],
    )
    def test_what_no_ticket_can_come_of_is_refused(self, world, alex, body, field):
        row = worlds.quarantined()
        answer = alex.post(f"mail/incoming/{row.pk}/release/", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert not Ticket.objects.exists()

    def test_one_whose_file_is_lost_is_no_error_of_the_server(self, world, alex):
        row = worlds.quarantined()
        assert blobs.remove(row.digest, stored_before=time.time() + 60)
        body = {"queue": "Support", "customer": "dana@acme.example"}
        assert alex.post(f"mail/incoming/{row.pk}/release/", body).status_code == 409


class TestOutbox:
    def test_each_recipient_has_its_state(self, world, alex):
        row = worlds.failed(world)
        shown = alex.get(f"mail/outgoing/{row.pk}/").json()
        assert [(one["address"], one["state"]) for one in shown["recipients"]] == [
            ("dana@acme.example", "failed"),
            ("boss@acme.example", "sent"),
        ]
        assert shown["recipients"][0]["answer"] == "550 no such user"
        assert shown["recipients"][0]["meaning"] == "This address does not exist."
        assert (shown["state"], shown["may_be_sent_again"], shown["ticket"]) == ("failed", True, row.ticket.number)

    def test_words_stay_hidden_with_the_ticket(self, world, blind):
        row = worlds.failed(world)
        shown = blind.get(f"mail/outgoing/{row.pk}/").json()
        assert (shown["is_hidden"], shown["subject"], shown["ticket"]) == (True, None, None)
        assert blind.get(f"mail/outgoing/{row.pk}/raw/").status_code == 404

    def test_it_is_found_by_state_domain_address_and_days(self, world, alex):
        worlds.failed(world, domains=["acme.example"])
        found = lambda **query: len(alex.get("mail/outgoing/", query).json()["results"])  # noqa: E731
        assert found(state="failed") == found(state="failed", recipient="acme.example") == 1
        assert found(recipient="boss@acme.example") == 1
        assert found() == found(since=timezone.localdate().isoformat()) == 2  # with the receipt
        assert found(state="sent") == found(recipient="globex.example") == found(until="2001-01-01") == 0
        assert alex.get("mail/outgoing/", {"state": "lost"}).status_code == 400

    def test_it_is_sent_again_to_those_who_did_not_get_it(self, world, alex):
        row = worlds.failed(world)
        answer = alex.post(f"mail/outgoing/{row.pk}/again/")
        assert (answer.status_code, answer.json()["state"]) == (200, "queued")
        row.refresh_from_db()
        assert [one["state"] for one in row.recipients] == ["queued", "sent"]
        assert alex.post(f"mail/outgoing/{row.pk}/again/").status_code == 409
        assert ConfigChange.objects.get(kind="mail.outgoing").through.startswith("robot")

    def test_what_is_held_is_released(self, world, alex):
        doubts = [{"code": "denied", "address": "dana@acme.example"}]
        row = worlds.outgoing(world, state=Outgoing.State.HELD, due_at=None, doubts=doubts)
        shown = alex.get(f"mail/outgoing/{row.pk}/").json()
        assert shown["doubts"] == ["dana@acme.example is on the list of addresses that get no mail."]
        assert alex.post(f"mail/outgoing/{row.pk}/anyway/").json()["state"] == "queued"
        assert alex.post(f"mail/outgoing/{row.pk}/anyway/").status_code == 409

    def test_what_is_held_is_taken_back(self, world, alex):
        row = worlds.outgoing(world, state=Outgoing.State.HELD, due_at=None)
        assert alex.get(f"mail/outgoing/{row.pk}/").json()["may_be_withdrawn"]
        shown = alex.post(f"mail/outgoing/{row.pk}/withdraw/").json()
        assert (shown["state"], shown["may_be_withdrawn"]) == ("withdrawn", False)
        assert alex.post(f"mail/outgoing/{row.pk}/withdraw/").status_code == 409

    def test_a_list_costs_the_same(self, world, alex, queries):
        worlds.failed(world)
        alex.get("mail/outgoing/")
        with queries() as few:
            alex.get("mail/outgoing/")
        for _n in range(3):
            worlds.failed(world)
        with queries() as many:
            assert len(alex.get("mail/outgoing/").json()["results"]) == 5
        assert len(many) == len(few)


class TestAddresses:
    def test_one_is_added_moved_and_removed(self, world, alex):
        added = alex.post("mail/addresses/", {"address": "Printers@Demo.example", "name": "Desk", "queue": "Support"})
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["address"], shown["queue"]["name"]) == ("printers@demo.example", "Support")
        path = f"mail/addresses/{shown['id']}/"
        moved = alex.patch(path, {"queue": "Billing"}, headers={"If-Match": added.get("ETag", "*")})
        assert (moved.status_code, moved.json()["queue"]["name"], moved.json()["name"]) == (200, "Billing", "Desk")
        assert alex.delete(f"/api/v1/{path}", headers={"If-Match": '"old"'}).status_code == 412
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert not Address.objects.filter(pk=shown["id"]).exists()

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"queue": "Support"}, "address"),
            ({"address": "a, b@demo.example", "queue": "Support"}, "address"),
            ({"address": "taken@demo.example", "queue": "Support"}, "address"),
            ({"address": "free@demo.example"}, "queue"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, body, field):
        address("taken@demo.example", world.billing)
        before = Address.objects.count()
        answer = alex.post("mail/addresses/", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert Address.objects.count() == before


class TestMailboxes:
    BODY = {"name": "Provider", "host": "imap.demo.example", "username": "support", "password": "geheim 1"}

    def test_the_password_is_written_and_never_shown(self, world, alex):
        added = alex.post("mail/mailboxes/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["has_password"], shown["port"], shown["security"]) == (True, 993, "tls")
        assert "password" not in shown
        assert "geheim" not in added.content.decode()
        row = Account.objects.get()
        assert row.password == "geheim 1"
        assert "geheim" not in str(list(ConfigChange.objects.values_list("before", "after")))

    def test_another_password_counts_as_a_change(self, world, alex):
        alex.post("mail/mailboxes/", self.BODY)
        path = f"mail/mailboxes/{Account.objects.get().pk}/"
        seen = alex.get(path)["ETag"]
        assert alex.patch(path, {"password": "another"}, headers={"If-Match": seen}).status_code == 200
        stale = alex.patch(path, {"keep_days": 3}, headers={"If-Match": seen})
        assert (stale.status_code, stale.json()["detail"]) == (412, "This setting has changed meanwhile.")
        assert (Account.objects.get().keep_days, Account.objects.get().password) == (0, "another")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"password": ""}, "password"),
            ({"host": "https://imap.example.com"}, "host"),
            ({"after": "move"}, "move_to"),
            ({"after": "move", "move_to": "Done", "protocol": "pop3"}, "after"),
            ({"port": 0}, "port"),
            ({"silent_after": 1}, "silent_after"),
            ({"start_on": "soon"}, "start_on"),
            ({"queue": "Nowhere"}, "queue"),
            ({"sealed_password": "x"}, "sealed_password"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, body, field):
        answer = alex.post("mail/mailboxes/", self.BODY | body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert not Account.objects.exists()

    @pytest.mark.parametrize("moved", [{"host": "evil.example"}, {"security": "none"}, {"username": "root"}])
    def test_a_stored_password_goes_to_no_other_server(self, world, alex, moved):
        alex.post("mail/mailboxes/", self.BODY)
        path = f"mail/mailboxes/{Account.objects.get().pk}/"
        answer = alex.patch(path, moved)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"]), answer.content
        assert Account.objects.get().place == "imap://support@imap.demo.example/INBOX"
        assert alex.patch(path, moved | {"password": "anew"}).status_code == 200

    def test_without_a_password_only_oauth_will_do(self, world, alex):
        body = {name: value for name, value in self.BODY.items() if name != "password"}
        assert list(alex.post("mail/mailboxes/", body).json()["errors"]) == ["password"]
        assert alex.post("mail/mailboxes/", body | {"sign_in": "oauth"}).json()["is_connected"] is False

    def test_it_is_visited_and_tried(self, world, alex, monkeypatch):
        alex.post("mail/mailboxes/", self.BODY)
        row = Account.objects.get()
        assert alex.get(f"mail/mailboxes/{row.pk}/visits/").json()["kind"] == "new"
        assert alex.post(f"mail/mailboxes/{row.pk}/visits/").status_code == 200
        row.refresh_from_db()
        assert row.next_visit_at is not None

        def refused(*_args, **_options):
            raise ConnectionRefusedError

        monkeypatch.setattr("mail.accounts.look", refused)
        trial = alex.post(f"mail/mailboxes/{row.pk}/try/").json()
        assert (trial["is_good"], "imap.demo.example" in trial["sentence"]) == (False, True)


PATHS = ["mail/incoming/", "mail/outgoing/", "mail/addresses/", "mail/mailboxes/", "health/"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_knows_of_it(world, program, bea, path):
    for somebody in (bea, program(world.dana)):
        assert somebody.get(path).status_code == 404
        assert somebody.post(path, {}).status_code in (404, 405)
