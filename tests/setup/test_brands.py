"""Brands in the administration, and what the choice of a brand does to portals, mails and host names."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.brands import brand_of_host, default_brand, save_brand
from accounts.domains import may_register
from accounts.models import Brand, ConfigChange, DomainRule, Membership, OrganisationDomain, Registration
from mail.addressing import sender_for
from tests.factories import TicketFactory
from tests.rights.world import PNG
from tickets.actions.queues import save_queue
from tickets.models import Queue

pytestmark = pytest.mark.django_db
HOST = "help.calden.example"


@pytest.fixture
def alex(world, signed_in) -> Client:
    return signed_in(world.alex)


@pytest.fixture
def calden(world) -> Brand:
    return save_brand(Brand(name="Calden Cycles", host=HOST, colour="#ad4522"), by=world.alex)


def page(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def facts(**changes) -> dict:
    return {
        "name": "Calden Cycles",
        "host": HOST,
        "is_active": "on",
        "colour": "#ad4522",
        "accent": "#ad4522",
        "language": "en",
        "registration": "closed",
        **changes,
    }


# ---- the pages of the administration


def test_a_brand_is_made_and_audited(alex, world):
    answer = alex.post("/admin/brands/new/", facts(greeting_de="Hallo", offered=["en", "de"]))
    brand = Brand.objects.get(name="Calden Cycles")
    assert answer["Location"] == f"/admin/brands/{brand.pk}/"
    assert (brand.key, brand.host, brand.accent, brand.is_default) == ("calden-cycles", HOST, "", False)
    assert (brand.greeting, brand.languages) == ({"de": "Hallo"}, ["en", "de"])
    change = ConfigChange.objects.get(kind="accounts.brand")
    assert (change.actor, change.action, change.after["host"]) == (world.alex, "created", HOST)
    assert "Calden Cycles" in page(alex, "/admin/brands/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Helpdesk"}, "There is already a brand with this name."),
        ({"host": "https://help.example.com/"}, "This is no host name."),
        ({"colour": "red"}, "Write a colour as #rrggbb."),
        ({"language": "de", "offered": ["en"]}, "must be among those it offers"),
        ({"allowed": "nonsense"}, "This is no domain."),
        ({"allowed": "a.example", "refused": "A.example"}, "a.example cannot be allowed and refused."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(alex, changes, words):
    default_brand()
    before = Brand.objects.count()
    answer = alex.post("/admin/brands/new/", facts(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (Brand.objects.count(), DomainRule.objects.count()) == (before, 0)


def test_two_brands_cannot_have_one_host_name(alex, calden):
    for host in (HOST, HOST.upper()):
        answer = alex.post("/admin/brands/new/", facts(name="Ferrow", host=host))
        assert answer.status_code == 422
        assert "Another brand already has this host name." in answer.content.decode()


def test_the_default_brand_has_no_host_name_and_stays_active(alex):
    default = default_brand()
    alex.post(f"/admin/brands/{default.pk}/", facts(name="House", host="x.example", is_active="", seen=""))
    default.refresh_from_db()
    assert (default.name, default.host, default.is_active, default.key) == ("House", "", True, "helpdesk")


def test_a_colour_that_cannot_be_read_is_mended_and_said(alex, calden):
    shown = page(alex, "/admin/brands/preview/?colour=%23ffd400&accent=&own_accent=")
    assert "White words on #ffd400 have a contrast of 1.4 to 1" in shown
    assert "So #8c7406 is shown" in shown or "So #" in shown
    answer = alex.post(f"/admin/brands/{calden.pk}/", facts(colour="#ffd400"), follow=True)
    assert "a darker shade is shown" in answer.content.decode()
    calden.refresh_from_db()
    assert calden.colour == "#ffd400"


def test_a_page_that_is_no_longer_true_is_refused(alex, calden, world):
    calden.website = "https://calden.example/"
    old = page(alex, f"/admin/brands/{calden.pk}/")
    seen = old.split('name="seen" value="')[1].split('"')[0]
    save_brand(calden, by=world.alex)
    answer = alex.post(f"/admin/brands/{calden.pk}/", facts(name="Other", seen=seen))
    assert answer.status_code == 409
    calden.refresh_from_db()
    assert calden.name == "Calden Cycles"


def test_domains_are_saved_with_the_brand(alex, calden):
    alex.post(
        f"/admin/brands/{calden.pk}/",
        facts(registration="domains", allowed="Acme.example\n@globex.example", refused="bad.acme.example"),
    )
    calden.refresh_from_db()
    assert may_register("x@acme.example", calden)
    assert not may_register("x@bad.acme.example", calden)
    assert not may_register("x@other.example", calden)


# ---- the files of a brand


def test_the_colours_are_a_file_with_the_brand_in_its_name(client, calden):
    text = page(client, "/login/", host=HOST)
    address = text.split('href="/brand/')[1].split('"')[0]
    answer = client.get(f"/brand/{address}", headers={"host": HOST})
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert "--brand: #ad4522" in answer.content.decode() or "--brand: light-dark(#ad4522" in answer.content.decode()
    older = client.get("/brand/calden-cycles-000000000000.css")
    assert "immutable" not in older["Cache-Control"]
    assert client.get("/brand/nobody-000000000000.css").status_code == 404


def test_a_logo_is_shown_and_nothing_but_a_picture_is_taken(alex, client, calden):
    script = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
    answer = alex.post(f"/admin/brands/{calden.pk}/", facts(picture=script))
    assert (answer.status_code, "This is no picture" in answer.content.decode()) == (422, True)
    picture = SimpleUploadedFile("logo.png", PNG, content_type="text/html")
    assert alex.post(f"/admin/brands/{calden.pk}/", facts(picture=picture)).status_code == 302
    address = page(client, "/login/", host=HOST).split('src="/brand/')[1].split('"')[0]
    shown = client.get(f"/brand/{address}")
    assert (shown["Content-Type"], shown.content) == ("image/png", PNG)
    assert alex.post(f"/admin/brands/{calden.pk}/", facts(no_logo="on")).status_code == 302
    assert 'src="/brand/' not in page(client, "/login/", host=HOST)


# ---- which brand is met


def test_a_host_name_leads_to_its_brand_and_all_others_to_the_default_one(client, calden):
    assert brand_of_host(HOST.upper()) == calden
    assert brand_of_host("127.0.0.1") == brand_of_host("") == default_brand()
    assert "to Calden Cycles" in page(client, "/login/", host=HOST)
    assert "to Helpdesk" in page(client, "/login/")
    Brand.objects.filter(pk=calden.pk).update(is_active=False)
    assert "to Helpdesk" in page(client, "/login/", host=HOST)


def test_T68_a_host_name_that_nobody_has_set_up_is_refused_everywhere(client, calden):
    for path in ("/login/", "/portal/", "/password/reset/", "/healthz/live", "/api/v1/"):
        assert client.get(path, headers={"host": "evil.example"}).status_code == 400
        assert client.get(path, headers={"host": f"evil.{HOST}"}).status_code == 400
        assert client.get(path, headers={"X-Forwarded-Host": "evil.example"}).status_code != 400


def test_the_portal_of_a_brand_shows_requests_of_its_queues_and_of_none(world, signed_in, calden):
    world.billing.brand = calden
    save_queue(world.billing, by=world.alex)
    ferrow = save_brand(Brand(name="Ferrow", host="help.ferrow.example"), by=world.alex)
    mine = TicketFactory(queue=world.billing, customer=world.dana, title="Of Calden")
    TicketFactory(queue=world.support, customer=world.dana, title="Of everybody")
    dana = signed_in(world.dana)
    for host, sees in ((HOST, True), (ferrow.host, False), ("testserver", False)):
        text = page(dana, "/portal/requests/", host=host)
        assert ("Of Calden" in text) is sees
        assert "Of everybody" in text
        status = dana.get(f"/portal/requests/{mine.number}/", headers={"host": host}).status_code
        assert status == (200 if sees else 404)


def test_the_brand_of_the_page_costs_one_question(world, signed_in, calden, queries):
    dana = signed_in(world.dana)
    counted = {}
    for host in ("testserver", HOST):
        page(dana, "/portal/requests/", host=host)
        with queries() as asked:
            page(dana, "/portal/requests/", host=host)
        counted[host] = [one["sql"] for one in asked if '"accounts_brand"."host"' in one["sql"].split("WHERE")[0]]
    assert {host: len(asked) <= 2 for host, asked in counted.items()} == {"testserver": True, HOST: True}


def test_visitors_read_a_language_that_the_brand_offers(client, calden, world):
    calden.language, calden.languages = "de", ["de", "pt"]
    save_brand(calden, by=world.alex)
    spoken = {}
    for asked in ("en", "es", "de", "pt"):
        answer = client.get("/login/", headers={"host": HOST, "accept-language": asked})
        spoken[asked] = answer["Content-Language"]
    assert spoken == {"en": "de", "es": "de", "de": "de", "pt": "pt"}
    assert client.get("/login/", headers={"accept-language": "es"})["Content-Language"] == "es"


# ---- in whose name mails leave


def test_a_queue_writes_from_its_own_address_else_in_the_name_of_its_brand(world, calden):
    calden.sender_name, calden.sender_address = "Calden", "billing@demo.example"
    save_brand(calden, by=world.alex)
    world.support.brand = world.hardware.brand = calden
    for queue in (world.support, world.hardware):
        save_queue(queue, by=world.alex)
    own, other = sender_for(Queue.objects.get(pk=world.support.pk)), sender_for(Queue.objects.get(pk=world.hardware.pk))
    assert own.address == "support@demo.example"
    assert (other.name, other.address) == ("Calden", "billing@demo.example")
    Brand.objects.update(sender_address="", sender_name="")
    above = sender_for(Queue.objects.get(pk=world.hardware.pk))
    assert (above.name, above.address) == ("Calden Cycles", "support@demo.example")


# ---- organisations


def test_domains_and_managers_are_set_on_the_page_of_the_organisation(alex, world):
    form = {
        "name": "Acme",
        "shown": [world.dana.pk],
        "is_manager": [world.dana.pk],
        "domains": "acme.example",
        "domain_sees_all": "on",
    }
    assert alex.post(f"/admin/organisations/{world.acme.pk}/", form).status_code == 302
    assert Membership.objects.get(user=world.dana).is_manager
    assert OrganisationDomain.objects.get().sees_all
    text = page(alex, f"/admin/organisations/{world.acme.pk}/")
    assert f'name="is_manager" value="{world.dana.pk}" checked' in text
    alex.post(f"/admin/organisations/{world.acme.pk}/", {"name": "Acme", "shown": [world.dana.pk]})
    assert not Membership.objects.get(user=world.dana).is_manager
    assert not OrganisationDomain.objects.exists()
    kinds = ConfigChange.objects.filter(kind="accounts.organisation").values_list("after", flat=True)
    assert {"managers": ["dana@acme.example"]} in kinds
    assert {"domains": {"acme.example": True}} in kinds


def test_signing_up_is_offered_where_the_brand_says_so(client, calden, world):
    calden.registration = Registration.OPEN
    save_brand(calden, by=world.alex)
    assert client.get("/register/", headers={"host": HOST}).status_code == 200
    assert client.get("/register/").status_code == 404
