"""The description of the interface: complete, stable, public, and without anything of the installation."""

import json
import re

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from api.docs import TAGS, docs
from api.schema import document
from api.urls import urlpatterns
from api.v1.including import FETCHES
from sla.models import Calendar
from tests.factories import TicketFactory
from tests.sla.conftest import hours_of_queue, office, sla

__all__ = ["office", "sla"]

OPERATIONS = {
    "askReport": "GET /api/v1/reports/answer/",
    "downloadExport": "GET /api/v1/reports/exports/{id}/file/",
    "listExports": "GET /api/v1/reports/exports/",
    "listMeasures": "GET /api/v1/reports/measures/",
    "showExport": "GET /api/v1/reports/exports/{id}/",
    "startExport": "POST /api/v1/reports/exports/",
    "cancelImport": "POST /api/v1/imports/{id}/cancel/",
    "changeImport": "PATCH /api/v1/imports/{id}/",
    "downloadRefused": "GET /api/v1/imports/{id}/refused/",
    "listImports": "GET /api/v1/imports/",
    "listRefusals": "GET /api/v1/imports/{id}/refusals/",
    "removeImport": "DELETE /api/v1/imports/{id}/",
    "runImport": "POST /api/v1/imports/{id}/start/",
    "showImport": "GET /api/v1/imports/{id}/",
    "startImport": "POST /api/v1/imports/",
    "addArticle": "POST /api/v1/tickets/{number}/articles/",
    "addCalendar": "POST /api/v1/calendars/",
    "addKnowledge": "POST /api/v1/kb/articles/",
    "addSla": "POST /api/v1/slas/",
    "changeCalendar": "PATCH /api/v1/calendars/{id}/",
    "changeKnowledge": "PATCH /api/v1/kb/articles/{number}/",
    "changeQueueHours": "PATCH /api/v1/queue-hours/{queue}/",
    "changeSla": "PATCH /api/v1/slas/{id}/",
    "addLink": "POST /api/v1/tickets/{number}/links/",
    "addTime": "POST /api/v1/tickets/{number}/time/",
    "changeTickets": "PATCH /api/v1/tickets/bulk/",
    "listChanges": "GET /api/v1/changes/",
    "listLinks": "GET /api/v1/tickets/{number}/links/",
    "listMacros": "GET /api/v1/tickets/{number}/macros/",
    "listTime": "GET /api/v1/tickets/{number}/time/",
    "listWatchers": "GET /api/v1/tickets/{number}/watchers/",
    "mergeTicket": "POST /api/v1/tickets/{number}/merge/",
    "removeLink": "DELETE /api/v1/tickets/{number}/links/{id}/",
    "removeTime": "DELETE /api/v1/tickets/{number}/time/{id}/",
    "runMacro": "POST /api/v1/tickets/{number}/macros/{id}/",
    "unmergeTicket": "DELETE /api/v1/tickets/{number}/merge/",
    "unwatchTicket": "DELETE /api/v1/tickets/{number}/watch/",
    "watchTicket": "POST /api/v1/tickets/{number}/watch/",
    "changeTicket": "PATCH /api/v1/tickets/{number}/",
    "decide": "POST /api/v1/approvals/{id}/",
    "doTask": "POST /api/v1/tasks/{id}/",
    "downloadAttachment": "GET /api/v1/attachments/{uuid}/",
    "downloadKnowledgeFile": "GET /api/v1/kb/files/{uuid}/",
    "addView": "POST /api/v1/views/",
    "changeView": "PATCH /api/v1/views/{id}/",
    "listFields": "GET /api/v1/fields/",
    "listViews": "GET /api/v1/views/",
    "removeView": "DELETE /api/v1/views/{id}/",
    "showView": "GET /api/v1/views/{id}/",
    "addOrganisation": "POST /api/v1/organisations/",
    "addPerson": "POST /api/v1/people/",
    "changeOrganisation": "PATCH /api/v1/organisations/{id}/",
    "changePerson": "PATCH /api/v1/people/{id}/",
    "findOrganisations": "GET /api/v1/organisations/",
    "showOrganisation": "GET /api/v1/organisations/{id}/",
    "showPerson": "GET /api/v1/people/{id}/",
    "findPerson": "GET /api/v1/people/",
    "listApprovals": "GET /api/v1/approvals/",
    "listArticleCategories": "GET /api/v1/kb/categories/",
    "listArticles": "GET /api/v1/tickets/{number}/articles/",
    "listCalendars": "GET /api/v1/calendars/",
    "listClocks": "GET /api/v1/tickets/{number}/clocks/",
    "listEvents": "GET /api/v1/tickets/{number}/history/",
    "listKnowledge": "GET /api/v1/kb/articles/",
    "listPriorities": "GET /api/v1/priorities/",
    "listProcesses": "GET /api/v1/processes/",
    "listProcessRuns": "GET /api/v1/tickets/{number}/processes/",
    "listQueueHours": "GET /api/v1/queue-hours/",
    "listQueues": "GET /api/v1/queues/",
    "listServices": "GET /api/v1/services/",
    "listSlas": "GET /api/v1/slas/",
    "listStates": "GET /api/v1/states/",
    "listTasks": "GET /api/v1/tasks/",
    "listTickets": "GET /api/v1/tickets/",
    "listTypes": "GET /api/v1/types/",
    "openTicket": "POST /api/v1/tickets/",
    "postAlerts": "POST /api/v1/alerts/",
    "postAlertsAt": "POST /api/v1/alerts/{secret}/",
    "readTask": "GET /api/v1/tasks/{id}/",
    "sendProcessMessage": "POST /api/v1/tickets/{number}/messages/",
    "showCalendar": "GET /api/v1/calendars/{id}/",
    "showKnowledge": "GET /api/v1/kb/articles/{number}/",
    "showMe": "GET /api/v1/me/",
    "showQueueHours": "GET /api/v1/queue-hours/{queue}/",
    "showSla": "GET /api/v1/slas/{id}/",
    "showTicket": "GET /api/v1/tickets/{number}/",
    "showHealth": "GET /api/v1/health/",
    "retryDelivery": "POST /api/v1/health/deliveries/{id}/retry/",
    "listIncoming": "GET /api/v1/mail/incoming/",
    "showIncoming": "GET /api/v1/mail/incoming/{id}/",
    "deleteIncoming": "DELETE /api/v1/mail/incoming/{id}/",
    "retryIncoming": "POST /api/v1/mail/incoming/{id}/retry/",
    "discardIncoming": "POST /api/v1/mail/incoming/{id}/discard/",
    "releaseIncoming": "POST /api/v1/mail/incoming/{id}/release/",
    "downloadIncoming": "GET /api/v1/mail/incoming/{id}/raw/",
    "listOutgoing": "GET /api/v1/mail/outgoing/",
    "showOutgoing": "GET /api/v1/mail/outgoing/{id}/",
    "resendOutgoing": "POST /api/v1/mail/outgoing/{id}/again/",
    "releaseOutgoing": "POST /api/v1/mail/outgoing/{id}/anyway/",
    "withdrawOutgoing": "POST /api/v1/mail/outgoing/{id}/withdraw/",
    "downloadOutgoing": "GET /api/v1/mail/outgoing/{id}/raw/",
    "removeOurAddress": "DELETE /api/v1/mail/addresses/{id}/",
    "showMailboxVisits": "GET /api/v1/mail/mailboxes/{id}/visits/",
    "visitMailbox": "POST /api/v1/mail/mailboxes/{id}/visits/",
    "tryMailbox": "POST /api/v1/mail/mailboxes/{id}/try/",
    "addQuestion": "POST /api/v1/setup/services/{id}/questions/",
    "changeQuestion": "PATCH /api/v1/setup/services/{id}/questions/{question}/",
    "removeQuestion": "DELETE /api/v1/setup/services/{id}/questions/{question}/",
    "listTagSettings": "GET /api/v1/setup/tags/",
    "showTag": "GET /api/v1/setup/tags/{id}/",
    "changeTag": "PATCH /api/v1/setup/tags/{id}/",
    "removeTag": "DELETE /api/v1/setup/tags/{id}/",
    "listOurAddressSettings": "GET /api/v1/mail/addresses/",
    "addOurAddress": "POST /api/v1/mail/addresses/",
    "showOurAddress": "GET /api/v1/mail/addresses/{id}/",
    "changeOurAddress": "PATCH /api/v1/mail/addresses/{id}/",
    "listMailboxSettings": "GET /api/v1/mail/mailboxes/",
    "addMailbox": "POST /api/v1/mail/mailboxes/",
    "showMailbox": "GET /api/v1/mail/mailboxes/{id}/",
    "changeMailbox": "PATCH /api/v1/mail/mailboxes/{id}/",
    "listQueueSettings": "GET /api/v1/setup/queues/",
    "addQueue": "POST /api/v1/setup/queues/",
    "showQueue": "GET /api/v1/setup/queues/{id}/",
    "changeQueue": "PATCH /api/v1/setup/queues/{id}/",
    "listServiceSettings": "GET /api/v1/setup/services/",
    "addService": "POST /api/v1/setup/services/",
    "showService": "GET /api/v1/setup/services/{id}/",
    "changeService": "PATCH /api/v1/setup/services/{id}/",
    "listFieldSettings": "GET /api/v1/setup/fields/",
    "addField": "POST /api/v1/setup/fields/",
    "showField": "GET /api/v1/setup/fields/{id}/",
    "changeField": "PATCH /api/v1/setup/fields/{id}/",
    "listStateSettings": "GET /api/v1/setup/states/",
    "addState": "POST /api/v1/setup/states/",
    "showState": "GET /api/v1/setup/states/{id}/",
    "changeState": "PATCH /api/v1/setup/states/{id}/",
    "listPrioritySettings": "GET /api/v1/setup/priorities/",
    "addPriority": "POST /api/v1/setup/priorities/",
    "showPriority": "GET /api/v1/setup/priorities/{id}/",
    "changePriority": "PATCH /api/v1/setup/priorities/{id}/",
    "listTypeSettings": "GET /api/v1/setup/types/",
    "addType": "POST /api/v1/setup/types/",
    "showType": "GET /api/v1/setup/types/{id}/",
    "changeType": "PATCH /api/v1/setup/types/{id}/",
    "listBrandSettings": "GET /api/v1/setup/brands/",
    "addBrand": "POST /api/v1/setup/brands/",
    "showBrand": "GET /api/v1/setup/brands/{id}/",
    "changeBrand": "PATCH /api/v1/setup/brands/{id}/",
    "startProcess": "POST /api/v1/tickets/{number}/processes/",
}
# Automation and texts, for administrators.
OPERATIONS |= {
    "addAlertSource": "POST /api/v1/alert-sources/",
    "addMacro": "POST /api/v1/macros/",
    "addRule": "POST /api/v1/rules/",
    "addSchedule": "POST /api/v1/schedules/",
    "addWebhook": "POST /api/v1/webhooks/",
    "changeAlertSource": "PATCH /api/v1/alert-sources/{id}/",
    "changeMacro": "PATCH /api/v1/macros/{id}/",
    "changeQueueAssignment": "PATCH /api/v1/queue-assignment/{queue}/",
    "changeQueueSurvey": "PATCH /api/v1/queue-surveys/{queue}/",
    "changeRule": "PATCH /api/v1/rules/{id}/",
    "changeSchedule": "PATCH /api/v1/schedules/{id}/",
    "changeWebhook": "PATCH /api/v1/webhooks/{id}/",
    "dropRuleDraft": "DELETE /api/v1/rules/{id}/draft/",
    "inheritQueueAssignment": "DELETE /api/v1/queue-assignment/{queue}/",
    "inheritQueueSurvey": "DELETE /api/v1/queue-surveys/{queue}/",
    "keepRuleDraft": "PATCH /api/v1/rules/{id}/draft/",
    "listAlertPosts": "GET /api/v1/alert-sources/{id}/posts/",
    "listAlertSources": "GET /api/v1/alert-sources/",
    "listAllMacros": "GET /api/v1/macros/",
    "listEffects": "GET /api/v1/effects/",
    "listHappenings": "GET /api/v1/happenings/",
    "listQueueAssignments": "GET /api/v1/queue-assignment/",
    "listQueueSurveys": "GET /api/v1/queue-surveys/",
    "listRuleRuns": "GET /api/v1/rules/{id}/runs/",
    "listRules": "GET /api/v1/rules/",
    "listScheduleItems": "GET /api/v1/schedules/{id}/runs/{run}/items/",
    "listScheduleRuns": "GET /api/v1/schedules/{id}/runs/",
    "listSchedules": "GET /api/v1/schedules/",
    "listWebhookMessages": "GET /api/v1/webhooks/{id}/messages/",
    "listWebhooks": "GET /api/v1/webhooks/",
    "pauseRule": "POST /api/v1/rules/{id}/pause/",
    "publishRule": "POST /api/v1/rules/{id}/publish/",
    "removeAlertSource": "DELETE /api/v1/alert-sources/{id}/",
    "removeMacro": "DELETE /api/v1/macros/{id}/",
    "removeRule": "DELETE /api/v1/rules/{id}/",
    "removeSchedule": "DELETE /api/v1/schedules/{id}/",
    "removeWebhook": "DELETE /api/v1/webhooks/{id}/",
    "renewAlertSourceSecret": "POST /api/v1/alert-sources/{id}/secret/",
    "renewWebhookSecret": "POST /api/v1/webhooks/{id}/secret/",
    "replayWebhook": "POST /api/v1/webhooks/{id}/messages/again/",
    "replayWebhookMessage": "POST /api/v1/webhook-messages/{id}/again/",
    "resumeScheduleRun": "POST /api/v1/schedules/{id}/runs/{run}/again/",
    "retryRuleRun": "POST /api/v1/rules/{id}/runs/{run}/again/",
    "runSchedule": "POST /api/v1/schedules/{id}/runs/",
    "showAlertSource": "GET /api/v1/alert-sources/{id}/",
    "showMacro": "GET /api/v1/macros/{id}/",
    "showQueueAssignment": "GET /api/v1/queue-assignment/{queue}/",
    "showQueueSurvey": "GET /api/v1/queue-surveys/{queue}/",
    "showRule": "GET /api/v1/rules/{id}/",
    "showSchedule": "GET /api/v1/schedules/{id}/",
    "showScheduleRun": "GET /api/v1/schedules/{id}/runs/{run}/",
    "showWebhook": "GET /api/v1/webhooks/{id}/",
    "showWebhookMessage": "GET /api/v1/webhook-messages/{id}/",
    "stopScheduleRun": "POST /api/v1/schedules/{id}/runs/{run}/stop/",
    "testWebhook": "POST /api/v1/webhooks/{id}/test/",
    "tryAlertSource": "POST /api/v1/alert-sources/{id}/try/",
    "tryNewRule": "POST /api/v1/rules/try/",
    "tryNewSchedule": "POST /api/v1/schedules/try/",
    "tryRule": "POST /api/v1/rules/{id}/try/",
    "trySchedule": "POST /api/v1/schedules/{id}/try/",
    "addAutomaticText": "POST /api/v1/automatic-texts/",
    "addChecklist": "POST /api/v1/checklists/",
    "addContent": "POST /api/v1/contents/",
    "addSnippet": "POST /api/v1/snippets/",
    "addTemplate": "POST /api/v1/templates/",
    "changeAutomaticText": "PATCH /api/v1/automatic-texts/{id}/",
    "changeChecklist": "PATCH /api/v1/checklists/{id}/",
    "changeContent": "PATCH /api/v1/contents/{id}/",
    "changeNotice": "PATCH /api/v1/notices/{key}/",
    "changeNoticeText": "PATCH /api/v1/notices/{key}/texts/{language}/",
    "changeQueueAnswers": "PATCH /api/v1/queue-answers/{queue}/",
    "changeSnippet": "PATCH /api/v1/snippets/{id}/",
    "changeTemplate": "PATCH /api/v1/templates/{id}/",
    "inheritQueueAnswers": "DELETE /api/v1/queue-answers/{queue}/",
    "listAutomaticTexts": "GET /api/v1/automatic-texts/",
    "listChecklists": "GET /api/v1/checklists/",
    "listContents": "GET /api/v1/contents/",
    "listNotices": "GET /api/v1/notices/",
    "listQueuesAnswers": "GET /api/v1/queue-answers/",
    "listSnippets": "GET /api/v1/snippets/",
    "listTemplates": "GET /api/v1/templates/",
    "removeNoticeText": "DELETE /api/v1/notices/{key}/texts/{language}/",
    "showAutomaticText": "GET /api/v1/automatic-texts/{id}/",
    "showChecklist": "GET /api/v1/checklists/{id}/",
    "showContent": "GET /api/v1/contents/{id}/",
    "showNotice": "GET /api/v1/notices/{key}/",
    "showNoticeText": "GET /api/v1/notices/{key}/texts/{language}/",
    "showQueueAnswers": "GET /api/v1/queue-answers/{queue}/",
    "showSnippet": "GET /api/v1/snippets/{id}/",
    "showTemplate": "GET /api/v1/templates/{id}/",
}
# Who works here, what they may and know, and mail beside its ledger, for administrators.
OPERATIONS |= {
    "addAnnouncement": "POST /api/v1/setup/announcements/",
    "addCategory": "POST /api/v1/setup/categories/",
    "addWebForm": "POST /api/v1/setup/web-forms/",
    "changeAnnouncement": "PATCH /api/v1/setup/announcements/{id}/",
    "changeCategory": "PATCH /api/v1/setup/categories/{id}/",
    "changeMailLimits": "PATCH /api/v1/mail/limits/",
    "changePriorityMatrix": "PATCH /api/v1/setup/priority-matrix/",
    "changeWebForm": "PATCH /api/v1/setup/web-forms/{id}/",
    "listAnnouncementSettings": "GET /api/v1/setup/announcements/",
    "listAudit": "GET /api/v1/setup/audit/",
    "listCategorySettings": "GET /api/v1/setup/categories/",
    "listPriorityMatrix": "GET /api/v1/setup/priority-matrix/",
    "listWebFormSettings": "GET /api/v1/setup/web-forms/",
    "removeCalendar": "DELETE /api/v1/calendars/{id}/",
    "removeCategory": "DELETE /api/v1/setup/categories/{id}/",
    "removeSla": "DELETE /api/v1/slas/{id}/",
    "removeWebForm": "DELETE /api/v1/setup/web-forms/{id}/",
    "showAnnouncement": "GET /api/v1/setup/announcements/{id}/",
    "showAuditLine": "GET /api/v1/setup/audit/{id}/",
    "showCategory": "GET /api/v1/setup/categories/{id}/",
    "showMailLimits": "GET /api/v1/mail/limits/",
    "showWebForm": "GET /api/v1/setup/web-forms/{id}/",
    "addReport": "POST /api/v1/reports/saved/",
    "addReportMail": "POST /api/v1/reports/saved/{id}/mails/",
    "changeReport": "PATCH /api/v1/reports/saved/{id}/",
    "endReportMail": "DELETE /api/v1/reports/mails/{id}/",
    "listReportMails": "GET /api/v1/reports/saved/{id}/mails/",
    "listReports": "GET /api/v1/reports/saved/",
    "removeReport": "DELETE /api/v1/reports/saved/{id}/",
    "showReport": "GET /api/v1/reports/saved/{id}/",
    "changeMyNotices": "PATCH /api/v1/me/notices/",
    "listBell": "GET /api/v1/me/bell/",
    "markNotice": "PATCH /api/v1/me/bell/{id}/",
    "mergePeople": "POST /api/v1/people/{id}/merge/",
    "readBell": "POST /api/v1/me/bell/",
    "showMyNotices": "GET /api/v1/me/notices/",
    "cancelProcess": "POST /api/v1/tickets/{number}/processes/{id}/cancel/",
    "forwardArticle": "POST /api/v1/tickets/{number}/articles/{id}/forward/",
    "moveProcess": "POST /api/v1/tickets/{number}/processes/{id}/jump/",
    "retryProcess": "POST /api/v1/tickets/{number}/processes/{id}/retry/",
    "solveTicket": "POST /api/v1/tickets/{number}/solve/",
    "splitArticle": "POST /api/v1/tickets/{number}/articles/{id}/split/",
    "takeArticleBack": "POST /api/v1/tickets/{number}/articles/{id}/take-back/",
    "undoEvent": "POST /api/v1/tickets/{number}/history/{id}/undo/",
    "addParticipant": "POST /api/v1/tickets/{number}/participants/",
    "addSteps": "POST /api/v1/tickets/{number}/checklist/",
    "addWatcher": "POST /api/v1/tickets/{number}/watchers/",
    "changeStep": "PATCH /api/v1/tickets/{number}/checklist/{id}/",
    "listParticipants": "GET /api/v1/tickets/{number}/participants/",
    "listSteps": "GET /api/v1/tickets/{number}/checklist/",
    "markSpam": "POST /api/v1/tickets/{number}/spam/",
    "previewText": "POST /api/v1/texts/preview/",
    "removeParticipant": "DELETE /api/v1/tickets/{number}/participants/{id}/",
    "removeStep": "DELETE /api/v1/tickets/{number}/checklist/{id}/",
    "removeWatcher": "DELETE /api/v1/tickets/{number}/watchers/{id}/",
    "restoreTicket": "POST /api/v1/tickets/{number}/restore/",
    "trashTicket": "POST /api/v1/tickets/{number}/trash/",
    "addAccount": "POST /api/v1/setup/people/",
    "addFilter": "POST /api/v1/mail/filters/",
    "addRole": "POST /api/v1/setup/roles/",
    "addSender": "POST /api/v1/mail/senders/",
    "addServer": "POST /api/v1/mail/servers/",
    "addSkill": "POST /api/v1/setup/skills/",
    "addSkillRule": "POST /api/v1/setup/skill-rules/",
    "changeAccount": "PATCH /api/v1/setup/people/{id}/",
    "changeAgent": "PATCH /api/v1/setup/agents/{id}/",
    "changeFilter": "PATCH /api/v1/mail/filters/{id}/",
    "changeQueueRights": "PATCH /api/v1/setup/queues/{id}/rights/",
    "changeRole": "PATCH /api/v1/setup/roles/{id}/",
    "changeSender": "PATCH /api/v1/mail/senders/{id}/",
    "changeServer": "PATCH /api/v1/mail/servers/{id}/",
    "changeSkill": "PATCH /api/v1/setup/skills/{id}/",
    "changeSkillRule": "PATCH /api/v1/setup/skill-rules/{id}/",
    "changeWorkPoints": "PATCH /api/v1/setup/work-points/",
    "deactivateAccount": "POST /api/v1/setup/people/{id}/deactivate/",
    "inviteAccount": "POST /api/v1/setup/people/{id}/invite/",
    "listAccountSettings": "GET /api/v1/setup/people/",
    "listAgents": "GET /api/v1/setup/agents/",
    "listFilterSettings": "GET /api/v1/mail/filters/",
    "listRoleSettings": "GET /api/v1/setup/roles/",
    "listSenderSettings": "GET /api/v1/mail/senders/",
    "listServerSettings": "GET /api/v1/mail/servers/",
    "listSkillRuleSettings": "GET /api/v1/setup/skill-rules/",
    "listSkillSettings": "GET /api/v1/setup/skills/",
    "listWorkPoints": "GET /api/v1/setup/work-points/",
    "removeFilter": "DELETE /api/v1/mail/filters/{id}/",
    "removeSender": "DELETE /api/v1/mail/senders/{id}/",
    "removeSkill": "DELETE /api/v1/setup/skills/{id}/",
    "removeSkillRule": "DELETE /api/v1/setup/skill-rules/{id}/",
    "showAccount": "GET /api/v1/setup/people/{id}/",
    "showAgent": "GET /api/v1/setup/agents/{id}/",
    "showFilter": "GET /api/v1/mail/filters/{id}/",
    "showQueueRights": "GET /api/v1/setup/queues/{id}/rights/",
    "showRole": "GET /api/v1/setup/roles/{id}/",
    "showSender": "GET /api/v1/mail/senders/{id}/",
    "showServer": "GET /api/v1/mail/servers/{id}/",
    "showSkill": "GET /api/v1/setup/skills/{id}/",
    "showSkillRule": "GET /api/v1/setup/skill-rules/{id}/",
    "signOutAccount": "POST /api/v1/setup/people/{id}/sign-out/",
    "tryMail": "POST /api/v1/mail/try/",
    "tryServer": "POST /api/v1/mail/servers/{id}/try/",
}


