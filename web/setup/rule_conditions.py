"""What conditions of rules may ask for when they are written: of all queues, and of the event."""

from web.common.event_choices import EventChoices
from web.setup.admin_choices import AdminChoices


class RuleChoices(EventChoices, AdminChoices):
    pass
