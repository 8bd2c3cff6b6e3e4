"""Wake-ups for knowledge: what is scheduled goes out, and what was searched for long ago is forgotten."""

from celery import shared_task

from knowledge import keeping, planned


@shared_task
def publish_planned() -> None:
    planned.publish_planned()


@shared_task
def forget_searches() -> None:
    keeping.forget_searches()
