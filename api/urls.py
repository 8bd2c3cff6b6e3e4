from django.urls import path

from api import docs
from api.v1.articles import ArticleList, AttachmentDetail
from api.v1.history import EventList
from api.v1.lookups import Me, PersonList, PriorityList, QueueList, StateList, TypeList
from api.v1.tickets import TicketDetail, TicketList

app_name = "api"
urlpatterns = [
    path("tickets/", TicketList.as_view(), name="tickets"),
    path("tickets/<slug:number>/", TicketDetail.as_view(), name="ticket"),
    path("tickets/<slug:number>/articles/", ArticleList.as_view(), name="articles"),
    path("tickets/<slug:number>/history/", EventList.as_view(), name="history"),
    path("attachments/<uuid:uuid>/", AttachmentDetail.as_view(), name="attachment"),
    path("queues/", QueueList.as_view(), name="queues"),
    path("states/", StateList.as_view(), name="states"),
    path("priorities/", PriorityList.as_view(), name="priorities"),
    path("types/", TypeList.as_view(), name="types"),
    path("people/", PersonList.as_view(), name="people"),
    path("me/", Me.as_view(), name="me"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.docs, name="docs"),
]
