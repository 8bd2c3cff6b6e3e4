"""The ready templates walked in the browser from the catalogue or the desk to their end, by agents, customers and
approvers: at a desk in the light or on a phone in the dark, and at night each of them both ways."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from processes import ready
from processes.actions import configuring
from processes.links import token_of
from processes.models import Decision, Process, Run, Task
from tests.conftest import THOROUGH
from tests.desk.browsing import answering_browser
from tests.factories import TicketFactory
from tests.portal.browsing import Site, site
from tests.processes.world import pass_on, pass_time
from tickets.customfields import forget_kinds
from tickets.models import Service, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LOOKS = [("en", 1440, "light"), ("de", 390, "dark")]


def walked(*looks: tuple[str, int, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walk", looks, indirect=True, ids=lambda look: f"{look[0]}-{look[1]}")


AT_A_DESK, ON_A_PHONE = [walked(*LOOKS)] * 2 if THOROUGH else [walked(look) for look in LOOKS]
# Where to leave pictures of what was seen, for people.
PICTURES = os.environ.get("HELPDESK_TEST_PICTURES", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


class Walk:
    """One template and the windows of those who take part in it."""

    def __init__(self, browser: Browser, world, stack: ExitStack, look: tuple[str, int, str]) -> None:
        self.browser, self.world, self.stack = browser, world, stack
        self.language, self.width, self.scheme = look
        self.sites: dict[int | None, Site] = {}
        self.key, self.seen = "", 0

    def install(self, key: str) -> Process:
        self.key = key
        process = ready.from_template(key, by=self.world.alex)
        configuring.publish(process, by=self.world.alex)
        forget_kinds()
        return process

    def at(self, person: User | None) -> Site:
        if (pk := person and person.pk) not in self.sites:
            look = {"language": self.language, "width": self.width, "color_scheme": self.scheme}
            opened = site(self.browser, person, **look, thorough=True)
            self.sites[pk] = self.stack.enter_context(opened)
        return self.sites[pk]

    def looks_right(self, where: Site, what: str) -> None:
        where.looks_right(f"{self.key}, {what}")
        if PICTURES:
            self.seen += 1
            name = f"{self.key}-{self.width}-{self.seen:02}-{what.replace(' ', '-')}.png"
            where.page.screenshot(path=f"{PICTURES}/{name}", full_page=True)

    # ---- what people do

    def begin(self, process: Process) -> Run:
        """An agent starts it on a ticket."""
        ticket = TicketFactory(queue=self.world.support, customer=self.world.dana, title="For the team")
        desk = self.at(self.world.bea)
        page = desk.open(f"/desk/tickets/{ticket.number}/processes/start/?process={process.pk}")
        self.looks_right(desk, "start")
        page.locator("#ask-form .btn--primary[type=submit]").click()
        desk.settle()
        return Run.objects.get(ticket=ticket)

    def works(self, run: Run, element: str, **answers: Any) -> None:
        """An agent finds the task among his and does it."""
        task, desk = self.task(run, element), self.at(self.world.bea)
        page = desk.open("/desk/tasks/")
        self.looks_right(desk, "tasks")
        page.locator(f"a[href='/desk/tasks/{task.pk}/']").first.click()
        desk.settle()
        self.fill(page, answers)
        self.looks_right(desk, f"task {element}")
        page.locator("#ask-form .btn--primary[type=submit]").click()
        self.done(desk, task)

    def hands_in(self, run: Run, element: str, **answers: Any) -> None:
        """The customer finds it on the first page of the portal."""
        task, portal = self.task(run, element), self.at(self.world.dana)
        page = portal.open("/portal/")
        self.looks_right(portal, "your turn")
        page.locator(f".pwaiting a[href$='/tasks/{task.pk}/']").click()
        portal.settle()
        self.fill(page, answers)
        self.looks_right(portal, f"form {element}")
        page.locator("form.runform .btn--brand").click()
        self.done(portal, task)

    def approves_by_link(self, run: Run, element: str) -> None:
        """Without signing in, by the link of the letter."""
        decision = Decision.objects.for_page().get(task=self.task(run, element))
        visitor = self.at(None)
        page = visitor.open(f"/portal/approve/{token_of(decision)}/")
        self.looks_right(visitor, f"link {element}")
        page.locator("button[value=approved]").click()
        self.decided(visitor, decision)
        self.looks_right(visitor, "decided")

    def approves_in_portal(self, run: Run, element: str, by: User) -> None:
        decision, portal = Decision.objects.for_page().get(task=self.task(run, element), approver=by), self.at(by)
        page = portal.open("/portal/")
        page.locator(f".pwaiting a[href$='/approvals/{decision.pk}/']").click()
        portal.settle()
        self.looks_right(portal, f"approval {element}")
        page.locator("button[value=approved]").click()
        self.decided(portal, decision)

    def approves_at_the_desk(self, run: Run, element: str, by: User) -> None:
        decision, desk = Decision.objects.get(task=self.task(run, element), approver=by), self.at(by)
        page = desk.open("/desk/tasks/")
        page.locator(f"a[href='/desk/approvals/{decision.pk}/']").click()
        desk.settle()
        self.looks_right(desk, f"approval {element}")
        page.locator("button[value=approved]").click()
        self.decided(desk, decision)

    def ends(self, run: Run, element: str) -> None:
        """It is over, and the pages of the ticket say so."""
        run.refresh_from_db()
        assert (run.state, run.steps.order_by("id").last().element) == ("done", element)
        desk = self.at(self.world.bea)
        desk.open(f"/desk/tickets/{run.ticket.number}/processes/")
        self.looks_right(desk, "over")

    def fill(self, page: Page, answers: dict[str, Any]) -> None:
        for key, value in answers.items():
            field = page.locator(f"[name=field_{key}]:visible").last
            if field.evaluate("field => field.localName") == "select":
                field.select_option(str(value))
            else:
                field.fill(str(value))
                field.blur()
            page.wait_for_load_state("networkidle")

    def task(self, run: Run, element: str) -> Task:
        return Task.objects.open().get(run=run, element=element)

    def decided(self, where: Site, decision: Decision) -> None:
        where.settle()
        decision.refresh_from_db()
        assert decision.answer == "approved", where.page.locator("main").inner_text()[:500]
        pass_on()

    def done(self, where: Site, task: Task) -> None:
        where.settle()
        task.refresh_from_db()
        assert task.state == "done", where.page.locator("main").inner_text()[:500]
        pass_on()


@pytest.fixture
def walk(browser, world, request) -> Iterator[Walk]:
    with ExitStack() as stack:
        yield Walk(browser, world, stack, request.param)


@ON_A_PHONE
def test_access_is_asked_for_in_the_catalogue_approved_twice_and_granted(walk, world):
    process = walk.install("access")
    service = Service.objects.create(name="Access to a system", path="Access to a system", queue=world.support)
    process.services.add(service)
    portal = walk.at(world.dana)
    page = portal.open(f"/portal/services/{service.pk}/")
    walk.looks_right(portal, "catalogue")
    page.locator("#new-request [name=subject]").fill("Access to the CRM")
    page.locator("#new-request [name=text]").fill("I need it for a new customer.")
    page.locator("#new-request button[type=submit].btn--brand").click()
    portal.settle()
    pass_on()
    run = Run.objects.get(ticket=Ticket.objects.get(service=service))
    answers = {"access_system": "CRM", "access_level": "read", "access_reason": "Sales"}
    walk.hands_in(run, "Describe", **answers, access_manager=world.erik.email)
    walk.approves_by_link(run, "Manager")
    walk.approves_at_the_desk(run, "Team", world.bea)
    walk.works(run, "Grant")
    walk.ends(run, "Granted")
    portal.open(f"/portal/requests/{run.ticket.number}/")
    walk.looks_right(portal, "the request")


@AT_A_DESK
def test_a_purchase_goes_to_the_manager_who_decides_in_the_portal(walk, world):
    run = walk.begin(walk.install("purchase"))
    answers = {"purchase_item": "Standing desk", "purchase_amount": "500", "purchase_supplier": "Desks and more"}
    walk.hands_in(run, "Ask", **answers, purchase_manager=world.erik.email)
    walk.approves_in_portal(run, "Manager", world.erik)
    walk.works(run, "Order")
    walk.hands_in(run, "Received")
    walk.ends(run, "Bought")


@ON_A_PHONE
def test_onboarding_is_prepared_by_three_teams_until_the_day_before(walk, world):
    run = walk.begin(walk.install("onboarding"))
    first_day = date.today() + timedelta(days=20)
    walk.hands_in(run, "Tell", onboarding_name="Pia", onboarding_start=first_day.isoformat())
    walk.works(run, "Equipment")
    walk.works(run, "Place", onboarding_desk="2.14")
    walk.works(run, "Accounts")
    desk = walk.at(world.bea)
    desk.open(f"/desk/tickets/{run.ticket.number}/processes/")
    walk.looks_right(desk, "waits for the day")
    pass_time(run)
    walk.works(run, "Welcome")
    walk.ends(run, run.steps.order_by("id").last().element)


@AT_A_DESK
def test_a_major_incident_is_mended_told_of_and_reviewed(walk, world):
    run = walk.begin(walk.install("incident"))
    walk.works(run, "Assess", incident_reach="everybody")
    desk = walk.at(world.bea)
    desk.open(f"/desk/tickets/{run.ticket.number}/")
    walk.looks_right(desk, "the ticket")
    pass_time(run, "Long")
    walk.works(run, "FixMajor", incident_cause="A cable")
    walk.works(run, "Inform")
    walk.works(run, "Review", incident_lesson="Two cables")
    walk.ends(run, "End")


@AT_A_DESK
def test_a_risky_change_is_approved_by_the_board_and_carried_out_on_its_day(walk, world):
    run = walk.begin(walk.install("change"))
    day = (date.today() + timedelta(days=5)).isoformat()
    plan = {"change_plan": "Swap it", "change_risk": "high", "change_day": day, "change_way_back": "Swap it back"}
    walk.works(run, "Plan", **plan)
    walk.approves_at_the_desk(run, "Board", world.bea)
    walk.approves_at_the_desk(run, "Board", world.carlos)
    pass_time(run)
    walk.works(run, "Carry", change_result="rolled back")
    walk.works(run, "Review")
    walk.ends(run, "End")
