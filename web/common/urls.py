from allauth.account import views as account
from django.urls import path, re_path

from web.common import files, health, profile, views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # the token itself has a dash: the person ends at the first one
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9a-z]+)-(?P<key>[0-9a-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/change/done/", views.password_changed, name="account_change_password_done"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("files/<uuid:uuid>/", files.attachment, name="attachment"),
    path("files/<uuid:uuid>/inline/", files.inline_image, name="inline_image"),
    path("profile/", profile.profile, name="profile"),
    path("theme/", views.set_theme, name="set_theme"),
    path("language/", views.set_language, name="set_language"),
    path("live-address/", views.live_address, name="live_address"),
    path("healthz/live", health.live, name="healthz_live"),
    path("healthz/ready", health.ready, name="healthz_ready"),
]