# Monitoring shows the secret of its source, which is no person's token.
BY_SECRET = ("postAlerts", "postAlertsAt")
SETTINGS = ("Release", "NewMailbox", "NewFilter", "MailTrial", "NewQueue", "ChangedQueue")
SETTINGS += ("NewRole", "ChangedQueueRights", "NewAccount")
SET_UP = [
    *("releaseIncoming", "addOurAddress", "addMailbox", "addQueue", "addService", "addQuestion", "addField"),
    *("addState", "addPriority", "addType", "addBrand", "changeTag", "addFilter", "addSender", "addServer", "tryMail"),
    *("addRole", "changeQueueRights", "addAccount", "deactivateAccount", "addSkill", "addSkillRule", "changeAgent"),
    *("changeWorkPoints", "changePriorityMatrix", "addWebForm", "addCategory", "addAnnouncement", "changeMailLimits"),
    *("previewText", "addSteps", "addParticipant", "addWatcher"),
]
LEVELS = ["addCalendar", "addSla", "changeSla", "changeQueueHours"]
AUTOMATION = ["addRule", "tryRule", "addSchedule", "addMacro", "addWebhook", "addAlertSource"]
AUTOMATION += ["changeQueueAssignment", "changeQueueSurvey"]
TEXTS = ["addTemplate", "addSnippet", "addContent", "addAutomaticText", "changeNotice", "changeNoticeText"]


