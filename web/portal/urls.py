"""The customers' addresses: a page or a happening each."""

from django.urls import path

from web.portal.views import link, lists, opening, organisation, participants, request, services, survey, tasks

app_name = "portal"
urlpatterns = [
    path("", lists.home, name="home"),
    path("requests/", lists.requests, name="requests"),
    path("requests/<slug:number>/", request.request_page, name="request"),
    path("requests/<slug:number>/answer/", request.answer, name="answer"),
    path("requests/<slug:number>/solved/", request.solve, name="solve"),
    path("requests/<slug:number>/print/", request.print_page, name="print"),
    path("requests/<slug:number>/people/", participants.add, name="add_participant"),
    path("requests/<slug:number>/people/<int:pk>/remove/", participants.remove, name="remove_participant"),
    path("requests/<slug:number>/tasks/<int:pk>/", tasks.task, name="task"),
    path("approvals/<int:pk>/", tasks.approval, name="approval"),
    path("approve/<str:token>/", tasks.approve, name="approve"),
    path("link/<str:token>/", link.follow, name="link"),
    path("new/", opening.new, name="new"),
    path("services/", services.services, name="services"),
    path("services/<int:pk>/", services.service, name="service"),
    path("services/<int:pk>/questions/", services.questions, name="service_questions"),
    path("organisations/<int:pk>/", organisation.organisation, name="organisation"),
    path("organisations/<int:pk>/invite/", organisation.organisation_invite, name="organisation_invite"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation>/revoke/",
        organisation.organisation_revoke,
        name="organisation_revoke",
    ),
    path("organisations/<int:pk>/people/<int:member>/", organisation.organisation_member, name="organisation_member"),
    path(
        "organisations/<int:pk>/people/<int:member>/remove/",
        organisation.organisation_remove,
        name="organisation_remove",
    ),
    path("survey/<str:token>/", survey.survey, name="survey"),
    path("survey/<str:token>/comment/", survey.survey_comment, name="survey_comment"),
]
