"""A process of the demo world: purchases are approved, and one of Dana's waits for Alex."""

from collections.abc import Mapping

from accounts.models import User
from processes import ready
from processes.actions import configuring, starting, working
from tickets.events import Cause
from tickets.models import Ticket

BIKES = {"purchase_item": "Two cargo bikes for the warehouse", "purchase_amount": 800}


def add_processes(people: Mapping[str, User]) -> None:
    alex, dana = people["alex"], people["dana"]
    process = ready.from_template("purchase", by=alex)
    configuring.publish(process, by=alex)
    theirs = Ticket.objects.filter(customer=dana, closed_at=None, merged_into=None, queue__name="Support")
    ticket = theirs.order_by("pk").first()
    if ticket is None:
        return
    run = starting.start(process, ticket, by=people["bea"], cause=Cause("demo"))
    answers = {**BIKES, "purchase_manager": alex.email, "purchase_supplier": "Demo Bikes"}
    working.complete(run.tasks.get(), answers, by=dana, cause=Cause("demo"))
