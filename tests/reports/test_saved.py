"""What people keep: reports and dashboards, theirs and shared; and what is ready from the first day."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from reports.asking import ask
from reports.models import Dashboard, Report
from reports.questions import read, written
from reports.ready import ready_dashboards, ready_reports
from reports.saved import (
    add_widget,
    change_widget,
    copy_ready_dashboard,
    dashboards_for,
    move_widget,
    put_first,
    remove_report,
    remove_widget,
    reports_for,
    save_dashboard,
    save_report,
    widgets_of,
)

pytestmark = pytest.mark.django_db
QUESTION = {"measures": ["created"], "rows": "queue"}


def kept(by, name="Volume", roles=(), **question) -> Report:
    return save_report(Report(name=name, question={**QUESTION, **question}), roles=roles, by=by)


@pytest.mark.parametrize("key", ready_reports())
def test_ready_reports_can_be_asked(world, key):
    question = read(ready_reports()[key].question, world.bea)
    assert read(written(question), world.bea) == question
    ask(question, world.bea)


def test_ready_dashboards_show_ready_reports(world):
    for dashboard in ready_dashboards(world.bea).values():
        assert {widget.ready for widget in dashboard.widgets} <= set(ready_reports())


def test_a_report_is_shared_with_roles_that_its_owner_has(world):
    other = Group.objects.create(name="Others")
    report = kept(world.carlos, roles=[world.support_role, other])
    assert list(report.roles.all()) == [world.support_role]
    assert [list(reports_for(each)) for each in (world.carlos, world.bea)] == [[report], [report]]
    with pytest.raises(ValidationError):
        remove_report(report, by=world.bea)
    report.name = "Mine now"
    with pytest.raises(ValidationError):
        save_report(report, roles=[], by=world.bea)
    assert Report.objects.get().name == "Volume"


@pytest.mark.parametrize("fault", [{"name": " "}, {"measures": []}, {"rows": "agent", "measures": ["backlog"]}])
def test_what_cannot_be_kept_is_refused(world, fault):
    with pytest.raises(ValidationError):
        kept(world.bea, fault.pop("name", "Volume"), **fault)
    assert not Report.objects.exists()


def test_names_are_given_once(world):
    kept(world.bea)
    with pytest.raises(ValidationError):
        kept(world.bea)
    kept(world.carlos)


def test_widgets_are_put_changed_moved_and_removed(world):
    board = save_dashboard(Dashboard(name="Mine"), roles=[], by=world.bea)
    report = kept(world.bea)
    first = add_widget(board, report=report, display="bars", width=6, by=world.bea)
    second = add_widget(board, ready="volume", display="line", width=12, by=world.bea)
    move_widget(second, to=0, by=world.bea)
    assert widgets_of(board, world.bea) == [second, first]
    change_widget(first, display="table", width=12, by=world.bea)
    with pytest.raises(ValidationError):
        change_widget(first, display="pie", width=12, by=world.bea)
    for refused in ({"ready": "nonsense"}, {"report": kept(world.carlos)}):
        with pytest.raises(ValidationError):
            add_widget(board, **refused, display="bars", width=6, by=world.bea)
    with pytest.raises(ValidationError):
        remove_widget(first, by=world.carlos)
    remove_widget(second, by=world.bea)
    remove_report(report, by=world.bea)
    assert widgets_of(board, world.bea) == []


def test_a_shared_dashboard_does_not_show_reports_that_are_not(world):
    board = save_dashboard(Dashboard(name="Ours"), roles=[world.support_role], by=world.bea)
    add_widget(board, report=kept(world.bea), display="bars", width=6, by=world.bea)
    shown = add_widget(board, ready="volume", display="line", width=6, by=world.bea)
    assert list(dashboards_for(world.carlos)) == [board]
    assert widgets_of(board, world.carlos) == [shown]


def test_a_ready_dashboard_becomes_ones_own(world):
    for name in ("Team", "Team 2"):
        board = copy_ready_dashboard("team_lead", by=world.bea)
        assert board.name == name
        assert [widget.ready for widget in board.widgets.all()] == [
            widget.ready for widget in ready_dashboards(world.bea)["team_lead"].widgets
        ]
    put_first(board, by=world.bea)
    put_first(Dashboard.objects.get(name="Team"), by=world.bea)
    assert [each.name for each in Dashboard.objects.filter(is_first=True)] == ["Team"]
