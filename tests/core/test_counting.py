import pytest

from core.counting import capped, counts, figures
from tests.factories import QueueFactory
from tickets.models import Queue

pytestmark = pytest.mark.django_db


def test_counts_and_first_values_come_in_one_query(queries):
    for name in ("b", "a", "c"):
        QueueFactory(name=name, path=name)
    mine = Queue.objects.filter(path__in=["a", "b", "c"])
    with queries() as made:
        found = figures(
            {"all of them": mine, "none": mine.none()},
            firsts={"name": mine.order_by("path").values_list("path"), "nothing": mine.none().values_list("path")},
            limit=2,
        )
    assert found == {"all of them": 2, "none": 0, "name": "a", "nothing": None}
    assert len(made) == 1


def test_counts_stop_at_a_thousand():
    assert counts(queues=Queue.objects.filter(path="nowhere")) == {"queues": 0}
    assert (capped(14), capped(1000)) == ({"number": "14"}, {"number": "999+"})
