"""Questions whose statement is put together once (core/prepared.py) give what the same queryset gives."""

from datetime import UTC, datetime

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.prepared import IDS, prepared, prepared_figures
from tickets.models import Queue, Ticket

pytestmark = pytest.mark.django_db


def people():
    return [User.objects.create(email=f"{n}@x.example", name=name, is_agent=n > 1) for n, name in enumerate("abcd")]


def test_rows_are_those_of_the_queryset(queries):
    some = people()

    @prepared(int, datetime)
    def others(pk, at):
        return (
            User.objects.select_related("substitute")
            .exclude(pk=pk)
            .filter(created_at__lt=at, is_agent=True)
            .order_by("pk")
        )

    User.objects.filter(pk=some[3].pk).update(substitute=some[0])
    later = datetime(2200, 1, 1, tzinfo=UTC)
    for pk in (some[2].pk, some[0].pk, some[2].pk):
        usual = User.objects.exclude(pk=pk).filter(created_at__lt=later, is_agent=True)
        assert others(pk, later) == list(usual.order_by("pk"))
    with queries() as asked:
        assert {one.substitute for one in others(some[2].pk, later)} == {some[0]}
    assert len(asked) == 1
    assert others(some[2].pk, datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_the_same_value_may_stand_in_many_places_and_columns_alone_are_columns():
    some = people()

    @prepared(int, str)
    def named(pk, name):
        return User.objects.filter(pk__gte=pk, name=name).filter(pk__lte=pk).values_list("name", flat=True)

    assert named(some[1].pk, "b") == ["b"]
    assert named(some[1].pk, "a") == []
    assert named(some[0].pk, "a") == ["a"]


def test_some_ids_are_one_value_however_many_they_are():
    queues = [Queue.objects.create(name=name, path=name) for name in "xyz"]
    below = [Queue.objects.create(name="b", path=f"{one}::b", parent=one) for one in queues]

    @prepared(IDS)
    def children(ids):
        return Queue.objects.filter(parent_id__among=ids).order_by("pk")

    assert children({queues[0].pk, queues[2].pk}) == [below[0], below[2]]
    assert children([queues[1].pk]) == [below[1]]
    assert children(frozenset()) == []
    assert list(Queue.objects.filter(parent_id__among=[])) == []
    assert set(Queue.objects.exclude(parent_id__among={queues[0].pk}).filter(parent__isnull=False)) == {*below[1:]}
    assert set(Queue.objects.filter(children__parent_id__among={queues[0].pk})) == {queues[0]}


def test_figures_are_those_of_the_querysets():
    some = people()

    @prepared_figures(int, limit=2)
    def known(pk):
        after = User.objects.filter(pk__gt=pk)
        return {"after": after, "nobody": User.objects.none()}, {"next": after.order_by("pk").values_list("name")}

    assert known(some[2].pk) == {"after": 1, "nobody": 0, "next": "d"}
    assert known(some[0].pk) == {"after": 2, "nobody": 0, "next": "b"}
    assert known(some[3].pk) == {"after": 0, "nobody": 0, "next": None}


def test_a_moment_that_is_not_asked_for_is_refused():
    @prepared(int)
    def fresh(pk):
        return User.objects.filter(pk=pk, created_at__lt=timezone.now())

    with pytest.raises(ValueError, match="neither fixed"):
        fresh(1)


def test_a_value_that_is_not_put_in_as_it_is_is_refused():
    @prepared(int, str)
    def found(pk, text):
        return User.objects.filter(pk=pk, name__contains=text)

    @prepared(int)
    def doubled(pk):
        return Ticket.objects.filter(pk=F("version") + (pk - pk))

    for question in (lambda: found(1, "x"), lambda: doubled(1)):
        with pytest.raises(ValueError, match="value"):
            question()
