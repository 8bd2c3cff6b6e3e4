"""The pages of reports: questions that are built, kept, shared and sent; dashboards that are put together."""

import json
import re
from html import unescape

import pytest
from django.utils import timezone, translation

from reports.checking import check
from reports.exporting import MOST_WAITING
from reports.measures import measures
from reports.models import Check, Dashboard, Display, Export, Report, Subscription, Widget
from reports.ready import ready_dashboards, ready_reports
from reports.saved import add_widget, save_dashboard, save_report
from tests import factories
from tests.factories import TicketFactory
from tickets.actions.routing import assign, move

PART = {"HX-Request": "true"}
NEW = "/desk/reports/new/"
BY_QUEUE = "m=created&by=queue&period=last_30_days"


@pytest.fixture
def tickets(world, drain):
    """Two in Support, one in Billing."""
    made = [TicketFactory(queue=queue, customer=world.dana) for queue in (world.support, world.support, world.billing)]
    assign(made[0], world.bea, by=world.bea)
    drain()
    return made


@pytest.fixture
def bea(world, signed_in):
    return signed_in(world.bea)


@pytest.fixture
def carlos(world, signed_in):
    return signed_in(world.carlos)


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def numbers(answer) -> list[tuple[str, list[str]]]:
    """The rows of the table of an answer."""
    table = text_of(answer).split("report__numbers")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody")[1], re.DOTALL)
    found = []
    for row in rows:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        first, *rest = [re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells]
        found.append((first, rest))
    return found


def kept(world, *, by=None, name="Queues", roles=(), **question) -> Report:
    data = {"measures": ["created"], "rows": "queue"} | question
    return save_report(Report(name=name, question=data), roles=list(roles), by=by or world.bea)


def board(world, *, by=None, name="Mine", roles=()) -> Dashboard:
    return save_dashboard(Dashboard(name=name), roles=list(roles), by=by or world.bea)


# ---- answers


def test_everybody_counts_what_they_may_see(bea, carlos, tickets):
    assert numbers(bea.get(f"{NEW}?{BY_QUEUE}")) == [("Billing", ["1"]), ("Support", ["2"]), ("All", ["3"])]
    assert numbers(carlos.get(f"{NEW}?{BY_QUEUE}")) == [("Support", ["2"]), ("All", ["2"])]


def test_a_number_leads_to_its_tickets(bea, carlos, tickets):
    shown = text_of(bea.get(f"{NEW}?{BY_QUEUE}"))
    links = re.findall(r'class="cellnum" href="([^"]+)">', shown)
    billing, _support, everything = (text_of(bea.get(link)) for link in links)
    assert [tickets[2].number in page for page in (billing, everything)] == [True, True]
    assert tickets[0].number not in billing
    # the same address shows others only theirs
    assert tickets[2].number not in text_of(carlos.get(links[2]))
    assert tickets[0].number in text_of(carlos.get(links[2]))


def test_a_filter_is_built_of_rows(bea, world, tickets):
    rows = f"filter=rows&row=0.0+leaf&field-0.0=owner&op-0.0=is&value-0.0={world.bea.pk}"
    answer = bea.get(f"{NEW}?{BY_QUEUE}&{rows}", headers=PART)
    assert numbers(answer) == [("Support", ["1"]), ("All", ["1"])]
    address = answer["HX-Push-Url"]
    assert "where=" in address
    again = bea.get(address)
    assert numbers(again) == numbers(answer)
    assert 'name="field-0.0"' in text_of(again)


def test_a_row_of_the_filter_that_is_not_complete_is_not_asked_yet(bea, tickets):
    all_of_them = numbers(bea.get(f"{NEW}?{BY_QUEUE}", headers=PART))
    answer = bea.get(f"{NEW}?{BY_QUEUE}&filter=rows&row=0.0+leaf&field-0.0=owner&op-0.0=is", headers=PART)
    assert numbers(answer) == all_of_them
    assert 'value="owner" selected' in text_of(answer)
    assert text_of(answer).count("Not asked yet: this row is not complete.") == 1
    assert "where=" not in answer["HX-Push-Url"]


