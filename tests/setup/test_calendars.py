"""Calendars in the administration: drawn as a week, edited row by row, holidays, tried, copied, taken away."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from accounts.people import system_actor
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy, Retarget, Target
from tests.factories import TicketFactory
from tests.setup.test_meanwhile import seen
from tests.sla.conftest import OFFICE, hours_of_queue, on
from web.setup.forms.hours import read_time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def office(db) -> Calendar:
    return save_calendar(Calendar(name="Office", zone="Europe/Berlin", hours=OFFICE), by=system_actor("system"))


def sent(hours=OFFICE, own=(), **fields) -> dict:
    """What the form posts: ranges by weekday, and own days as (day, name, hours)."""
    data = {"name": "Office", "zone": "Europe/Berlin", "country": "", "region": ""}
    for day in DAYS:
        data[f"from-{day}"] = [begin for begin, _end in hours.get(day, [])]
        data[f"to-{day}"] = [end for _begin, end in hours.get(day, [])]
    for index, name in enumerate(("own-day", "own-name", "own-hours")):
        data[name] = [row[index] for row in own]
    return data | fields


def part(door, path: str, data: dict, **more):
    return door.post(path, data | more, headers={"HX-Request": "true"})


def path_of(calendar: Calendar, name: str = "calendar") -> str:
    return reverse(f"setup:{name}", args=[calendar.pk])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("8", "08:00"), ("8:30", "08:30"), ("0830", "08:30"), ("8.30", "08:30"), ("24", "24:00"), ("24:00", "24:00"),
     ("8 h", "08:00"), ("25", None), ("8:75", None), ("24:30", None), ("", None), ("noon", None), ("-8", None)],
)  # fmt: skip
def test_a_time_is_read_however_it_is_typed(typed, meant):
    assert read_time(typed) == meant


def test_a_new_calendar_with_several_ranges_nights_and_whole_days(world, door, last_change):
    hours = {"mon": [["8", "12"], ["13:00", "17"]], "fri": [["22:00", "6"]], "sun": [["0", "24"]], "tue": [["", ""]]}
    own = [("2026-12-24", "Christmas Eve", "8–12"), ("2026-12-31", "", ""), ("", "", "")]
    answer = door.post(reverse("setup:calendar_new"), sent(hours, own, name="Early", is_default="on"))
    made = Calendar.objects.get()
    assert answer["Location"] == path_of(made)
    assert made.hours == {
        "mon": [["08:00", "12:00"], ["13:00", "17:00"]],
        "fri": [["22:00", "06:00"]],
        "sun": [["00:00", "24:00"]],
    }
    assert made.own_days == {
        "2026-12-24": {"name": "Christmas Eve", "hours": [["08:00", "12:00"]]},
        "2026-12-31": {"name": "", "hours": []},
    }
    assert (made.zone, made.is_default, made.versions.count()) == ("Europe/Berlin", True, 1)
    change = last_change()
    assert (change.kind, change.action, change.actor) == ("sla.calendar", "created", world.alex)


def test_what_cannot_be_read_is_told_at_its_field_and_the_text_stays(world, door, office, text_of):
    hours = {"mon": [["8", "noon"]], "tue": [["9", "17"]], "wed": [["24:00", "6"]]}
    own = [("24 December", "Eve", ""), ("2026-12-25", "Day", "late"), ("2026-12-26", "Night", "22:00-06:00")]
    answer = door.post(path_of(office), sent(hours, own, name="Changed"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "5 fields need a change" in text_of(answer)
    assert 'id="wrong-mon-0">Times look like 08:30; the end of a day is 24:00.' in page
    assert 'id="wrong-own-0">Say which day, such as 2026-12-24.' in page
    assert 'id="wrong-own-2">Hours look like' in page
    assert 'href="#own-day-1"' in page
    for text in ("noon", "24 December", "late", "22:00-06:00", "Changed"):
        assert f'value="{text}"' in page
    office.refresh_from_db()
    assert (office.name, office.hours, office.versions.count()) == ("Office", OFFICE, 1)


@pytest.mark.parametrize(("field", "value"), [("zone", "Mars/North"), ("country", "XX"), ("name", "")])
def test_other_fields_are_checked_too(world, door, office, field, value):
    answer = door.post(path_of(office), sent(**{field: value}))
    assert answer.status_code == 422
    assert f'id="id_{field}-e"' in answer.content.decode()
    assert office.versions.count() == 1


def test_the_week_is_drawn_as_it_is_typed(world, door, office):
    page = door.get(path_of(office)).content.decode()
    blocks = re.findall(r'<rect class="wk-block[^"]*" x="2" y="(\d+)" width="96" height="(\d+)"', page)
    assert blocks == [("120", "320")] * 5  # from nine to five, in a drawing that begins at six
    assert "40 h per week" in page
    night = sent({"fri": [["22:00", "6"]], "mon": [["x", "y"]]}, edit="redraw")
    drawn = part(door, path_of(office), night).content.decode()
    blocks = re.findall(r'y="(\d+)" width="96" height="(\d+)"', drawn)
    assert blocks == [("880", "80"), ("0", "240")]
    assert "8 h per week" in drawn
    assert 'value="x"' in drawn
    office.refresh_from_db()
    assert office.hours == OFFICE


def test_rows_come_go_and_are_copied_without_being_kept(world, door, office):
    def ranges(edit: str) -> dict[str, list[str]]:
        page = part(door, path_of(office), sent({"mon": [["8", "12"], ["13", "17"]], "sat": [["9", "10"]]}), edit=edit)
        assert page.status_code == 200
        return {day: re.findall(rf'name="from-{day}" value="([^"]*)"', page.content.decode()) for day in DAYS}

    assert ranges("span tue")["tue"] == [""]
    assert ranges("drop mon 0")["mon"] == ["13"]
    assert ranges("drop mon 9")["mon"] == ["8", "13"]
    assert [ranges("copy mon")[day] for day in DAYS] == [["8", "13"]] * 5 + [["9"], []]
    assert ranges("copy sat")["sun"] == ["9"]
    for nonsense in ("", " ", "drop", "span nevday", "copy", "drop mon x", "drop mon 99999999999999999999"):
        assert door.post(path_of(office), sent(edit=nonsense)).status_code in (200, 302)
    office.refresh_from_db()
    assert office.versions.count() == 1


def test_bytes_that_no_database_keeps_do_not_come_in(world, door, office):
    own = [("2026-12-24", "Ev\0e", "")]
    assert door.post(path_of(office), sent({"mon": [["8\0", "9"]]}, own)).status_code == 422
    assert door.post(path_of(office), sent(own=own)).status_code == 302
    office.refresh_from_db()
    assert office.own_days["2026-12-24"]["name"] == "Eve"


def test_own_days_come_and_go(world, door, office):
    own = [("2026-12-24", "Eve", "8-12"), ("2026-12-31", "Last", "")]
    page = part(door, path_of(office), sent(own=own), edit="day").content.decode()
    assert re.findall(r'name="own-day" value="([^"]*)"', page) == ["2026-12-24", "2026-12-31", ""]
    page = part(door, path_of(office), sent(own=own), edit="undo-day 0").content.decode()
    assert re.findall(r'name="own-name" value="([^"]*)"', page) == ["Last"]
    answer = door.post(path_of(office), sent(own=[own[0], own[0]]))
    assert "This day is listed twice." in answer.content.decode()


def test_public_holidays_come_with_country_and_region_and_own_days_win(world, door, office, text_of):
    with on(0, "10:00"):
        page = part(door, path_of(office), sent(country="DE"), edit="redraw")
        regions = re.findall(r'<option value="(\w\w)"[^>]*>([^<]*)</option>', page.content.decode())
        assert ("BY", "Bayern") in regions
        assert "public holiday" in text_of(page)
        own = [("2026-04-03", "We work", "9-12")]
        answer = door.post(path_of(office), sent(own=own, country="DE", region="BY"))
        assert answer.status_code == 302
        page = text_of(door.get(path_of(office)))
    data = office.versions.order_by("-id")[0].data["days"]
    assert data["2026-04-03"] == {"name": "We work", "hours": [["09:00", "12:00"]]}
    assert data["2026-01-06"]["hours"] == []  # in Bavaria, and not everywhere
    assert "Fri, 3 Apr 2026 We work 09:00–12:00" in page


def test_a_region_of_another_country_is_none(world, door, office):
    door.post(path_of(office), sent(country="PT", region="BY"))
    office.refresh_from_db()
    assert (office.country, office.region) == ("PT", "")


def test_it_is_tried_as_it_is_typed_and_explained(world, door, office, text_of):
    own = [("2026-03-03", "Stocktaking", "9-12")]
    facts = {"edit": "try", "try-start": "2026-03-02T15:00", "try-span": "6 h"}
    answer = part(door, path_of(office), sent(own=own, **facts))
    page = text_of(answer)
    assert "Wednesday 4 March 2026 at 10:00" in page.replace(",", "")
    assert "Mon, 2 Mar 2026 09:00–17:00 2 h 2 h" in page
    assert "Tue, 3 Mar 2026 Stocktaking: 09:00–12:00 3 h 5 h" in page
    assert "Wed, 4 Mar 2026 09:00–17:00 1 h 6 h" in page
    assert "Sat, 7 Mar 2026 closed – 16 h" not in page
    office.refresh_from_db()
    assert office.own_days == {}


@pytest.mark.parametrize(
    ("start", "span", "said"),
    [
        ("soon", "4 h", "Say from when on."),
        ("2026-03-02T15:00", "much", "Write 30 min, 4 h or 2 d."),
        ("2026-03-02T15:00", "9999999 h", "That much time never passes in this calendar."),
        ("9999-03-02T15:00", "4 h", "Say from when on."),
    ],
)
def test_what_cannot_be_tried_is_told(world, door, office, text_of, start, span, said):
    facts = {"edit": "try", "try-start": start, "try-span": span}
    assert said in text_of(part(door, path_of(office), sent(**facts)))


def test_a_calendar_without_hours_never_ends(world, door, office, text_of):
    facts = {"edit": "try", "try-start": "2026-03-02T15:00", "try-span": "4 h"}
    assert "That much time never passes" in text_of(part(door, path_of(office), sent({}, **facts)))


def test_a_long_way_is_told_in_part(world, door, office, text_of):
    facts = {"edit": "try", "try-start": "2026-03-02T15:00", "try-span": "400 h"}
    page = text_of(part(door, path_of(office), sent(**facts)))
    assert "And 31 days more." in page


def test_a_stale_page_is_refused_with_what_changed(world, door, office, text_of):
    mark = seen(door, path_of(office))
    office.hours = {"mon": [["07:00", "12:00"]]}
    save_calendar(office, by=world.bea)
    changes = ConfigChange.objects.count()
    answer = door.post(path_of(office), sent(name="Mine", seen=mark))
    assert answer.status_code == 409
    page = text_of(answer)
    assert "hours: Monday: 09:00–17:00" in page
    assert "Monday: 07:00–12:00" in page
    assert 'value="Mine"' in answer.content.decode()
    assert ConfigChange.objects.count() == changes
    again = re.search(r'name="seen" value="(\d+)"', answer.content.decode())[1]
    assert door.post(path_of(office), sent(name="Mine", seen=again)).status_code == 302


def test_a_copy_begins_with_everything_but_the_name(world, door, office):
    office.own_days = {"2026-12-24": {"name": "Eve", "hours": []}}
    office.is_default = True
    save_calendar(office, by=world.alex)
    page = door.get(f"{reverse('setup:calendar_new')}?copy={office.pk}").content.decode()
    assert 'value="Office (copy)"' in page
    assert 'value="Eve"' in page
    assert page.count('value="09:00"') == 5
    assert not re.search(r'name="is_default"[^>]*checked', page)
    assert door.get(f"{reverse('setup:calendar_new')}?copy=99999999").status_code == 200
    assert Calendar.objects.count() == 1


def test_what_uses_it_is_told_and_only_a_spare_one_can_go(world, door, office, text_of):
    spare = save_calendar(Calendar(name="Spare"), by=world.alex)
    targets = [Target(kind="solution", seconds=3600, calendar=office)]
    save_policy(Policy(name="Gold", condition={"all": []}), targets, by=world.alex)
    hours_of_queue(world.support, calendar=office)
    for path in (path_of(office), reverse("setup:calendars")):
        page = text_of(door.get(path))
        assert "Gold" in page
        assert "Support" in page
    assert "Remove calendar" not in text_of(door.get(path_of(office)))
    door.post(path_of(office, "calendar_remove"))
    assert door.post(path_of(spare, "calendar_remove")).status_code == 302
    assert list(Calendar.objects.all()) == [office]


def test_saving_asks_the_clocks_to_follow_and_shows_how_far_they_are(world, door, office, text_of):
    Retarget.objects.all().delete()
    door.post(path_of(office), sent({"mon": [["9", "10"]]}))
    row = Retarget.objects.get()
    page = door.get(path_of(office))
    assert "Clocks are about to follow “Office”." in text_of(page)
    asks = f"{reverse('setup:sla_progress')}?row={row.pk}"
    assert f'hx-get="{asks}"' in page.content.decode()
    Retarget.objects.update(total=40, done=10)
    assert "Clocks follow “Office”: 10 of 40 tickets." in text_of(door.get(reverse("setup:sla_progress")))
    assert f'hx-get="{asks}"' in door.get(asks).content.decode()
    row.finished_at, row.due_at, row.done, row.total = row.created_at, None, 40, 40
    row.save()
    answer = door.get(reverse("setup:sla_progress"))
    assert "40 tickets were looked at." in text_of(answer)
    assert "hx-get" not in answer.content.decode()


def test_a_page_tells_of_its_own_change_and_the_list_of_the_newest(world, door, office, text_of):
    other = save_calendar(Calendar(name="Night", hours=OFFICE), by=world.alex)
    Retarget.objects.all().delete()
    door.post(path_of(office), sent({"mon": [["9", "10"]]}))
    assert "follow “Office”" in text_of(door.get(path_of(office)))
    assert "follow “Office”" not in text_of(door.get(path_of(other)))
    assert "follow “Office”" in text_of(door.get(reverse("setup:calendars")))
    row = Retarget.objects.get()
    answer = text_of(door.get(reverse("setup:sla_progress"), {"row": row.pk + 1}))
    assert "Office" not in answer


def test_the_list_costs_the_same_with_more_of_everything(world, door, office, queries):
    def some(number: int) -> None:
        for index in range(number):
            calendar = save_calendar(Calendar(name=f"C{number}{index}", hours=OFFICE), by=world.alex)
            targets = [Target(kind="solution", seconds=3600, calendar=calendar)]
            save_policy(Policy(name=f"P{number}{index}", calendar=calendar), targets, by=world.alex)
            hours_of_queue((world.support, world.hardware, world.billing)[index % 3], calendar=calendar)

    some(1)
    door.get(reverse("setup:calendars"))
    with queries() as few:
        door.get(reverse("setup:calendars"))
    some(3)
    with queries() as many:
        door.get(reverse("setup:calendars"))
    assert len(few) == len(many)


def test_coming_days_begin_today(world, door, office, text_of):
    office.own_days = {"2026-03-01": {"name": "Past", "hours": []}, "2026-03-02": {"name": "Today", "hours": []}}
    save_calendar(office, by=world.alex)
    with on(0, "10:00") as now:
        page = text_of(door.get(path_of(office)))
    assert now.date() == date(2026, 3, 2)
    assert "Mon, 2 Mar 2026 Today closed" in page
    assert "Sun, 1 Mar 2026" not in page


def test_it_is_tried_on_the_past_without_saving(world, door, office, text_of):
    goals = [Target(kind="solution", seconds=4 * 3600)]
    save_policy(Policy(name="Gold", condition={"all": []}, calendar=office), goals, by=world.alex)
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
    with on(4, "10:00"):
        tried = sent({"mon": [["9", "12"]]}, preview="on", **{"past-days": "7"})
        page = text_of(part(door, path_of(office), tried))
        assert "promised to 1 of 1 ticket" in page
        assert "These would have been late" not in page
        page = text_of(part(door, path_of(office), sent(preview="on", **{"past-days": "7"})))
        assert "These would have been late" in page
        wrong = part(door, path_of(office), sent({"mon": [["9", "noon"]]}, preview="on"))
    assert wrong.status_code == 422
    assert "Some fields need a change first." in text_of(wrong)
    office.refresh_from_db()
    assert office.hours == OFFICE


def test_whole_days_are_drawn_lightly_and_told_in_hours(world, door):
    whole = {day: [["00:00", "24:00"]] for day in DAYS}
    always = save_calendar(Calendar(name="Always", hours=whole), by=system_actor("system"))
    page = door.get(path_of(always)).content.decode()
    assert page.count("wk-block--whole") == 7
    assert "168 h per week" in page
