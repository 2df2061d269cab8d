from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts import views as accounts_views

urlpatterns = [
    path("", accounts_views.home, name="home"),
    path("admin/rq/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("activity.urls")),
    path("", include("contacts.urls")),
    path("", include("surveys.urls")),
    path("", include("metrics.urls")),
]

if settings.MAILBOX_DIR is not None:
    urlpatterns += [path("", include("cxplatform.mailbox.urls"))]
