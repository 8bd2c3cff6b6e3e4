from allauth.account import views as account
from django.urls import path, re_path

from web.common import brands, files, health, joining, notice_choices, profile, views

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
    path("register/", joining.sign_up, name="sign_up"),
    path("register/sent/", joining.sign_up_sent, name="sign_up_sent"),
    path("register/<str:token>/", joining.sign_up_confirm, name="sign_up_confirm"),
    path("join/<str:token>/", joining.join, name="join"),
    path("files/<uuid:uuid>/", files.attachment, name="attachment"),
    path("files/<uuid:uuid>/inline/", files.inline_image, name="inline_image"),
    path("profile/", profile.profile, name="profile"),
    path("profile/sign-out/", profile.sign_out_everywhere, name="sign_out_everywhere"),
    path("profile/notices/", notice_choices.notice_choices, name="notice_choices"),
    path("notices/stop/<str:token>/", notice_choices.notice_stop, name="notice_stop"),
    path("brand/<slug:key>-<slug:mark>.css", brands.colours, name="brand_colours"),
    path("brand/<slug:key>/logo/<slug:mark>/", brands.logo, name="brand_logo"),
    path("theme/", views.set_theme, name="set_theme"),
    path("language/", views.set_language, name="set_language"),
    path("live-address/", views.live_address, name="live_address"),
    path("healthz/live", health.live, name="healthz_live"),
    path("healthz/ready", health.ready, name="healthz_ready"),
]
