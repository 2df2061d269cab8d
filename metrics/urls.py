from django.urls import path

from metrics import views

app_name = "metrics"
urlpatterns = [
    # /metrics/
    path("metrics/", views.metric_list, name="list"),
    path("metrics/<slug:key>/", views.metric_detail, name="detail"),
    path("metrics/<slug:key>/trend.csv", views.trend_csv, name="trend_csv"),
    path("metrics/<slug:key>/breakdown.csv", views.breakdown_csv, name="breakdown_csv"),
    path("metrics/<slug:key>/evidence/", views.metric_evidence, name="evidence"),
    path("metrics/<slug:key>/definition/", views.metric_definition, name="definition"),
]
