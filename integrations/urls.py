from django.urls import path

from integrations.views import tokens

app_name = "integrations"
urlpatterns = [
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revocation/", tokens.revoke, name="revoke"),
]
