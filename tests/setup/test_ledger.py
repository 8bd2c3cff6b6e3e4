"""The ledger as administrators see it: by day, by filter, one message's journey, and what is decided about many."""

import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConfigChange
from core import blobs
from mail import reconcile
from mail.fetching.looking import Contents
from mail.intake import process
from mail.models import Account, Incoming, Keeping
from tests.setup import worlds
from tickets.models import Article, Ticket
from web.setup.journey import journey
from web.setup.views import tally

NOBODYS = b"Subject: Pump leaks\r\n\r\nIt drips.\r\n"
HTMX = {"HX-Request": "true"}


def waits(**fields) -> Incoming:
    """One in quarantine, because it names no sender."""
    return worlds.quarantined(**fields)


# ---- by day


def test_each_day_adds_up_and_every_number_leads_to_its_messages(world, door, drain, text_of):
    worlds.incoming()
    worlds.incoming()
    drain()
    waits()
    answer = door.get(reverse("setup:ledger"))
    page = text_of(answer)
    assert "support@demo.example 3 1 0 0 1 1 0 yes" in page
    assert "The same message came before. (1)" in page
    links = [part.split('"')[0].replace("&amp;", "&") for part in answer.content.decode().split('href="')[1:]]
    found = [link for link in links if "/email/incoming/?since=" in link and "mailbox=support" in link]
    assert len(found) == 4
    for link in found:
        assert door.get(link).status_code == 200
    (quarantine,) = [link for link in found if "state=quarantined" in link]
    assert "It names no sender." in text_of(door.get(quarantine))


def test_the_days_before_are_one_click_away(world, door, text_of):
    waits(received_at=timezone.now() - timedelta(days=8))
    assert "No mail in these days" in text_of(door.get(reverse("setup:ledger")))
    earlier = (timezone.localdate() - timedelta(days=7)).isoformat()
    page = door.get(reverse("setup:ledger"), {"until": earlier})
    assert "support@demo.example 1" in text_of(page)
    assert f"?until={timezone.localdate().isoformat()}" in page.content.decode()


def test_the_page_of_days_costs_the_same_however_much_came(world, door, queries):
    waits()
    door.get(reverse("setup:ledger"))
    with queries() as few:
        door.get(reverse("setup:ledger"))
    for _n in range(5):
        waits(mailbox="billing@demo.example")
    with queries() as many:
        door.get(reverse("setup:ledger"))
    assert len(many) == len(few) <= 14


def test_how_long_sources_are_kept_is_a_setting_with_audit(world, door, last_change, text_of):
    door.post(reverse("setup:ledger_keeping"), {"ignored_days": "30"})
    assert Keeping.objects.get().ignored_days == 30
    assert (last_change().actor, last_change().after["ignored_days"]) == (world.alex, 30)
    assert 'value="30"' in door.get(reverse("setup:ledger")).content.decode()
    answer = door.post(reverse("setup:ledger_keeping"), {"ignored_days": "0"})
    assert answer.status_code == 422
    door.post(reverse("setup:ledger_keeping"), {"ignored_days": ""})
    assert Keeping.objects.get().ignored_days is None


def test_a_mailbox_is_compared_with_its_server(world, door, monkeypatch, text_of):
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u")

    monkeypatch.setattr(reconcile, "contents", _holding({1: 10, 2: 20}))
    answer = door.post(reverse("setup:account_reconcile", args=[account.pk]), follow=True)
    page = text_of(answer)
    assert "The ledger and the server agree." in page
    assert "2 there, 0 of them in the ledger, 2 to be fetched." in page


def test_a_server_that_does_not_answer_is_said_plainly(world, door, monkeypatch, text_of):
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u")

    def refused(*_args, **_options):
        raise ConnectionRefusedError

    monkeypatch.setattr(tally, "reconcile", refused)
    page = text_of(door.post(reverse("setup:account_reconcile", args=[account.pk]), follow=True))
    assert "imap.demo.example" in page


# ---- the list


def test_the_list_filters_by_mailbox_reason_sender_words_and_days(world, door, text_of):
    waits(sender="erik@globex.example", subject="Pump leaks")
    waits(sender="dana@acme.example", subject="Printer", mailbox="account:9")

    def shown(**query) -> tuple[bool, bool]:
        page = text_of(door.get(reverse("setup:incoming_list"), query))
        return "Pump leaks" in page, "Printer" in page

    today = timezone.localdate().isoformat()
    assert shown() == (True, True)
    assert shown(sender="globex") == shown(words="pump") == shown(mailbox="support@demo.example") == (True, False)
    assert shown(mailbox="account:9") == (False, True)
    assert shown(since=today, until=today, reason="no_sender") == (True, True)
    assert shown(until="2020-01-01") == shown(mailbox="none") == (False, False)
    assert shown(since="nonsense") == (True, True)