def operations() -> dict[str, dict]:
    return {
        operation["operationId"]: {**operation, "address": f"{method.upper()} {path}"}
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_is_described_under_a_stable_name(db):
    found = operations()
    assert {name: operation["address"] for name, operation in found.items()} == OPERATIONS
    for name, operation in found.items():
        assert operation["tags"][0] in TAGS
        assert operation["summary"] and operation["description"]
        assert operation.get("security", []) == ([] if name in BY_SECRET else [{"token": []}])
        assert operation["responses"]["4XX"] == {"$ref": "#/components/responses/Refused"}
    described = {re.sub(r"{\w+}", "<x>", operation["address"].split()[1]) for operation in found.values()}
    routes = {"/api/v1/" + re.sub(r"<\w+:\w+>", "<x>", str(route.pattern)) for route in urlpatterns}
    assert routes - described == {"/api/v1/schema/", "/api/v1/docs/"}


def test_it_is_openapi_3_1_with_the_token_as_its_key(db):
    answer = Client().get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    described = answer.json()
    assert described["openapi"].startswith("3.1.")
    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    forms = [described["components"]["schemas"][name] for name in ("Opening", "Change", "NewArticle", "NewFile")]
    assert [form["additionalProperties"] for form in forms] == [False] * 4
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "name",
    ["openTicket", "changeTicket", "addArticle", "startExport", "startImport", *LEVELS, *AUTOMATION, *TEXTS, *SET_UP],
)
def test_examples_fit_what_they_show(db, name):
    content = operations()[name]["requestBody"]["content"]["application/json"]
    schema = {**content["schema"], "components": document()["components"]}
    assert content["examples"]
    for example in content["examples"].values():
        Draft202012Validator(schema).validate(example["value"])


