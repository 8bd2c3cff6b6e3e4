"""A process of the demo world: purchases are approved, and one of Dana's waits for Alex."""

from collections.abc import Mapping

from accounts.models import User
from processes import ready
from processes.actions import configuring, starting, working
from tickets.actions.opening import Opening, open_ticket
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Queue
from tickets.models.ticket import Channel

BIKES = {"purchase_item": "Two cargo bikes for the warehouse", "purchase_amount": 800}
WISH = "We need two cargo bikes for the warehouse. Please let me know what you need from me to order them."
DEMO = Cause("demo")


def add_processes(people: Mapping[str, User], queue: Queue) -> None:
    alex, dana = people["alex"], people["dana"]
    process = ready.from_template("purchase", by=alex)
    configuring.publish(process, by=alex)
    opening = Opening(title="Two cargo bikes for the warehouse", queue=queue, customer=dana, channel=Channel.WEB)
    said = Message(text=WISH, sent_from={"name": dana.name, "address": dana.email})
    ticket = open_ticket(opening, said, by=dana, cause=DEMO).ticket
    run = starting.start(process, ticket, by=people["bea"], cause=DEMO)
    answers = {**BIKES, "purchase_manager": alex.email, "purchase_supplier": "Demo Bikes"}
    working.complete(run.tasks.get(), answers, by=dana, cause=DEMO)
