from django.urls import path

from api import docs
from api.v1.alerts import Alerts, AlertsHere
from api.v1.articles import ArticleList, AttachmentDetail
from api.v1.history import EventList
from api.v1.knowledge.articles import ArticleDetail, CategoryList, FileDetail
from api.v1.knowledge.articles import ArticleList as KnowledgeList
from api.v1.levels.calendars import CalendarDetail, CalendarList
from api.v1.levels.clocks import ClockList
from api.v1.levels.policies import SlaDetail, SlaList
from api.v1.levels.queues import QueueHoursDetail, QueueHoursList
from api.v1.lookups import Me, PersonList, PriorityList, QueueList, ServiceList, StateList, TypeList
from api.v1.processes.views import (
    ApprovalDetail,
    ApprovalList,
    MessageList,
    ProcessList,
    RunList,
    TaskDetail,
    TaskList,
)
from api.v1.tickets import TicketDetail, TicketList

app_name = "api"
urlpatterns = [
    path("tickets/", TicketList.as_view(), name="tickets"),
    path("tickets/<slug:number>/", TicketDetail.as_view(), name="ticket"),
    path("tickets/<slug:number>/articles/", ArticleList.as_view(), name="articles"),
    path("tickets/<slug:number>/history/", EventList.as_view(), name="history"),
    path("tickets/<slug:number>/clocks/", ClockList.as_view(), name="clocks"),
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
    path("processes/", ProcessList.as_view(), name="processes"),
    path("tickets/<slug:number>/processes/", RunList.as_view(), name="process_runs"),
    path("tickets/<slug:number>/messages/", MessageList.as_view(), name="process_messages"),
    path("tasks/", TaskList.as_view(), name="tasks"),
    path("tasks/<int:id>/", TaskDetail.as_view(), name="task"),
    path("approvals/", ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:id>/", ApprovalDetail.as_view(), name="approval"),
    path("queues/", QueueList.as_view(), name="queues"),
    path("states/", StateList.as_view(), name="states"),
    path("priorities/", PriorityList.as_view(), name="priorities"),
    path("types/", TypeList.as_view(), name="types"),
    path("services/", ServiceList.as_view(), name="services"),
    path("people/", PersonList.as_view(), name="people"),
    path("me/", Me.as_view(), name="me"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.docs, name="docs"),
]
