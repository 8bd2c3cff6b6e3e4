"""What of a picture is seen where there is little room, and where one's own tasks stand."""

import re

import pytest
from django.urls import reverse

from processes.actions import starting
from processes.editing import laid_out
from processes.reading import read_drawing
from tests.factories import TicketFactory
from tests.processes.drawings import line, work
from tests.processes.world import published
from web.common.diagrams import NEAR, near, picture_of

STEPS = [f"Step{number}" for number in range(12)]


def view_of(picture) -> tuple[float, ...]:
    return tuple(float(number) for number in picture.view.split())


@pytest.mark.parametrize("now", ["Step0", "Step6", "Step11"])
@pytest.mark.parametrize("state", ["now", "stuck"])
def test_a_large_picture_is_seen_around_the_step_that_is_done_now(now, state):
    drawing = read_drawing(laid_out(line(*(work(step) for step in STEPS))))
    marks = {now: state}
    whole = picture_of(drawing, marks=marks)
    x, y, width, height = view_of(near(drawing, whole, marks))
    box = drawing.by_id[now].box
    assert width <= NEAR[0] and height <= NEAR[1]
    assert x <= box.x and box.x + box.width <= x + width
    assert y <= box.y and box.y + box.height <= y + height
    left, _top, all_of_it, _height = view_of(whole)
    assert left <= x and x + width <= left + all_of_it


def test_a_picture_without_such_a_step_is_seen_whole():
    drawing = read_drawing(laid_out(line(*(work(step) for step in STEPS))))
    whole = picture_of(drawing, marks={"Step0": "done"})
    assert near(drawing, whole, {"Step0": "done"}) is whole


@pytest.mark.django_db
def test_beside_the_ticket_stands_the_part_and_on_its_page_the_whole(world, signed_in):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    starting.start(published(line(*(work(step) for step in STEPS))), ticket, by=world.bea)
    bea = signed_in(world.bea)
    beside, alone = (
        bea.get(reverse(name, args=[ticket.number])).content.decode() for name in ("desk:ticket", "desk:processes")
    )
    widths = [float(re.search(r'class="bp" viewBox="\S+ \S+ (\S+) ', page)[1]) for page in (beside, alone)]
    assert widths[0] == NEAR[0] < widths[1]


@pytest.mark.django_db
def test_own_tasks_stand_beside_the_panel_that_leads_to_them(world, signed_in):
    page = signed_in(world.bea).get(reverse("desk:tasks")).content.decode()
    assert 'id="side-tasks"' in page
    assert 'aria-current="page"' in page.split('id="side-tasks"')[1].split(">")[0]