def test_complete_rows_are_asked_beside_one_that_is_not(bea, world, tickets):
    whose = f"row=0.0+leaf&field-0.0=owner&op-0.0=is&value-0.0={world.bea.pk}"
    begun = "row=0.1+group&kind-0.1=any&row=0.1.0+leaf&field-0.1.0=queue&op-0.1.0=is&value-0.1.0="
    answer = bea.get(f"{NEW}?{BY_QUEUE}&filter=rows&{whose}&{begun}", headers=PART)
    assert numbers(answer) == [("Support", ["1"]), ("All", ["1"])]
    assert text_of(answer).count("Not asked yet: this row is not complete.") == 1
    wrong = begun.replace("=queue&op-0.1.0=is&", "=created_at&op-0.1.0=after&") + "soon"
    refused = bea.get(f"{NEW}?{BY_QUEUE}&filter=rows&{whose}&{wrong}", headers=PART)
    assert numbers(refused) == numbers(answer)
    assert 'id="wrong-0.1.0"' in text_of(refused)
    assert "Not asked yet" not in text_of(refused)


def test_a_filter_can_mean_what_tickets_were_then(bea, world, tickets):
    assert 'name="as_of"' not in text_of(bea.get(NEW))
    shown = bea.post(f"{NEW}filter/", {"row": ["0 group"], "kind-0": "all", "edit": "leaf 0", "as_of": "then"})
    assert '<option value="then" selected>' in text_of(shown)
    condition = json.dumps({"all": [{"field": "queue", "is": world.billing.pk}]})
    move(tickets[2], world.support, by=world.bea)
    asked = {"m": "created", "by": "queue", "where": condition}
    assert "Nothing in this time" in text_of(bea.get(NEW, asked))
    assert numbers(bea.get(NEW, {**asked, "as_of": "then"})) == [("Billing", ["1"]), ("All", ["1"])]


def test_what_was_asked_is_a_line_once_it_is_answered(bea, tickets):
    """Where there is no room beside the answer."""
    assert "data-folded" not in text_of(bea.get(f"{NEW}?{BY_QUEUE}"))
    shown = bea.get(f"{NEW}?{BY_QUEUE}&show=1", headers={"HX-Request": "true"})
    assert "data-folded" in text_of(shown)
    assert "Opened · Queue · Last 30 days" in text_of(shown)
    assert shown["HX-Reswap"] == "outerMorph show:top"
    assert "show=1" not in shown["HX-Push-Url"]


def test_rows_of_the_filter_come_and_go(bea, world):
    added = bea.post("/desk/reports/new/filter/", {"edit": "leaf 0"}, headers=PART)
    assert 'name="field-0.0"' in text_of(added)
    gone = bea.post(
        "/desk/reports/new/filter/", {"row": "0.0 leaf", "field-0.0": "owner", "edit": "drop 0.0"}, headers=PART
    )
    assert 'name="field-0.0"' not in text_of(gone)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("m=nothing", "There is no measure “nothing”."),
        ("m=created&by=queue&across=queue", "Rows and columns cannot be the same."),
        ("m=created&period=days&from=2026-05-01&to=2026-04-01", "The period ends before it begins."),
        ("m=created&period=days&from=x&to=", "A period has a first and a last day"),
        ("m=created&where={", "banner--warn"),
        ("m=created&zone=Nowhere", "There is no time zone “Nowhere”."),
    ],
)
def test_what_cannot_be_asked_is_told(bea, world, query, said):
    answer = bea.get(f"{NEW}?{query}")
    assert answer.status_code == 200
    assert said in text_of(answer)


