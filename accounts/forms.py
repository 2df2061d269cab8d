from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Unit, User
from accounts.permissions import Role
from accounts.unitchoice import UnitChoiceField

ROLE_NAMES = {
    Role.DESIGNER: _("Designer: makes surveys, sends them, reads answers"),
    Role.LEADER: _("Leader: sees every score"),
    Role.OWNER: _("Owner: answers for touchpoints and metrics"),
    Role.AGENT: _("Agent: works on customers' cases"),
    Role.EMPLOYEE: _("Employee: sees what is published"),
    Role.ADMIN: _("Administrator: people, units and settings"),
}
# What an organisation may offer its designers; the respondent's pages are complete in these.
SURVEY_LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("zh-Hans", _("Simplified Chinese")),
    ("ms", _("Malay")),
]


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, name) for role, name in ROLE_NAMES.items()]
    )
    unit = UnitChoiceField(label=_("In"), help_text=_("The role reaches every unit below it too."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.current()  # type: ignore[attr-defined]
        unit.initial = Unit.objects.filter(places__parent=None, places__valid_to=None).first()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"))
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    field_order = ["email", "given_name", "family_name", "role", "unit"]


class JoinForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few words in a row are good."),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> None:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("This differs from the password above. Type it once more."))


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the browser says")), *settings.LANGUAGES],
    )
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        required=False,
        choices=[("", _("As the system says")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    class Meta:
        model = User
        fields = ["given_name", "family_name", "language", "theme"]


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.SlugField(
        label=_("Code"),
        max_length=60,
        required=False,
        help_text=_("Small letters, digits and hyphens; imports name the unit by it."),
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("Use small letters, digits and hyphens."))],
    )
    parent = UnitChoiceField(label=_("Below"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        parent.queryset = Unit.objects.current()  # type: ignore[attr-defined]
        parent.required = Unit.objects.exists()

    def clean(self) -> None:
        code = self.cleaned_data.get("code") or slugify(self.cleaned_data.get("name", ""))[:60]
        if "code" not in self.errors and "name" not in self.errors:
            if not code:
                self.add_error("code", _("Give a code: the name has no letters to make one of."))
            elif Unit.objects.filter(code=code).exists():
                self.add_error("code", _("Another unit has the code “%s”. Use another.") % code)
        self.cleaned_data["code"] = code


class UnitChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    parent = UnitChoiceField(
        label=_("Below"),
        required=False,
        help_text=_("From today; what was counted before stays where it was."),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Unit.objects.current().exclude(pk=unit.pk)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    languages = forms.MultipleChoiceField(
        label=_("Languages of surveys"),
        choices=SURVEY_LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Offered to designers."),
    )

    class Meta:
        model = Organisation
        fields = ["name", "imprint", "privacy_url", "contact_email", "languages", "release_above"]
        labels = {"name": _("Name")}
        widgets = {"imprint": forms.Textarea(attrs={"rows": 3})}
