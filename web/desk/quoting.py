"""Words of a message quoted in an answer."""

from django.utils.translation import gettext as _

from core.moments import moment
from mail.replies import split_reply
from tickets.models import Article
from web.common.forwarding import who_wrote


def quote_of(article: Article) -> str:
    """The new words of a message as a quote, with who wrote them when."""
    words = split_reply(article.body).visible.strip()
    intro = _("%(name)s wrote on %(time)s:") % {"name": who_wrote(article), "time": moment(article.created_at)}
    return "\n".join([intro, *(f"> {line}".rstrip() for line in words.splitlines())])
