"""Saved views: their builder, who sees them, their lists, live rows and counts."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sla.models import Policy
from tests.desk.conftest import part, put, text_of
from tests.desk.test_lists import titles
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.progress import set_priority
from tickets.actions.routing import assign
from tickets.conditions import known_fields
from tickets.models import FieldDefinition, Priority, SavedView
from tickets.saved import save_view
from web.common.builder import condition_of, edited, leaves, rows_of
from web.common.choices import Choices

NEW = "/desk/saved/new/"
OPEN = {"field": "closed", "empty": True}


def make(user, condition=OPEN, *, roles=(), name="Mine", **more) -> SavedView:
    view = SavedView(name=name, condition={"all": [condition]}, **more)
    return save_view(view, roles=list(roles), by=user)


def url_of(view: SavedView, name: str = "saved") -> str:
    return reverse(f"desk:{name}", args=[view.pk])


def rows(*parts, top="all", **fields) -> dict:
    """What the form posts: each part is (path, field, operator, value) or (path, kind of the group)."""
    data: dict = {
        "name": "Hot",
        "order": "-changed",
        "kind-0": top,
        "row": [],
        "columns": ["number", "owner"],
        **fields,
    }
    for path, *rest in parts:
        data["row"].append(f"{path} {'leaf' if len(rest) == 3 else 'group'}")
        if len(rest) == 3:
            data[f"field-{path}"], data[f"op-{path}"], data[f"value-{path}"] = rest
        else:
            data[f"kind-{path}"] = rest[0]
    return data


# ---- the builder ----------------------------------------------------------------------------------


def test_rows_and_groups_become_a_condition(bea, world):
    data = rows(
        ("0.0", "queue", "in", [str(world.support.pk), str(world.billing.pk)]),
        ("0.1", "any"),
        ("0.1.0", "owner", "is", "me"),
        ("0.1.1", "owner", "empty", ""),
        ("0.2", "none"),
        ("0.2.0", "tags", "contains", "spam"),
        ("0.3", "created", "after", "-7d"),
        ("0.4", "due", "not_before", "tomorrow"),
        ("0.5", "time_spent", "above", "2,5"),
    )
    answer = bea.post(NEW, data)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == url_of(view)
    assert view.condition == {
        "all": [
            {"field": "queue", "in": [world.support.pk, world.billing.pk]},
            {"any": [{"field": "owner", "is": {"me": True}}, {"field": "owner", "empty": True}]},
            {"not": {"any": [{"field": "tags", "contains": "spam"}]}},
            {"field": "created", "after": {"now": "-7d"}},
            {"not": {"field": "due", "before": {"today": "+1d"}}},
            {"field": "time_spent", "above": 2.5},
        ]
    }
    assert (view.owner, view.name, view.columns) == (world.bea, "Hot", ["number", "owner"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("0.0", "", "", ""), "Choose what to compare."),
        (("0.0", "queue", "is", ""), "Say what to compare with."),
        (("0.0", "created", "after", "soon"), "A time looks like"),
        (("0.0", "time_spent", "above", "much"), "This is not a number."),
    ],
)
def test_a_row_that_says_nothing_is_told_at_its_place(bea, world, row, message):
    answer = bea.post(NEW, rows(row))
    assert answer.status_code == 422
    assert f'id="wrong-0.0">{message}' in text_of(answer)
    assert 'value="Hot"' in text_of(answer)
    assert not SavedView.objects.exists()


def test_rows_come_and_go_without_being_kept(bea, world):
    url = reverse("desk:saved_rows")
    answer = part(bea, url, rows(("0.0", "owner", "is", "me"), edit="leaf 0"))
    assert re.findall(r'name="row" value="([^"]*)"', text_of(answer)) == ["0.0 leaf", "0.1 leaf"]
    assert "<html" not in text_of(answer)
    answer = bea.post(url, rows(("0.0", "owner", "is", "me"), edit="group 0"))
    assert re.findall(r'name="row" value="([^"]*)"', text_of(answer)) == ["0.0 leaf", "0.1 group", "0.1.0 leaf"]
    assert "<html" in text_of(answer)
    assert 'value="Hot"' in text_of(answer)
    answer = part(bea, url, rows(("0.0", "owner", "is", "me"), ("0.1", "title", "contains", "x"), edit="drop 0.0"))
    assert re.findall(r'name="row" value="([^"]*)"', text_of(answer)) == ["0.0 leaf"]
    assert 'value="x"' in text_of(answer)
    assert not SavedView.objects.exists()


def test_another_field_brings_its_own_operators_and_values(bea, world):
    answer = text_of(part(bea, reverse("desk:saved_rows"), rows(("0.0", "state", "above", "3"))))
    assert '<option value="is" selected>is</option>' in answer
    assert ">Solved</option>" in answer
    assert "above" not in answer


def test_service_levels_are_offered_by_name(bea, world):
    gold = Policy.objects.create(name="Gold")
    url = reverse("desk:saved_rows")
    answer = text_of(part(bea, url, rows(("0.0", "sla", "is", str(gold.pk)))))
    assert f'<option value="{gold.pk}" selected>Gold</option>' in answer
    assert ">SLA</option>" in answer
    assert "0 tickets fit now." in answer


def test_how_many_fit_is_told_at_once(bea, world, ticket):
    TicketFactory(queue=world.billing)
    url = reverse("desk:saved_rows")
    assert "1 ticket fits now." in text_of(part(bea, url, rows(("0.0", "queue", "is", str(world.support.pk)))))
    assert "2 tickets fit now." in text_of(part(bea, url, rows()))
    assert "Fill in every row" in text_of(part(bea, url, rows(("0.0", "queue", "is", ""))))


def test_T48_the_builder_offers_and_counts_only_what_its_reader_may_see(carlos, world, ticket):
    TicketFactory(queue=world.billing)
    url = reverse("desk:saved_rows")
    asked = rows(("0.0", "queue", "is", str(world.billing.pk)))
    answer = text_of(part(carlos, url, asked))
    assert "Billing" not in answer
    assert "0 tickets fit now." in answer
    assert "1 ticket fits now." in text_of(part(carlos, url, rows()))


conditions = st.recursive(
    st.one_of(
        st.just({"field": "closed", "empty": True}),
        st.sampled_from(["owner", "responsible", "queue"]).flatmap(
            lambda name: st.sampled_from(
                [{"field": name, "is": 3}, {"field": name, "in": [1, 2]}, {"field": name, "empty": True}]
            )
        ),
        st.just({"field": "owner", "is": {"me": True}}),
        st.just({"field": "created", "after": {"now": "-7d"}}),
        st.just({"field": "due", "before": {"today": "+1d"}}),
        st.just({"field": "due", "before": {"today": "+5d"}}),
        st.just({"field": "closed", "before": "2026-01-01"}),
        st.just({"field": "locked", "is": True}),
        st.just({"field": "impact", "above": 1.5}),
        st.just({"field": "words", "contains": 'printer "paper jam"'}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)


def plain(node):
    """Without double negations and needless groups around the whole: what the form cannot show, and need not."""
    if "not" in node:
        inner = plain(node["not"])
        return inner.get("not", {"not": inner})
    for kind in ("all", "any"):
        if kind in node:
            return {kind: [plain(part) for part in node[kind]]}
    return node


@pytest.mark.django_db
@given(condition=conditions)
def test_every_condition_has_its_rows_and_comes_back_from_them(condition):
    back = condition_of(rows_of(condition), known_fields())
    wanted = plain(condition)
    is_group = {"all", "any"} & set(wanted) or ("not" in wanted and {"all", "any"} & set(wanted["not"]))
    assert plain(back) == (wanted if is_group else {"all": [wanted]})


def test_rows_can_be_edited_at_places_that_are_not_there():
    group = rows_of({"all": [OPEN]})
    for edit in ("drop 0.9", "leaf 0.0", "group 7.7", "drop", "nonsense", "leaf 0.x"):
        assert len(list(leaves(edited(group, edit)))) == 1


# ---- whose they are --------------------------------------------------------------------------------


def test_a_view_is_its_owners_unless_it_is_shared(bea, carlos, world, ticket):
    view = make(world.bea)
    assert bea.get(url_of(view)).status_code == 200
    assert carlos.get(url_of(view)).status_code == carlos.get(url_of(view, "saved_news")).status_code == 404
    save_view(view, roles=[world.support_role], by=world.bea)
    answer = carlos.get(url_of(view))
    assert titles(answer) == ["Printer hums"]
    assert "Shared by Bea Costa" in text_of(answer)
    assert "Change this view" not in text_of(answer)


@pytest.mark.parametrize("name", ["saved_edit", "saved_remove"])
def test_only_who_made_a_view_changes_it(carlos, world, name):
    view = make(world.bea, roles=[world.support_role])
    assert carlos.post(url_of(view, name), rows()).status_code == 404
    view.refresh_from_db()
    assert view.name == "Mine"


def test_a_view_is_shared_with_roles_one_has(bea, world):
    foreign = Group.objects.create(name="Foreign")
    data = rows(("0.0", "owner", "is", "me"))
    assert "Foreign" not in text_of(bea.get(NEW))
    assert bea.post(NEW, {**data, "roles": [foreign.pk]}).status_code == 422
    assert bea.post(NEW, {**data, "roles": [world.support_role.pk]}).status_code == 302
    assert list(SavedView.objects.get().roles.all()) == [world.support_role]


def test_T48_a_shared_view_shows_everybody_only_what_they_may_see(carlos, world, ticket):
    TicketFactory(queue=world.billing, title="Invoice is wrong")
    view = make(world.bea, roles=[world.support_role])
    assert titles(carlos.get(url_of(view))) == ["Printer hums"]
    panel = text_of(carlos.get(reverse("desk:side"), {"here": f"saved:{view.pk}"}))
    assert re.search(rf'id="side-saved{view.pk}".*?class="count">(\d*)<', panel)[1] == "1"


def test_who_leaves_the_role_loses_the_view(carlos, world):
    view = make(world.bea, roles=[world.support_role])
    carlos.get(url_of(view))
    world.support_role.user_set.remove(world.carlos)
    assert carlos.get(url_of(view)).status_code == 404
    assert carlos.get("/desk/tickets/").headers["Location"] == "/desk/views/open/"


def test_a_view_is_changed_and_removed(bea, world):
    view = make(world.bea)
    page = text_of(bea.get(url_of(view, "saved_edit")))
    assert 'value="Mine"' in page
    assert '<option value="closed" selected>' in page
    bea.post(url_of(view, "saved_edit"), rows(("0.0", "owner", "is", "me"), name="Other", group_by="queue"))
    view.refresh_from_db()
    assert (view.name, view.group_by) == ("Other", "queue")
    assert bea.post(url_of(view, "saved_remove")).status_code == 302
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_are_refused_with_the_text_kept(bea, world):
    make(world.bea, name="Hot")
    answer = bea.post(NEW, rows(("0.0", "owner", "is", "me")))
    assert answer.status_code == 422
    assert "You have a view with this name already." in text_of(answer)
    assert '<option value="me" selected>' in text_of(answer)


def test_a_shared_view_is_copied(carlos, world):
    view = make(world.bea, {"field": "queue", "is": world.billing.pk}, roles=[world.support_role])
    page = text_of(carlos.get(NEW, {"copy": view.pk}))
    assert "Billing" not in page
    assert "Something you may not see" in page


# ---- its list --------------------------------------------------------------------------------------


def test_a_list_has_the_columns_order_and_groups_of_its_view(bea, world, ticket):
    other = TicketFactory(queue=world.billing, title="Invoice")
    set_priority(other, Priority.objects.get(level=5), by=world.bea)
    set_tags(other, ["vip"], by=world.bea)
    view = make(world.bea, columns=["state", "tags", "created"], order="-priority", group_by="priority")
    page = text_of(bea.get(url_of(view)))
    heads = [re.sub("<[^>]*>", "", head).strip() for head in re.findall(r'<th scope="col">(.*?)</th>', page)]
    assert heads == ["Select all shown tickets", "Subject", "Status", "Tags", "Opened"]
    assert re.findall(r'scope="rowgroup">([^<]*)<|id="open-\d+"[^>]*>([^<]*)<', page) == [
        ("Very high", ""),
        ("", "Invoice"),
        ("Normal", ""),
        ("", "Printer hums"),
    ]


def test_T50_live_rows_come_and_go_in_a_saved_view_too(bea, world, ticket):
    view = make(world.bea, {"field": "owner", "empty": True})
    ticket.refresh_from_db()
    news, shown = url_of(view, "saved_news"), f"{ticket.pk}.{ticket.version}u"
    assert part(bea, news, r=shown, top="1").status_code == 204
    TicketFactory(queue=world.support, title="Newest")
    assert "Newest" in text_of(part(bea, news, r=shown, top="1"))
    assign(ticket, world.bea, by=world.bea)
    assert f'hx-target="#row-{ticket.pk}" hx-swap="delete"' in text_of(part(bea, news, r=shown, top="1"))


def test_words_in_a_condition_are_marked_where_they_stand(bea, world, ticket):
    view = make(world.bea, {"field": "words", "contains": "blinks"})
    assert "<mark>blinks</mark>" in text_of(bea.get(url_of(view)))


def test_a_view_whose_field_is_gone_is_empty_and_can_be_mended(bea, world, ticket):
    field = FieldDefinition.objects.create(key="asset", label="Asset", kind="text")
    view = make(world.bea, {"field": "field.asset", "is": "X"})
    field.delete()
    cache.clear()
    assert titles(bea.get(url_of(view))) == []
    assert bea.get(reverse("desk:side")).status_code == 200
    page = bea.get(url_of(view, "saved_edit"))
    assert page.status_code == 200


def test_the_panel_lists_and_counts_views_in_two_queries_however_many(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            bea.get(reverse("desk:side"))
        return len(counted)

    make(world.bea, name="First")
    few = cost()
    for number in range(8):
        make(world.bea, {"field": "title", "contains": str(number)}, name=f"View {number}")
    assert cost() == few <= 15


def test_a_count_that_takes_too_long_is_left_out(bea, world, ticket, monkeypatch):
    make(world.bea)
    monkeypatch.setattr("web.desk.side.PATIENCE", "1ms")
    monkeypatch.setattr(
        "web.desk.side.counted",
        lambda sets: _slow() if len(sets) == 1 else [0] * len(sets),
    )
    assert 'class="count"></span>' in text_of(bea.get(reverse("desk:side")))


def _slow():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")


def test_the_pages_cost_the_same_however_many_rows(bea, world, queries):
    view = make(world.bea, group_by="queue", order="-priority")

    def cost(url) -> int:
        with queries() as counted:
            assert bea.get(url).status_code == 200
        return len(counted)

    urls = [url_of(view), url_of(view, "saved_edit")]
    for url in urls:
        cost(url)
    TicketFactory(queue=world.support, customer=world.dana)
    few = [cost(url) for url in urls]
    for _ in range(6):
        TicketFactory(queue=world.support)
    assert [cost(url) for url in urls] == few


def test_fields_of_the_installation_are_offered_with_their_choices(world):
    FieldDefinition.objects.create(key="size", label="Size", kind="dropdown", options=["S", "M"])
    choices = Choices(world.bea)
    (leaf,) = leaves(choices.settle(rows_of({"field": "field.size", "is": "M"})))
    assert choices.control(leaf).choices == [("S", "S"), ("M", "M")]
    assert ("field.size", "Size") in choices.fields


def test_a_closed_ticket_leaves_the_count(bea, world, ticket):
    view = make(world.bea)
    put(ticket, "closed successful", by=world.bea)
    panel = text_of(bea.get(reverse("desk:side")))
    assert re.search(rf'id="side-saved{view.pk}".*?class="count">(\d*)<', panel)[1] == "0"
