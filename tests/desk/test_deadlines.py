"""Deadlines in the desk: chips with what is left, the list of what is due, how it is counted, another service level."""

import re

import pytest
from django.urls import reverse

from sla import sweeping
from sla.configuring import save_calendar
from sla.models import Clock, TicketTargets
from sla.retargeting import look_again
from tests.desk.conftest import customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, clock, hours_of_queue, on
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.actions.routing import assign, make_responsible
from tickets.events import Cause
from tickets.guidance import reasons_for
from tickets.messages import Message
from tickets.models import State, Ticket


def opened(world, day: int = 0, moment: str = "10:00", **options) -> Ticket:
    options.setdefault("customer", world.dana)
    with on(day, moment):
        return TicketFactory(queue=options.pop("queue", world.support), **options)


def view(key: str) -> str:
    return reverse("desk:view", args=[key])


def page_of(ticket: Ticket, name: str = "ticket") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def chips(response) -> list[str]:
    """What is read from the chips of the rows."""
    found = re.findall(r'<td class="c-sla">(.*?)</td>', text_of(response), re.S)
    return [" ".join(re.sub(r'<span class="sr-only">.*?</span>|<[^>]*>', "", cell).split()) for cell in found]


def titles(response) -> list[str]:
    return re.findall(r'id="open-\d+"[^>]*>([^<]*)</a>', text_of(response))


def seen(client, url: str, day: int, moment: str, **parameters):
    with on(day, moment):
        return client.get(url, parameters)


# ---- chips ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "shown", "style"),
    [
        ("10:00", "Reply 4h 00m", ""),
        ("12:59", "Reply 1h 01m", ""),
        ("13:00", "Reply 1h 00m", "sla--warn"),
        ("13:38", "Reply 22m", "sla--warn"),
        ("14:14", "Reply 14m late", "sla--breach"),
    ],
)
def test_a_chip_says_what_is_left_and_of_what(bea, world, sla, moment, shown, style):
    sla(first_response=4 * HOUR)
    opened(world)
    answer = seen(bea, view("open"), 0, moment)
    assert chips(answer) == [shown]
    assert f'<time class="sla {style}" datetime="2026-03-02T14:00:00+00:00"' in text_of(answer)
    assert re.search(r'title="First response, (was )?due on Monday, 2 March 2026', text_of(answer))


def test_nights_do_not_count(bea, world, sla):
    sla(solution=8 * HOUR)
    opened(world, 0, "16:00")
    for day, moment, shown in (
        (0, "16:30", "Solve 7h 30m"),
        (0, "20:00", "Solve 7h 00m"),
        (1, "09:30", "Solve 6h 30m"),
    ):
        assert chips(seen(bea, view("open"), day, moment)) == [shown]


def test_the_browser_lets_the_time_pass_while_the_calendar_is_open(bea, world, sla):
    sla(solution=8 * HOUR)
    opened(world, 0, "16:00")
    timer = re.search(r"<sla-timer ([^>]*)>", text_of(seen(bea, view("open"), 0, "20:00")))[1]
    opening, closing = (int(at(1, clock).timestamp()) for clock in ("09:00", "17:00"))
    assert timer == (
        f'data-left="25200" data-from="{opening}" data-to="{closing}" data-words="Solve %mm|Solve %hh %mm|Solve %hh"'
    )


