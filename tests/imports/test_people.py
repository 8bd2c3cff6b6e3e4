"""Customers out of files: new, changed, left alone, refused; who may, and what no file may change."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import ConfigChange, EmailAddress, Organisation, User
from accounts.roles import create_role, let_edit_people
from imports import working
from imports.models import Import, State
from imports.starting import begin_import, choose_columns, start_import
from tests.imports.conftest import as_csv, as_xlsx, checked, counts, handed_in, imported, reasons, refused_rows, work

pytestmark = pytest.mark.django_db

HEAD = ["E-Mail", "Name", "Telefon", "Firma", "Sieht alle Anfragen", "Sprache", "VIP"]
ROWS = [
    HEAD,
    ["nina@acme.example", "Nina Weiß", "+49 30 123", "Acme", "ja", "Deutsch", "x"],
    ["omar@globex.example", "Omar Haddad", "", "Globex; Acme", "", "en", ""],
]


def test_customers_are_made_with_what_the_file_says(world):
    job = imported(ROWS, "people", world.alex)
    assert (job.state, counts(job)) == (State.DONE, {"created": 2})
    nina, omar = (User.objects.get(email=email) for email in ("nina@acme.example", "omar@globex.example"))
    assert (nina.name, nina.phone, nina.language, nina.is_vip, nina.is_customer) == (
        "Nina Weiß",
        "+49 30 123",
        "de",
        True,
        True,
    )
    assert [(m.organisation.name, m.sees_all) for m in nina.memberships.all()] == [("Acme", True)]
    assert [m.organisation.name for m in omar.memberships.order_by("-is_primary")] == ["Globex", "Acme"]
    assert not nina.has_usable_password()
    change = ConfigChange.objects.get(kind="accounts.user", object_id=str(nina.pk))
    assert (change.actor, change.through) == (world.alex, f"import {job.pk}")


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (["Vorname", "Nachname"], ["Nina", "Weiß"]),
        (["First Name", "Last Name"], ["Nina", "Weiß"]),
        (["Nombre", "Apellidos"], ["Nina", "Weiß"]),
        (["Name", "Vorname"], ["Weiß", "Nina"]),
        (["Name", "First name", "Surname"], ["Nina Weiß", "Nina", "Weiß"]),
        (["Full name", "Given name"], ["Nina Weiß", "Nina"]),
    ],
)
def test_names_in_parts(world, headings, cells):
    rows = [["E-Mail-Adresse", *headings, "Telefon geschäftlich"], ["n@x.example", *cells, "+49 1"]]
    assert counts(imported(rows, "people", world.alex)) == {"created": 1}
    assert User.objects.filter(email="n@x.example").values_list("name", "phone").get() == ("Nina Weiß", "+49 1")


def test_a_check_writes_nothing(world):
    people, addresses, changes = User.objects.count(), EmailAddress.objects.count(), ConfigChange.objects.count()
    job = checked(ROWS, "people", world.alex)
    assert (job.state, job.total, counts(job)) == (State.CHECKED, 2, {"created": 2})
    assert (User.objects.count(), EmailAddress.objects.count(), ConfigChange.objects.count()) == (
        people,
        addresses,
        changes,
    )
    assert [(row["line"], row["outcome"], row["values"]["email"]) for row in job.preview] == [
        (2, "created", "nina@acme.example"),
        (3, "created", "omar@globex.example"),
    ]


def test_the_same_file_again_changes_nothing(world):
    imported(ROWS, "people", world.alex)
    changes = ConfigChange.objects.count()
    assert counts(imported(ROWS, "people", world.alex)) == {"unchanged": 2}
    assert ConfigChange.objects.count() == changes


def test_a_changed_row_changes_only_what_it_says(world):
    imported(ROWS, "people", world.alex)
    job = imported([HEAD, ROWS[1], ["OMAR@globex.example", "", "+351 1", "", "", "", ""]], "people", world.alex)
    assert counts(job) == {"unchanged": 1, "changed": 1}
    omar = User.objects.get(email="omar@globex.example")
    assert (omar.name, omar.phone, omar.memberships.count()) == ("Omar Haddad", "+351 1", 2)


def test_somebody_is_found_by_another_address_and_signs_in_as_before(world):
    imported([["email", "further"], ["a@new.example", "b@new.example; c@new.example"]], "people", world.alex)
    job = imported([["email", "phone"], ["b@new.example", "1"]], "people", world.alex)
    assert counts(job) == {"changed": 1}
    person = User.objects.get(phone="1")
    assert person.email == "a@new.example"
    assert sorted(person.addresses.values_list("address", flat=True)) == [
        "a@new.example",
        "b@new.example",
        "c@new.example",
    ]


def test_refusals_name_line_and_column(world):
    rows = [
        ["email", "name", "organisation", "is_vip", "further"],
        ["no address", "A", "", "", ""],
        ["", "B", "", "", ""],
        ["c@x.example", "C", "Nowhere", "perhaps", ""],
        ["bea@demo.example", "Bea", "", "", ""],
        ["d@x.example", "D", "", "", "dana@acme.example"],
        ["e@x.example", "E", "", "", ""],
        ["E@X.example", "E again", "", "", ""],
        ["f@x.example", "F" * 200, "", "", ""],
    ]
    job = imported(rows, "people", world.alex)
    assert counts(job) == {"created": 1, "refused": 7}
    assert reasons(job) == [
        (2, "email", "“no address” is no email address."),
        (3, "email", "It is empty, and has to be there."),
        (4, "is_vip", "“perhaps” is neither yes nor no."),
        (4, "organisation", "There is no organisation “Nowhere”. Import or add it first."),
        (5, "email", "This is no customer's address. Colleagues are changed in the administration alone."),
        (6, "further", "dana@acme.example belongs to Dana Miller."),
        (8, "email", "The same stands in line 7 already."),
        (9, "name", "It has more than 150 characters."),
    ]
    assert User.objects.get(email="bea@demo.example").name == "Bea Costa"


def test_what_was_refused_does_not_stand_in_the_way_of_its_like(world, small_chunks, monkeypatch):
    small_chunks(2)
    monkeypatch.setattr(working, "BUDGET", -1)
    rows = [
        ["email", "phone", "organisation"],
        ["e@x.example", "1", "Nowhere"],
        ["E@x.example", "2", ""],
        ["e@x.example", "3", ""],
        ["f@x.example", "#N/A", ""],
        ["f@x.example", "4", ""],
        ["e@x.example", "5", ""],
    ]
    job = handed_in(as_csv(rows), "people", world.alex, goes_on=True)
    for _turn in range(8):
        Import.objects.filter(pk=job.pk, due_at__isnull=False).update(due_at=timezone.now())
        job = work(job)
    assert (job.state, counts(job)) == (State.DONE, {"created": 2, "refused": 4})
    assert reasons(job)[1:] == [
        (4, "email", "The same stands in line 3 already."),
        (5, "phone", "It holds an error of the spreadsheet."),
        (7, "email", "The same stands in line 3 already."),
    ]


def test_refused_rows_can_be_mended_and_imported_again(world):
    rows = [["email", "name"], ["=evil", "-1"], ["ok@x.example", "Ok"]]
    job = imported(rows, "people", world.alex)
    head, row = refused_rows(job)
    assert head == ["email", "name", "Line of the file", "Why it was refused"]
    assert row == ["'=evil", "'-1", "2", "email: “=evil” is no email address."]
    mended = as_csv([head, ["mended@x.example", *row[1:]]])
    assert counts(imported(mended, "people", world.alex)) == {"created": 1}
    assert User.objects.get(email="mended@x.example").name == "-1"


def test_columns_that_are_not_known_are_asked_for_and_remembered(world):
    rows = [["Wohin", "Wer", "Egal"], ["g@x.example", "G", "1"]]
    job = checked(rows, "people", world.alex)
    assert (job.state, job.columns) == (State.ASKING, ["", "", ""])
    with pytest.raises(ValidationError, match="Email"):
        choose_columns(job, ["name", "", ""], zone="UTC", dates="dmy")
    with pytest.raises(ValidationError, match="twice"):
        choose_columns(job, ["email", "email", ""], zone="UTC", dates="dmy")
    job = work(choose_columns(job, ["email", "name", ""], zone="UTC", dates="dmy"))
    assert (job.state, counts(job)) == (State.CHECKED, {"created": 1})
    work(begin_import(job))
    again = checked([["wohin", "WER", "egal"], ["h@x.example", "H", ""]], "people", world.alex)
    assert (again.state, again.columns) == (State.CHECKED, ["email", "name", ""])


def test_nobody_decides_how_the_files_of_others_are_read(world):
    User.objects.filter(pk=world.bea.pk).update(is_administrator=True)
    bea = User.objects.get(pk=world.bea.pk)
    job = checked([["Wohin", "Phone"], ["g@x.example", "G"]], "people", bea)
    work(begin_import(work(choose_columns(job, ["email", "name"], zone="UTC", dates="dmy"))))
    again = [["Wohin", "Phone"], ["h@x.example", "1"]]
    assert checked(again, "people", bea).columns == ["email", "name"]
    assert (checked(again, "people", world.alex).state, Import.objects.latest("id").columns) == (
        State.ASKING,
        ["", "phone"],
    )


def test_headings_that_are_keys_say_themselves_what_they_are(world):
    rows = [["email", "name", "phone"], ["g@x.example", "G", "1"]]
    job = checked(rows, "people", world.alex)
    work(begin_import(work(choose_columns(job, ["email", "phone", "name"], zone="UTC", dates="dmy"))))
    assert checked(rows, "people", world.alex).columns == ["email", "name", "phone"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["email", "Name"], "not the columns"),
        (["email", "email"], "twice"),
        (["email"], "not the columns"),
        (["", "name"], "Email"),
    ],
)
def test_columns_that_were_said_with_the_file_are_not_guessed_over(world, columns, words):
    job = checked([["E-Mail", "Name"], ["g@x.example", "G"]], "people", world.alex, columns=columns)
    assert job.state == State.FAILED and words in job.trouble


def test_refused_rows_are_read_as_the_file_that_they_are_of(world):
    rows = [["Wohin", "Wer"], ["none", "G"]]
    job = work(choose_columns(checked(rows, "people", world.alex), ["email", "name"], zone="UTC", dates="dmy"))
    head, row = refused_rows(work(begin_import(job)))
    again = imported([head, ["h@x.example", *row[1:]], ["still none", *row[1:]]], "people", world.alex)
    assert (again.columns, counts(again)) == (["email", "name", "", ""], {"created": 1, "refused": 1})
    assert refused_rows(again)[0] == head


def test_a_file_may_go_on_without_a_person(world):
    job = work(handed_in(as_csv(ROWS), "people", world.alex, goes_on=True))
    assert (job.state, counts(job), job.due_at) == (State.DONE, {"created": 2}, None)


def test_a_file_that_nobody_has_explained_does_not_go_on(world):
    job = work(handed_in(b"a,b\n1,2\n", "people", world.alex, goes_on=True))
    assert (job.state, job.trouble) == (State.FAILED, "Its columns are not known. Import such a file once by hand.")


def test_sheets_are_read_alike(world):
    assert counts(imported(as_xlsx(ROWS), "people", world.alex, name="people.xlsx")) == {"created": 2}


def test_who_looks_after_customers_imports_them_and_nothing_else(world):
    role = create_role(name="Care")
    let_edit_people(role, allowed=True)
    role.user_set.add(world.bea)
    bea = User.objects.get(pk=world.bea.pk)
    assert counts(imported(ROWS, "people", bea)) == {"created": 2}
    for by, what in ((bea, "tickets"), (bea, "articles"), (world.carlos, "people"), (world.dana, "people")):
        with pytest.raises(ValidationError):
            handed_in(as_csv(ROWS), what, by)


def test_who_has_lost_the_right_imports_nothing_more(world):
    job = checked(ROWS, "people", world.alex)
    begin_import(job)
    User.objects.filter(pk=world.alex.pk).update(is_administrator=False)
    job = work(job)
    assert (job.state, job.trouble) == (State.FAILED, "Its owner may not import this any more.")
    assert not User.objects.filter(email="nina@acme.example").exists()


def test_queries_do_not_grow_with_rows_that_change_nothing(world, queries):
    def asked(number: int) -> int:
        rows = [["email", "name"], *([f"p{n}@x.example", f"P {n}"] for n in range(number))]
        imported(rows, "people", world.alex)
        job = handed_in(as_csv(rows), "people", world.alex)
        with queries() as counted:
            assert counts(work(job)) == {"unchanged": number}
        return len(counted)

    assert asked(3) == asked(60)


def test_organisations_by_name_and_by_key(world):
    rows = [
        ["Name", "Kundennummer", "Domains", "VIP"],
        ["Initech", "4711", "initech.example", "yes"],
        ["Acme", "", "", "no"],
    ]
    assert counts(imported(rows, "organisations", world.alex)) == {"created": 1, "unchanged": 1}
    assert counts(imported(rows, "organisations", world.alex)) == {"unchanged": 2}
    renamed = [rows[0], ["Initech Ltd", "4711", "", ""], ["Globex", "4711", "", ""]]
    job = imported(renamed, "organisations", world.alex)
    assert counts(job) == {"changed": 1, "refused": 1}
    initech = Organisation.objects.get(name="Initech Ltd")
    assert (initech.is_vip, list(initech.domains.values_list("domain", flat=True))) == (True, ["initech.example"])
    taken = imported([rows[0], ["Acme", "4711", "", ""]], "organisations", world.alex)
    assert reasons(taken) == [(2, "name", "There is already an organisation with this name.")]


def test_two_rows_for_one_person_do_not_undo_each_other(world):
    imported([["email", "further"], ["a@new.example", "b@new.example"]], "people", world.alex)
    rows = [["email", "phone", "notes"], ["a@new.example", "1", ""], ["b@new.example", "", "two"]]
    assert counts(imported(rows, "people", world.alex)) == {"changed": 2}
    person = User.objects.get(email="a@new.example")
    assert (person.phone, person.notes) == ("1", "two")
    assert counts(imported(rows, "people", world.alex)) == {"unchanged": 2}


def test_names_and_keys_of_organisations_are_one_whatever_their_case_and_blanks(world):
    rows = [["Name", "Kundennummer"], ["Eyes  Double", "K  1"], ["Eyes Two", ""], ["eyes  two", ""]]
    job = imported(rows, "organisations", world.alex)
    assert counts(job) == {"created": 2, "refused": 1}
    assert counts(imported(rows[:3], "organisations", world.alex)) == {"unchanged": 2}
    again = [rows[0], ["eyes two", ""], ["EYES DOUBLE", "k 1"]]
    assert counts(imported(again, "organisations", world.alex)) == {"changed": 2}
    assert Organisation.objects.filter(name__istartswith="eyes").count() == 2
    assert counts(imported([["email", "firma"], ["n@x.example", "Eyes  TWO"]], "people", world.alex)) == {"created": 1}


def test_only_so_many_wait_at_once(world):
    for _number in range(5):
        handed_in(as_csv(ROWS), "people", world.alex)
    with pytest.raises(ValidationError, match="wait for them"):
        handed_in(as_csv(ROWS), "people", world.alex)
    assert Import.objects.count() == 5
    assert start_import.__doc__