def test_the_list_costs_the_same_with_more_rows_and_goes_on(world, door, queries):
    for _n in range(3):
        waits()
    door.get(reverse("setup:incoming_list"))
    with queries() as few:
        door.get(reverse("setup:incoming_list"), {"words": "x", "sender": "y"})
    for _n in range(60):
        Incoming.objects.create(source="smtp", digest="0" * 64, size=1, identity="x", subject="x", sender="y@z.example")
    with queries() as many:
        first = door.get(reverse("setup:incoming_list"), {"words": "x", "sender": "y"})
    assert len(many) - len(few) <= 1  # the tickets of a page, where it has rows
    more = first.content.decode().split("cursor=")[1].split('"')[0]
    answer = door.get(f"{reverse('setup:incoming_list')}?words=x&sender=y&cursor={more}", headers=HTMX)
    assert answer.content.decode().count("<tr") == 10


def test_T48_a_hidden_subject_cannot_be_guessed_by_the_filter(world, door, drain, text_of):
    worlds.incoming(worlds.LETTER.replace(b"Printer", b"Salary"), "billing@demo.example")
    drain()
    assert "on a ticket you may not see" in text_of(door.get(reverse("setup:incoming_list")))
    page = text_of(door.get(reverse("setup:incoming_list"), {"words": "salary"}))
    assert "on a ticket you may not see" not in page


# ---- one message


def test_the_journey_has_its_times(world, door, drain, text_of):
    row = worlds.incoming()
    came_at = timezone.now().replace(hour=10, minute=3, second=11, microsecond=204_000)
    journal = [{"step": "received", "at": came_at.isoformat(timespec="milliseconds"), "peer": "192.0.2.7"}]
    Incoming.objects.filter(pk=row.pk).update(journal=journal)
    drain()
    page = text_of(door.get(reverse("setup:incoming", args=[row.pk])))
    assert "It came by SMTP from 192.0.2.7 for support@demo.example. 10:03:11.204" in page
    assert " ms. " in page
    assert "Nothing in it belongs to a ticket of ours." in page
    assert "It became a new ticket." in page


def test_a_row_without_a_journal_has_its_steps_all_the_same(world, drain):
    row = worlds.incoming()
    drain()
    row.refresh_from_db()
    row.journal = []
    words = [step.words for step in journey(row)]
    assert (words[0], words[-1]) == ("It came by SMTP for support@demo.example.", "It became a new ticket.")


def test_what_administrators_did_stands_in_the_journey(world, door, text_of):
    row = waits()
    door.post(reverse("setup:incoming_retry", args=[row.pk]))
    page = text_of(door.get(reverse("setup:incoming", args=[row.pk])))
    assert "Alex Berger had it looked at again." in page
    assert "It names no sender." in page


def test_the_source_is_deleted_with_audit_and_the_line_stays(world, door, last_change, text_of):
    row = waits()
    answer = door.post(reverse("setup:incoming_delete", args=[row.pk]), follow=True)
    page = text_of(answer)
    assert "Deleted by an administrator Alex Berger" in page
    assert last_change().after["reason_code"] == "deleted"
    assert door.get(reverse("setup:incoming_raw", args=[row.pk])).status_code == 404
    assert door.get(reverse("setup:incoming_release", args=[row.pk])).status_code == 404
    assert door.get(reverse("setup:incoming_reread", args=[row.pk])).status_code == 404
    assert door.post(reverse("setup:incoming_delete", args=[row.pk]), headers=HTMX)["HX-Redirect"]


def test_queue_and_customer_are_those_that_the_message_names(world, door):
    def offered(**fields) -> tuple[str, str]:
        row = waits(digest=blobs.store(NOBODYS), **fields)
        page = door.get(reverse("setup:incoming_release", args=[row.pk])).content.decode()
        queue = re.search(r'<option value="(\d*)" selected', page)
        customer = re.search(r'<input type="email" name="customer"[^>]*>', page)[0]
        address = re.search(r' value="([^"]*)"', customer)
        return queue[1] if queue else "", address[1] if address else ""

    billing, to = str(world.billing.pk), ["billing@demo.example"]
    assert offered(envelope_to=to, sender="dana@acme.example") == (billing, "dana@acme.example")
    assert offered(envelope_to=to, envelope_from="Dana@Acme.example") == (billing, "dana@acme.example")
    assert offered(envelope_to=to, sender="billing@demo.example", envelope_from="") == (billing, "")
    assert offered(envelope_to=[], envelope_from="<>") == ("", "")
    box = Account.objects.create(name="Box", host="imap.demo.example", username="u", queue=world.hardware)
    assert offered(envelope_to=[], envelope_from="", account=box) == (str(world.hardware.pk), "")


def test_a_ticket_is_made_by_hand(world, door, text_of):
    row = waits(digest=blobs.store(NOBODYS))
    page = text_of(door.get(reverse("setup:incoming_release", args=[row.pk])))
    assert "Make the ticket" in page
    wrong = door.post(reverse("setup:incoming_release", args=[row.pk]), {"queue": world.billing.pk, "customer": "x"})
    assert wrong.status_code == 422
    assert not Ticket.objects.exists()
    form = {"queue": world.support.pk, "customer": "erik@globex.example"}
    answer = door.post(reverse("setup:incoming_release", args=[row.pk]), form, follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.customer, ticket.queue) == ("Pump leaks", world.erik, world.support)
    assert "Alex Berger made a ticket of it by hand." in text_of(answer)
    again = door.post(reverse("setup:incoming_release", args=[row.pk]), form, follow=True)
    assert "on a ticket already" in text_of(again)
    assert Ticket.objects.count() == 1


