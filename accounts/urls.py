from django.urls import path

from accounts.views import joining, organisation, people, profile, units

app_name = "accounts"
urlpatterns = [
    path("account/", profile.profile, name="profile"),
    path("account/theme/", profile.theme, name="theme"),
    path("account/sessions/", profile.sessions, name="sessions"),
    path("join/<str:token>/", joining.join, name="join"),
    path("people/", people.people, name="people"),
    path("people/invitation/", people.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/", people.grant, name="grant"),
    path("people/<int:pk>/roles/<int:role>/end/", people.end_role, name="end_role"),
    path("people/<int:pk>/activation/", people.activation, name="activation"),
    path("people/<int:pk>/invitation/", people.renew, name="renew"),
    path("units/", units.units, name="units"),
    path("units/new/", units.create, name="create_unit"),
    path("units/<int:pk>/", units.change, name="unit"),
    path("units/<int:pk>/end/", units.end, name="end_unit"),
    path("organisation/", organisation.organisation, name="organisation"),
]
