"""The pages of macros: written with their effects, ordered, switched, copied, removed."""

import re

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from automation.effects import sentence_of
from automation.macro_setup import save_macro
from automation.models import Macro
from tests.desk.conftest import text_of

pytestmark = pytest.mark.django_db

TAKE = {"effects-row": ["0 take", "1 tag"], "effects1-tags": "mine"}


def written(**changes) -> dict:
    return {"name": "Take it", "on_ticket": "on", "key": "1", "then": "next"} | TAKE | changes


@pytest.fixture
def page(world, signed_in):
    return signed_in(world.alex)


@pytest.fixture
def macro(world) -> Macro:
    row = Macro(name="Tag it", effects=[{"do": "tag", "tags": ["seen"]}], key="2")
    return save_macro(row, roles=[world.support_role], queues=[world.support], by=world.alex)


def test_a_macro_is_made_with_all_it_has(page, world):
    data = written(roles=[world.support_role.pk], queues=[world.support.pk])
    answer = page.post(reverse("setup:macro_new"), data)
    assert (answer.status_code, answer.url) == (302, reverse("setup:macros"))
    one = Macro.objects.get()
    assert (one.key, one.then, one.on_ticket, one.in_lists) == ("1", "next", True, False)
    assert one.effects == [{"do": "take"}, {"do": "tag", "tags": ["mine"]}]
    assert (list(one.roles.all()), list(one.queues.all())) == ([world.support_role], [world.support])
    change = ConfigChange.objects.get(kind="automation.macro")
    assert (change.actor, change.after["queues"]) == (world.alex, ["Support"])
    shown = text_of(page.get(reverse("setup:macros")))
    assert "Assign it to whoever starts this" in shown
    audit = text_of(page.get(reverse("setup:audit_change", args=[change.pk])))
    assert "Add the tag mine" in audit


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Tag it"}, "There is already a macro with this name."),
        ({"key": "2"}, "Another macro has this key."),
        ({"on_ticket": ""}, "Say where it is offered."),
        ({"effects-row": []}, "Add at least one effect."),
        ({"effects1-tags": ""}, "This field is required."),
        ({"then": "never"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said(page, macro, changes, said):
    answer = page.post(reverse("setup:macro_new"), written(**changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Macro.objects.count() == 1


def test_a_stale_page_is_refused(page, world, macro):
    url = reverse("setup:macro", args=[macro.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text_of(page.get(url)))[1]
    macro.then = Macro.Then.LIST
    save_macro(macro, roles=[], queues=[], by=world.alex)
    assert page.post(url, written(seen=seen)).status_code == 409
    assert Macro.objects.get().name == "Tag it"


def test_a_copy_has_all_but_name_and_key(page, world, macro):
    shown = text_of(page.get(f"{reverse('setup:macro_new')}?copy={macro.pk}"))
    assert 'value="Tag it (copy)"' in shown
    assert re.search(rf'name="queues" value="{world.support.pk}"[^>]* checked', shown)
    assert not re.search(r'<option value="2" selected', shown)


def test_it_is_moved_paused_and_removed(page, world, macro):
    second = save_macro(Macro(name="Other", effects=[{"do": "take"}]), roles=[], queues=[], by=world.alex)
    page.post(reverse("setup:macro_move", args=[second.pk]), {"to": "up"})
    assert list(Macro.objects.values_list("name", flat=True)) == ["Other", "Tag it"]
    page.post(reverse("setup:macro_switch", args=[macro.pk]), {"to": "off"})
    macro.refresh_from_db()
    assert (macro.is_active, list(macro.roles.all())) == (False, [world.support_role])
    page.post(reverse("setup:macro_remove", args=[macro.pk]))
    assert Macro.objects.get() == second


def test_what_is_typed_is_saved_and_switched(page, world, macro):
    url = reverse("setup:macro", args=[macro.pk])
    for also, active in (("", True), ("off", False), ("", False), ("on", True)):
        page.post(url, written(name=f"Tag {also}", also=also))
        macro.refresh_from_db()
        assert (macro.name, macro.is_active) == (f"Tag {also}".strip(), active)


def test_one_that_names_what_is_gone_can_be_paused_and_not_switched_on(page, world, macro):
    Macro.objects.update(effects=[{"do": "gone"}])
    url = reverse("setup:macro_switch", args=[macro.pk])
    page.post(url, {"to": "off"})
    assert not Macro.objects.get().is_active
    page.post(url, {"to": "on"})
    assert not Macro.objects.get().is_active
    assert "There is no effect “gone”." in text_of(page.get(reverse("setup:macro", args=[macro.pk])))


def test_the_list_costs_the_same_for_many(page, world, macro, queries):
    def cost() -> int:
        with queries() as counted:
            page.get(reverse("setup:macros"))
        return len(counted)

    before = cost()
    for number in range(4):
        more = Macro(name=f"More {number}", effects=[{"do": "tag", "tags": ["x"]}])
        save_macro(more, roles=[world.support_role], queues=[world.support], by=world.alex)
    assert cost() == before


def test_one_among_many_is_found_by_what_it_does(page, macro, monkeypatch):
    monkeypatch.setattr("web.setup.finding.FEW", 0)
    url = reverse("setup:macros")
    sentence = sentence_of(macro.effects[0])
    assert macro.name in page.get(url, {"q": f"{macro.name} {sentence}".upper()}).content.decode()
    missing = page.get(url, {"q": "nowhere"}).content.decode()
    assert macro.name not in missing
    assert "No macro has these words" in missing
