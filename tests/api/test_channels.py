"""Webhooks, alert sources, and what queues say beside themselves, for programs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange, User
from api.models import KeptAnswer
from automation.alert_posts import accept
from automation.alert_sources import source_for
from automation.models import (
    AlertPost,
    AlertSource,
    Content,
    Endpoint,
    EndpointState,
    QueueAssignment,
    SurveyRule,
    WebhookAttempt,
    WebhookDelivery,
)
from tests.api.conftest import Program
from tests.factories import TicketFactory
from tickets.models import Priority

WEBHOOK = {
    "name": "Chat",
    "url": "http://127.0.0.1:9/hooks",
    "events": ["opened"],
    "queues": ["Support"],
    "headers": {"Authorization": "Bearer hush-hush"},
}
SOURCE = {"name": "Prometheus", "queue": "Support::Hardware", "customer": "monitoring@demo.example"}


@pytest.fixture
def alex(world, program) -> Program:
    return program(world.alex)


class TestWebhooks:
    @pytest.fixture
    def hook(self, world, alex) -> str:
        return f"webhooks/{alex.post('webhooks/', WEBHOOK).json()['id']}/"

    def test_stored_headers_go_to_no_other_server(self, world, alex, hook):
        answer = alex.patch(hook, {"url": "https://evil.example/hook"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["headers"]), answer.content
        assert alex.patch(hook, {"url": "https://evil.example/hook", "headers": {}}).status_code == 200

    def test_one_is_added_changed_and_removed_and_its_secrets_are_told_once(self, world, alex):
        made = alex.post("webhooks/", WEBHOOK)
        assert made.status_code == 201, made.content
        endpoint = Endpoint.objects.get()
        assert made.json()["secret"] == endpoint.secrets[0]
        assert endpoint.headers == WEBHOOK["headers"]
        path = f"webhooks/{endpoint.pk}/"
        shown = alex.get(path)
        assert "secret" not in shown.json()
        assert shown.json() == {key: value for key, value in made.json().items() if key != "secret"}
        assert (shown.json()["has_headers"], shown.json()["state"]) == (True, None)
        changed = alex.patch(path, {"events": ["anything"], "is_active": False}, headers={"If-Match": shown["ETag"]})
        assert (changed.json()["events"], changed.json()["has_headers"]) == (["anything"], True)
        assert alex.patch(path, {"events": []}, headers={"If-Match": shown["ETag"]}).status_code == 412
        assert alex.patch(path, {"headers": {}}).json()["has_headers"] is False
        endpoint.refresh_from_db()
        assert (endpoint.headers, endpoint.events) == ({}, ["anything"])
        for answer in (alex.get(path), alex.get("webhooks/"), changed):
            assert b"hush" not in answer.content and endpoint.secrets[0].encode() not in answer.content
        lines = json.dumps([[line.before, line.after] for line in ConfigChange.objects.all()])
        assert "hush" not in lines and endpoint.secrets[0] not in lines
        assert {line.through.split()[0] for line in ConfigChange.objects.filter(kind="automation.endpoint")} == {
            "robot"
        }
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert not Endpoint.objects.exists()

    def test_no_answer_with_a_secret_is_kept(self, world, alex):
        for path, body in (("webhooks/", WEBHOOK), ("alert-sources/", SOURCE)):
            assert alex.post(path, body, headers={"Idempotency-Key": "one"}).status_code == 201
            again = alex.post(path, body, headers={"Idempotency-Key": "one"})
            assert (again.status_code, list(again.json()["errors"])) == (400, ["name"])
        assert not KeptAnswer.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            ({"url": "ftp://example.com/"}, "url"),
            ({"url": "https://me:secret@example.com/"}, "url"),
            ({"events": ["nothing"]}, "events.0"),
            ({"condition": {"field": "article.text", "contains": "x"}}, "condition"),
            ({"body": "{{ unclosed"}, "body"),
            ({"content_type": "text"}, "content_type"),
            ({"headers": {"Host": "x"}}, "headers"),
            ({"headers": {"X": "a\nb"}}, "headers"),
            ({"headers": {"X": 1}}, "headers.X"),
            ({"give_up_days": 0}, "give_up_days"),
            ({"sealed_secret": "x"}, "sealed_secret"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, place):
        answer = alex.post("webhooks/", {**WEBHOOK, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert not Endpoint.objects.exists()

    def test_the_secret_is_renewed(self, world, alex, hook):
        before = Endpoint.objects.get().secrets[0]
        told = alex.post(f"{hook}secret/").json()
        assert (Endpoint.objects.get().secrets, told["old_secret_until"] > "2") == ([told["secret"], before], True)
        assert alex.get(hook).json()["old_secret_until"] == told["old_secret_until"]

    def test_it_is_tried(self, world, alex, hook):
        told = alex.post(f"{hook}test/").json()
        assert (told["status"], told["answer"], bool(told["trouble"])) == (None, "", True)
        assert WebhookDelivery.objects.get().tries.count() == 1

    def test_the_log_tells_of_tickets_in_sight_alone(self, world, alex, hook):
        endpoint = Endpoint.objects.get()
        seen, unseen = (TicketFactory(queue=queue) for queue in (world.support, world.billing))
        rows = [
            WebhookDelivery.objects.create(
                endpoint=endpoint, ticket=ticket, kind="ticket.created", content_type="application/json", body="{}"
            )
            for ticket in (seen, unseen)
        ]
        WebhookAttempt.objects.create(delivery=rows[1], status=500, answer="So what", trouble="status")
        told = alex.get(f"{hook}messages/").json()["results"]
        assert [(one["id"], one["ticket"]) for one in told] == [(rows[1].pk, None), (rows[0].pk, seen.number)]
        one, other = (alex.get(f"webhook-messages/{row.pk}/").json() for row in rows)
        assert (one["body"], one["tries"], other["body"]) == ("{}", [], None)
        assert (other["tries"][0]["status"], other["tries"][0]["answer"]) == (500, "")
        assert other["tries"][0]["trouble"] == "The endpoint has refused the message."

    def test_what_was_given_up_is_sent_again(self, world, alex, hook):
        endpoint = Endpoint.objects.get()
        EndpointState.objects.create(endpoint=endpoint, last_error="NotDelivered: status 500", failures=3)
        assert alex.get(hook).json()["state"]["last_error"] == "The endpoint has refused the message. (answer: 500)"
        row = WebhookDelivery(endpoint=endpoint, kind="ticket.created", content_type="application/json", body="{}")
        row.park()
        row.save()
        path = f"webhook-messages/{row.pk}/"
        assert [one["id"] for one in alex.get(f"{hook}messages/", {"state": "failed"}).json()["results"]] == [row.pk]
        assert alex.get(f"{hook}messages/", {"state": "waiting"}).json()["results"] == []
        assert alex.get(f"{hook}messages/", {"state": "lost"}).status_code == 400
        assert alex.post(f"{hook}messages/again/").json() == {"replayed": 1}
        assert alex.get(path).json()["state"] == "waiting"
        assert alex.post(f"{path}again/").json()["state"] == "waiting"
        WebhookDelivery.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
        assert alex.post(f"{path}again/").status_code == 409

    def test_only_administrators_know_of_it(self, world, alex, bea, hook):
        for path in ("webhooks/", hook, f"{hook}messages/"):
            assert bea.get(path).status_code == 404
        for path in ("webhooks/", f"{hook}secret/", f"{hook}test/", f"{hook}messages/again/"):
            assert bea.post(path, WEBHOOK).status_code == 404
        assert not WebhookDelivery.objects.exists()


class TestAlertSources:
    @pytest.fixture
    def source(self, world, alex) -> str:
        return f"alert-sources/{alex.post('alert-sources/', SOURCE).json()['id']}/"

    def test_one_is_added_changed_and_removed_and_its_secret_is_told_once(self, world, alex):
        made = alex.post("alert-sources/", {**SOURCE, "priorities": {"critical": "5 very high"}})
        assert made.status_code == 201, made.content
        told, row = made.json(), AlertSource.objects.get()
        assert source_for(told["secret"]) == row
        assert told["address"].endswith(f"/api/v1/alerts/{told['secret']}/")
        assert told["priorities"] == {"critical": Priority.objects.get(level=5).pk}
        assert told["customer"]["email"] == "monitoring@demo.example"
        path = f"alert-sources/{row.pk}/"
        changed = alex.patch(path, {"mapping": {"title": "/name", "text": ""}, "when_resolved": "close"})
        assert (changed.json()["mapping"], changed.json()["when_resolved"]) == ({"title": "/name"}, "close")
        assert "secret" not in changed.json() and told["secret"].startswith(changed.json()["secret_begins"])
        renewed = alex.post(f"{path}secret/").json()
        assert (source_for(told["secret"]), source_for(renewed["secret"])) == (None, row)
        assert alex.delete(f"/api/v1/{path}").status_code == 204

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            ({"queue": "Nowhere"}, "queue"),
            ({"customer": "nobody"}, "customer"),
            ({"system": "smoke"}, "system"),
            ({"priorities": {"critical": "huge"}}, "priorities.critical"),
            ({"priorities": {"severe": 1}}, "priorities.severe"),
            ({"mapping": {"colour": "/x"}}, "mapping.colour"),
            ({"wait_hours": 721}, "wait_hours"),
            ({"token_digest": "x"}, "token_digest"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, place):
        answer = alex.post("alert-sources/", {**SOURCE, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert not AlertSource.objects.exists()
        assert not User.objects.filter(email="monitoring@demo.example").exists()

    def test_a_post_is_tried_and_what_came_is_told(self, world, alex, source):
        alex.patch(source, {"system": "other"})
        post = {"fingerprint": "disk", "status": "firing", "title": "Disk full", "severity": "critical"}
        (told,) = alex.post(f"{source}try/", post).json()
        assert (told["title"], told["severity"], told["would"]) == ("Disk full", "critical", "It would open a ticket.")
        assert alex.post(f"{source}try/", [1]).status_code == 400
        assert not AlertPost.objects.exists()
        accept(AlertSource.objects.get(), json.dumps(post).encode())
        (came,) = alex.get(f"{source}posts/").json()["results"]
        assert came["alerts"] == [{"title": "Disk full", "outcome": "", "ticket": ""}]


class TestQueues:
    def test_what_a_queue_leaves_open_comes_from_the_one_above(self, world, alex):
        path, below = f"queue-assignment/{world.support.pk}/", f"queue-assignment/{world.hardware.pk}/"
        assert (alex.get(path).json()["source"], alex.get(path).json()["method"]) == (None, "manual")
        changed = alex.patch(path, {"method": "round_robin", "sticky_days": 7})
        assert changed.status_code == 200, changed.content
        assert alex.get(below).json() == {**changed.json(), "queue": alex.get(below).json()["queue"]}
        assert alex.get(below).json()["source"]["name"] == "Support"
        assert alex.patch(below, {"limit": 3}).json()["method"] == "manual"
        assert {one["queue"]["name"]: one["method"] for one in alex.get("queue-assignment/").json()["results"]} == {
            "Billing": "manual",
            "Support": "round_robin",
            "Support::Hardware": "manual",
        }
        assert alex.delete(f"/api/v1/{below}").status_code == 204
        assert alex.delete(f"/api/v1/{below}").status_code == 204
        assert alex.get(below).json()["source"]["name"] == "Support"
        assert QueueAssignment.objects.get().queue == world.support

    def test_surveys(self, world, alex):
        Content.objects.create(key="ask", name="How was it", texts={"en": "Hello"})
        path, below = f"queue-surveys/{world.support.pk}/", f"queue-surveys/{world.hardware.pk}/"
        assert alex.get(path).json()["is_on"] is False
        changed = alex.patch(path, {"is_on": True, "delay": 2, "text": "How was it"}).json()
        assert (changed["is_on"], changed["delay"], changed["pause"], changed["text"]["name"]) == (
            True,
            2,
            30,
            "How was it",
        )
        assert alex.get(below).json()["source"]["name"] == "Support"
        assert alex.patch(path, {"text": None}).json()["text"] is None
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert not SurveyRule.objects.exists()

    @pytest.mark.parametrize(
        ("path", "sent", "place"),
        [
            ("queue-assignment", {"method": "dice"}, "method"),
            ("queue-assignment", {"role": "Nobody"}, "role"),
            ("queue-assignment", {"limit": -1}, "limit"),
            ("queue-surveys", {"delay": 24 * 90 + 1}, "delay"),
            ("queue-surveys", {"valid": 0}, "valid"),
            ("queue-surveys", {"queue": 1}, "queue"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, path, sent, place):
        answer = alex.patch(f"{path}/{world.support.pk}/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert not QueueAssignment.objects.exists() and not SurveyRule.objects.exists()

    @pytest.mark.parametrize(
        ("path", "one", "other"),
        [("queue-assignment", {"limit": 1}, {"limit": 2}), ("queue-surveys", {"delay": 1}, {"delay": 2})],
    )
    def test_nobody_overwrites_what_he_has_not_seen(self, world, alex, bea, path, one, other):
        path = f"{path}/{world.support.pk}/"
        seen = alex.get(path)["ETag"]
        now = alex.patch(path, one, headers={"If-Match": seen})["ETag"]
        assert alex.patch(path, other, headers={"If-Match": seen}).status_code == 412
        assert alex.delete(f"/api/v1/{path}", headers={"If-Match": seen}).status_code == 412
        assert alex.delete(f"/api/v1/{path}", headers={"If-Match": now}).status_code == 204
        assert alex.patch(path, other, headers={"If-Match": now}).status_code == 412
        assert (bea.get(path).status_code, bea.patch(path, one).status_code) == (404, 404)

    @pytest.mark.parametrize("path", ["queue-assignment/", "queue-surveys/"])
    def test_lists_cost_the_same_however_many_there_are(self, world, alex, queries, path):
        body = {"limit": 1} if "assign" in path else {"delay": 1}
        alex.patch(f"{path}{world.support.pk}/", body)
        with queries() as few:
            alex.get(path)
        for queue in (world.billing, world.hardware):
            alex.patch(f"{path}{queue.pk}/", body)
        with queries() as many:
            assert len(alex.get(path).json()["results"]) == 3
        assert len(many) <= len(few)
