from django import template

from cxplatform.shared.languages import language_name, language_names

register = template.Library()
register.filter("language", language_name)
register.filter("languages", language_names)