def test_reading_again_shows_what_would_come_out_and_hostile_text_is_text(world, door):
    row = waits(digest=blobs.store(b"Subject: <script>alert(1)</script>\r\n\r\n<img src=x onerror=y>\r\n"))
    page = door.get(reverse("setup:incoming_reread", args=[row.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page
    row.refresh_from_db()
    assert row.state == "quarantined"


def test_a_message_is_put_right_where_it_would_be_read_differently(world, door, text_of):
    row = worlds.incoming()
    process(row.pk)
    row.refresh_from_db()
    said = row.article.body
    assert "Put the message right" not in text_of(door.get(reverse("setup:incoming_reread", args=[row.pk])))
    Article.objects.filter(pk=row.article_id).update(body="Something else.")
    assert "Put the message right" in text_of(door.get(reverse("setup:incoming_reread", args=[row.pk])))
    page = text_of(door.post(reverse("setup:incoming_put_right", args=[row.pk]), follow=True))
    assert "The message on the ticket now has what is read today." in page
    assert "Alex Berger had it read again, and the message on the ticket was put right." in page
    assert Article.objects.get(pk=row.article_id).body == said
    page = text_of(door.post(reverse("setup:incoming_put_right", args=[row.pk]), follow=True))
    assert "Nothing was changed" in page


# ---- many at once


def selected(door, action: str, *rows: Incoming, **more):
    return door.post(reverse("setup:incoming_selected"), {"do": action, "pk": [row.pk for row in rows], **more})


@pytest.mark.parametrize(
    ("action", "state", "reason"),
    [("retry", "received", ""), ("discard", "ignored", "discarded"), ("delete", "ignored", "deleted")],
)
def test_what_was_ticked_is_done_to_each_with_audit(world, door, action, state, reason):
    first, second, other = waits(), waits(), waits()
    before = ConfigChange.objects.count()
    answer = selected(door, action, first, second, query="state=quarantined&page=evil")
    found = {row.pk: (row.state, row.reason_code) for row in Incoming.objects.all()}
    assert found[first.pk] == found[second.pk] == (state, reason)
    assert found[other.pk] == ("quarantined", "no_sender")
    assert ConfigChange.objects.count() == before + 2
    assert parse_qs(urlsplit(answer["Location"]).query) == {"state": ["quarantined"]}


def test_everything_with_the_same_reason_at_once(world, door):
    for reason in ("trouble", "trouble", "no_sender"):
        waits(reason_code=reason)
    selected(door, "retry", all="1", query="state=quarantined&reason=trouble")
    assert sorted(Incoming.objects.values_list("state", "reason_code")) == [
        ("quarantined", "no_sender"),
        ("received", ""),
        ("received", ""),
    ]


def test_a_message_on_a_ticket_is_left_alone_by_all_of_it(world, door, drain):
    row = worlds.incoming()
    drain()
    for action in ("retry", "discard", "delete"):
        selected(door, action, row)
        selected(door, action, all="1", query="")
    row.refresh_from_db()
    assert (row.state, row.raw_removed_at) == ("ticketed", None)


def test_several_sources_come_as_one_file_without_hidden_ones(world, door, drain):
    hidden = worlds.incoming(worlds.LETTER.replace(b"Printer", b"Salary"), "billing@demo.example")
    drain()
    first, second = waits(), waits(digest=blobs.store(NOBODYS))
    answer = selected(door, "download", first, second, hidden)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == [f"incoming-{first.pk}.eml", f"incoming-{second.pk}.eml"]
        assert archive.read(f"incoming-{second.pk}.eml") == NOBODYS
    assert answer["Content-Disposition"] == 'attachment; filename="incoming.zip"'


def test_nothing_ticked_and_nonsense_change_nothing(world, door, text_of):
    row = waits()
    assert "Tick the messages first." in text_of(door.post(reverse("setup:incoming_selected"), {}, follow=True))
    assert selected(door, "explode", row).status_code == 400
    assert door.post(reverse("setup:incoming_selected"), {"do": "retry", "pk": "x"}).status_code == 302
    assert selected(door, "retry", all="1", query="words=x").status_code == 400
    row.refresh_from_db()
    assert row.state == "quarantined"


# ---- alarms


def test_what_waits_too_long_is_said_on_the_start_page_and_the_health_page(world, door, text_of):
    worlds.incoming()
    Incoming.objects.update(state_since=timezone.now() - timedelta(minutes=20))
    for name in ("setup:home", "setup:health"):
        assert "1 message waits to be dealt with" in text_of(door.get(reverse(name)))
    Incoming.objects.update(state_since=timezone.now())
    for name in ("setup:home", "setup:health"):
        assert "waits to be dealt with" not in text_of(door.get(reverse(name)))


def _holding(sizes: dict[int, int]):
    return lambda account, folder, *, patience: Contents(folder, account.place_of(folder), 7, sizes)
