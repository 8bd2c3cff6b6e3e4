"""Addresses of texts, below /api/v1/."""

from django.urls import path

from api.v1.texts.answers import AutomaticTextDetail, AutomaticTextList, QueueAnswersDetail, QueueAnswersList
from api.v1.texts.contents import ContentDetail, ContentList
from api.v1.texts.notices import NoticeDetail, NoticeList, NoticeTextDetail
from api.v1.texts.previews import TextPreview
from api.v1.texts.wordings import (
    ChecklistDetail,
    ChecklistList,
    SnippetDetail,
    SnippetList,
    TemplateDetail,
    TemplateList,
)

urlpatterns = [
    path("texts/preview/", TextPreview.as_view(), name="text_preview"),
    path("templates/", TemplateList.as_view(), name="templates"),
    path("templates/<int:id>/", TemplateDetail.as_view(), name="template"),
    path("snippets/", SnippetList.as_view(), name="snippets"),
    path("snippets/<int:id>/", SnippetDetail.as_view(), name="snippet"),
    path("checklists/", ChecklistList.as_view(), name="checklists"),
    path("checklists/<int:id>/", ChecklistDetail.as_view(), name="checklist"),
    path("contents/", ContentList.as_view(), name="contents"),
    path("contents/<int:id>/", ContentDetail.as_view(), name="content"),
    path("automatic-texts/", AutomaticTextList.as_view(), name="automatic_texts"),
    path("automatic-texts/<int:id>/", AutomaticTextDetail.as_view(), name="automatic_text"),
    path("queue-answers/", QueueAnswersList.as_view(), name="queues_answers"),
    path("queue-answers/<int:queue>/", QueueAnswersDetail.as_view(), name="queue_answers"),
    path("notices/", NoticeList.as_view(), name="notices"),
    path("notices/<slug:key>/", NoticeDetail.as_view(), name="notice"),
    path("notices/<slug:key>/texts/<slug:language>/", NoticeTextDetail.as_view(), name="notice_text"),
]