def test_what_is_counted_is_explained(bea, world):
    shown = text_of(bea.get(f"{NEW}?{BY_QUEUE}"))
    assert str(measures()["created"].explanation) in shown


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
def test_all_that_is_ready_is_there_in_every_language(bea, world, tickets, language):
    world.bea.language = language
    world.bea.save(update_fields=["language"])
    for key in ready_reports():
        assert bea.get(f"/desk/reports/ready/{key}/").status_code == 200
    with translation.override(language):
        keys = list(ready_dashboards(world.bea))
    for key in keys:
        assert bea.get(f"/desk/dashboards/ready/{key}/").status_code == 200


def test_a_report_of_another_time(bea, world, tickets):
    report = kept(world)
    assert numbers(bea.get(f"/desk/reports/{report.pk}/"))[-1] == ("All", ["3"])
    asked = bea.get(f"/desk/reports/{report.pk}/?period=yesterday&compare=previous", headers=PART)
    assert "Nothing in this time" in text_of(asked)
    assert "compared with" in text_of(asked)


def test_what_is_exported_and_changed_is_what_is_shown(bea, world, tickets):
    report = kept(world)
    part = text_of(bea.get(f"/desk/reports/{report.pk}/?period=last_week&compare=previous", headers=PART))
    tools = part.split('hx-target="#report-tools"')[1]
    assert tools.count('name="period" value="last_week"') == 2
    assert re.search(
        rf'href="/desk/reports/new/\?[^"]*compare=previous[^"]*period=last_week[^"]*report={report.pk}"', tools
    )


def test_queries_do_not_grow_with_what_is_counted(bea, world, drain, queries):
    def counted() -> int:
        with queries() as found:
            bea.get(f"{NEW}?{BY_QUEUE}")
        return len(found)

    TicketFactory(queue=world.support, customer=world.dana)
    drain()
    counted()  # what is remembered for the next page
    before = counted()
    for queue in (world.support, world.hardware, world.billing):
        TicketFactory(queue=queue, customer=world.erik)
    drain()
    assert counted() <= before


# ---- reports that are kept


def test_a_question_is_saved_shared_and_changed(bea, carlos, world, tickets):
    sent = bea.post(
        f"/desk/reports/save/?{BY_QUEUE}&display=bars",
        {"name": "Queues", "display": "bars", "roles": [world.support_role.pk]},
    )
    report = Report.objects.get()
    assert sent["Location"] == f"/desk/reports/{report.pk}/"
    assert (report.owner, report.question["rows"], report.display) == (world.bea, "queue", Display.BARS)
    assert numbers(carlos.get(sent["Location"]))[-1] == ("All", ["2"])
    assert carlos.get(f"/desk/reports/{report.pk}/edit/").status_code == 404

    bea.post(f"/desk/reports/{report.pk}/edit/?m=closed&by=owner", {"name": "Owners", "display": "table"})
    report.refresh_from_db()
    assert (report.name, report.question["measures"], report.question["rows"]) == ("Owners", ["closed"], "owner")
    assert carlos.get(f"/desk/reports/{report.pk}/").status_code == 404


def test_what_somebody_else_keeps_is_saved_as_a_report_of_ones_own(bea, carlos, world):
    report = kept(world, roles=[world.support_role])
    assert f"/desk/reports/{report.pk}/edit/?" in text_of(bea.get(f"{NEW}?report={report.pk}"))
    shown = text_of(carlos.get(f"{NEW}?report={report.pk}"))
    assert f"/desk/reports/{report.pk}/edit/" not in shown
    assert "Save changes" not in shown
    assert 'href="/desk/reports/save/?' in shown


def test_the_name_alone_can_be_changed(bea, world):
    report = kept(world)
    bea.post(f"/desk/reports/{report.pk}/edit/", {"name": "Other", "display": "table"})
    report.refresh_from_db()
    assert (report.name, report.question["rows"]) == ("Other", "queue")


