"""How people and organisations are shown to those who work tickets."""

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from accounts.models import Membership, User
from api.v1.shapes import FoundPersonShape, RowShape


class MembershipShape(serializers.Serializer):
    organisation = RowShape()
    is_primary = serializers.BooleanField(help_text="New requests belong to it.")
    sees_all = serializers.BooleanField()


class PersonDetailShape(FoundPersonShape):
    """Everything agents know of a person."""

    is_active = serializers.BooleanField()
    addresses = serializers.SerializerMethodField()
    phone = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    notes = serializers.CharField()
    is_vip = serializers.BooleanField()
    memberships = MembershipShape(many=True)
    created_at = serializers.DateTimeField()

    def get_addresses(self, person: User) -> list[str]:
        return sorted(address.address for address in person.addresses.all())


class OrganisationShape(RowShape):
    notes = serializers.CharField()
    is_vip = serializers.BooleanField()
    created_at = serializers.DateTimeField()


def people_shown() -> QuerySet[User]:
    """With all that is shown of them, always in the same order: the ETag is made of it."""
    memberships = Membership.objects.select_related("organisation").order_by("-is_primary", "organisation_id")
    return User.objects.prefetch_related("addresses", Prefetch("memberships", memberships))
