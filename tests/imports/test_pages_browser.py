"""An import in a browser, by keyboard alone: the page follows the work, columns are chosen, rows are imported."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from imports.models import Import
from tests.desk.browsing import answering_browser
from tests.imports.conftest import as_csv, handed_in, work
from tests.portal.browsing import ON_A_PHONE, site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ROWS = [["Wohin", "Wer", "Egal"], ["nina@acme.example", "Nina", "1"], ["none", "Nobody", "2"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


@ON_A_PHONE
def test_a_file_is_explained_checked_and_imported(browser, world, language, width):
    with site(browser, world.alex, language=language, width=width, thorough=True) as window:
        page = window.open("/admin/imports/")
        window.looks_right("no imports")
        window.open("/admin/imports/new/")
        window.looks_right("a new import")
        job = handed_in(as_csv(ROWS), "people", world.alex, language=language)
        window.open(f"/admin/imports/{job.pk}/")
        expect(page.locator("#import progress")).to_be_visible()
        window.looks_right("a file that is read")
        work(job)
        expect(page.locator("#id_column_0")).to_be_visible()
        window.looks_right("columns to be chosen")
        page.locator("#id_column_0").select_option("email")
        page.locator("#id_column_1").select_option("name")
        page.locator("section[aria-labelledby=imp-columns] button").press("Enter")
        expect(page.locator("#import progress")).to_be_visible()
        work(Import.objects.get(pk=job.pk))
        expect(page.locator("#import .tag--ok").first).to_be_visible()
        window.settle()
        window.looks_right("a file that was checked")
        page.locator("#import .btn--primary").press("Enter")
        expect(page.locator("#import progress")).to_be_visible()
        work(Import.objects.get(pk=job.pk))
        expect(page.locator("#import progress")).to_have_count(0)
        window.settle()
        window.looks_right("a file that was imported")
        assert counts_of(job) == (1, 1)


def counts_of(job: Import) -> tuple[int, int]:
    job = Import.objects.get(pk=job.pk)
    return job.created, job.refused
