from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Fields look the same on every page, from one template."""

    field_template_name = "parts/_field.html"
    form_template_name = "parts/_form.html"
