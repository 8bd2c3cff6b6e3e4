"""Templates, snippets, checklists, texts in several languages, automatic replies and notices for programs."""

import pytest

from accounts.models import ConfigChange
from automation.models import Content, NoticeRule, NoticeText
from automation.notices.house import levels_of, text_written
from automation.notices.occasions import OCCASIONS
from mail.answers import is_on, text_for
from mail.models import AutomaticText, QueueAnswers
from tests.api.conftest import Program
from tickets.models import ChecklistTemplate, ReplyTemplate, Snippet

KINDS = {
    "templates/": (ReplyTemplate, {"name": "Thanks", "body": "Hello {{ customer.first_name }}", "queues": ["Support"]}),
    "snippets/": (Snippet, {"name": "Hours", "keyword": "hours", "body": "9 to 5", "roles": ["Support team"]}),
    "checklists/": (ChecklistTemplate, {"name": "New colleague", "steps": ["Laptop", "Keys"]}),
    "contents/": (Content, {"name": "Greeting", "key": "greeting", "texts": {"en": "Hello", "de": "Hallo"}}),
    "automatic-texts/": (AutomaticText, {"event": "new", "subject": "Thanks", "body": "{{ number }}"}),
}
OTHER = {
    "templates/": {"language": "de"},
    "snippets/": {"keyword": "times"},
    "checklists/": {"steps": ["Keys"]},
    "contents/": {"texts": {"en": "Good day"}},
    "automatic-texts/": {"language": "de"},
}


@pytest.fixture
def alex(world, program) -> Program:
    return program(world.alex)


@pytest.mark.parametrize("path", KINDS)
class TestAll:
    def test_one_is_added_shown_changed_and_taken_out_of_use(self, world, alex, path):
        model, body = KINDS[path]
        made = alex.post(path, body)
        assert made.status_code == 201, made.content
        one = f"{path}{made.json()['id']}/"
        assert alex.get(one).json() == alex.get(path).json()["results"][0] == made.json()
        changed = alex.patch(one, OTHER[path])
        assert changed.status_code == 200, changed.content
        assert changed.json() != made.json()
        assert alex.patch(one, {"is_active": False}).json()["is_active"] is False
        assert alex.delete(f"/api/v1/{one}").status_code == 405
        lines = ConfigChange.objects.filter(kind=model._meta.label_lower).order_by("pk")
        assert [(line.action, line.actor, line.through.split()[0]) for line in lines] == [
            ("created", world.alex, "robot"),
            ("changed", world.alex, "robot"),
            ("changed", world.alex, "robot"),
        ]

    def test_nobody_overwrites_what_he_has_not_seen(self, world, alex, path):
        made = alex.post(path, KINDS[path][1])
        one, seen = f"{path}{made.json()['id']}/", made["ETag"]
        assert alex.patch(one, OTHER[path], headers={"If-Match": seen}).status_code == 200
        assert alex.patch(one, {"is_active": False}, headers={"If-Match": seen}).status_code == 412
        assert KINDS[path][0].objects.get().is_active

    def test_only_administrators_know_of_it(self, world, alex, bea, path):
        one = f"{path}{alex.post(path, KINDS[path][1]).json()['id']}/"
        answers = [bea.get(path), bea.get(one), bea.post(path, KINDS[path][1]), bea.patch(one, OTHER[path])]
        assert {answer.status_code for answer in answers} == {404}

    def test_the_second_of_the_same_name_is_refused(self, world, alex, path):
        alex.post(path, KINDS[path][1])
        answer = alex.post(path, KINDS[path][1])
        assert answer.status_code == 400 and answer.json()["errors"], answer.content
        assert KINDS[path][0].objects.count() == 1

    def test_lists_cost_the_same_however_many_there_are(self, world, alex, queries, path):
        bodies = [{**KINDS[path][1], "name": f"Number {n}"} for n in range(4)]
        for number, body in enumerate(bodies):
            body |= {"keyword": f"k{number}"} if "keyword" in body else {}
            body |= {"key": f"k{number}"} if "key" in body else {}
            if "event" in body:
                del body["name"]
                body["event"] = AutomaticText.Event.values[number]
        alex.post(path, bodies[0])
        with queries() as few:
            alex.get(path)
        for body in bodies[1:]:
            assert alex.post(path, body).status_code == 201
        with queries() as many:
            assert len(alex.get(path).json()["results"]) == 4
        assert len(many) <= len(few)


