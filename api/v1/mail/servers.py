"""The mail servers that take what we send. Passwords are written and never shown."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, rows
from api.v1.setup.kinds import Changing, Kind, KindDoor, Values, doors_of
from api.v1.shapes import RowShape
from mail.connections import try_way
from mail.models import Address, Server, ServerState
from mail.way_troubles import trial_of
from mail.ways import save_server, way_of
from tickets.models import Queue

TAG = "Mail"
SETS = ("queues", "addresses")
NO_HOST = " /@:?#"


class ServerStateShape(serializers.Serializer):
    """How it did lately."""

    last_success_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when every try has failed.")
    last_error = serializers.CharField()
    rests_until = serializers.DateTimeField(allow_null=True, help_text="Others of its pool are tried first until then.")


class ServerShape(RowShape):
    host = serializers.CharField()
    port = serializers.IntegerField()
    security = serializers.ChoiceField(Server.Security.choices)
    username = serializers.CharField()
    has_password = serializers.SerializerMethodField(help_text="The password itself is never shown.")
    queues = RowShape(many=True, source="queues.all", help_text="With those inside them.")
    addresses = RowShape(many=True, source="addresses.all", help_text="Whatever the queue. Without either: all else.")
    is_active = serializers.BooleanField()

    def get_has_password(self, server: Server) -> bool:
        return bool(server.sealed_password)


class ServerTrialShape(serializers.Serializer):
    """What came of signing in."""

    is_good = serializers.BooleanField()
    sentence = serializers.CharField(help_text="For people.")
    answer = serializers.CharField(help_text="The server's own words.")
    state = serializers.SerializerMethodField(help_text="How it did lately; null: nothing was sent by it yet.")

    @extend_schema_field(ServerStateShape(allow_null=True))
    def get_state(self, _trial: Any) -> Any:
        state = ServerState.objects.filter(key=self.context["way"].key).first()
        return ServerStateShape(state).data if state else None


class NewServerForm(StrictSerializer):
    """A server; what is left out is as on a new page."""

    name = LineField(min_length=1, max_length=100)
    host = TextField(min_length=1, max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65_535, required=False)
    security = serializers.ChoiceField(Server.Security.choices, required=False)
    username = TextField(max_length=253, allow_blank=True, required=False, help_text="Empty: nobody signs in.")
    password = TextField(min_length=1, max_length=500, trim_whitespace=False, required=False, write_only=True)
    queues = rows(lambda _context: Queue.objects.all(), required=False)
    addresses = rows(lambda _context: Address.objects.all(), required=False)
    is_active = FlagField(required=False)

    def validate_host(self, host: str) -> str:
        if any(sign in host for sign in NO_HOST):
            raise serializers.ValidationError(_("Write the name of the server alone, for example smtp.example.com."))
        return host


class ChangedServerForm(Changing, NewServerForm):
    """Any of these; what is not named stays as it is."""


def _servers() -> QuerySet[Server]:
    return Server.objects.prefetch_related(*SETS)


def _save(server: Any, values: Values, by: User) -> Server:
    known = {name: list(getattr(server, name).all()) if server.pk else [] for name in SETS}
    sets = {name: values.pop(name, known[name]) for name in SETS}
    if values.get("password") and not values.get("username", server.username):
        raise ValidationError({"username": _("A password needs a user name.")})
    for name, value in values.items():
        setattr(server, name, value)
    if not server.username:
        server.password = ""
    server.clean_fields()
    server.validate_unique()
    return save_server(server, **sets, by=by)


SERVERS = Kind(
    "Server",
    "sending servers",
    TAG,
    rows=_servers,
    order=("name", "id"),
    shape=ServerShape,
    new=NewServerForm,
    changed=ChangedServerForm,
    save=_save,
    about="By which mail leaves, without their passwords. For administrators.",
    about_change="What is not named stays, the password as well. The next message goes by what has been saved.",
    examples=[examples.SERVER],
)
ServerRows, ServerRow = doors_of(SERVERS)


class ServerTrial(KindDoor):
    kind = SERVERS

    @extend_schema(
        operation_id="tryServer",
        summary="Sign in to a sending server",
        request=None,
        responses={200: ServerTrialShape},
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """No message is sent; waits a few seconds for the answer and no longer."""
        way = way_of(self.found(id))
        return Response(ServerTrialShape(trial_of(try_way(way), way), context={"way": way}).data)
