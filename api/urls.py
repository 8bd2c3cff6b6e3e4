from django.urls import path

from api import docs
from api.v1.alerts import Alerts, AlertsHere
from api.v1.articles import ArticleList, AttachmentDetail
from api.v1.automation import urls as automation
from api.v1.bell import BellDetail, BellList
from api.v1.belonging import LinkDetail, LinkList, MergeDoor
from api.v1.bulk import TicketsBulk
from api.v1.copies import ParticipantDetail, ParticipantList, WatcherDetail
from api.v1.effort import MacroList, MacroRun, TimeDetail, TimeList, WatcherList, Watching
from api.v1.exporting import Changes
from api.v1.health import DeliveryRetry, Health
from api.v1.history import EventList, EventUndo
from api.v1.imports.views import ImportCancel, ImportDetail, ImportList, ImportStart, RefusalList, RefusedFile
from api.v1.knowledge.articles import ArticleDetail, CategoryList, FileDetail
from api.v1.knowledge.articles import ArticleList as KnowledgeList
from api.v1.levels.calendars import CalendarDetail, CalendarList
from api.v1.levels.clocks import ClockList
from api.v1.levels.policies import SlaDetail, SlaList
from api.v1.levels.queues import QueueHoursDetail, QueueHoursList
from api.v1.lookups import FieldList, Me, PriorityList, QueueList, ServiceList, StateList, TypeList
from api.v1.mail import urls as mail
from api.v1.my_notices import MyNotices
from api.v1.organisations import OrganisationDetail, OrganisationList
from api.v1.passing_on import Forward, Split, TakeBack
from api.v1.people import PersonDetail, PersonList, PersonMerge
from api.v1.processes.steering import RunCancel, RunJump, RunRetry
from api.v1.processes.views import (
    ApprovalDetail,
    ApprovalList,
    MessageList,
    ProcessList,
    RunList,
    TaskDetail,
    TaskList,
)
from api.v1.putting_away import Restore, Spam, Trash
from api.v1.reports.answers import Answer, ExportDetail, ExportFile, ExportList, MeasureList
from api.v1.reports.saved import ReportDetail, ReportList, ReportMailDetail, ReportMailList
from api.v1.setup import urls as setup
from api.v1.solving import Solve
from api.v1.steps import StepDetail, StepList
from api.v1.texts import urls as texts
from api.v1.tickets import TicketDetail, TicketList
from api.v1.views import SavedViewDetail, SavedViewList

