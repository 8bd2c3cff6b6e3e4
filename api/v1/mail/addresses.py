"""Our own addresses: mail to them opens tickets in their queue, replies from the queue leave from the first of them."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.audit import remove_audited
from accounts.models import User
from api.v1.fields import RowField, StrictSerializer, TextField
from api.v1.mail.shapes import OurAddressShape
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.kinds import Changing, Kind, Values, doors_of
from mail.addressing import check_address, save_address
from mail.models import Address
from tickets.models import Queue


class NewOurAddressForm(StrictSerializer):
    """An address of ours."""

    address = TextField(min_length=3, max_length=254)
    name = LineField(max_length=100, allow_blank=True, required=False)
    queue = RowField(lambda _context: Queue.objects.all())


class ChangedOurAddressForm(Changing, NewOurAddressForm):
    """Any of these; what is not named stays as it is."""


def _save(address: Any, values: Values, by: User) -> Address:
    for name, value in values.items():
        setattr(address, name, value)
    try:
        check_address(address.address, known=address.pk)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error
    return save_address(address, by=by)


AddressRows, AddressRow = doors_of(
    Kind(
        "OurAddress",
        "addresses",
        "Mail",
        rows=Address.objects.select_related("queue").all,
        order=("address", "id"),
        shape=OurAddressShape,
        new=NewOurAddressForm,
        changed=ChangedOurAddressForm,
        save=_save,
        about="All addresses under which the helpdesk gets mail. For administrators.",
        about_change="What is not named stays. Mail goes to the new queue from the next message on.",
        examples=[examples.OUR_ADDRESS],
        remove=lambda address, by: remove_audited(address, by=by),
        about_removal="Mail to it finds its queue no more.",
    )
)
