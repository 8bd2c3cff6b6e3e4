"""The addresses of the knowledge base, below /kb/. What counts of an article's address is its number."""

from django.urls import path

from web.portal.views import kb, kb_article, kb_search

app_name = "kb"
urlpatterns = [
    path("", kb.home, name="home"),
    path("topics/<int:pk>/", kb.topic, name="topic"),
    path("search/", kb_search.search, name="search"),
    path("suggestions/", kb_search.suggestions, name="suggestions"),
    path("files/<uuid:uuid>/", kb_article.file, name="file"),
    path("files/<uuid:uuid>/inline/", kb_article.picture, name="picture"),
    path("<int:number>/", kb_article.article, name="permalink"),
    path("<int:number>-<slug:slug>/", kb_article.article, name="article"),
    path("<int:number>/feedback/", kb_article.feedback, name="feedback"),
    path("<int:number>/solved/", kb_article.solved, name="solved"),
]
