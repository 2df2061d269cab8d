from django.urls import URLPattern, URLResolver, path

from contacts.views import imports, listing, merging, people, settings

app_name = "contacts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", listing.contact_list, name="list"),
    path("contacts/look-up/", listing.look_up_one, name="look_up"),
    path("contacts/export/", listing.export, name="export"),
    path("contacts/new/", people.create, name="create"),
    path("contacts/<int:pk>/", people.detail, name="detail"),
    path("contacts/<int:pk>/edit/", people.edit, name="edit"),
    path("contacts/<int:pk>/permissions/", people.permission, name="permission"),
    path("contacts/<int:pk>/merge/", merging.merge, name="merge"),
    path("contacts/<int:pk>/erasure/", people.erasure, name="erase"),
    path("contacts/merges/<int:pk>/undo/", merging.undo, name="undo_merge"),
    path("contacts/attributes/", settings.attributes, name="attributes"),
    path("contacts/attributes/new/", settings.attribute, name="create_attribute"),
    path("contacts/attributes/<int:pk>/", settings.attribute, name="attribute"),
    path("contacts/companies/", settings.companies, name="companies"),
    path("contacts/companies/new/", settings.company, name="create_company"),
    path("contacts/companies/<int:pk>/", settings.company, name="company"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.create_import, name="create_import"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/check/", imports.check, name="check_import"),
    path("imports/<int:pk>/writing/", imports.write, name="write_import"),
    path("imports/<int:pk>/mapping/", imports.reopen, name="map_import"),
    path("imports/<int:pk>/cancellation/", imports.stop, name="stop_import"),
    path("imports/of-job/<uuid:job_id>/", imports.import_of_job, name="import_of_job"),
]