def test_a_second_report_of_a_name_is_refused_with_what_was_typed(bea, world):
    kept(world)
    answer = bea.post(f"/desk/reports/save/?{BY_QUEUE}", {"name": "Queues", "display": "table"})
    assert answer.status_code == 422
    assert 'value="Queues"' in text_of(answer)
    assert Report.objects.count() == 1


def test_only_own_roles_are_shared_with(bea, world):
    stranger = factories.role("Others", world.carlos, read=world.support)
    answer = bea.post(f"/desk/reports/save/?{BY_QUEUE}", {"name": "Queues", "display": "table", "roles": [stranger.pk]})
    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_a_report_is_removed_by_its_owner_alone(bea, carlos, world):
    report = kept(world, roles=[world.support_role])
    assert carlos.post(f"/desk/reports/{report.pk}/remove/").status_code == 404
    bea.post(f"/desk/reports/{report.pk}/remove/")
    assert not Report.objects.exists()


def test_the_panel_and_the_palette_find_reports(bea, carlos, world):
    report = kept(world, name="Queues of the month", roles=[world.support_role])
    for client in (bea, carlos):
        assert f'href="/desk/reports/{report.pk}/"' in text_of(client.get("/desk/reports/"))
        found = text_of(client.get("/desk/palette/", {"q": "queues month"}))
        assert f"/desk/reports/{report.pk}/" in found


# ---- files and mails


def test_a_file_is_made_for_who_asked(bea, carlos, world, tickets):
    sent = bea.post(
        "/desk/reports/export/", {"m": "created", "by": "queue", "format": "csv", "content": "table", "name": "Queues"}
    )
    assert sent["Location"] == "/desk/reports/exports/"
    export = Export.objects.get()
    assert (export.owner, export.question["rows"], export.format) == (world.bea, "queue", "csv")
    file = f"/desk/reports/exports/{export.pk}/file/"
    assert bea.get(file).status_code == 404
    assert "<progress" in text_of(bea.get("/desk/reports/exports/"))
    Export.objects.filter(pk=export.pk).update(digest="a" * 64, size=10)
    answer = bea.get(file)
    assert answer["X-Send-Blob"] == "a" * 64
    assert "attachment" in answer["Content-Disposition"]
    assert "Queues" in answer["Content-Disposition"]
    assert carlos.get(file).status_code == 404
    bea.post(f"/desk/reports/exports/{export.pk}/remove/")
    assert not Export.objects.exists()


def test_a_question_that_cannot_be_asked_makes_no_file(bea, world):
    bea.post("/desk/reports/export/", {"m": "nothing", "format": "csv", "content": "table"})
    assert bea.post("/desk/reports/export/", {"m": "created", "format": "exe"}).status_code == 404
    assert not Export.objects.exists()


def test_files_that_cannot_be_made_now_are_told(bea, world):
    fields = {"m": "created", "format": "csv", "content": "table", "name": "Queues"}
    for _file in range(MOST_WAITING):
        bea.post("/desk/reports/export/", fields)
    told = bea.post("/desk/reports/export/", fields, follow=True)
    assert "Other files of yours are being made" in text_of(told)
    assert Export.objects.count() == MOST_WAITING


def test_tickets_are_a_file_where_a_number_leads_to_them(bea, world):
    first = next(key for key, measure in measures().items() if not measure.drills)
    shown = text_of(bea.get(f"{NEW}?m={first}"))
    assert 'name="content" value="table"' in shown
    assert 'name="content" value="tickets"' not in shown
    assert 'name="content" value="tickets"' in text_of(bea.get(f"{NEW}?m=created"))
    told = bea.post("/desk/reports/export/", {"m": first, "format": "csv", "content": "tickets"}, follow=True)
    assert "There are no tickets behind this number." in text_of(told)