def test_requests_in_the_manual_fit_too(db, settings):
    manual = (settings.BASE_DIR / "docs" / "api.md").read_text()
    bodies = [json.loads(body) for body in re.findall(r"-d '({.*})'", manual)]
    names = ["Opening", "Change", "BulkChange", "NewTime", "Customer", "NewArticle", "NewSteps"]
    names += [
        "Split",
        "Forward",
        "Change",
        "NewSla",
        "NewRule",
        "Past",
        "NewSchedule",
        "NewWebhook",
        "NewSkill",
        "ChangedQueueAssignment",
    ]
    names += ["NewContent", "ChangedNotice", "ChangedNoticeText", "AskedText"]
    names += [*SETTINGS, "NewImport"]
    for name, body in zip(names, bodies, strict=True):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
        Draft202012Validator(schema).validate(body)


def test_answers_are_as_described(world, bea, sla):
    level = sla("Gold", first_response=7200, condition=None)
    sla("Silver", first_response=7200)
    hours_of_queue(world.support, stay=7200, calendar=Calendar.objects.get())
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    bea.patch(f"tickets/{ticket.number}/", {"owner": "bea@demo.example"})
    bea.post(
        f"tickets/{ticket.number}/articles/",
        {"channel": "note", "body": "x", "attachments": [{"name": "a", "content": ""}]},
    )
    asked = {
        "Ticket": f"tickets/{ticket.number}/",
        "TicketWithMorePage": f"tickets/?include={','.join(FETCHES)}",
        "ArticlePage": f"tickets/{ticket.number}/articles/",
        "EventPage": f"tickets/{ticket.number}/history/",
        "ClockPage": f"tickets/{ticket.number}/clocks/",
        "CalendarPage": "calendars/",
        "SlaPage": "slas/",
        "Sla": f"slas/{level.pk}/",
        "QueueHoursPage": "queue-hours/",
        "QueueHours": f"queue-hours/{world.billing.pk}/",
        "QueuePage": "queues/",
        "StatePage": "states/",
        "PriorityPage": "priorities/",
        "RowPage": "types/",
        "FoundPersonPage": "people/?email=dana@acme.example",
        "Me": "me/",
        "Problem": "tickets/404404/",
    }
    for name, path in asked.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
        Draft202012Validator(schema).validate(bea.get(path).json())


