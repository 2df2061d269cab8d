import pytest
from django.utils.translation import override

from cxplatform.shared.languages import language_name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "German"),
        ("zh-Hans", "Simplified Chinese"),
        ("ms", "Malay"),
        ("de-AT", "German (de-AT)"),
        ("tlh", "tlh"),
        ("", ""),
    ],
)
def test_names_a_language(tag, name):
    assert language_name(tag) == name


def test_names_it_in_the_language_of_the_reader():
    with override("de"):
        assert language_name("ms") == "Malaiisch"
