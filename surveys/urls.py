from django.urls import path

from surveys import distribution_urls
from surveys.views import respond

app_name = "surveys"

# Strangers: no session, no cookie.
stranger_urls = [
    path("r/<str:token>/", respond.personal, name="answer"),
    path("s/<slug:slug>/", respond.public, name="public"),
    path("s/<slug:slug>/<str:token>/", respond.public_started, name="public_started"),
]

urlpatterns = [*stranger_urls]

urlpatterns += [*distribution_urls.stranger_urls, *distribution_urls.distribution_urls]