def test_T56_the_page_for_people_is_public_and_names_nothing_of_the_installation(world, ticket, signed_in):
    answer = Client().get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for operation in operations().values():
        assert operation["summary"] in page
    for secret in ("Billing", world.dana.email.split("@")[0] + " Miller", ticket.number, "Django", "drf"):
        assert secret not in page
    assert signed_in(world.bea).get("/api/v1/docs/").status_code == 200
    assert Client().post("/api/v1/docs/").status_code == 405


def test_the_page_keeps_to_the_content_security_policy(db):
    answer = Client().get("/api/v1/docs/")
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(
        r"<style|<script(?! [^>]*src=)|\sstyle=|\son\w+=|https?://(?!www\.w3\.org|chat\.example\.com)", page
    )


def test_every_link_of_the_page_leads_somewhere(rf, db):
    page = docs(rf.get("/api/v1/docs/")).content.decode()
    names = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= names


def test_the_page_tells_all_answers_and_folds_what_is_long(rf, db):
    page = docs(rf.get("/api/v1/docs/")).content.decode()
    change = page[page.index('id="changeTicket"') :].partition("</section>")[0]
    assert [status for status in ("400", "404", "409", "412", "415", "429") if f"#refusal-{status}" not in change] == []
    opening = page[page.index('id="openTicket"') :].partition("</section>")[0]
    assert "#refusal-422" in opening and "#refusal-412" not in opening
    assert page.count('<details class="apidoc__section">') == page.count("<h2 lang") + 2
    assert "<doc-filter" in page