def test_a_report_is_sent_by_mail_until_it_is_not(bea, carlos, world):
    report = kept(world, roles=[world.support_role])
    url = f"/desk/reports/{report.pk}/mails/"
    sent = bea.post(url, {"people": [world.bea.pk, world.carlos.pk], "rhythm": "weekly", "hour": "7", "format": "xlsx"})
    assert sent["Location"] == url
    row = Subscription.objects.get()
    assert (row.rhythm, row.hour, row.format) == ("weekly", 7, "xlsx")
    assert "Carlos Díaz" in text_of(bea.get(url))
    assert bea.post(url, {"rhythm": "weekly", "hour": "7"}).status_code == 422
    # whoever gets it can end it for himself
    carlos.post(f"/desk/reports/mails/{row.pk}/remove/")
    assert list(row.people.all()) == [world.bea]
    bea.post(f"/desk/reports/mails/{row.pk}/remove/")
    assert not Subscription.objects.exists()


def test_people_are_chosen_by_name_and_what_else_is_said_stays(bea, world):
    url = f"/desk/reports/{kept(world).pk}/mails/"
    fields = {"people": [world.bea.pk], "rhythm": "monthly", "hour": "9", "format": "csv"}
    shown = text_of(bea.post(url, {**fields, "add": world.carlos.pk}))
    for person in (world.bea, world.carlos):
        assert f'name="people" value="{person.pk}"' in shown
    assert f'name="add" value="{world.carlos.pk}"' not in shown and f'name="add" value="{world.alex.pk}"' in shown
    assert f'name="add" value="{world.dana.pk}"' not in shown
    assert '<option value="monthly" selected>' in shown and '<option value="9" selected>' in shown
    shown = text_of(bea.post(url, {**fields, "drop": world.bea.pk}))
    assert 'name="people"' not in shown
    assert "Choose at least one colleague." in text_of(bea.post(url, {**fields, "people": []}))
    assert not Subscription.objects.exists()


def test_whoever_is_sent_a_report_that_is_not_shared_ends_his_mails_alone(bea, carlos, signed_in, world):
    report = kept(world)
    url = f"/desk/reports/{report.pk}/mails/"
    bea.post(url, {"people": [world.bea.pk, world.carlos.pk], "rhythm": "weekly", "hour": "7"})
    row = Subscription.objects.get()
    shown = text_of(carlos.get(url))
    assert f"/desk/reports/mails/{row.pk}/remove/" in shown
    assert "No longer to me" in shown
    assert f'href="/desk/reports/{report.pk}/"' not in shown
    assert 'name="rhythm"' not in shown
    assert carlos.post(url, {"people": [world.carlos.pk], "rhythm": "weekly", "hour": "7"}).status_code == 404
    assert carlos.get(f"/desk/reports/{report.pk}/").status_code == 404
    assert signed_in(world.alex).get(url).status_code == 404
    assert carlos.post(f"/desk/reports/mails/{row.pk}/remove/")["Location"] == "/desk/reports/"
    assert list(row.people.all()) == [world.bea]
    assert carlos.get(url).status_code == 404


# ---- dashboards


def test_a_dashboard_is_made_of_a_ready_one_and_changed(bea, world, tickets):
    sent = bea.post("/desk/dashboards/ready/agent/copy/")
    dashboard = Dashboard.objects.get()
    assert sent["Location"] == f"/desk/dashboards/{dashboard.pk}/?change=1"
    widgets = list(dashboard.widgets.all())
    assert f'id="w{widgets[0].pk}-later"' in text_of(bea.get(sent["Location"]))

    bea.post(f"/desk/widgets/{widgets[0].pk}/move/", {"to": "later"})
    assert [one.pk for one in dashboard.widgets.all()][:2] == [widgets[1].pk, widgets[0].pk]
    bea.post(f"/desk/widgets/{widgets[1].pk}/move/", {"to": "earlier"})
    assert dashboard.widgets.first() == widgets[1]
    bea.post(f"/desk/widgets/{widgets[0].pk}/change/", {"width": "12", "display": "table"})
    changed = Widget.objects.get(pk=widgets[0].pk)
    assert (changed.width, changed.display) == (12, "table")
    assert bea.post(f"/desk/widgets/{widgets[0].pk}/change/", {"width": "7"}).status_code == 404
    bea.post(f"/desk/widgets/{widgets[0].pk}/remove/")
    assert not Widget.objects.filter(pk=widgets[0].pk).exists()


