"""What conditions of settings may ask for: with all queues, as for everything in the administration; without "me",
because nobody looks."""

from accounts.models import User
from tickets.models import Queue
from web.common.choices import Choice, Choices


class AdminChoices(Choices):
    def _find(self, name: str) -> list[Choice] | None:
        if name == "queue":
            return [(str(queue.pk), queue.place) for queue in Queue.objects.order_by("path")]
        if name in ("owner", "responsible", "watcher", "mentioned"):
            agents = User.objects.agents().order_by("name", "pk")
            return [(str(pk), label) for pk, label in agents.values_list("pk", "name")]
        return super()._find(name)
