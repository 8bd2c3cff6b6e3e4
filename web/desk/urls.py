"""The agents' addresses: a page, a part or a happening each."""

from django.urls import path

from web.desk.views import bulk, lists, news, opening, palette, properties, sources, ticket, writing

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
    path("tickets/new/", opening.new, name="new"),
    path("tickets/new/person/", opening.person, name="person"),
    path("tickets/selected/take/", bulk.take, name="take_selected"),
    path("tickets/selected/close/", bulk.close, name="close_selected"),
    # one ticket, to read
    path("tickets/<slug:number>/", ticket.ticket, name="ticket"),
    path("tickets/<slug:number>/history/", ticket.history, name="history"),
    path("tickets/<slug:number>/files/", ticket.files, name="files"),
    path("tickets/<slug:number>/earlier/", ticket.earlier, name="earlier"),
    path("tickets/<slug:number>/news/", ticket.news, name="news"),
    path("tickets/<slug:number>/list/", ticket.pane, name="pane"),
    # one ticket, what can be done with it
    path("tickets/<slug:number>/reply/", writing.reply, name="reply"),
    path("tickets/<slug:number>/note/", writing.note, name="note"),
    path("tickets/<slug:number>/take/", properties.take, name="take"),
    path("tickets/<slug:number>/close/", properties.close, name="close"),
    path("tickets/<slug:number>/owner/", properties.owner, name="owner"),
    path("tickets/<slug:number>/responsible/", properties.responsible, name="responsible"),
    path("tickets/<slug:number>/queue/", properties.move, name="move"),
    path("tickets/<slug:number>/state/", properties.state, name="state"),
    path("tickets/<slug:number>/priority/", properties.priority, name="priority"),
    path("tickets/<slug:number>/type/", properties.type, name="type"),
    path("tickets/<slug:number>/title/", properties.title, name="title"),
    path("tickets/<slug:number>/tags/", properties.tags, name="tags"),
    path("tickets/<slug:number>/fields/<slug:key>/", properties.field, name="field"),
    # a message as it came
    path("articles/<int:pk>/original/", sources.original, name="original"),
    path("articles/<int:pk>/raw/", sources.raw, name="raw"),
]