def test_reports_are_put_on_a_dashboard(bea, world, tickets):
    dashboard, report = board(world), kept(world)
    bea.post(f"/desk/dashboards/{dashboard.pk}/widgets/", {"what": "volume"})
    bea.post("/desk/reports/pin/", {"report": report.pk, "dashboard": dashboard.pk})
    assert [(one.ready, one.report) for one in dashboard.widgets.all()] == [("volume", None), ("", report)]
    shown = text_of(bea.get(f"/desk/dashboards/{dashboard.pk}/"))
    assert f'href="/desk/reports/{report.pk}/"' in shown


def test_a_dashboard_shows_each_reader_what_he_may_see(bea, carlos, world, tickets):
    dashboard = board(world, roles=[world.support_role])
    report = kept(world, roles=[world.support_role])
    add_widget(dashboard, report=report, display="table", width=6, by=world.bea)
    url = f"/desk/dashboards/{dashboard.pk}/"
    assert numbers(bea.get(url))[-1] == ("All", ["3"])
    assert numbers(carlos.get(url))[-1] == ("All", ["2"])
    assert "change=1" not in text_of(carlos.get(url))
    assert "tile__tools" not in text_of(carlos.get(f"{url}?change=1"))
    assert carlos.post(f"{url}widgets/", {"what": "volume"}).status_code == 404


def test_who_changes_a_dashboard_is_told_which_tiles_its_readers_miss(bea, world, tickets):
    dashboard = board(world, roles=[world.support_role])
    for name, roles in (("Queues", [world.support_role]), ("Mine alone", [])):
        add_widget(dashboard, report=kept(world, name=name, roles=roles), display="table", width=6, by=world.bea)
    add_widget(dashboard, ready="volume", display="line", width=6, by=world.bea)
    url = f"/desk/dashboards/{dashboard.pk}/"
    shown = text_of(bea.get(f"{url}?change=1"))
    assert shown.count("Not seen by Support team") == 1
    assert "Not seen by" in shown.split("Mine alone</a>")[1].split("</section>")[0]
    assert "Not seen by" not in text_of(bea.get(url))


def test_a_dashboard_of_one_queue_and_time(bea, world, tickets):
    dashboard = board(world)
    add_widget(dashboard, report=kept(world), display="table", width=6, by=world.bea)
    url = f"/desk/dashboards/{dashboard.pk}/"
    assert numbers(bea.get(f"{url}?queue={world.billing.pk}"))[-1] == ("All", ["1"])
    assert "Nothing in this time." in text_of(bea.get(f"{url}?period=last_year"))
    assert numbers(bea.get(f"{url}?queue=x&period=never"))[-1] == ("All", ["3"])


def test_a_wallboard_has_nothing_to_press_but_the_way_back(bea, world, tickets):
    dashboard = board(world)
    for display in ("line", "table", "bars", "number"):
        add_widget(dashboard, ready="volume", display=display, width=6, by=world.bea)
    add_widget(dashboard, ready="load", display="heat", width=6, by=world.bea)
    shown = text_of(bea.get(f"/desk/dashboards/{dashboard.pk}/?wall=1"))
    assert "Leave the wallboard" in shown
    assert "Show as table" not in shown
    assert "/desk/reports/" not in shown.split('id="tiles"')[1]
    part = text_of(bea.get(f"/desk/dashboards/{dashboard.pk}/?wall=1", headers=PART))
    assert part.lstrip().startswith('<div class="dash tiles" id="tiles" hx-get=')


