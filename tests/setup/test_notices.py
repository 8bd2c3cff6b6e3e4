"""Notices in the administration: levels, roles, texts with their preview, figures; each change is audited."""

import pytest

from accounts.models import ConfigChange
from automation.models import NoticeHouse, NoticeRule, NoticeText
from automation.notices.house import levels_of
from automation.notices.occasions import OCCASIONS
from automation.notices.texts import heading
from tests import factories
from web.setup.notice_lines import NOTICE_LINES

pytestmark = pytest.mark.django_db
ANSWERED = "/admin/notices/answered/"


@pytest.fixture
def page(world, signed_in):
    return signed_in(world.alex)


def levels(key, **changed):
    """What the form sends when only `changed` was touched."""
    occasion = OCCASIONS[key]
    said = {
        f"{relation}-{channel}": level
        for relation, by_channel in levels_of(occasion).items()
        for channel, level in by_channel.items()
    }
    return {name.replace(":", "-"): value for name, value in {**said, **changed}.items()}


def test_the_list_says_who_hears_of_what(page):
    text = page.get("/admin/notices/").content.decode()
    assert "The customer writes" in text
    assert "Agents of the queue, while nobody owns the ticket" in text
    assert "A request is closed" in text


def test_levels_are_changed_and_noted(page, world):
    answer = page.post(ANSWERED, levels("answered", **{"owner-mail": "always", "watcher-bell": "never"}))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/notices/")
    rule = NoticeRule.objects.get()
    assert set(rule.levels) == {"owner", "watcher"}
    assert levels_of(OCCASIONS["answered"])["owner"]["mail"] == "always"
    change = ConfigChange.objects.get(kind="automation.noticerule")
    assert change.actor == world.alex
    shown = page.get(f"/admin/audit/{change.pk}/").content.decode()
    assert "The customer writes" in shown
    assert "Always" in shown
    # back to the stock levels
    page.post(ANSWERED, levels("answered", **{"owner-mail": "on", "watcher-bell": "on"}))
    assert NoticeRule.objects.get().levels == {}


def test_a_role_is_added_and_leaves_again(page, world):
    role = world.billing_role.role
    answer = page.post(ANSWERED, levels("answered", role=f"role:{role.pk}"))
    assert answer["Location"] == ANSWERED
    assert levels_of(OCCASIONS["answered"])[f"role:{role.pk}"]["bell"] == "on"
    assert "Billing team" in page.get(ANSWERED).content.decode()
    page.post(ANSWERED, levels("answered", **{f"role-{role.pk}-bell": "off"}))
    assert f"role:{role.pk}" not in levels_of(OCCASIONS["answered"])


def test_who_was_slower_is_told(page, world):
    page.post(ANSWERED, levels("answered", **{"owner-mail": "always"}))
    seen = ConfigChange.objects.latest("pk").pk
    page.post(ANSWERED, {**levels("answered", **{"owner-mail": "never"}), "seen": seen})
    answer = page.post(ANSWERED, {**levels("answered", **{"owner-mail": "off"}), "seen": seen})
    assert answer.status_code == 409
    assert levels_of(OCCASIONS["answered"])["owner"]["mail"] == "never"


def test_what_is_no_level_is_refused(page):
    assert page.post(ANSWERED, levels("answered", **{"owner-mail": "loud"})).status_code == 422
    assert not NoticeRule.objects.exists()
    assert page.get("/admin/notices/nothing/").status_code == 404
    assert page.get(f"{ANSWERED}text/xx/").status_code == 404


def test_a_text_of_ones_own_and_back(page, world):
    url = f"{ANSWERED}text/de/"
    assert page.post(url, {"subject": "Neu", "body": "Hallo {{ person.name }}"}).status_code == 302
    text = NoticeText.objects.get()
    assert (text.occasion, text.language, text.subject) == ("answered", "de", "Neu")
    assert "Deutsch" in page.get("/admin/notices/").content.decode()
    assert "Own text" in page.get(ANSWERED).content.decode()
    assert page.post(url, {"subject": "Neu", "body": ""}).status_code == 422
    assert page.post(url, {"subject": "Neu {{", "body": "x"}).status_code == 422
    assert page.post(url, {"subject": "", "body": ""}).status_code == 302
    assert not NoticeText.objects.exists()
    assert ConfigChange.objects.filter(kind="automation.noticetext").count() == 2


