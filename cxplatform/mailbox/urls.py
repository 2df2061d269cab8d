from django.urls import path

from cxplatform.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("mailbox/", views.messages, name="list"),
    path("mailbox/<str:key>/", views.message, name="message"),
    path("mailbox/<str:key>/html/", views.html, name="html"),
]
