"""Why something that came through a web form looked like spam, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets import webform_judging as judging

WHY_HELD: Mapping[str, str | Promise] = {
    judging.TRAP: _("A field that people do not see was filled in."),
    judging.FAST: _("It was sent sooner than anybody can type."),
    judging.LINKS: _("There are many links in it."),
    judging.NAME: _("There is a link in the name or the subject."),
    judging.PLACE: _("Many came from the same place."),
    judging.ADDRESS: _("Many came for the same address."),
    judging.FLOOD: _("The form was sent unusually often."),
    judging.INACTIVE: _("The person with this address has been deactivated."),
}
