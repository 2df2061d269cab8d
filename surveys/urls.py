from django.urls import path, re_path

from surveys import distribution_urls
from surveys.views import (
    editor,
    editor_pages,
    importing,
    preview,
    publication,
    respond,
    responses,
    strangers,
    surveys,
)

app_name = "surveys"

# Strangers: no session, no cookie.
stranger_urls = [
    path("r/<str:token>/", respond.personal, name="answer"),
    path("t/<str:token>/", respond.trial, name="trial"),
    path("s/<slug:slug>/", respond.public, name="public"),
    path("s/<slug:slug>/<str:token>/", respond.public_started, name="public_started"),
]

survey_urls = [
    path("surveys/", surveys.listing, name="list"),
    path("surveys/new/", surveys.create, name="new"),
    path("surveys/<int:pk>/", surveys.detail, name="detail"),
    path("surveys/<int:pk>/closure/", surveys.closure, name="closure"),
    path("surveys/<int:pk>/last-day/", surveys.last_day, name="last_day"),
    path("surveys/<int:pk>/archive/", surveys.archive, name="archive"),
    path("surveys/<int:pk>/link/", surveys.public_link, name="public_link"),
    path("surveys/<int:pk>/publication/", publication.publication, name="publication"),
    path("surveys/<int:pk>/preview/", preview.preview, name="preview"),
]

# The draft and what it is made of.
draft_urls = [
    path("surveys/<int:pk>/edit/", editor.edit, name="edit"),
    path("surveys/<int:pk>/questions/", editor.questions, name="questions"),
    path("surveys/<int:pk>/questions/<slug:key>/", editor.question, name="question"),
    path("surveys/<int:pk>/questions/<slug:key>/move/", editor.move, name="question_move"),
    path("surveys/<int:pk>/questions/<slug:key>/copy/", editor.copy, name="question_copy"),
    path("surveys/<int:pk>/questions/<slug:key>/key/", editor.new_key, name="question_key"),
    path("surveys/<int:pk>/questions/<slug:key>/removal/", editor.removal, name="question_removal"),
    path("surveys/<int:pk>/questions/<slug:key>/condition/", editor.condition, name="condition"),
    path("surveys/<int:pk>/restoration/", editor.restoration, name="restoration"),
    path("surveys/<int:pk>/texts/", editor_pages.texts, name="texts"),
    path("surveys/<int:pk>/pages/", editor_pages.pages, name="pages"),
    path("surveys/<int:pk>/pages/<slug:key>/", editor_pages.page, name="page"),
    path("surveys/<int:pk>/pages/<slug:key>/move/", editor_pages.page_move, name="page_move"),
    path(
        "surveys/<int:pk>/pages/<slug:key>/removal/", editor_pages.page_removal, name="page_removal"
    ),
]

response_urls = [
    path("surveys/<int:pk>/answers/", importing.import_answers, name="import_answers"),
    path("surveys/<int:pk>/responses/", responses.responses, name="responses"),
    path("surveys/<int:pk>/responses/export/", responses.export, name="export"),
    path("surveys/<int:pk>/responses/export/file/", responses.export_file, name="export_file"),
    path("surveys/<int:pk>/responses/<uuid:response>/", responses.response, name="response"),
]

urlpatterns = [*stranger_urls, *survey_urls, *draft_urls, *response_urls]

urlpatterns += [*distribution_urls.stranger_urls, *distribution_urls.distribution_urls]

# A link that was cut, or came with what stood behind it. One without its last slash gets it first.
urlpatterns += [re_path(r"^[rstu]/(?:.*/)?$", strangers.unknown, name="unknown")]
