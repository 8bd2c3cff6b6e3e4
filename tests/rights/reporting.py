"""Reports, dashboards and files of the rights matrix: of one agent, one of each shared with a role."""

from django.contrib.auth.models import Group

from accounts.models import User
from core.blobs import store
from reports.mailing import subscribe
from reports.models import Dashboard, Export, Report
from reports.saved import add_widget, save_dashboard, save_report

NOWHERE = [99_999_999]


def kept(owner: User, role: Group) -> dict[str, dict[str, list]]:
    """By kind of thing and relation, as the matrix names them."""
    question = {"measures": ["created"]}
    report, shared = (Report(name=name, question=question) for name in ("Own", "Shared"))
    board, common = (Dashboard(name=name) for name in ("Own", "Shared"))
    for row in (report, shared):
        save_report(row, roles=[], by=owner)
    for row in (board, common):
        save_dashboard(row, roles=[], by=owner)
    for row in (shared, common):
        row.roles.set([role])
    widget = add_widget(board, ready="volume", display="line", width=6, by=owner)
    add_widget(board, report=report, display="table", width=6, by=owner)
    mail = subscribe(report, people=[owner], rhythm="daily", hour=7, by=owner)
    file = Export.objects.create(
        owner=owner, name="Own", question=question, language="en", digest=store(b"a,b"), size=3
    )
    return {
        "ready report": {"there": ["volume"], "nowhere": ["no-such-report"]},
        "ready dashboard": {"there": ["agent"], "nowhere": ["no-such-dashboard"]},
        "report": {"own": [report.pk], "shared": [shared.pk], "nowhere": NOWHERE},
        "dashboard": {"own": [board.pk], "shared": [common.pk], "nowhere": NOWHERE},
        "widget": {"own": [widget.pk], "nowhere": NOWHERE},
        "report mail": {"own": [mail.pk], "nowhere": NOWHERE},
        "report file": {"own": [file.pk], "nowhere": NOWHERE},
    }
