"""Who may enter, that looking changes nothing, and that pages cost what they show."""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import ConfigChange
from accounts.tokens import issue_token
from mail.models import Account
from tests.factories import AgentFactory, CustomerFactory, QueueFactory, address, organisation, role
from tests.setup import worlds
from tickets.models import Delivery, FieldDefinition
from web.setup.urls import urlpatterns

LISTS = [
    "home",
    "queues",
    "roles",
    "people",
    "organisations",
    "addresses",
    "accounts",
    "incoming_list",
    "outgoing_list",
    "fields",
    "audit",
    "tokens",
    "health",
    "queue_new",
    "role_new",
    "person_new",
    "organisation_new",
    "account_new",
    "field_new",
]
ACTIONS = [
    "person_invite",
    "person_token_revoke",
    "account_test_new",
    "account_test",
    "incoming_retry",
    "incoming_discard",
    "outgoing_again",
    "delivery_retry",
    "token_new",
    "token_revoke",
]


@pytest.fixture
def rows(world) -> dict[str, int]:
    """One row for every page that shows one, by the name of its address."""
    field = FieldDefinition.objects.create(key="serial", label="Serial number", kind="text")
    token, _secret = issue_token(world.alex, name="Monitoring")
    outgoing = worlds.failed(world)
    return {
        "queue": world.support.pk,
        "queue_people": world.support.pk,
        "role": world.support_role.role.pk,
        "person": world.dana.pk,
        "person_invite": world.dana.pk,
        "organisation": world.acme.pk,
        "account": account(world).pk,
        "account_test": account(world, name="Second").pk,
        "incoming": worlds.quarantined().pk,
        "incoming_raw": worlds.quarantined().pk,
        "incoming_retry": worlds.quarantined().pk,
        "incoming_discard": worlds.quarantined().pk,
        "outgoing": outgoing.pk,
        "outgoing_raw": outgoing.pk,
        "outgoing_again": outgoing.pk,
        "field": field.pk,
        "audit_change": ConfigChange.objects.order_by("-pk").first().pk,
        "delivery_retry": Delivery.objects.first().pk,
        "token_revoke": token.pk,
    }


def account(world, **fields) -> Account:
    facts = {"name": "Provider", "host": "imap.demo.example", "username": "support", "queue": world.support}
    return Account.objects.create(**{**facts, **fields})


def address_of(pattern: URLPattern, rows: dict[str, int], world) -> str:
    if pattern.name == "person_token_revoke":
        return reverse("setup:person_token_revoke", args=[world.alex.pk, rows["token_revoke"]])
    return reverse(f"setup:{pattern.name}", args=[rows[pattern.name]] if "<int:pk>" in str(pattern.pattern) else [])


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_everything_is_absent_for_others(world, rows, signed_in, who):
    browser = signed_in(getattr(world, who))
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        answer = browser.post(path) if pattern.name in ACTIONS else browser.get(path)
        assert answer.status_code == 404, path


def test_visitors_sign_in_first(world, rows):
    answer = Client().get(reverse("setup:queues"))
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=%2Fadmin%2Fqueues%2F"


def test_every_page_opens(world, rows, door):
    for pattern in urlpatterns:
        if pattern.name not in ACTIONS:
            path = address_of(pattern, rows, world)
            assert door.get(path).status_code == 200, path


def test_no_choice_is_a_row_of_dashes(world, rows, door):
    for pattern in urlpatterns:
        if pattern.name not in ACTIONS:
            path = address_of(pattern, rows, world)
            assert b"-----" not in door.get(path).content, path


def test_T74_nothing_changes_by_looking(world, rows, door):
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        before = ConfigChange.objects.count()
        answer = door.get(path)
        assert (answer.status_code == 405) is (pattern.name in ACTIONS), path
        assert ConfigChange.objects.count() == before


def test_T74_without_a_token_nothing_changes(world, rows):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.alex)
    before = ConfigChange.objects.count()
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        answer = strict.post(path, {"name": "Renamed"})
        assert answer.status_code in (403, 405), path
    assert ConfigChange.objects.count() == before


def test_forms_cost_the_same_with_more_rows(world, rows, door, queries):
    names = ["queue", "queue_people", "role", "person", "organisation", "account", "incoming", "outgoing", "field"]
    paths = [reverse(f"setup:{name}", args=[rows[name]]) for name in names]
    for path in paths:
        door.get(path)
    few = [counted(queries, door, path) for path in paths]
    for number in range(5):
        queue = QueueFactory(parent=world.hardware)
        address(f"row{number}@demo.example", world.support)
        agent = AgentFactory()
        role(f"Team {number}", agent, world.bea, read=world.support, write=queue)
        organisation(f"Firm {number}", CustomerFactory())
        world.acme.memberships.create(user=CustomerFactory())
        world.support_role.user_set.add(agent)
        issue_token(world.dana, name="Program")
    many = [counted(queries, door, path) for path in paths]
    assert dict(zip(names, many, strict=True)) == dict(zip(names, few, strict=True))
    assert max(many) <= 16


def counted(queries, door, path) -> int:
    with queries() as made:
        assert door.get(path).status_code == 200
    return len(made)


@pytest.mark.parametrize("name", LISTS)
def test_pages_cost_the_same_with_more_rows(world, rows, door, queries, name):
    door.get(reverse(f"setup:{name}"))
    with queries() as few:
        door.get(reverse(f"setup:{name}"))
    for number in range(5):
        queue = QueueFactory(parent=world.hardware)
        address(f"more{number}@demo.example", queue)
        person = CustomerFactory()
        organisation(f"Company {number}", person)
        role(f"Role {number}", world.bea, write=queue)
        account(world, name=f"Account {number}")
        FieldDefinition.objects.create(key=f"field{number}", label="Field", kind="text")
        issue_token(world.alex, name="More")
        worlds.quarantined()
        worlds.failed(world)
    Delivery.objects.update(parked_at="2026-01-01T00:00:00Z", due_at=None)
    with queries() as many:
        door.get(reverse(f"setup:{name}"))
    assert len(many) <= len(few) + 1, [query["sql"][:200] for query in many]
    assert len(many) <= 12


def test_the_overview_finds_settings(world, door, text_of):
    page = text_of(door.get(reverse("setup:home"), {"q": "signatur"}))
    assert "Signature" in page
    assert "Latest changes" not in page
    nothing = text_of(door.get(reverse("setup:home"), {"q": "zebra"}))
    assert "No setting has these words." in nothing


def test_the_overview_says_what_needs_a_look(world, door, text_of):
    before = text_of(door.get(reverse("setup:home")))
    assert "in quarantine" not in before
    worlds.quarantined()
    worlds.failed(world)
    after = text_of(door.get(reverse("setup:home")))
    assert "1 message is in quarantine" in after
    assert "1 message could not be sent" in after


@pytest.mark.parametrize("path", ["people", "audit", "incoming_list", "organisations"])
def test_a_broken_cursor_is_a_bad_request(world, door, path):
    assert door.get(reverse(f"setup:{path}"), {"cursor": "nonsense"}).status_code == 400