@pytest.mark.parametrize(
    ("path", "sent", "place"),
    [
        ("templates/", {"body": "{{ unclosed"}, "body"),
        ("templates/", {"body": ""}, "body"),
        ("templates/", {"language": "xx"}, "language"),
        ("templates/", {"queues": ["Nowhere"]}, "queues.0"),
        ("snippets/", {"keyword": "two words"}, "keyword"),
        ("snippets/", {"roles": ["Nobody"]}, "roles.0"),
        ("checklists/", {"steps": []}, "steps"),
        ("checklists/", {"steps": ["x"] * 101}, "steps"),
        ("checklists/", {"steps": [" "]}, "steps.0"),
        ("contents/", {"key": "Greeting"}, "key"),
        ("contents/", {"texts": {"de": "Hallo"}}, "texts"),
        ("contents/", {"texts": {"en": "Hello", "xx": "?"}}, "texts.xx"),
        ("contents/", {"texts": {"en": "{{ unclosed"}}, "texts.en"),
        ("contents/", {"texts": {"en": "{{ content.greeting }}"}}, "texts.en"),
        ("automatic-texts/", {"event": "never"}, "event"),
        ("automatic-texts/", {"subject": "{{ unclosed"}, "subject"),
        ("automatic-texts/", {"queue": "Nowhere"}, "queue"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(world, alex, path, sent, place):
    model, body = KINDS[path]
    answer = alex.post(path, {**body, **sent})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
    assert not model.objects.exists()


class TestContents:
    @pytest.fixture
    def greeting(self, world, alex) -> str:
        return f"contents/{alex.post('contents/', KINDS['contents/'][1]).json()['id']}/"

    def test_translations_that_are_older_are_named_until_somebody_has_looked(self, world, alex, greeting):
        assert alex.get(greeting).json()["missing"] == ["es", "pt"]
        changed = alex.patch(greeting, {"texts": {"en": "Good day"}}).json()
        assert (changed["outdated"], changed["texts"]["de"]) == (["de"], "Hallo")
        assert alex.patch(greeting, {"still_right": ["de"]}).json()["outdated"] == []
        assert "de" not in alex.patch(greeting, {"texts": {"de": ""}}).json()["texts"]

    def test_its_key_stays(self, world, alex, greeting):
        assert alex.patch(greeting, {"key": "greeting"}).status_code == 200
        assert list(alex.patch(greeting, {"key": "hello"}).json()["errors"]) == ["key"]

    def test_what_leans_on_it_is_named_before_it_goes(self, world, alex, greeting):
        alex.post("templates/", {"name": "Thanks", "body": "{{ content.greeting }}"})
        content = Content.objects.get()
        alex.patch(f"queue-surveys/{world.support.pk}/", {"is_on": True, "text": content.pk})
        refused = alex.patch(greeting, {"is_active": False})
        assert refused.status_code == 409
        assert "“Thanks” takes it in; Customers of Support are asked with it" in refused.json()["detail"]
        assert alex.get(greeting).json()["is_active"] is True
        assert alex.patch(greeting, {"is_active": False, "confirmed": True}).json()["is_active"] is False


class TestAutomaticReplies:
    def test_a_text_of_a_queue(self, world, alex):
        made = alex.post("automatic-texts/", {**KINDS["automatic-texts/"][1], "queue": "Support"}).json()
        assert (made["queue"]["name"], text_for("new", world.hardware, "en").pk) == ("Support", made["id"])
        assert alex.patch(f"automatic-texts/{made['id']}/", {"queue": None}).json()["queue"] is None

    def test_which_events_a_queue_answers(self, world, alex, bea):
        path, below = (f"queue-answers/{queue.pk}/" for queue in (world.support, world.hardware))
        assert alex.get(path).json()["holds"] == {"new": True, "follow_up": False, "rejected": True, "continued": True}
        seen = alex.get(path)["ETag"]
        changed = alex.patch(path, {"new": False, "follow_up": True}, headers={"If-Match": seen}).json()
        assert (changed["new"], changed["rejected"], changed["holds"]["follow_up"]) == (False, None, True)
        assert (is_on("new", world.hardware), alex.get(below).json()["holds"]) == (False, changed["holds"])
        assert alex.patch(below, {"new": True}).json()["holds"]["new"] is True
        listed = {one["queue"]["name"]: one["holds"]["new"] for one in alex.get("queue-answers/").json()["results"]}
        assert listed == {"Billing": True, "Support": False, "Support::Hardware": True}
        assert alex.patch(path, {"new": True}, headers={"If-Match": seen}).status_code == 412
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert alex.get(path).json()["holds"]["follow_up"] is False
        assert bea.get(path).status_code == 404
        assert alex.patch(path, {"new": "yes"}).status_code == 400


class TestNotices:
    def test_who_hears_of_it(self, world, alex, queries):
        with queries() as found:
            listed = {one["key"]: one for one in alex.get("notices/").json()}
        assert len(found) <= 10
        assert listed["assigned"]["levels"]["owner"] == {"bell": "on", "mail": "on", "webhook": "off"}
        role = world.support_role.role
        said = {"owner": {"mail": "never"}, f"role:{role.pk}": {"bell": "always"}}
        seen = alex.get("notices/assigned/")["ETag"]
        changed = alex.patch("notices/assigned/", {"levels": said}, headers={"If-Match": seen})
        assert changed.status_code == 200, changed.content
        levels = changed.json()["levels"]
        assert (levels["owner"]["mail"], levels["owner"]["bell"]) == ("never", "on")
        assert levels[f"role:{role.pk}"] == {"bell": "always", "mail": "off", "webhook": "off"}
        assert levels == levels_of(OCCASIONS["assigned"])
        assert alex.patch("notices/assigned/", {"levels": said}, headers={"If-Match": seen}).status_code == 412
        gone = alex.patch("notices/assigned/", {"levels": {f"role:{role.pk}": {"bell": "off"}}}).json()
        assert f"role:{role.pk}" not in gone["levels"]

    @pytest.mark.parametrize(
        ("levels", "place"),
        [
            ([], "levels"),
            ({"nobody": {"bell": "on"}}, "levels.nobody"),
            ({"role:999999": {"bell": "on"}}, "levels.role:999999"),
            ({"owner": "on"}, "levels.owner"),
            ({"owner": {"pigeon": "on"}}, "levels.owner.pigeon"),
            ({"owner": {"bell": "loud"}}, "levels.owner.bell"),
            ({"owner": {"bell": ["on"]}}, "levels.owner.bell"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, levels, place):
        answer = alex.patch("notices/assigned/", {"levels": levels})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert not NoticeRule.objects.exists()

    def test_what_the_mail_says(self, world, alex, bea):
        path = "notices/assigned/texts/de/"
        stock = alex.get(path)
        assert (stock.json()["is_own"], "ticket.number" in stock.json()["placeholders"]) == (False, True)
        body = {"subject": "Neu: {{ ticket.title }}", "body": "Schau: {{ link }}"}
        written = alex.patch(path, body, headers={"If-Match": stock["ETag"]})
        assert written.status_code == 200, written.content
        assert (written.json()["is_own"], text_written("assigned", "de").subject) == (True, body["subject"])
        assert alex.get("notices/assigned/").json()["texts"] == ["Deutsch"]
        assert alex.patch(path, body, headers={"If-Match": stock["ETag"]}).status_code == 412
        assert alex.patch(path, {"subject": "x"}).json()["errors"].keys() == {"body"}
        assert alex.patch(path, {**body, "body": "{{ unclosed"}).json()["errors"].keys() == {"body"}
        assert alex.delete(f"/api/v1/{path}", headers={"If-Match": written["ETag"]}).status_code == 204
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert (alex.get(path).json(), NoticeText.objects.count()) == (stock.json(), 0)
        everywhere = alex.patch("notices/assigned/texts/all/", body).json()
        assert (everywhere["language"], alex.get(path).json()["subject"]) == ("", body["subject"])
        for wrong in ("notices/nothing/", "notices/assigned/texts/xx/", "notices/nothing/texts/de/"):
            assert alex.get(wrong).status_code == 404
        assert (bea.get(path).status_code, bea.patch(path, body).status_code) == (404, 404)


def test_a_queue_that_says_nothing_has_no_row(world, alex):
    alex.patch(f"queue-answers/{world.support.pk}/", {"new": None})
    assert not QueueAnswers.objects.exists()
