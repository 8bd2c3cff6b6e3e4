"""Levels, wishes and relations to channels: a table."""

import pytest

from automation.notices.choosing import Wish, channels_for, first_relation, is_fixed, usual
from automation.notices.house import merged
from automation.notices.occasions import OCCASIONS, Audience, Channel, Level, Relation

ANSWERED, NEW, ASSIGNED = OCCASIONS["answered"], OCCASIONS["new"], OCCASIONS["assigned"]


def of(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("occasion", "relations", "wish", "expected"),
    [
        (ANSWERED, ["owner"], Wish(), of("bell", "mail")),
        (ANSWERED, ["responsible"], Wish(), of("bell")),
        (ANSWERED, ["free"], Wish(), of("bell")),
        (ANSWERED, ["queue"], Wish(), of()),
        (ANSWERED, ["queue", "watcher"], Wish(), of("bell", "mail")),
        # what somebody wants for himself
        (ANSWERED, ["owner"], Wish(choices={"answered": {"mail": False}}), of("bell")),
        (ANSWERED, ["responsible"], Wish(choices={"answered": {"mail": True}}), of("bell", "mail")),
        (ANSWERED, ["free"], Wish(choices={"answered": {"mail": True}}), of("bell", "mail")),
        (ANSWERED, ["queue"], Wish(choices={"answered": {"mail": True}}), of()),
        (NEW, ["free"], Wish(choices={"new": {"mail": True}}), of("bell", "mail")),
        (NEW, ["queue"], Wish(choices={"new": {"mail": True}}), of("mail")),
        # which tickets
        (ANSWERED, ["queue"], Wish(scope="all"), of("bell", "mail")),
        (ANSWERED, ["free"], Wish(scope="mine"), of()),
        (ANSWERED, ["free", "watcher"], Wish(scope="mine"), of("bell", "mail")),
        (NEW, ["queue"], Wish(scope="all"), of("bell")),
        (NEW, ["free"], Wish(scope="mine"), of()),
        (ANSWERED, ["queue"], Wish(scope="all", choices={"answered": {"bell": False}}), of("mail")),
        (ASSIGNED, ["substitute"], Wish(scope="mine"), of("bell", "mail")),
    ],
)
def test_stock_levels_and_wishes(occasion, relations, wish, expected):
    assert channels_for(occasion, relations, occasion.stock_levels(), wish) == expected


def test_muted_queues_silence_what_comes_by_the_queue_alone():
    levels = ANSWERED.stock_levels()
    assert channels_for(ANSWERED, ["free"], levels, in_muted=True) == of()
    assert channels_for(ANSWERED, ["owner", "free"], levels, in_muted=True) == of("bell", "mail")


def test_what_is_always_on_cannot_be_switched_off_and_what_is_never_on_not_switched_on():
    levels = merged(ANSWERED, {"owner": {"bell": "always", "mail": "never"}, "free": {"bell": "always"}})
    silent = Wish(scope="mine", choices={"answered": {"bell": False, "mail": False}})
    assert channels_for(ANSWERED, ["owner"], levels, silent) == of("bell")
    assert channels_for(ANSWERED, ["free"], levels, silent, in_muted=True) == of("bell")
    eager = Wish(scope="all", choices={"answered": {"mail": True}})
    assert channels_for(ANSWERED, ["owner"], levels, eager) == of("bell")


def test_levels_of_a_role_stand_beside_the_others():
    levels = merged(NEW, {"role:7": {"mail": "on"}, "nobody": {"mail": "on"}, "free": {"mail": "loud"}})
    assert "nobody" not in levels
    assert levels["free"]["mail"] == "off"
    assert levels["role:7"] == {"bell": "off", "mail": "on", "webhook": "off"}
    assert channels_for(NEW, ["role:7"], levels, Wish(scope="mine")) == of("mail")
    assert channels_for(NEW, ["role:7"], levels, Wish(choices={"new": {"mail": False}})) == of()


def test_what_is_shown_as_the_usual():
    levels = ANSWERED.stock_levels()
    assert [usual(channel, levels) for channel in ("bell", "mail", "webhook")] == [None, None, False]
    assert usual("bell", ASSIGNED.stock_levels()) is True
    assert not is_fixed("bell", levels)
    fixed = {relation: dict.fromkeys(by_channel, "never") for relation, by_channel in levels.items()}
    assert is_fixed("bell", fixed)


def test_the_nearest_relation_is_the_reason():
    assert first_relation({"queue", "owner", "role:3"}) == "owner"
    assert first_relation({"role:3"}) == "role"
    assert first_relation({"watcher", "mentioned"}) == "mentioned"


def test_every_occasion_is_complete():
    for occasion in OCCASIONS.values():
        assert set(occasion.stock) <= {*Relation.values}, occasion.key
        for by_channel in occasion.stock_levels().values():
            assert set(by_channel) == set(occasion.channels)
            assert set(by_channel.values()) <= {*Level.values}
        if occasion.audience == Audience.CUSTOMERS:
            assert occasion.channels == [Channel.MAIL]
            assert set(occasion.relations) <= {"customer", "organisation"}
