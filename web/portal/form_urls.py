"""Forms in other websites."""

from django.urls import path

from web.portal.views import web_form

app_name = "form"
urlpatterns = [
    path("<slug:key>/", web_form.web_form, name="page"),
    path("<slug:key>/thanks/", web_form.thanks, name="thanks"),
    path("<slug:key>/embed.js", web_form.script, name="script"),
]
