import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Contact
from surveys.personalising import NAMES, BadPlaceholder, Slot, fill, parse, salutation, values_for


def render(text: str, contact: Contact, lang: str = "en") -> str:
    return fill(parse(text), values_for(contact, lang))


def test_puts_the_persons_words_in_or_what_stands_for_them():
    text = "Dear {{ given_name | friend }} {{family_name|}}"
    assert render(text, Contact(given_name="Anna", family_name="Koch")) == "Dear Anna Koch"
    assert render(text, Contact()) == "Dear friend "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ password|x }}", "There is no “password”"),
        ("{{ given_name }}", "{{ given_name|you }}"),
        ("{{ given_name|x ", "not closed"),
        ("}} {{", "not closed"),
        ("{{ given_name.__class__|x }}", "There is no"),
        ("{{}}", "There is no “”"),
    ],
)
def test_refuses_what_is_no_placeholder_and_names_it(text, words):
    with pytest.raises(BadPlaceholder) as refused:
        parse(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("lang", "fields", "greeting"),
    [
        ("en", {"given_name": "Anna", "family_name": "Koch"}, "Hello Anna Koch,"),
        ("en", {}, "Hello,"),
        ("de", {"form_of_address": "Frau", "family_name": "Koch"}, "Guten Tag Frau Koch,"),
        ("zh-Hans", {"form_of_address": "女士", "family_name": "李"}, "李女士"),
        ("zh-Hans", {"given_name": "小龙", "family_name": "李"}, "李小龙"),
        ("fr", {"display_name": "Anna"}, "Hello Anna,"),
    ],
)
def test_greets_as_the_language_does(lang, fields, greeting):
    assert greeting in salutation(Contact(**fields), lang)


@given(st.text(alphabet=string.printable + "{}|éß李\ue000", max_size=80))
def test_any_text_parses_or_is_refused_in_words(text):
    try:
        parts = parse(text)
    except BadPlaceholder:
        parts = []
    assert all(part.name in NAMES for part in parts if isinstance(part, Slot))


@given(st.text(max_size=60))
def test_a_value_is_never_read_as_a_placeholder_or_a_line_break(name):
    contact = Contact(given_name="{{ organisation }}\r\n" + name)
    filled = render("{{ given_name|x }}", contact)
    assert "\n" not in filled
    assert "\r" not in filled
