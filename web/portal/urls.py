"""The customers' addresses: a page or a happening each."""

from django.urls import path

from web.portal.views import lists, opening, profile, request

app_name = "portal"
urlpatterns = [
    path("", lists.home, name="home"),
    path("requests/", lists.requests, name="requests"),
    path("requests/<str:number>/", request.request_page, name="request"),
    path("requests/<str:number>/answer/", request.answer, name="answer"),
    path("requests/<str:number>/solved/", request.solve, name="solve"),
    path("new/", opening.new, name="new"),
    path("profile/", profile.profile, name="profile"),
]