def test_what_waits_says_so_and_what_has_no_promise_says_nothing(bea, world, sla):
    sla(solution=8 * HOUR, condition={"field": "title", "contains": "Gold"})
    ticket = opened(world, title="Gold")
    opened(world, title="Plain")
    with on(0, "11:00"):
        set_state(ticket, State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
    answer = seen(bea, view("open"), 0, "12:00")
    assert dict(zip(titles(answer), chips(answer), strict=True)) == {"Gold": "Paused", "Plain": "–"}
    assert "Solution, paused: this time does not count" in text_of(answer)


def test_every_kind_of_clock_has_its_word(bea, world, sla):
    sla(update=2 * HOUR, solution=10 * HOUR)
    hours_of_queue(world.billing, stay=HOUR)
    opened(world, title="Answered")
    opened(world, queue=world.billing, title="Stays")
    answer = seen(bea, view("open"), 0, "10:30")
    found = dict(zip(titles(answer), chips(answer), strict=True))
    assert found == {"Answered": "Update 1h 30m", "Stays": "Pass on 30m"}


def test_queries_do_not_grow_with_clocks(bea, world, sla, queries):
    sla(first_response=HOUR, solution=8 * HOUR, update=2 * HOUR)
    opened(world)

    def cost(url: str) -> int:
        with on(0, "10:30"), queries() as counted:
            bea.get(url)
        return len(counted)

    urls = [view("open"), view("deadlines"), reverse("desk:home"), reverse("desk:queue", args=[world.support.pk])]
    few = [(cost(url), cost(url))[1] for url in urls]
    for _number in range(20):
        opened(world)
    assert [(cost(url), cost(url))[1] for url in urls] == few


def test_a_row_is_sent_again_when_its_clock_stands_otherwise(bea, world, sla):
    sla(first_response=4 * HOUR)
    ticket = opened(world)
    row = re.search(r'name="r" value="([^"]*)"', text_of(seen(bea, view("open"), 0, "11:00")))[1]
    news = reverse("desk:view_news", args=["open"])
    with on(0, "12:00"):
        assert part(bea, news, r=row).status_code == 204
    with on(0, "13:30"):
        answer = part(bea, news, r=row)
    assert f'hx-target="#row-{ticket.pk}"' in text_of(answer)
    assert chips(answer) == ["Reply 30m"]


def test_the_chip_stands_at_the_head_of_the_ticket_and_in_the_list_beside_it(bea, world, sla):
    sla(first_response=4 * HOUR)
    ticket = opened(world)
    head = text_of(seen(bea, page_of(ticket), 0, "11:00")).split('class="conv__meta"')[1].split("</div>")[0]
    assert "Reply 3h 00m" in head
    with on(0, "11:00"):
        assert "Reply 3h 00m" in text_of(part(bea, page_of(ticket, "pane")))


def test_an_open_page_hears_of_a_new_deadline_that_no_event_tells_of(bea, world, sla, office):
    sla(first_response=4 * HOUR)
    ticket = opened(world)
    page = text_of(seen(bea, page_of(ticket), 0, "11:00"))
    shown = {name: re.search(rf'id="{name}" name="{name}" value="([^"]*)"', page)[1] for name in ("shown", "chip")}
    with on(0, "11:01"):
        assert part(bea, page_of(ticket, "news"), **shown).status_code == 204
        office.hours = {"mon": [["09:00", "12:00"]], "tue": [["09:00", "17:00"]]}
        save_calendar(office, by=world.alex)
        look_again([ticket.pk], cause=Cause("clock"))
        answer = part(bea, page_of(ticket, "news"), **shown)
    assert "Reply 2h 59m" in text_of(answer)
    assert 'datetime="2026-03-03T11:00:00+00:00"' in text_of(answer)


# ---- the list of what is due -------------------------------------------------------------------


@pytest.fixture
def due_tickets(world, sla) -> list[Ticket]:
    sla(solution=HOUR)
    days = ((0, "09:00"), (0, "15:30"), (1, "09:30"), (3, "09:30"), (7, "09:30"))
    names = ("Late", "Today", "Tomorrow", "This week", "Later")
    return [opened(world, *when, title=name) for when, name in zip(days, names, strict=True)]


def test_the_list_of_deadlines_stands_in_the_order_of_their_times(bea, due_tickets, world):
    TicketFactory(queue=world.support, customer=world.dana, title="Never due")
    Ticket.objects.filter(title="Never due").update(due_at=None)
    answer = seen(bea, view("deadlines"), 0, "12:00")
    assert titles(answer) == ["Late", "Today", "Tomorrow", "This week", "Later"]
    headings = re.findall(r'id="group-\w+"><th[^>]*>(?:<span[^>]*></span>)?([^<]*)', text_of(answer))
    assert headings == ["Overdue", "Today", "Tomorrow", "Later this week", "Later"]


def test_the_times_above_it_are_counted_and_narrow_it(bea, due_tickets):
    answer = text_of(seen(bea, view("deadlines"), 0, "12:00"))
    times = re.findall(
        r'href="/desk/views/deadlines/(?:\?due=(\w+))?"[^>]*>(?:<svg.*?</svg>)?<span>[^<]*</span>'
        r'<span class="count">(\d+)',
        answer,
    )
    assert times == [("", "5"), ("overdue", "1"), ("today", "1"), ("tomorrow", "1"), ("week", "1"), ("later", "1")]
    assert titles(seen(bea, view("deadlines"), 0, "12:00", due="tomorrow")) == ["Tomorrow"]
    assert titles(seen(bea, view("deadlines"), 0, "12:00", due="nonsense"))[0] == "Late"


def test_a_narrowed_list_keeps_its_time_in_another_order_and_as_the_place_one_came_from(bea, due_tickets):
    answer = text_of(seen(bea, view("deadlines"), 0, "12:00", due="later"))
    assert "?due=later&amp;order=-priority" in answer.replace("&amp;group=-", "")
    assert bea.get("/desk/tickets/").headers["Location"] == f"{view('deadlines')}?due=later"


def test_the_counts_above_the_list_can_be_asked_for_alone(bea, due_tickets):
    with on(0, "12:00"):
        answer = text_of(part(bea, view("deadlines"), times="1"))
    assert answer.count('class="chip') == 6
    assert "<table" not in answer


@pytest.mark.parametrize("due", ["overdue", "today", "tomorrow", "week", "later"])
def test_an_empty_time_says_so(bea, world, due):
    assert "Nothing" in text_of(seen(bea, view("deadlines"), 0, "12:00", due=due))


def test_deadlines_of_other_queues_are_not_counted(carlos, world, sla):
    sla(solution=HOUR)
    opened(world, queue=world.billing, title="Secret")
    answer = text_of(seen(carlos, view("deadlines"), 0, "12:00"))
    assert "Secret" not in answer
    assert (
        re.findall(r'<span class="count">(\d+)</span></a>', answer.split('id="due-times"')[1].split("</nav>")[0])
        == ["0"] * 6
    )


def test_every_list_can_be_grouped_and_sorted_by_deadline(bea, due_tickets, world):
    ticket = opened(world, title="Answered")
    put(ticket, "pending reminder", by=world.bea)
    answer = seen(bea, view("open"), 0, "12:00", group="due", order="due")
    assert titles(answer)[-1] == "Answered"
    assert "No deadline" in text_of(answer)


def test_pages_by_deadline_go_through_all_tickets_once(bea, world, sla):
    sla(solution=HOUR, condition={"field": "title", "contains": "SLA"})
    for number in range(30):
        opened(world, 0, f"10:{number:02}", title=f"SLA {number}")
        opened(world, title=f"Plain {number}")
    found, url = [], f"{view('open')}?order=due"
    while url:
        answer = seen(bea, url, 0, "10:40") if not found else part(bea, url)
        found += titles(answer)
        more = re.search(r'hx-get="([^"]*after=[^"]*)"', text_of(answer))
        url = more[1].replace("&amp;", "&") if more else ""
    assert found[:30] == [f"SLA {number}" for number in range(30)]
    assert len(found) == len(set(found)) == 60


# ---- the ticket page ----------------------------------------------------------------------------


def test_what_was_answered_outside_business_hours_used_no_time(bea, world, sla):
    sla("Premium", first_response=4 * HOUR)
    ticket = opened(world, 0, "20:00")
    with on(0, "21:00"):
        reply(ticket, Message(text="Hello"), by=world.bea)
    panel = text_of(seen(bea, page_of(ticket), 0, "22:00")).split('id="pg-level"')[1].split("</section>")[0]
    assert "met at once" in panel
    assert 'title="First response, in time: no working time was used"' in panel
    assert "met in" not in panel


def test_the_panel_shows_the_clocks_and_what_is_told_next(bea, world, sla):
    sla("Premium", first_response=4 * HOUR, solution=16 * HOUR, warnings=[75])
    ticket = opened(world)
    with on(0, "11:00"):
        reply(ticket, Message(text="Hello"), by=world.bea)
    panel = text_of(seen(bea, page_of(ticket), 0, "12:00")).split('id="pg-level"')[1].split("</section>")[0]
    words = " ".join(re.sub(r"<[^>]*>", " ", panel).split())
    assert "Premium" in words
    assert "14h left" in words
    assert "By 4 Mar, 10:00, counted by Office" in words
    assert "met in 1h 00m" in words
    assert "Next on 3 Mar, 14:00: 75 % of the time has passed (Solution)" in words
    assert 'aria-label="12 percent of the time used"' in panel


def test_without_service_levels_there_is_no_panel(bea, ticket):
    answer = text_of(bea.get(page_of(ticket)))
    assert "pg-level" not in answer
    assert page_of(ticket, "deadlines") not in answer


def test_the_page_explains_each_clock_interval_by_interval(bea, world, sla):
    sla("Premium", solution=8 * HOUR, warnings=[75], levels=[HOUR])
    ticket = opened(world)
    with on(0, "11:00"):
        set_state(ticket, State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
    with on(1, "09:00"):
        set_state(ticket, State.objects.get(name="open"), by=world.bea)
        assign(ticket, world.bea, by=world.bea)
        make_responsible(ticket, world.carlos, by=world.bea)
    page = text_of(seen(bea, page_of(ticket, "deadlines"), 1, "10:30"))
    words = " ".join(re.sub(r"<[^>]*>", " ", page.split("<table")[1].split("</table>")[0]).split())
    assert "2 Mar, 10:00 Begins Dana Miller opened the ticket Office 1 h 1 h of 8 h" in words
    assert "2 Mar, 11:00 Pauses Bea Costa set the status to" in words
    assert "does not count 1 h of 8 h" in words
    assert "3 Mar, 09:00 Goes on Bea Costa set the status to “Open” Office 1 h 30 min 2 h 30 min of 8 h" in words
    marks = " ".join(re.sub(r"<[^>]*>", " ", page.split('class="clock__marks"')[1].split("</ul>")[0]).split())
    assert "75 % of the time has passed on 3 Mar, 14:00, if the clock runs on" in marks
    assert "The time runs out on 3 Mar, 16:00" in marks
    assert "Escalation level 1 on 3 Mar, 17:00" in marks
    assert "Bea Costa and Carlos Díaz see it at once" in page
    assert "It is the first one whose condition this ticket meets." in page


def test_what_was_promised_before_stands_below(bea, world, sla):
    sla(first_response=HOUR, next_response=2 * HOUR)
    ticket = opened(world)
    for hour in (11, 12, 13):
        with on(0, f"{hour}:00"):
            reply(ticket, Message(text="Hello"), by=world.bea)
        with on(0, f"{hour}:30"):
            customer_writes(ticket, "And now?")
    page = text_of(seen(bea, page_of(ticket, "deadlines"), 0, "14:00")).split('id="clocks-earlier"')[1]
    assert page.count("met in 30m") == 2


def test_queries_of_the_explanation_do_not_grow_with_its_length(bea, world, sla, queries):
    sla(solution=80 * HOUR)
    ticket = opened(world)

    def cost() -> int:
        with on(1, "10:30"), queries() as counted:
            bea.get(page_of(ticket, "deadlines"))
        return len(counted)

    def stop_and_go(minutes: range) -> None:
        for minute in minutes:
            with on(0, f"11:{minute:02}"):
                set_state(ticket, State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
            with on(0, f"11:{minute + 1:02}"):
                set_state(ticket, State.objects.get(name="open"), by=world.bea)

    stop_and_go(range(0, 4, 2))
    cost()
    few = cost()
    stop_and_go(range(4, 50, 2))
    assert cost() == few
    assert few <= 45


# ---- another service level -----------------------------------------------------------------------


def test_an_agent_chooses_another_service_level_none_or_lets_the_conditions_decide(bea, world, sla):
    gold = sla("Gold", solution=8 * HOUR)
    iron = sla("Iron", solution=40 * HOUR, condition=None)
    ticket = opened(world)
    url = page_of(ticket, "level")
    choices = text_of(part(bea, url))
    assert all(words in choices for words in ("As the conditions say", "No SLA", "Gold", "Iron"))

    def choose(value) -> TicketTargets:
        ticket.refresh_from_db()
        with on(0, "12:00"):
            assert part(bea, url, {"level": value, "seen": ticket.version}).status_code == 200
        return TicketTargets.objects.get(ticket=ticket)

    chosen = choose(iron.pk)
    assert (chosen.policy, chosen.is_chosen) == (iron, True)
    assert (clock(ticket, "solution").target, clock(ticket, "solution").spent) == (40 * HOUR, 2 * HOUR)
    assert "Bea Costa chose it for this ticket." in text_of(seen(bea, page_of(ticket, "deadlines"), 0, "12:00"))
    chosen = choose("none")
    assert (chosen.policy, chosen.is_chosen) == (None, True)
    page = text_of(seen(bea, page_of(ticket, "deadlines"), 0, "12:00"))
    assert "Bea Costa decided that this ticket has no SLA." in page
    chosen = choose("auto")
    assert (chosen.policy, chosen.is_chosen) == (gold, False)


def test_a_service_level_that_is_gone_is_refused_and_a_slower_colleague_told(bea, world, sla):
    sla("Gold", solution=8 * HOUR)
    iron = sla("Iron", solution=40 * HOUR, condition=None)
    ticket = opened(world)
    ticket.refresh_from_db()
    url, seen_version = page_of(ticket, "level"), ticket.version
    assert part(bea, url, {"level": "999999", "seen": seen_version}).status_code == 422
    assert part(bea, url, {"level": iron.pk, "seen": seen_version}).status_code == 200
    late = part(bea, url, {"level": "none", "seen": seen_version})
    assert late.status_code == 409
    assert "The SLA changed from Gold to Iron" in text_of(late)
    assert TicketTargets.objects.get(ticket=ticket).policy == iron


def test_choosing_needs_the_right_to_write(world, sla, signed_in, reader):
    gold = sla("Gold", solution=8 * HOUR)
    ticket = opened(world)
    client = signed_in(reader)
    assert client.get(page_of(ticket, "deadlines")).status_code == 200
    assert page_of(ticket, "level") not in text_of(client.get(page_of(ticket)))
    assert client.get(page_of(ticket, "level")).status_code == 404
    assert client.post(page_of(ticket, "level"), {"level": "none"}).status_code == 404
    assert TicketTargets.objects.get(ticket=ticket).policy == gold


def test_without_script_the_choice_is_a_page(bea, world, sla):
    sla("Gold", solution=8 * HOUR)
    ticket = opened(world)
    assert "<html" in text_of(bea.get(page_of(ticket, "level")))
    assert bea.post(page_of(ticket, "level"), {"level": "none"}).status_code == 302


# ---- history, guided mode, start page --------------------------------------------------------------


def test_the_history_tells_of_deadlines_and_can_be_narrowed_to_them(bea, world, sla):
    sla("Gold", first_response=HOUR, warnings=[50])
    ticket = opened(world)
    with on(0, "12:00"):
        reply(ticket, Message(text="Sorry"), by=world.bea)
    url = page_of(ticket, "history")
    told = text_of(bea.get(url, {"show": "deadlines"}))
    assert "First response: 50% of the time had passed by 2 Mar, 10:30" in told
    assert "First response: the time ran out on 2 Mar, 11:00" in told
    assert "opened the ticket" not in told
    bea.post(page_of(ticket, "level"), {"level": "none"})
    told = text_of(bea.get(url, {"field": "sla"}))
    assert "The SLA changed from Gold to none" in told
    assert told.count('class="hist__row"') == 1


def test_guided_mode_says_when_it_is_due(bea, world, sla):
    sla(solution=HOUR)
    ticket = opened(world)
    ticket.refresh_from_db()
    with on(0, "10:30"):
        assert reasons_for(ticket)[0] == "It is due on 2 Mar, 11:00."
    with on(0, "12:30"):
        assert reasons_for(ticket)[0] == "It has been overdue since 2 Mar, 11:00."
        bea.post(reverse("desk:guided_next"))
        page = text_of(bea.get(reverse("desk:guided")))
    assert "It has been overdue since 2 Mar, 11:00." in page
    assert "Solve 1h 30m late" in page


def test_the_start_page_shows_what_is_due_next(bea, world, sla):
    sla(solution=2 * HOUR)
    opened(world, 0, "10:30", title="Second")
    opened(world, 0, "10:00", title="First")
    page = text_of(seen(bea, reverse("desk:home"), 0, "11:00"))
    assert page.index("First") < page.index("Second")
    assert "Solve 1h 00m" in page
    assert view("deadlines") in page


def test_a_person_s_tickets_have_chips_too(bea, world, sla):
    sla(solution=2 * HOUR)
    opened(world)
    page = text_of(seen(bea, reverse("desk:person_page", args=[world.dana.pk]), 0, "11:00"))
    assert "Solve 1h 00m" in page


def test_no_clock_changes_by_being_looked_at(bea, world, sla):
    sla(first_response=HOUR, solution=8 * HOUR)
    ticket = opened(world)
    before = list(Clock.objects.order_by("id").values())
    for url in (view("deadlines"), page_of(ticket), page_of(ticket, "deadlines")):
        seen(bea, url, 3, "12:00")
    assert list(Clock.objects.order_by("id").values()) == before


# ---- told at once --------------------------------------------------------------------------------


def told(client, **parameters):
    return part(client, reverse("desk:told"), **parameters)


@pytest.fixture
def warned(world, sla) -> Ticket:
    """Carlos has it, Bea answers for it, and half of the time has passed."""
    sla(first_response=2 * HOUR, warnings=[50])
    ticket = opened(world)
    with on(0, "10:10"):
        assign(ticket, world.carlos, by=world.bea)
        make_responsible(ticket, world.bea, by=world.bea)
    with on(0, "11:00"):
        assert sweeping.sweep() == 1
    return ticket


def test_who_has_a_ticket_and_who_answers_for_it_see_its_warning_at_once(world, signed_in, warned):
    with on(0, "11:01"):
        for person in (world.carlos, world.bea):
            shown = text_of(told(signed_in(person)))
            assert f"#{warned.number}: First response: 50% of the time had passed by 2 Mar, 11:00" in shown
            assert page_of(warned) in shown
        assert told(signed_in(world.alex)).status_code == 204


def test_it_is_shown_once_on_a_page_and_not_when_it_is_old(carlos, warned):
    with on(0, "11:01"):
        last = re.search(r'name="after" value="(\d+)"', text_of(told(carlos)))[1]
        assert told(carlos, after=last).status_code == 204
    with on(0, "11:10"):
        assert told(carlos).status_code == 204


def test_a_ticket_one_may_no_longer_read_tells_nothing(world, carlos, warned):
    world.support_role.user_set.remove(world.carlos)
    with on(0, "11:01"):
        assert told(carlos).status_code == 204
