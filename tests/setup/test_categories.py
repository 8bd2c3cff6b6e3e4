"""Categories of the knowledge base in the administration: a tree, in an order, in several languages."""

from accounts.models import ConfigChange
from knowledge.models import Category
from tests.knowledge.library import article, category

LIST = "/admin/knowledge/categories/"


def sent(**other) -> dict[str, object]:
    return {"name": "Brakes", "icon": "bike", "is_active": "on", "name_de": "Bremsen", **other}


def test_a_category_is_made_with_its_names_and_shown_in_the_readers_language(door, world):
    above = category("Bicycle")
    assert door.post(f"{LIST}new/", sent(parent=above.pk, needs_review="on")).status_code == 302
    made = Category.objects.get(name="Brakes")
    assert (made.parent, made.names, made.icon, made.needs_review) == (above, {"de": "Bremsen"}, "bike", True)
    assert ConfigChange.objects.filter(kind="knowledge.category", object_id=str(made.pk)).exists()
    told = door.get(LIST, headers={"Accept-Language": "en"}).content.decode()
    assert told.index("Bicycle") < told.index("Brakes")
    assert door.get(f"{LIST}{made.pk}/").status_code == 200


def test_a_category_does_not_lie_in_itself_nor_below_what_lies_in_it(door, world):
    above = category("Bicycle")
    below = category("Brakes", parent=above)
    page = door.get(f"{LIST}{above.pk}/").content.decode()
    assert f'<option value="{below.pk}"' not in page
    answer = door.post(f"{LIST}{above.pk}/", sent(name="Bicycle", parent=below.pk))
    assert answer.status_code == 422
    above.refresh_from_db()
    assert above.parent is None


def test_categories_are_moved_among_those_beside_them(door, world):
    first, second = category("A"), category("B")
    door.post(f"{LIST}{second.pk}/move/", {"to": "up"})
    assert list(Category.objects.filter(parent=None)) == [second, first]


def test_only_an_empty_category_goes(door, world):
    full = article().category
    answer = door.post(f"{LIST}{full.pk}/remove/", follow=True)
    assert "Move them first" in answer.content.decode()
    empty = category()
    door.post(f"{LIST}{empty.pk}/remove/")
    assert list(Category.objects.all()) == [full]


def test_of_two_administrators_the_second_is_told(door, world):
    made = category("Brakes")
    seen = ConfigChange.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert door.post(f"{LIST}{made.pk}/", sent(name="Brakes and rims", seen=seen)).status_code == 302
    assert door.post(f"{LIST}{made.pk}/", sent(name="Rims", seen=seen)).status_code == 409
    made.refresh_from_db()
    assert made.name == "Brakes and rims"


def test_categories_are_for_administrators(world, signed_in):
    assert signed_in(world.bea).get(LIST).status_code == 404
