from django.urls import path

from activity import health, views

app_name = "activity"
urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("jobs/<uuid:pk>/cancellation/", views.cancel, name="cancel"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
]