def test_what_is_chosen_on_a_dashboard_stays_chosen(bea, world, tickets):
    dashboard = board(world)
    add_widget(dashboard, report=kept(world), display="table", width=6, by=world.bea)
    url = f"/desk/dashboards/{dashboard.pk}/"
    chosen = f"{url}?period=last_7_days&queue={world.billing.pk}"
    part = text_of(bea.get(chosen, headers=PART))
    # the tiles ask again for what they show, and the wallboard shows the same
    assert f'id="tiles" hx-get="{chosen}"' in part
    assert f'href="?period=last_7_days&queue={world.billing.pk}&wall=1"' in part.split('hx-target="#to-wall"')[1]
    wall = text_of(bea.get(f"{chosen}&wall=1"))
    assert f'id="tiles" hx-get="{chosen}&wall=1"' in wall
    assert "hx-get" not in text_of(bea.get(f"{url}?change=1")).split('id="tiles"')[1].split(">")[0]


def test_every_number_says_of_which_time_it_is(bea, world, tickets):
    dashboard = board(world)
    add_widget(dashboard, ready="volume", display="line", width=6, by=world.bea)
    url = f"/desk/dashboards/{dashboard.pk}/?period=last_year"
    last_year = str(timezone.localdate().year - 1)
    for headers in ({}, PART):
        assert last_year in text_of(bea.get(url, headers=headers)).split("tile__time")[1].split("</p>")[0]
        assert "As of" in text_of(bea.get(f"{url}&wall=1", headers=headers)).split("as-of")[1][:200]


def test_the_filter_of_an_answer_is_told_in_words(bea, world, tickets):
    report = kept(world, condition={"all": [{"field": "queue", "is": world.billing.pk}]})
    for url in (f"/desk/reports/{report.pk}/", f"{NEW}?report={report.pk}"):
        assert "Only of tickets that are so today: Queue is Billing." in text_of(bea.get(url))
    report = kept(world, name="Then", condition={"field": "queue", "is": world.billing.pk}, as_of="then")
    assert "Only of tickets that were so then: Queue is Billing." in text_of(bea.get(f"/desk/reports/{report.pk}/"))
    assert "Only of tickets" not in text_of(bea.get(f"{NEW}?{BY_QUEUE}"))


def test_one_dashboard_is_the_first(bea, world):
    dashboard, other = board(world), board(world, name="Other")
    bea.post(f"/desk/dashboards/{other.pk}/first/")
    panel = text_of(bea.get("/desk/reports/")).split("side__group")[1]
    assert panel.index(f"/desk/dashboards/{other.pk}/") < panel.index("/desk/dashboards/ready/")
    assert panel.index("/desk/dashboards/ready/") < panel.index(f"/desk/dashboards/{dashboard.pk}/")


def test_a_dashboard_is_named_and_removed(bea, world):
    sent = bea.post("/desk/dashboards/new/", {"name": "Morning"})
    dashboard = Dashboard.objects.get()
    assert sent["Location"] == f"/desk/dashboards/{dashboard.pk}/?change=1"
    assert bea.post("/desk/dashboards/new/", {"name": "Morning"}).status_code == 422
    bea.post(f"/desk/dashboards/{dashboard.pk}/edit/", {"name": "Evening", "roles": [world.billing_role.pk]})
    dashboard.refresh_from_db()
    assert (dashboard.name, list(dashboard.roles.all())) == ("Evening", [world.billing_role])
    bea.post(f"/desk/dashboards/{dashboard.pk}/remove/")
    assert not Dashboard.objects.exists()


# ---- health


def test_the_health_page_tells_whether_the_numbers_are_right(world, signed_in, tickets):
    alex = signed_in(world.alex)
    assert "not checked yet" in text_of(alex.get("/admin/health/"))
    check()
    shown = text_of(alex.get("/admin/health/"))
    assert "3 tickets were compared with their histories" in shown
    Check.objects.update(wrong=["10001"], behind=1)
    shown = text_of(alex.get("/admin/health/"))
    assert "#10001" in shown
    assert "1 is not told to its end." in shown