def test_the_preview_shows_a_ticket_that_one_may_see(page, world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    hidden = factories.TicketFactory(queue=world.billing, customer=world.dana, title="Secret bill")
    url, typed = f"{ANSWERED}text/all/", {"subject": "S", "body": "{{ ticket.title }}: {{ message }}", "preview": "on"}
    shown = page.post(url, {**typed, "preview_ticket": ticket.number}).content.decode()
    assert "Printer hums: It hums, blinks twice" in shown
    other = page.post(url, {**typed, "preview_ticket": hidden.number}).content.decode()
    assert "Secret bill" not in other
    assert "You see no ticket with this number" in other
    stock = page.post(url, {"subject": "", "body": "", "preview": "on", "preview_ticket": ticket.number})
    assert "because you own the ticket" in stock.content.decode()
    assert not NoticeText.objects.exists()


@pytest.mark.parametrize("key", OCCASIONS)
def test_the_stock_text_of_each_occasion_can_be_tried(page, world, key):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    url, typed = f"/admin/notices/{key}/text/en/", {"subject": "", "body": "", "preview": "on"}
    shown = page.post(url, typed).content.decode()
    assert f"Subject: {heading(key)}: Printer hums" in shown
    assert "Nothing is known for" not in shown
    real = page.post(url, {**typed, "preview_ticket": ticket.number}).content.decode()
    assert f"{heading(key)}: Printer hums" in real


def test_emails_about_many_tickets_have_texts_too(page, world):
    url = "/admin/notices/many/text/de/"
    assert url in page.get("/admin/notices/").content.decode()
    assert "One line for each ticket" in page.get(url).content.decode()
    answer = page.post(url, {"subject": "{{ how_many }}", "body": "Hallo {{ person.name }}"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/notices/")
    assert NoticeText.objects.values_list("occasion", "language").get() == ("many", "de")
    assert "Own text" in page.get("/admin/notices/").content.decode()
    assert NOTICE_LINES["automation.noticetext", "occasion"]("many") == ["Many tickets at one go, to agents"]
    assert page.get("/admin/notices/many/").status_code == 404  # there are no levels
    assert page.get("/admin/notices/few/text/de/").status_code == 404


@pytest.mark.parametrize("key", ["many", "answered"])
def test_a_text_may_begin_with_the_stock_one(page, key):
    url = f"/admin/notices/{key}/text/en/"
    stock = "What you hear of is up to you:\n{{ settings }}\n</textarea>"
    empty = page.get(url).content.decode()
    assert (stock in empty, "Begin with the stock text" in empty) == (False, True)
    begun = page.get(f"{url}?stock").content.decode()
    assert (stock in begun, "Begin with the stock text" in begun) == (True, False)
    assert not NoticeText.objects.exists()


@pytest.mark.parametrize("key", ["many", "many_requests"])
def test_the_preview_of_many_names_tickets_that_one_may_see(page, world, key):
    ticket, other = (
        factories.TicketFactory(queue=world.support, customer=world.dana, title=title)
        for title in ("Printer hums", "Screen dark")
    )
    factories.TicketFactory(queue=world.billing, customer=world.dana, title="Secret bill")
    url, typed = f"/admin/notices/{key}/text/en/", {"subject": "", "body": "", "preview": "on"}
    shown = page.post(url, {**typed, "preview_ticket": ticket.number}).content.decode()
    assert shown.index(f"{ticket.number} Printer hums") < shown.index(f"{other.number} Screen dark")
    assert "Secret bill" not in shown
    assert "48217 Screen stays dark" in page.post(url, typed).content.decode()
    assert not NoticeText.objects.exists()


def test_the_figures_of_the_house(page):
    assert page.post("/admin/notices/", {"hold_seconds": "120", "keep_days": "30"}).status_code == 302
    assert NoticeHouse.objects.values_list("hold_seconds", "keep_days").get() == (120, 30)
    assert page.post("/admin/notices/", {"hold_seconds": "99999", "keep_days": "0"}).status_code == 422
