"""Mailboxes on other servers, from which mail is fetched. Passwords are written and never shown."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.kinds import Changing, Kind, KindDoor, Values, doors_of
from api.v1.shapes import RowShape
from mail.accounts import check_account, save_account, try_account, visit_now
from mail.fetching.health import Health, health_of
from mail.models import Account
from tickets.models import Queue


class VisitsShape(serializers.Serializer):
    """What its last visits noted."""

    kind = serializers.CharField(help_text="off, new, good, behind, troubled or stopped.")
    sentence = serializers.CharField(help_text="For people.")
    today = serializers.IntegerField(help_text="Messages that came today.")
    last_success_at = serializers.DateTimeField(source="account.last_success_at", allow_null=True)
    waiting = serializers.IntegerField(source="account.waiting", help_text="Messages that the last visit left there.")
    ends_at = serializers.SerializerMethodField(help_text="When the leave or our secret ends, if that is soon.")

    def get_ends_at(self, health: Health) -> str | None:
        return health.ends_at.isoformat() if health.ends_at else None


class MailboxShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    protocol = serializers.ChoiceField(Account.Protocol.choices)
    sign_in = serializers.ChoiceField(Account.SignIn.choices)
    host = serializers.CharField()
    port = serializers.IntegerField()
    security = serializers.ChoiceField(Account.Security.choices)
    username = serializers.CharField()
    has_password = serializers.SerializerMethodField(help_text="The password itself is never shown.")
    is_connected = serializers.SerializerMethodField(help_text="With OAuth 2: the provider lets us in.")
    folder = serializers.CharField()
    more_folders = serializers.ListField(child=serializers.CharField())
    start_on = serializers.DateField(allow_null=True, help_text="What arrived before that day stays there.")
    after = serializers.ChoiceField(Account.After.choices, help_text="What happens to fetched mail.")
    move_to = serializers.CharField()
    keep_days = serializers.IntegerField(help_text="Before it is deleted there.")
    queue = RowShape(allow_null=True, help_text="null: that of the address the mail was sent to.")
    is_active = serializers.BooleanField()
    silent_after = serializers.IntegerField(help_text="Minutes without a visit until an alarm.")

    def get_has_password(self, account: Account) -> bool:
        return bool(account.sealed_password)

    def get_is_connected(self, account: Account) -> bool:
        consent = getattr(account, "consent", None)
        return consent is not None and consent.is_granted


class NewMailboxForm(StrictSerializer):
    """A mailbox; what is left out is as on a new page. OAuth 2 is connected on its page, by somebody who signs in."""

    name = LineField(min_length=1, max_length=100)
    protocol = serializers.ChoiceField(Account.Protocol.choices, required=False)
    sign_in = serializers.ChoiceField(Account.SignIn.choices, required=False)
    host = TextField(min_length=1, max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65_535, required=False)
    security = serializers.ChoiceField(Account.Security.choices, required=False)
    username = TextField(min_length=1, max_length=253)
    password = TextField(min_length=1, max_length=500, trim_whitespace=False, required=False, write_only=True)
    folder = TextField(min_length=1, max_length=200, required=False)
    more_folders = serializers.ListField(child=TextField(min_length=1, max_length=200), max_length=25, required=False)
    start_on = serializers.DateField(required=False, allow_null=True)
    after = serializers.ChoiceField(Account.After.choices, required=False)
    move_to = TextField(max_length=200, allow_blank=True, required=False)
    keep_days = serializers.IntegerField(min_value=0, max_value=3_650, required=False)
    queue = RowField(lambda _context: Queue.objects.active(), required=False, allow_null=True)
    is_active = FlagField(required=False)
    silent_after = serializers.IntegerField(min_value=5, max_value=10_000, required=False)

    def validate_more_folders(self, folders: list[str]) -> list[str]:
        return list(dict.fromkeys(folders))


class ChangedMailboxForm(Changing, NewMailboxForm):
    """Any of these; what is not named stays as it is."""


class TrialShape(serializers.Serializer):
    """What came of signing in."""

    is_good = serializers.BooleanField()
    sentence = serializers.CharField(help_text="For people.")
    answer = serializers.CharField(help_text="The server's own words.")
    folders = serializers.ListField(child=serializers.CharField())


def _save(account: Any, values: Values, by: User) -> Account:
    for name, value in values.items():
        setattr(account, name, value)
    account.clean_fields(exclude=["queue"])
    account.validate_unique()
    check_account(account)
    return save_account(account, by=by)


MAILBOX = Kind(
    "Mailbox",
    "mailboxes",
    "Mail",
    rows=Account.objects.select_related("queue", "consent").all,
    order=("name", "id"),
    shape=MailboxShape,
    new=NewMailboxForm,
    changed=ChangedMailboxForm,
    save=_save,
    about="From which mail is fetched, without their passwords. For administrators.",
    about_change="What is not named stays, the password as well. It is visited with the next beat.",
    examples=[examples.MAILBOX],
)
MailboxRows, MailboxRow = doors_of(MAILBOX)


class MailboxVisits(KindDoor):
    kind = MAILBOX

    @extend_schema(operation_id="showMailboxVisits", summary="How a mailbox is", responses=VisitsShape, tags=["Mail"])
    def get(self, request: Request, id: int) -> Response:
        """What its last visits noted, and how much came today."""
        return Response(VisitsShape(health_of([self.found(id)])[0]).data)

    @extend_schema(
        operation_id="visitMailbox",
        summary="Visit a mailbox now",
        request=None,
        responses={200: VisitsShape},
        tags=["Mail"],
    )
    def post(self, request: Request, id: int) -> Response:
        """In the background, at once. The answer is how it was up to now."""
        account = self.found(id)
        visit_now(account)
        return Response(VisitsShape(health_of([account])[0]).data)


class MailboxTrial(KindDoor):
    kind = MAILBOX

    @extend_schema(
        operation_id="tryMailbox",
        summary="Sign in to a mailbox",
        request=None,
        responses={200: TrialShape},
        tags=["Mail"],
    )
    def post(self, request: Request, id: int) -> Response:
        """Looks into its folder and changes nothing; waits a few seconds for each answer and no longer."""
        return Response(TrialShape(try_account(self.found(id))).data)
