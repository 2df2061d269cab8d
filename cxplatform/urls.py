from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views import start
from integrations.api import api

# One login, with its limits and its second factor, for admin too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", start.home, name="home"),
    path("admin/rq/", include("cxplatform.rq_pages")),
    path("admin/", admin.site.urls),
    path("account/signup/", start.signup_closed, name="account_signup"),
    # An address is changed by an administrator; these pages of the library are not offered.
    re_path(
        r"^account/(email|confirm-email|password/set|login/code)/", start.gone, name="account_gone"
    ),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("activity.urls")),
    path("", include("contacts.urls")),
    path("", include("surveys.urls")),
    path("", include("journeys.urls")),
    path("", include("metrics.urls")),
    path("", include("integrations.urls")),
    path("api/v1/", api.urls),
]

if settings.MAILBOX_DIR is not None:
    urlpatterns += [path("", include("cxplatform.mailbox.urls"))]
