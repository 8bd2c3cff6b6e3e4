"""What stands around somebody's requests on the first page: the brand's greeting, the search, what others read."""

from typing import Any

from django.http import HttpRequest

from web.portal.articles import articles_for, read_most

READ_BY_OTHERS = 4


def welcome(request: HttpRequest) -> dict[str, Any]:
    brand = request.brand
    return {"greeting": brand.said(brand.greeting), "read_most": read_most(articles_for(request), READ_BY_OTHERS)}
