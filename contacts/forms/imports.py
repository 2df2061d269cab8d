from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.imports.targets import targets_for


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), its first row with the names of the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"empty": _("The file is empty. Save the table again, then choose it.")},
    )


class UploadForm(FileForm):
    kind = forms.ChoiceField(label=_("What the rows are"), widget=forms.RadioSelect)
    field_order = ("kind", "file")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in targets_for(user) if not one.starts_elsewhere]
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(one.kind, one.label) for one in offered]
        kind.initial = offered[0].kind if offered else None


class WriteForm(forms.Form):
    bad_rows = forms.ChoiceField(choices=[("refuse", ""), ("skip", "")], required=False)
