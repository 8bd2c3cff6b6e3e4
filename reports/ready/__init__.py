"""What is there from the first day: reports, and dashboards that show some of them."""

from reports.ready.dashboards import ReadyDashboard, ready_dashboards
from reports.ready.reports import ReadyReport, ready_reports

__all__ = ["ReadyDashboard", "ReadyReport", "ready_dashboards", "ready_reports"]
