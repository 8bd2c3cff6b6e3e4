"""Addresses of automation, below /api/v1/."""

from django.urls import path

from api.v1.automation.alert_sources import (
    AlertPostList,
    AlertSourceDetail,
    AlertSourceList,
    AlertSourceSecret,
    AlertSourceTrial,
)
from api.v1.automation.lookups import EffectList, HappeningList
from api.v1.automation.macros import MacroSettingDetail, MacroSettingList
from api.v1.automation.queues import (
    QueueAssignmentDetail,
    QueueAssignmentList,
    QueueSurveyDetail,
    QueueSurveyList,
)
from api.v1.automation.rules import (
    NewRuleTrial,
    RuleDetail,
    RuleDraft,
    RuleList,
    RulePausing,
    RulePublishing,
    RuleRunAgain,
    RuleRunList,
    RuleTrial,
)
from api.v1.automation.schedules import (
    NewScheduleTrial,
    ScheduleDetail,
    ScheduleItemList,
    ScheduleList,
    ScheduleRunAgain,
    ScheduleRunDetail,
    ScheduleRunList,
    ScheduleRunStop,
    ScheduleTrial,
)
from api.v1.automation.webhooks import (
    WebhookDetail,
    WebhookList,
    WebhookMessage,
    WebhookMessageAgain,
    WebhookMessages,
    WebhookMessagesAgain,
    WebhookSecret,
    WebhookTest,
)

urlpatterns = [
    path("effects/", EffectList.as_view(), name="effects"),
    path("happenings/", HappeningList.as_view(), name="happenings"),
    path("rules/", RuleList.as_view(), name="rules"),
    path("rules/try/", NewRuleTrial.as_view(), name="rule_try_new"),
    path("rules/<int:id>/", RuleDetail.as_view(), name="rule"),
    path("rules/<int:id>/publish/", RulePublishing.as_view(), name="rule_publish"),
    path("rules/<int:id>/pause/", RulePausing.as_view(), name="rule_pause"),
    path("rules/<int:id>/draft/", RuleDraft.as_view(), name="rule_draft"),
    path("rules/<int:id>/try/", RuleTrial.as_view(), name="rule_try"),
    path("rules/<int:id>/runs/", RuleRunList.as_view(), name="rule_runs"),
    path("rules/<int:id>/runs/<int:run>/again/", RuleRunAgain.as_view(), name="rule_run_again"),
    path("schedules/", ScheduleList.as_view(), name="schedules"),
    path("schedules/try/", NewScheduleTrial.as_view(), name="schedule_try_new"),
    path("schedules/<int:id>/", ScheduleDetail.as_view(), name="schedule"),
    path("schedules/<int:id>/try/", ScheduleTrial.as_view(), name="schedule_try"),
    path("schedules/<int:id>/runs/", ScheduleRunList.as_view(), name="schedule_runs"),
    path("schedules/<int:id>/runs/<int:run>/", ScheduleRunDetail.as_view(), name="schedule_run"),
    path("schedules/<int:id>/runs/<int:run>/items/", ScheduleItemList.as_view(), name="schedule_items"),
    path("schedules/<int:id>/runs/<int:run>/stop/", ScheduleRunStop.as_view(), name="schedule_run_stop"),
    path("schedules/<int:id>/runs/<int:run>/again/", ScheduleRunAgain.as_view(), name="schedule_run_again"),
    path("macros/", MacroSettingList.as_view(), name="macro_settings"),
    path("macros/<int:id>/", MacroSettingDetail.as_view(), name="macro_setting"),
    path("webhooks/", WebhookList.as_view(), name="webhooks"),
    path("webhooks/<int:id>/", WebhookDetail.as_view(), name="webhook"),
    path("webhooks/<int:id>/secret/", WebhookSecret.as_view(), name="webhook_secret"),
    path("webhooks/<int:id>/test/", WebhookTest.as_view(), name="webhook_test"),
    path("webhooks/<int:id>/messages/", WebhookMessages.as_view(), name="webhook_messages"),
    path("webhooks/<int:id>/messages/again/", WebhookMessagesAgain.as_view(), name="webhook_messages_again"),
    path("webhook-messages/<int:id>/", WebhookMessage.as_view(), name="webhook_message"),
    path("webhook-messages/<int:id>/again/", WebhookMessageAgain.as_view(), name="webhook_message_again"),
    path("alert-sources/", AlertSourceList.as_view(), name="alert_sources"),
    path("alert-sources/<int:id>/", AlertSourceDetail.as_view(), name="alert_source"),
    path("alert-sources/<int:id>/secret/", AlertSourceSecret.as_view(), name="alert_source_secret"),
    path("alert-sources/<int:id>/posts/", AlertPostList.as_view(), name="alert_posts"),
    path("alert-sources/<int:id>/try/", AlertSourceTrial.as_view(), name="alert_source_try"),
    path("queue-assignment/", QueueAssignmentList.as_view(), name="queue_assignments"),
    path("queue-assignment/<int:queue>/", QueueAssignmentDetail.as_view(), name="queue_assignment"),
    path("queue-surveys/", QueueSurveyList.as_view(), name="queue_surveys"),
    path("queue-surveys/<int:queue>/", QueueSurveyDetail.as_view(), name="queue_survey"),
]
