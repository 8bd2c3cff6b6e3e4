"""The agents' addresses: a page, a part or a happening each."""

from django.urls import path

from web.desk.views import bulk, lists, news, opening, palette, profile, properties, sources, ticket, writing

app_name = "desk"
urlpatterns = [
    path("", lists.home, name="home"),
    path("views/<slug:key>/", lists.view, name="view"),
    path("views/<slug:key>/news/", news.view_news, name="view_news"),
    path("queues/<int:pk>/", lists.queue, name="queue"),
    path("queues/<int:pk>/news/", news.queue_news, name="queue_news"),
    path("search/", lists.search, name="search"),
    path("side/", lists.side, name="side"),
    path("palette/", palette.palette, name="palette"),
    path("profile/", profile.profile, name="profile"),
    path("tickets/new/", opening.new, name="new"),
    path("tickets/new/person/", opening.person, name="person"),
    path("tickets/selected/take/", bulk.take, name="take_selected"),
    path("tickets/selected/close/", bulk.close, name="close_selected"),
    # one ticket, to read
    path("tickets/<str:number>/", ticket.ticket, name="ticket"),
    path("tickets/<str:number>/history/", ticket.history, name="history"),
    path("tickets/<str:number>/files/", ticket.files, name="files"),
    path("tickets/<str:number>/earlier/", ticket.earlier, name="earlier"),
    path("tickets/<str:number>/news/", ticket.news, name="news"),
    path("tickets/<str:number>/list/", ticket.pane, name="pane"),
    # one ticket, what can be done with it
    path("tickets/<str:number>/reply/", writing.reply, name="reply"),
    path("tickets/<str:number>/note/", writing.note, name="note"),
    path("tickets/<str:number>/take/", properties.take, name="take"),
    path("tickets/<str:number>/close/", properties.close, name="close"),
    path("tickets/<str:number>/owner/", properties.owner, name="owner"),
    path("tickets/<str:number>/responsible/", properties.responsible, name="responsible"),
    path("tickets/<str:number>/queue/", properties.move, name="move"),
    path("tickets/<str:number>/state/", properties.state, name="state"),
    path("tickets/<str:number>/priority/", properties.priority, name="priority"),
    path("tickets/<str:number>/type/", properties.type, name="type"),
    path("tickets/<str:number>/title/", properties.title, name="title"),
    path("tickets/<str:number>/tags/", properties.tags, name="tags"),
    path("tickets/<str:number>/fields/<slug:key>/", properties.field, name="field"),
    # a message as it came
    path("articles/<int:pk>/original/", sources.original, name="original"),
    path("articles/<int:pk>/raw/", sources.raw, name="raw"),
]
