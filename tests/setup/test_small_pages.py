"""Fields, audit log, tokens, system health."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from accounts.models import ApiToken, ConfigChange
from accounts.tokens import issue_token, token_for
from core.work import kinds
from mail.models import Incoming
from tests.factories import TicketFactory
from tests.setup import worlds
from tickets.models import Delivery, FieldDefinition
from web.common import machinery


def sent(**fields) -> dict:
    data = {"label": "Colour", "key": "colour", "kind": "dropdown", "choices": "red\n green \n\nred", "position": "1"}
    return data | {"help_text": "", "is_active": "on"} | fields


# ---- fields


def test_a_new_field_with_choices(world, door, last_change):
    door.post(reverse("setup:field_new"), sent(in_portal="on"))
    field = FieldDefinition.objects.get()
    assert (field.key, field.options, field.in_portal, field.is_required) == ("colour", ["red", "green"], True, False)
    assert (last_change().action, last_change().after["options"]) == ("created", ["red", "green"])


def test_the_list_says_where_a_field_is(world, door, text_of):
    door.post(reverse("setup:field_new"), sent())
    door.post(reverse("setup:field_new"), sent(label="Shade", key="shade", queues=[world.support.pk]))
    rows = door.get(reverse("setup:fields")).content.decode().split("<tbody>")[1].split("</tr>")
    assert "All tickets" in rows[0]
    assert "All tickets" not in rows[1]
    assert "<div>Support</div>" in rows[1]


def test_key_and_kind_never_change(world, door, last_change):
    door.post(reverse("setup:field_new"), sent())
    field = FieldDefinition.objects.get()
    door.post(reverse("setup:field", args=[field.pk]), sent(key="other", kind="text", choices="blue", label="Paint"))
    field.refresh_from_db()
    assert (field.key, field.kind, field.label, field.options) == ("colour", "dropdown", "Paint", ["blue"])
    assert (last_change().before["label"], last_change().after["label"]) == ("Colour", "Paint")


@pytest.mark.parametrize("wrong", [{"key": "Big Key"}, {"choices": " \n"}, {"label": ""}, {"kind": "nothing"}])
def test_wrong_fields_are_refused(world, door, wrong):
    answer = door.post(reverse("setup:field_new"), sent(**wrong))
    assert answer.status_code == 422
    assert "1 field needs a change" in answer.content.decode()
    assert not FieldDefinition.objects.exists()


def test_choices_are_only_for_lists(world, door):
    door.post(reverse("setup:field_new"), sent(kind="text"))
    assert FieldDefinition.objects.get().options == []


def test_T07_hostile_fields_are_text(world, door):
    hostile = '"><img src=x>'
    door.post(reverse("setup:field_new"), sent(label=hostile, choices=hostile, help_text=hostile))
    field = FieldDefinition.objects.get()
    change = ConfigChange.objects.order_by("-pk").first()
    for path in (
        reverse("setup:fields"),
        reverse("setup:field", args=[field.pk]),
        reverse("setup:audit"),
        reverse("setup:audit_change", args=[change.pk]),
    ):
        assert "<img" not in door.get(path).content.decode()


# ---- audit


def test_the_audit_shows_before_and_after_in_words(world, door, text_of, last_change):
    door.post(reverse("setup:field_new"), sent())
    field = FieldDefinition.objects.get()
    door.post(reverse("setup:field", args=[field.pk]), sent(choices="red\nblue", is_required="on"))
    listed = text_of(door.get(reverse("setup:audit")))
    assert "Field Colour changed : choices, required" in listed
    page = door.get(reverse("setup:audit_change", args=[last_change().pk])).content.decode()
    assert re.findall(r"<del[^>]*>([^<]*)</del>", page) == ["green", "no"]
    assert re.findall(r"<ins[^>]*>([^<]*)</ins>", page) == ["blue", "yes"]


def test_the_audit_filters_by_kind(world, door, text_of):
    door.post(reverse("setup:field_new"), sent(), follow=True)
    issue_token(world.alex, name="Monitoring")
    page = text_of(door.get(reverse("setup:audit"), {"kind": "accounts.apitoken"}))
    assert "Monitoring" in page
    assert "Colour" not in page


# ---- tokens


def test_a_secret_is_shown_once_and_works(world, door, last_change):
    answer = door.post(reverse("setup:token_new"), {"name": "Monitoring", "scope": "read"})
    secret = re.search(r'value="(hdk_[\w-]+)"', answer.content.decode()).group(1)
    token = token_for(secret)
    assert (token.user, token.scope, token.name) == (world.alex, "read", "Monitoring")
    assert "no-store" in answer["Cache-Control"]
    assert secret not in door.get(reverse("setup:tokens")).content.decode()
    assert secret not in str(last_change().after)


def test_only_ones_own_tokens_are_listed_and_revoked(world, door, text_of):
    mine, secret = issue_token(world.alex, name="Mine")
    others, _secret = issue_token(world.bea, name="Of Bea")
    page = text_of(door.get(reverse("setup:tokens")))
    assert "Mine" in page
    assert "Of Bea" not in page
    assert door.post(reverse("setup:token_revoke", args=[others.pk])).status_code == 404
    door.post(reverse("setup:token_revoke", args=[mine.pk]))
    assert token_for(secret) is None
    assert ApiToken.objects.get(pk=others.pk).revoked_at is None


def test_revoking_asks_first_and_leads_back_to_the_list(world, door):
    token, _secret = issue_token(world.alex, name="Mine")
    page = door.get(reverse("setup:tokens")).content.decode()
    assert "Programs that use “Mine” stop working at once." in page
    answer = door.post(reverse("setup:token_revoke", args=[token.pk]), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, reverse("setup:tokens"))


def test_a_token_is_limited_when_it_is_made_and_renewed_later(world, door, text_of):
    sent = {"name": "Till", "scope": "write", "days": "30", "per_minute": "60", "queues": [world.support.pk]}
    door.post(reverse("setup:token_new"), sent)
    token = ApiToken.objects.get()
    assert (token.queues, token.areas, token.per_minute) == ([world.support.pk], ["tickets"], 60)
    page = text_of(door.get(reverse("setup:tokens")))
    assert "60 requests per minute" in page
    answer = door.post(reverse("setup:token_renew", args=[token.pk]))
    new = ApiToken.objects.get(replaces=token)
    assert new.prefix in answer.content.decode()
    assert "The old one works for 7 more days." in text_of(answer)
    assert door.post(reverse("setup:token_renew", args=[token.pk])).status_code == 302
    assert ApiToken.objects.count() == 2
    others, _secret = issue_token(world.bea, name="Hers")
    assert door.post(reverse("setup:token_renew", args=[others.pk])).status_code == 404


def test_a_token_is_not_made_for_queues_out_of_sight_nor_for_ever(world, door):
    sent = {"name": "Till", "scope": "write", "queues": [world.billing.pk]}
    assert door.post(reverse("setup:token_new"), sent).status_code == 422
    assert door.post(reverse("setup:token_new"), {"name": "Till", "scope": "write", "days": "4000"}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_needs_a_name(world, door):
    assert door.post(reverse("setup:token_new"), {"name": "", "scope": "read"}).status_code == 422
    assert not ApiToken.objects.exists()


# ---- health


def test_health_names_what_waits_and_what_was_given_up(world, door, text_of):
    worlds.incoming()
    worlds.quarantined()
    page = text_of(door.get(reverse("setup:health")))
    assert "PostgreSQL" in page
    assert re.search(r"Incoming mail 1 1 .* 1 Outgoing mail", page)


def test_every_kind_of_work_is_named_in_the_readers_language(db):
    with override("de"):
        assert all(isinstance(duty.label, Promise) for duty in machinery.duties())
        assert all(
            model in machinery.DUTIES or "verbose_name_plural" in model._meta.original_attrs for model in kinds()
        )
        assert "Sammeländerung" in [str(duty.label) for duty in machinery.duties()]
    with override("en"):
        labels = [str(duty.label) for duty in machinery.duties()]
        assert len(labels) == len(kinds())
        assert [label for label in labels if not label[0].isupper()] == []


def test_the_quarantine_of_health_says_from_when_it_counts_and_a_storm_is_not_given_up(world, door, text_of):
    old = timezone.now() - timedelta(minutes=16)
    worlds.quarantined()
    stormy = worlds.quarantined()
    Incoming.objects.filter(pk=stormy.pk).update(reason_code=Incoming.Reason.STORM, state_since=old)
    page = text_of(door.get(reverse("setup:health")))
    assert "1 message has been in quarantine for more than 15 minutes" in page
    assert "or a storm of mail keeps them" in page
    assert re.search(r"Incoming mail 0 0 – 1 Outgoing mail", page)
    assert "2 messages are in quarantine" in text_of(door.get(reverse("setup:home")))


def test_a_parked_event_is_tried_again(world, door, text_of, last_change):
    TicketFactory(queue=world.support)
    delivery = Delivery.objects.first()
    delivery.last_error = "RuntimeError: <b>boom</b>"
    delivery.park()
    delivery.save()
    page = door.get(reverse("setup:health")).content.decode()
    assert "&lt;b&gt;boom&lt;/b&gt;" in page
    assert "RuntimeError" not in page
    door.post(reverse("setup:delivery_retry", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.parked_at, delivery.attempts) == (None, 0)
    assert delivery.due_at <= timezone.now()
    assert last_change().before["parked"] is True