app_name = "api"
urlpatterns = [
    path("tickets/", TicketList.as_view(), name="tickets"),
    path("tickets/bulk/", TicketsBulk.as_view(), name="tickets_bulk"),
    path("tickets/<slug:number>/", TicketDetail.as_view(), name="ticket"),
    path("tickets/<slug:number>/articles/", ArticleList.as_view(), name="articles"),
    path("tickets/<slug:number>/articles/<int:id>/split/", Split.as_view(), name="article_split"),
    path("tickets/<slug:number>/articles/<int:id>/forward/", Forward.as_view(), name="article_forward"),
    path("tickets/<slug:number>/articles/<int:id>/take-back/", TakeBack.as_view(), name="article_take_back"),
    path("tickets/<slug:number>/solve/", Solve.as_view(), name="solve"),
    path("tickets/<slug:number>/history/<int:id>/undo/", EventUndo.as_view(), name="event_undo"),
    path("tickets/<slug:number>/history/", EventList.as_view(), name="history"),
    path("tickets/<slug:number>/clocks/", ClockList.as_view(), name="clocks"),
    path("tickets/<slug:number>/merge/", MergeDoor.as_view(), name="merge"),
    path("tickets/<slug:number>/links/", LinkList.as_view(), name="links"),
    path("tickets/<slug:number>/links/<int:id>/", LinkDetail.as_view(), name="link"),
    path("tickets/<slug:number>/time/", TimeList.as_view(), name="times"),
    path("tickets/<slug:number>/time/<int:id>/", TimeDetail.as_view(), name="time"),
    path("tickets/<slug:number>/watchers/", WatcherList.as_view(), name="watchers"),
    path("tickets/<slug:number>/watchers/<int:id>/", WatcherDetail.as_view(), name="watcher"),
    path("tickets/<slug:number>/participants/", ParticipantList.as_view(), name="participants"),
    path("tickets/<slug:number>/participants/<int:id>/", ParticipantDetail.as_view(), name="participant"),
    path("tickets/<slug:number>/checklist/", StepList.as_view(), name="steps"),
    path("tickets/<slug:number>/checklist/<int:id>/", StepDetail.as_view(), name="step"),
    path("tickets/<slug:number>/trash/", Trash.as_view(), name="trash"),
    path("tickets/<slug:number>/spam/", Spam.as_view(), name="spam"),
    path("tickets/<slug:number>/restore/", Restore.as_view(), name="restore"),
    path("tickets/<slug:number>/watch/", Watching.as_view(), name="watch"),
    path("tickets/<slug:number>/macros/", MacroList.as_view(), name="macros"),
    path("tickets/<slug:number>/macros/<int:id>/", MacroRun.as_view(), name="macro"),
    path("changes/", Changes.as_view(), name="changes"),
    path("calendars/", CalendarList.as_view(), name="calendars"),
    path("calendars/<int:id>/", CalendarDetail.as_view(), name="calendar"),
    path("slas/", SlaList.as_view(), name="slas"),
    path("slas/<int:id>/", SlaDetail.as_view(), name="sla"),
    path("queue-hours/", QueueHoursList.as_view(), name="queue_hours"),
    path("queue-hours/<int:queue>/", QueueHoursDetail.as_view(), name="hours_of_queue"),
    path("alerts/", Alerts.as_view(), name="alerts"),
    path("alerts/<str:secret>/", AlertsHere.as_view(), name="alerts_here"),
    path("attachments/<uuid:uuid>/", AttachmentDetail.as_view(), name="attachment"),
    path("kb/categories/", CategoryList.as_view(), name="kb_categories"),
    path("kb/articles/", KnowledgeList.as_view(), name="kb_articles"),
    path("kb/articles/<int:number>/", ArticleDetail.as_view(), name="kb_article"),
    path("kb/files/<uuid:uuid>/", FileDetail.as_view(), name="kb_file"),
    path("reports/measures/", MeasureList.as_view(), name="measures"),
    path("reports/answer/", Answer.as_view(), name="report_answer"),
    path("reports/saved/", ReportList.as_view(), name="reports"),
    path("reports/saved/<int:id>/", ReportDetail.as_view(), name="report"),
    path("reports/saved/<int:id>/mails/", ReportMailList.as_view(), name="report_mails"),
    path("reports/mails/<int:id>/", ReportMailDetail.as_view(), name="report_mail"),
    path("reports/exports/", ExportList.as_view(), name="exports"),
    path("reports/exports/<int:id>/", ExportDetail.as_view(), name="export"),
    path("reports/exports/<int:id>/file/", ExportFile.as_view(), name="export_file"),
    path("imports/", ImportList.as_view(), name="imports"),
    path("imports/<int:id>/", ImportDetail.as_view(), name="import"),
    path("imports/<int:id>/start/", ImportStart.as_view(), name="import_start"),
    path("imports/<int:id>/cancel/", ImportCancel.as_view(), name="import_cancel"),
    path("imports/<int:id>/refusals/", RefusalList.as_view(), name="import_refusals"),
    path("imports/<int:id>/refused/", RefusedFile.as_view(), name="import_refused"),
    path("processes/", ProcessList.as_view(), name="processes"),
    path("tickets/<slug:number>/processes/", RunList.as_view(), name="process_runs"),
    path("tickets/<slug:number>/processes/<int:id>/cancel/", RunCancel.as_view(), name="process_run_cancel"),
    path("tickets/<slug:number>/processes/<int:id>/jump/", RunJump.as_view(), name="process_run_jump"),
    path("tickets/<slug:number>/processes/<int:id>/retry/", RunRetry.as_view(), name="process_run_retry"),
    path("tickets/<slug:number>/messages/", MessageList.as_view(), name="process_messages"),
    path("tasks/", TaskList.as_view(), name="tasks"),
    path("tasks/<int:id>/", TaskDetail.as_view(), name="task"),
    path("approvals/", ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:id>/", ApprovalDetail.as_view(), name="approval"),
    path("queues/", QueueList.as_view(), name="queues"),
    path("states/", StateList.as_view(), name="states"),
    path("priorities/", PriorityList.as_view(), name="priorities"),
    path("types/", TypeList.as_view(), name="types"),
    path("fields/", FieldList.as_view(), name="fields"),
    path("views/", SavedViewList.as_view(), name="views"),
    path("views/<int:id>/", SavedViewDetail.as_view(), name="view"),
    path("services/", ServiceList.as_view(), name="services"),
    path("people/", PersonList.as_view(), name="people"),
    path("people/<int:id>/", PersonDetail.as_view(), name="person"),
    path("people/<int:id>/merge/", PersonMerge.as_view(), name="person_merge"),
    path("organisations/", OrganisationList.as_view(), name="organisations"),
    path("organisations/<int:id>/", OrganisationDetail.as_view(), name="organisation"),
    *automation.urlpatterns,
    *texts.urlpatterns,
    path("health/", Health.as_view(), name="health"),
    path("health/deliveries/<int:id>/retry/", DeliveryRetry.as_view(), name="delivery_retry"),
    *mail.urlpatterns,
    *setup.urlpatterns,
    path("me/bell/", BellList.as_view(), name="bell"),
    path("me/bell/<int:id>/", BellDetail.as_view(), name="bell_notice"),
    path("me/notices/", MyNotices.as_view(), name="my_notices"),
    path("me/", Me.as_view(), name="me"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.docs, name="docs"),
]
