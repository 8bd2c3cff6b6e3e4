"""The pages of imports: a file handed in, looked at, imported; what was refused; columns that have to be said."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from imports.models import Import, State
from imports.starting import begin_import
from tests.imports.conftest import as_csv, as_xlsx, checked, work

pytestmark = pytest.mark.django_db
ROWS = [["email", "name", "zz"], ["nina@acme.example", "Nina <b>", "1"], ["none", "Nobody", "2"]]


@pytest.fixture
def alex(world, signed_in):
    return signed_in(world.alex)


def text(answer) -> str:
    return answer.content.decode()


def sent(rows, *, name="people.csv", **more) -> dict:
    content = as_xlsx(rows) if name.endswith("xlsx") else as_csv(rows)
    return {"what": "people", "zone": "", "dates": "dmy", "file": SimpleUploadedFile(name, content), **more}


def test_a_file_from_the_form_to_the_end(world, alex):
    assert "No imports yet" in text(alex.get("/admin/imports/"))
    answer = alex.post("/admin/imports/new/", sent(ROWS))
    job = Import.objects.get()
    assert (answer.status_code, answer["Location"], job.owner) == (302, f"/admin/imports/{job.pk}/", world.alex)
    page = text(alex.get(f"/admin/imports/{job.pk}/"))
    assert "The file is being read." in page and 'hx-trigger="load delay:1s"' in page
    work(job)
    part = text(alex.get(f"/admin/imports/{job.pk}/", headers={"HX-Request": "true"}))
    assert part.startswith('<div id="import"') and "hx-trigger" not in part
    assert "Import 1 row" in part and "Nina &lt;b&gt;" in part and "“none” is no email address." in part
    assert alex.post(f"/admin/imports/{job.pk}/start/").status_code == 302
    work(job)
    page = text(alex.get(f"/admin/imports/{job.pk}/"))
    assert "The file is imported." in page and "Columns of the file" not in page
    assert User.objects.get(email="nina@acme.example").name == "Nina <b>"
    assert "1 new, 1 refused" in text(alex.get("/admin/imports/"))
    assert alex.get(f"/admin/imports/{job.pk}/refused/")["X-Send-Blob"]
    assert alex.post(f"/admin/imports/{job.pk}/remove/")["Location"] == "/admin/imports/"
    assert not Import.objects.exists()


def test_columns_are_chosen(world, alex):
    job = checked([["Wohin", "Wer"], ["g@x.example", "G"]], "people", world.alex)
    page = text(alex.get(f"/admin/imports/{job.pk}/"))
    assert "Say what the columns are" in page and "g@x.example" in page
    how = {"zone": "Europe/Berlin", "dates": "dmy"}
    refused = alex.post(f"/admin/imports/{job.pk}/columns/", {"column_0": "name", "column_1": "", **how})
    assert refused.status_code == 422 and "Say which column is “Email”." in text(refused)
    answer = alex.post(f"/admin/imports/{job.pk}/columns/", {"column_0": "email", "column_1": "name", **how})
    assert answer.status_code == 302
    job = work(Import.objects.get(pk=job.pk))
    assert (job.state, job.columns) == (State.CHECKED, ["email", "name"])


def test_a_sheet_and_a_zone(world, alex):
    alex.post("/admin/imports/new/", sent(ROWS, name="people.xlsx", zone="Europe/Lisbon", dates="mdy"))
    job = work(Import.objects.get())
    assert (job.state, job.total, job.zone, job.dates) == (State.CHECKED, 2, "Europe/Lisbon", "mdy")


def test_what_is_wrong_with_the_form_is_said(world, alex):
    assert alex.post("/admin/imports/new/", {"what": "people", "dates": "dmy"}).status_code == 422
    answer = alex.post("/admin/imports/new/", sent([], what="cars"))
    assert answer.status_code == 422 and not Import.objects.exists()


def test_a_file_is_read_as_the_last_one_with_its_headings(alex):
    for said in ({"zone": "Europe/Lisbon", "dates": "mdy"}, {"zone": "", "dates": ""}):
        alex.post("/admin/imports/new/", sent(ROWS, name="people.xlsx", **said))
        job = work(Import.objects.latest("id"))
        assert (job.zone, job.dates) == ("Europe/Lisbon", "mdy")
        work(begin_import(job))


def test_a_file_that_cannot_be_read_says_why(world, alex):
    job = checked(b"\xd0\xcf\x11\xe0" + b"\0" * 50, "people", world.alex)
    page = text(alex.get(f"/admin/imports/{job.pk}/"))
    assert "The file could not be imported." in page and "old Excel file" in page


def test_cancelling(world, alex):
    alex.post("/admin/imports/new/", sent(ROWS))
    job = Import.objects.get()
    assert alex.post(f"/admin/imports/{job.pk}/cancel/").status_code == 302
    assert "It was cancelled." in text(alex.get(f"/admin/imports/{job.pk}/"))


def test_the_audit_names_the_import(world, alex):
    job = work(checked(ROWS, "people", world.alex))
    alex.post(f"/admin/imports/{job.pk}/start/")
    work(job)
    assert f"by the import no. {job.pk}" in text(alex.get("/admin/audit/"))


def test_settings_are_found_by_words(alex):
    assert "/admin/imports/" in text(alex.get("/admin/?q=import"))


def test_the_page_costs_the_same_for_many_rows(world, alex, queries):
    def asked(number: int) -> int:
        rows = [["email"], *([f"none {n}"] for n in range(number))]
        job = checked(rows, "people", world.alex)
        with queries() as counted:
            assert alex.get(f"/admin/imports/{job.pk}/").status_code == 200
        return len(counted)

    assert asked(1) == asked(150)


def test_why_a_row_is_refused_stands_below_it_over_all_columns(world, signed_in):
    job = checked([["E-Mail", "Name"], ["nina@acme.example", "Nina"], ["none", "Nobody"]], "people", world.alex)
    page = signed_in(world.alex).get(f"/admin/imports/{job.pk}/").content.decode()
    assert '<td></td><td colspan="3"><div class="imp__whys">' in page
    assert page.count('<tr class="imp__first">') == page.count('class="imp__whys"') == 1
