"""The customers' addresses: a page or a happening each."""

from django.urls import path

from web.portal.views import lists, opening, request

app_name = "portal"
urlpatterns = [
    path("", lists.home, name="home"),
    path("requests/", lists.requests, name="requests"),
    path("requests/<slug:number>/", request.request_page, name="request"),
    path("requests/<slug:number>/answer/", request.answer, name="answer"),
    path("requests/<slug:number>/solved/", request.solve, name="solve"),
    path("new/", opening.new, name="new"),
]
