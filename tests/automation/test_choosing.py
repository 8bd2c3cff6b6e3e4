"""Who gets a ticket: tables of cases, and what holds for every world."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from automation.choosing import CHOSEN, Candidate, Choice, Policy, State, Want, Why, choose, remembered, with_turn

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
TURN, LOAD = Policy(), Policy(by_load=True)
LINUX, PRINTERS = 7, 8


def reasons(choice: Choice) -> dict[int, str]:
    return {reason.agent: reason.why.value for reason in choice.why}


def give_many(number: int, people, policy: Policy, *, weight: int = 1) -> tuple[Counter, dict[str, int]]:
    """As the database does it: turns and loads follow each choice."""
    turns: dict[str, int] = {}
    loads, given = Counter[int](), Counter[int]()
    for turn in range(1, number + 1):
        placed = [Candidate(**{**vars(one), "load": loads[one.id], "load_here": loads[one.id]}) for one in people(turn)]
        state = State({int(key): last for key, last in turns.items()}, weight)
        agent = choose(placed, [], policy, state).agent
        if agent is not None:
            given[agent] += 1
            loads[agent] += weight
            turns = with_turn(turns, turn, agent, among={one.id for one in placed})
    return given, turns


@pytest.mark.parametrize("policy", [TURN, LOAD])
def test_everybody_gets_the_same(policy):
    given, _turns = give_many(1003, lambda _turn: [Candidate(id=n) for n in range(1, 21)], policy)
    assert sum(given.values()) == 1003
    assert max(given.values()) - min(given.values()) == 1


def test_in_turn_is_in_order():
    people = [Candidate(id=n) for n in (1, 2, 3)]
    turns, order = {}, []
    for number in range(1, 7):
        agent = choose(people, [], TURN, State({int(k): v for k, v in turns.items()})).agent
        order.append(agent)
        turns = with_turn(turns, number, agent, among={1, 2, 3})
    assert order == [1, 2, 3, 1, 2, 3]


def test_whoever_was_away_gets_one_and_not_all_that_were_missed():
    def people(turn):
        return [Candidate(id=1), Candidate(id=2), Candidate(id=3, is_away=turn <= 20)]

    given, _turns = give_many(26, people, TURN)
    assert given == {1: 12, 2: 12, 3: 2}


def test_who_stands_behind_somebody_away_does_not_get_their_share():
    def people(_turn):
        return [Candidate(id=1), Candidate(id=2, is_away=True), Candidate(id=3), Candidate(id=4)]

    given, _turns = give_many(30, people, TURN)
    assert given == {1: 10, 3: 10, 4: 10}


CASES = [
    (Candidate(1, is_away=True), Why.AWAY),
    (Candidate(1, is_available=False), Why.SWITCHED_OFF),
    (Candidate(1, is_working=False), Why.OFF_HOURS),
    (Candidate(1, load=5, limit=5), Why.FULL),
    (Candidate(1, load=0, limit=0), Why.FULL),
    (Candidate(1, load_here=3), Why.FULL_HERE),
    (Candidate(1, skills={LINUX: 2}), Why.SKILL),
    (Candidate(1), Why.SKILL),
]


@pytest.mark.parametrize(("candidate", "why"), CASES)
def test_who_cannot_is_left_out_with_the_reason(candidate, why):
    choice = choose([candidate], [Want(LINUX, 3)], Policy(by_skills=True, limit_here=3), State())
    assert choice.agent is None
    assert [reason.why for reason in choice.why] == [why]


def test_a_heavy_ticket_needs_room_for_all_of_it():
    people = [Candidate(1, load=3, limit=5), Candidate(2, load=4, limit=8)]
    choice = choose(people, [], TURN, State(weight=3))
    assert (choice.agent, reasons(choice)) == (2, {2: "turn", 1: "full"})


def test_skills_count_where_the_policy_says_so():
    people = [Candidate(1), Candidate(2, skills={LINUX: 5})]
    wants = [Want(LINUX, 3)]
    assert choose(people, wants, TURN, State()).agent == 1
    assert choose(people, wants, Policy(by_skills=True), State()).agent == 2


def test_all_skills_are_needed():
    people = [Candidate(1, skills={LINUX: 5}), Candidate(2, skills={LINUX: 3, PRINTERS: 1})]
    choice = choose(people, [Want(LINUX, 3), Want(PRINTERS, 1)], Policy(by_skills=True), State())
    assert choice.agent == 2
    assert choice.why[1].facts == {"skill": PRINTERS, "level": 0, "needed": 1}


def test_the_last_owner_comes_first_even_without_the_skill():
    people = [Candidate(1, skills={LINUX: 5}), Candidate(2)]
    choice = choose(people, [Want(LINUX, 3)], Policy(by_skills=True), State(preferred=2))
    assert (choice.agent, reasons(choice)) == (2, {2: "sticky", 1: "another"})


@pytest.mark.parametrize("hindered", [Candidate(2, is_away=True), Candidate(2, load=3, limit=3)])
def test_a_last_owner_who_cannot_is_nobody_in_particular(hindered):
    assert choose([Candidate(1), hindered], [], TURN, State(preferred=2)).agent == 1


def test_equal_loads_go_in_turn():
    people = [Candidate(1, load=2), Candidate(2, load=2), Candidate(3, load=4)]
    choice = choose(people, [], LOAD, State({1: 8, 2: 3}))
    assert (choice.agent, reasons(choice)) == (2, {2: "load", 1: "busier", 3: "busier"})


def test_who_gave_it_back_does_not_get_it_again():
    choice = choose([Candidate(1), Candidate(2)], [], TURN, State(not_to={1}))
    assert (choice.agent, reasons(choice)) == (2, {2: "turn", 1: "gave_back"})


def test_nobody_at_all():
    assert choose([], [], TURN, State()) == Choice(None, [])


def test_when_to_try_again():
    people = [Candidate(1, is_away=True), Candidate(2, is_working=False, back_at=MORNING)]
    people.append(Candidate(3, is_away=True, back_at=MORNING + timedelta(days=3)))
    assert choose(people, [], TURN, State()).retry_at == MORNING


def test_of_a_large_team_the_first_reasons_are_kept():
    people = [Candidate(id=n) for n in range(1, 201)]
    kept, others = remembered(choose(people, [], TURN, State()))
    assert (len(kept), others, kept[0]) == (50, 150, [1, "turn", {}])


def test_whoever_is_no_candidate_any_more_is_forgotten_in_time():
    turns = {"99": 1}
    for number in range(2, 40):
        turns = with_turn(turns, number, number % 2 + 1, among={1, 2})
    assert set(turns) == {"1", "2"}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_world_nobody_gets_what_they_cannot_take(seed):
    """Capacity, hours, absence and skills hold for every choice, and every candidate has exactly one reason."""
    dice = random.Random(seed)
    for _round in range(60):
        people = [_anybody(dice, n) for n in range(1, dice.randint(2, 9))]
        policy = Policy(dice.random() < 0.5, dice.random() < 0.5, dice.choice([None, None, 3, 6]))
        wants = [Want(LINUX, dice.randint(1, 5))] if dice.random() < 0.6 else []
        state = State(
            {n: dice.randint(1, 50) for n in range(1, 9) if dice.random() < 0.7},
            dice.randint(1, 3),
            dice.choice([None, 1, 2]),
            not_to={3} if dice.random() < 0.3 else (),
        )
        choice = choose(people, wants, policy, state)
        assert sorted(reason.agent for reason in choice.why) == sorted(one.id for one in people)
        assert [reason.why in CHOSEN for reason in choice.why] == [
            reason.agent == choice.agent for reason in choice.why
        ]
        able = [one for one in people if _could(one, wants, policy, state)]
        if choice.agent is None:
            assert able == []
        else:
            assert choice.agent in {one.id for one in able}
            assert choice.why[0].agent == choice.agent


def _anybody(dice: random.Random, number: int) -> Candidate:
    load = dice.randint(0, 8)
    return Candidate(
        number,
        load=load,
        load_here=dice.randint(0, load),
        limit=dice.choice([None, None, 0, 5, 8]),
        is_available=dice.random() < 0.8,
        is_away=dice.random() < 0.2,
        is_working=dice.random() < 0.8,
        skills={LINUX: dice.randint(1, 5)} if dice.random() < 0.7 else {},
    )


def _could(one: Candidate, wants, policy: Policy, state: State) -> bool:
    """The rules once more, in the plainest words."""
    if one.id in state.not_to or one.is_away or not one.is_available or not one.is_working:
        return False
    if one.limit is not None and one.load + state.weight > one.limit:
        return False
    if policy.limit_here is not None and one.load_here + state.weight > policy.limit_here:
        return False
    skilled = all(one.skills.get(want.skill, 0) >= want.level for want in wants)
    return skilled or not policy.by_skills or one.id == state.preferred
