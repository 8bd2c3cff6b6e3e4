"""The tables of knowledge, one module for each part."""

from knowledge.models.announcement import Announcement
from knowledge.models.article import Article, ArticleFile, State, Translation, Visibility
from knowledge.models.category import Category
from knowledge.models.feedback import Feedback
from knowledge.models.revision import ArticleEvent, ReviewComment, Revision
from knowledge.models.usage import Reading, SearchLog, Use

__all__ = [
    "Announcement",
    "Article",
    "ArticleEvent",
    "ArticleFile",
    "Category",
    "Feedback",
    "Reading",
    "Revision",
    "ReviewComment",
    "SearchLog",
    "State",
    "Translation",
    "Use",
    "Visibility",
]
