"""The doors and their addresses."""

from django.urls import include, path

from helpdesk.operation.metrics import metrics

urlpatterns = [
    path("", include("web.common.urls")),
    path("desk/", include("web.desk.urls")),
    path("portal/", include("web.portal.urls")),
    path("kb/", include("web.portal.kb_urls")),
    path("form/", include("web.portal.form_urls")),
    path("admin/", include("web.setup.urls")),
    path("api/v1/", include("api.urls")),
    path("otrs/nph-genericinterface.pl/", include("api.otrs.urls")),
    path("metrics", metrics, name="metrics"),
]

handler400 = "web.common.errors.bad_request"
handler403 = "web.common.errors.forbidden"
handler404 = "web.common.errors.not_found"
handler429 = "web.common.errors.too_many_requests"
handler500 = "web.common.errors.server_error"
