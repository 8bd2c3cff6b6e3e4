"""Which queues ask for satisfaction, on one page."""

import pytest
from django.urls import reverse

from automation.models import SurveyRule
from automation.survey_rules import save_rule
from tests.factories import QueueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_with")]


def test_each_queue_says_what_holds_in_it_and_why(world, door, text_of):
    save_rule(SurveyRule(queue=world.support, is_on=True, delay=4), by=world.alex)
    save_rule(SurveyRule(queue=world.billing, is_on=False), by=world.alex)
    answer = door.get(reverse("setup:surveys"))
    told = {
        row.queue: (row.rule.is_on if row.rule else None, row.source)
        for row in answer.context["rows"]
        if row.queue in (world.support, world.hardware, world.billing)
    }
    assert told == {world.support: (True, None), world.hardware: (True, world.support), world.billing: (False, None)}
    assert "Yes as Support" in text_of(answer)
    assert "4 hours" in text_of(answer)
    assert f"{reverse('setup:queue', args=[world.hardware.pk])}#id_survey-ask" in answer.content.decode()


def test_queries_do_not_grow_with_queues(world, door, queries):
    def cost() -> int:
        with queries() as counted:
            door.get(reverse("setup:surveys"))
        return len(counted)

    before = cost()
    for number in range(3):
        queue = QueueFactory(name=f"More {number}")
        save_rule(SurveyRule(queue=queue, is_on=True), by=world.alex)
    assert cost() == before
