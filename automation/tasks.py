"""Wake-ups for automation: schedules whose time has come, tickets that wait for somebody, notices."""

from celery import shared_task

from automation import (
    absences,
    alert_calming,
    alert_posts,
    article_reminders,
    giving,
    running,
    scheduling,
    surveying,
    traces,
    webhook_sending,
)
from automation.models import (
    AlertPost,
    EffectRun,
    NoticeDelivery,
    ScheduleRun,
    SurveyInvitation,
    Waiting,
    WebhookDelivery,
)
from automation.notices import bell, leaving
from core.memo import for_a_moment
from core.work import LEASE, run_inside, run_leased, sweep


@shared_task
def start_schedules() -> None:
    scheduling.start_due()


@shared_task
def run_schedule(pk: int) -> None:
    run_leased(ScheduleRun, pk, scheduling.run, lease=LEASE)


@shared_task
def sweep_schedules() -> None:
    sweep(ScheduleRun)


@shared_task
def forget_schedule_runs() -> None:
    scheduling.forget_old()


@shared_task
def ask_survey(pk: int) -> None:
    run_inside(SurveyInvitation, pk, surveying.ask)


@shared_task
def sweep_surveys() -> None:
    sweep(SurveyInvitation)


@shared_task
def send_webhook(pk: int) -> None:
    run_leased(WebhookDelivery, pk, webhook_sending.send, lease=LEASE)


@shared_task
def sweep_webhooks() -> None:
    sweep(WebhookDelivery)


@shared_task
def forget_webhooks() -> None:
    webhook_sending.forget_deliveries()
    alert_posts.forget_posts()


@shared_task
def process_alerts(pk: int) -> None:
    alert_posts.process(pk)


@shared_task
def sweep_alerts() -> None:
    sweep(AlertPost)


@shared_task
def settle_alerts() -> None:
    """Alerts that came and went too often and have been calm since."""
    alert_calming.settle_calm()


@shared_task
def try_waiting(pk: int) -> None:
    run_leased(Waiting, pk, giving.try_again, lease=LEASE)


@shared_task
def sweep_waiting() -> None:
    sweep(Waiting)


@shared_task
def look_after_absences() -> None:
    absences.look_after_absences()


@shared_task
def forget_decisions() -> None:
    giving.forget_decisions()


@shared_task
def send_notice(pk: int) -> None:
    with for_a_moment():
        run_leased(NoticeDelivery, pk, leaving.send, lease=LEASE)


@shared_task
def sweep_notices() -> None:
    sweep(NoticeDelivery)


@shared_task
def forget_notices() -> None:
    bell.forget_old()


@shared_task
def remind_owners() -> None:
    article_reminders.remind_owners()


@shared_task
def run_effect(pk: int) -> None:
    run_inside(EffectRun, pk, running.retry)


@shared_task
def sweep_effects() -> None:
    sweep(EffectRun)


@shared_task
def forget_rule_runs() -> None:
    traces.forget_old()
