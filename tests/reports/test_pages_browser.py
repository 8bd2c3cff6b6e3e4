"""Reports in a browser: built, kept and looked at by keyboard alone; dashboards put together; pictures with their tables."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from reports.models import Dashboard, Report, Subscription
from reports.saved import add_widget, save_dashboard, save_report
from tests.desk.browsing import answering_browser
from tests.factories import TicketFactory
from tests.portal.browsing import IN_OTHER_TWO, IN_TWO, site
from tickets.actions.progress import set_state
from tickets.models import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


@pytest.fixture
def tickets(world, drain):
    made = [TicketFactory(queue=queue, customer=world.dana) for queue in (world.support, world.support, world.billing)]
    set_state(made[0], State.objects.get(name="closed successful"), by=world.bea)
    drain()
    return made


def choose(page: Page, field: str, value: str) -> None:
    """In the builder, which is drawn anew with the answer."""
    page.evaluate("document.querySelector('#answer').dataset.before = ''")
    page.locator(field).focus()
    page.locator(field).select_option(value)
    expect(page.locator("#answer:not([data-before])")).to_be_attached()
    page.wait_for_load_state("networkidle")


@IN_OTHER_TWO
def test_a_report_is_built_kept_and_put_on_a_dashboard(browser, world, tickets, language, width):
    dashboard = save_dashboard(Dashboard(name="Morning"), roles=[], by=world.bea)
    with site(browser, world.bea, language=language, width=width, thorough=True) as window:
        page = window.open("/desk/")
        page.evaluate("customElements.whenDefined('key-map').then(() => true)")
        page.keyboard.press("g")
        page.keyboard.press("r")
        page.wait_for_url("**/desk/reports/")
        window.settle()
        window.looks_right("the list of reports")
        page.keyboard.press("c")
        page.wait_for_url("**/desk/reports/new/")
        window.settle()
        choose(page, "#m-2", "")
        expect(page.locator("#m-2")).to_have_value("")
        choose(page, "#b-by", "queue")
        choose(page, "#b-display", "bars")
        expect(page.locator(".barred tbody tr")).to_have_count(2)
        assert "by=queue" in page.url
        window.looks_right("the builder")

        page.locator("#add-0").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[id='field-0.0']")).to_be_focused()
        page.locator("[id='field-0.0']").select_option("queue")
        page.locator("[id='value-0.0']").select_option(str(world.billing.pk))
        expect(page.locator(".barred tbody tr")).to_have_count(1)
        window.settle()
        page.reload()
        window.settle()
        expect(page.locator("[id='value-0.0']")).to_have_value(str(world.billing.pk))

        page.keyboard.press("Control+s")
        page.locator("#id_name").fill("Billing alone")
        window.looks_right("saving")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Billing alone")
        window.settle()
        window.looks_right("the report")
        report = Report.objects.get()
        assert (report.owner, report.display) == (world.bea, "bars")

        page.locator("[popovertarget=report-more]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#report-more")).to_be_visible()
        page.locator("#report-more [action='/desk/reports/pin/'] button").press("Enter")
        expect(page.locator("h1")).to_have_text("Morning")
        assert [one.report for one in dashboard.widgets.all()] == [report]


@IN_TWO
def test_a_dashboard_is_put_together_by_keyboard(browser, world, tickets, language, width):
    dashboard = save_dashboard(Dashboard(name="Morning"), roles=[], by=world.bea)
    with site(browser, world.bea, language=language, width=width, thorough=True) as window:
        page = window.open(f"/desk/dashboards/{dashboard.pk}/?change=1")
        for key in ("volume", "channels"):
            page.locator("#add-what").select_option(key)
            page.locator(".tiles__add button").press("Enter")
            expect(page.locator(f".tile [href='/desk/reports/ready/{key}/']")).to_be_visible()
            window.settle()
        window.looks_right("the dashboard that is changed")
        first, second = dashboard.widgets.all()
        page.locator(f"#w{second.pk}-earlier").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".tile").first).to_have_id(f"w{second.pk}")
        expect(page.locator(f"#w{second.pk}-earlier")).to_be_focused()
        page.locator(f"#w{first.pk}-width").select_option("12")
        expect(page.locator(f"#w{first.pk}.s12")).to_be_visible()
        page.locator(f"#w{second.pk} .tile__tools form").last.locator("button").press("Enter")
        expect(page.locator(".tile")).to_have_count(1)
        window.settle()
        assert [(one.pk, one.width) for one in dashboard.widgets.all()] == [(first.pk, 12)]
        page.keyboard.press("e")
        page.wait_for_url(f"**/desk/dashboards/{dashboard.pk}/")
        window.settle()
        window.looks_right("the dashboard")


def test_the_table_of_a_picture_stays_open_when_numbers_come(browser, world, tickets, drain):
    dashboard = save_dashboard(Dashboard(name="Morning"), roles=[], by=world.bea)
    widget = add_widget(dashboard, ready="volume", display="line", width=6, by=world.bea)
    with site(browser, world.bea) as window:
        page = window.open(f"/desk/dashboards/{dashboard.pk}/")
        table, total = (
            page.locator(f"#w{widget.pk}-table"),
            page.locator(f"#w{widget.pk}-table tfoot td .cellnum").first,
        )
        expect(page.locator(f"#w{widget.pk} svg[role=img]")).to_have_attribute("aria-label", re.compile("highest 3"))
        table.locator("summary").press("Enter")
        expect(total).to_have_text("3")
        TicketFactory(queue=world.support, customer=world.erik)
        drain()
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:list'))")
        expect(total).to_have_text("4")
        expect(table).to_have_attribute("open", "")


def test_on_a_phone_the_question_is_a_line_above_its_answer(browser, world, tickets):
    with site(browser, world.bea, width=390, thorough=True) as window:
        page = window.open("/desk/reports/new/?m=created&by=queue&period=last_30_days")
        show, form = page.locator(".build__foot button"), page.locator("#build")
        # at hand without scrolling, though the form is long
        expect(show).to_be_in_viewport()
        show.press("Enter")
        said = page.locator(".build__said")
        expect(said).to_contain_text("Opened · Queue · Last 30 days")
        expect(form).to_be_hidden()
        expect(page.locator("#answer")).to_be_in_viewport()
        assert "show=" not in page.url
        window.settle()
        window.looks_right("the answer below its question")
        said.locator("button").press("Enter")
        expect(said.locator("button")).to_have_attribute("aria-expanded", "true")
        expect(form).to_be_visible()
        choose(page, "#b-by", "")
        expect(form).to_be_visible()


def test_tickets_of_then_are_asked_for_by_keyboard(browser, world, tickets):
    with site(browser, world.bea, thorough=True) as window:
        page = window.open("/desk/reports/new/?m=created&by=queue&period=last_30_days")
        page.locator("#add-0").press("Enter")
        page.locator("[id='field-0.0']").select_option("queue")
        page.locator("[id='value-0.0']").select_option(str(world.billing.pk))
        expect(page.locator(".report__time")).to_contain_text("that are so today")
        choose(page, "#b-as_of", "then")
        expect(page.locator(".report__time")).to_contain_text("that were so then")
        assert "as_of=then" in page.url
        window.looks_right("a filter of then")


@pytest.mark.parametrize("width", [1440, 390])
def test_who_is_sent_a_report_is_chosen_by_name(browser, world, width):
    report = save_report(
        Report(name="Queues", question={"measures": ["created"], "rows": "queue"}), roles=[], by=world.bea
    )
    with site(browser, world.bea, width=width, thorough=True) as window:
        page = window.open(f"/desk/reports/{report.pk}/mails/")
        page.locator("#id_rhythm").select_option("monthly")
        page.locator("[popovertarget=mail-pick]").press("Enter")
        expect(page.locator("#mail-people-q")).to_be_focused()
        window.settle()
        window.looks_right("the colleagues")
        page.keyboard.type("diaz")
        page.keyboard.press("Enter")
        expect(page.locator(".mailto .token")).to_have_count(2)
        expect(page.locator("#id_rhythm")).to_have_value("monthly")
        page.locator(f".mailto button[value='{world.bea.pk}']").press("Enter")
        expect(page.locator(".mailto .token")).to_have_text([str(world.carlos)])
        window.settle()
        window.looks_right("who is sent it")
        page.locator(".formfoot button").press("Enter")
        expect(page.locator("#sent")).to_be_visible()
    sent = Subscription.objects.get()
    assert (list(sent.people.all()), sent.rhythm) == ([world.carlos], "monthly")


def test_numbers_lead_to_tickets_and_back(browser, world, tickets):
    with site(browser, world.bea, width=390, thorough=True) as window:
        page = window.open("/desk/reports/new/?m=created&by=queue&period=last_30_days")
        page.locator(".cellnum").first.press("Enter")
        page.wait_for_url("**/desk/reports/tickets/**")
        window.settle()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator(".prow__link")).to_have_text(tickets[2].title)
        window.looks_right("the tickets behind a number")
        page.keyboard.press("u")
        page.wait_for_url("**/desk/reports/new/**")


def test_a_wallboard_fits_and_is_left_by_a_key(browser, world, tickets):
    dashboard = save_dashboard(Dashboard(name="Morning"), roles=[], by=world.bea)
    add_widget(dashboard, ready="volume", display="number", width=3, by=world.bea)
    with site(browser, world.bea, thorough=True) as window:
        page = window.open(f"/desk/dashboards/{dashboard.pk}/?wall=1")
        window.looks_right("the wallboard")
        page.evaluate("customElements.whenDefined('key-map').then(() => true)")
        page.keyboard.press("Escape")
        expect(page.locator(".side")).to_be_visible()


@IN_TWO
def test_a_row_is_added_right_after_a_change(browser, world, tickets, language, width):
    """The change is still on its way when the button is pressed."""
    with site(browser, world.bea, language=language, width=width) as window:
        page = window.open("/desk/reports/new/")
        window.settle()
        for number, (field, value) in enumerate([("#b-by", "queue"), ("#b-period", "last_7_days"), ("#b-by", "time")]):
            page.locator(field).select_option(value)
            page.wait_for_timeout(70 * number)
            page.locator("#add-0").click()
            expect(page.locator(f"[id='field-0.{number}']")).to_be_attached()
            page.wait_for_load_state("networkidle")
            expect(page.locator(f"[id='field-0.{number}']")).to_be_attached()
            expect(page.locator(field)).to_have_value(value)
