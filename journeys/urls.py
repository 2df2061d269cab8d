from django.urls import path

from journeys.views import board, journeys, listenings, touchpoints

app_name = "journeys"

journey_urls = [
    path("journeys/", journeys.listing, name="list"),
    path("journeys/new/", journeys.create, name="new"),
    path("journeys/<int:pk>/", journeys.detail, name="detail"),
    path("journeys/<int:pk>/about/", journeys.about, name="about"),
    path("journeys/<int:pk>/archive/", journeys.archive, name="archive"),
]

# The map and what it is made of.
board_urls = [
    path("journeys/<int:pk>/edit/", board.edit, name="edit"),
    path("journeys/<int:pk>/stages/", board.stages, name="stages"),
    path("journeys/<int:pk>/stages/<int:stage>/", board.stage, name="stage"),
    path("journeys/<int:pk>/stages/<int:stage>/move/", board.stage_move, name="stage_move"),
    path(
        "journeys/<int:pk>/stages/<int:stage>/removal/", board.stage_removal, name="stage_removal"
    ),
    path("journeys/<int:pk>/placements/", board.placements, name="placements"),
    path(
        "journeys/<int:pk>/placements/<int:placement>/move/",
        board.placement_move,
        name="placement_move",
    ),
    path(
        "journeys/<int:pk>/placements/<int:placement>/removal/",
        board.placement_removal,
        name="placement_removal",
    ),
    path("journeys/<int:pk>/restoration/", board.restoration, name="restoration"),
]

touchpoint_urls = [
    path("touchpoints/", touchpoints.listing, name="touchpoints"),
    path("touchpoints/<int:pk>/", touchpoints.detail, name="touchpoint"),
    path("touchpoints/<int:pk>/edit/", touchpoints.edit, name="edit_touchpoint"),
    path("touchpoints/<int:pk>/ending/", touchpoints.ending, name="ending"),
    path("touchpoints/<int:pk>/listenings/", listenings.listenings, name="listenings"),
    path(
        "touchpoints/<int:pk>/listenings/<int:listening>/", listenings.listening, name="listening"
    ),
    path(
        "touchpoints/<int:pk>/listenings/<int:listening>/removal/",
        listenings.removal,
        name="listening_removal",
    ),
    path(
        "touchpoints/<int:pk>/restoration/",
        listenings.restoration,
        name="touchpoint_restoration",
    ),
]

urlpatterns = [*journey_urls, *board_urls, *touchpoint_urls]
