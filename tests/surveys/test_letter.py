import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from surveys.document.starters import starter_document
from surveys.mailing.letter import Letter, Recipient, Wording
from surveys.mailing.wire import address_header, dot_stuffed, header, wire_address
from surveys.personalising import values_for

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WORDING = {
    "lang": "en",
    "subject": "{{ given_name|You }}, how was it?",
    "body": "{{ salutation }}\n\nWould you tell {{ organisation }}? <b>Not bold</b>\n.\nFrom here",
    "organisation": "Aurora Air & Söhne",
    "imprint": "Aurora Air AS\nRullebanen 1, Oslo",
    "privacy_url": "https://aurora.example/privacy",
    "survey": "After your flight",
    "sender_name": "Aurora Air, Oslo",
    "sender_address": "hello@aurora.example",
    "reply_to": "answers@aurora.example",
    "site_url": "https://cx.example",
}


DOCUMENT = starter_document("relationship_nps", ["en", "de"])


def letter(**changes) -> Letter:
    return Letter(Wording(**WORDING | changes), DOCUMENT)


def to(address="anna@mail.example", name="Anna Koch", **fields) -> Recipient:
    contact = Contact(**{"given_name": "Anna", "family_name": "Koch"} | fields)
    return Recipient(
        address=address,
        name=name,
        answer_path="/r/TOKEN1.abc/",
        unsubscribe_path="/u/TOKEN2.def/",
        message_id="one@aurora.example",
        values=values_for(contact, "en"),
    )


def read(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def parts(raw: bytes) -> tuple[str, str]:
    message = read(raw)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def test_carries_every_header_a_mail_program_needs():
    message = read(letter().message(to(), now=NOW))
    assert message["To"] == "Anna Koch <anna@mail.example>"
    assert message["From"] == '"Aurora Air, Oslo" <hello@aurora.example>'
    assert message["Reply-To"] == "answers@aurora.example"
    assert message["Subject"] == "Anna, how was it?"
    assert message["Message-ID"] == "<one@aurora.example>"
    assert message["Date"].datetime == NOW
    assert message["List-Unsubscribe"] == "<https://cx.example/u/TOKEN2.def/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert not message.defects
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_says_the_same_in_text_and_html_with_the_question_to_click():
    text, html = parts(letter().message(to(), now=NOW))
    for part in (text, html):
        assert "Hello Anna Koch," in part
        assert "https://cx.example/r/TOKEN1.abc/" in part
        assert "https://cx.example/u/TOKEN2.def/" in part
        assert "https://aurora.example/privacy" in part
        assert "Rullebanen 1, Oslo" in part
        assert "How likely are you to recommend" in part
    for point in range(11):
        assert f'href="https://cx.example/r/TOKEN1.abc/?score={point}"' in html
    assert "&lt;b&gt;Not bold" in html
    assert "<b>Not bold</b>" in text
    assert "Aurora Air & Söhne" in text
    assert "Aurora Air &amp; Söhne" in html


@pytest.mark.parametrize(
    ("readers", "words"),
    [
        ("customer", "you are a customer of Aurora Air"),
        ("employee", "you work for Aurora Air"),
        ("anybody", "would like to hear your opinion"),
    ],
)
def test_says_truly_why_somebody_receives_it(readers, words):
    mail = read(letter(readers=readers).message(to(), now=NOW))
    for kind in ("plain", "html"):
        assert words in mail.get_body((kind,)).get_content()


def test_runs_from_right_to_left_where_the_language_does():
    html = letter(lang="ar").preview(to())
    assert '<html lang="ar" dir="rtl">' in html
    ends = re.findall(r'class="pole" align="(\w+)"[^>]*>(\d+)', html)
    assert ends == [("right", "0"), ("left", "10")]


def test_brings_its_styles_inline_and_nothing_from_elsewhere():
    _text, html = parts(letter().message(to(), now=NOW))
    assert 'class="house" style="' in html
    assert "prefers-color-scheme" in html
    assert "src=" not in html
    assert "<link" not in html


def test_escapes_a_name_that_is_markup():
    _text, html = parts(letter().message(to(given_name="<script>alert(1)</script>"), now=NOW))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "name", ["李小龙", "Jürgen Großmann-Weißenberger " * 5, 'O\'Neil, "Jo"', ""]
)
def test_carries_any_name_beside_the_address(name):
    message = read(letter().message(to(name=name), now=NOW))
    raw = email.message_from_bytes(message.as_bytes())["To"]
    shown, address = parseaddr(str(make_header(decode_header(raw))))
    assert shown == " ".join(name.split())
    assert address == "anna@mail.example"


def test_encodes_an_international_domain_and_refuses_an_impossible_address():
    assert wire_address("anna@müller.example") == "anna@xn--mller-kva.example"
    for wrong in ("änna@mail.example", "a b@c.example", "a>\r\nRCPT TO:<b@c.example", "", "@x"):
        with pytest.raises(ValueError):
            wire_address(wrong)


WORDS = st.text(max_size=120)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=WORDS, given_name=WORDS, subject=st.text(alphabet="aé李 \r\n\t:", max_size=150))
def test_nothing_in_a_name_or_subject_begins_another_header_or_part(name, given_name, subject):
    raw = letter(subject=subject or "x").message(
        to(name=f"{name}\r\nBcc: victim@mail.example", given_name=f"{given_name}\r\n\r\nBody"),
        now=NOW,
    )
    message = read(raw)
    assert message["Bcc"] is None
    assert sorted(message.keys()) == sorted(read(letter().message(to(), now=NOW)).keys())
    assert len(list(message.iter_parts())) == 2
    assert not message.defects


@settings(max_examples=100)
@given(body=st.text(alphabet="ab é李.=\n-\t", max_size=400), given_name=WORDS)
def test_any_text_arrives_as_it_was_written(body, given_name):
    raw = letter(body=f"x{body}y {{{{ given_name|z }}}}!").message(
        to(given_name=given_name), now=NOW
    )
    text, _html = parts(raw)
    expected = "\n".join(line.rstrip() for line in f"x{body}y".split("\n"))
    assert text.startswith(expected.rsplit("\n", 1)[0])
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    quoted = raw.split(b"\r\n\r\n", 2)[2]
    assert all(len(line) <= 76 for line in quoted.split(b"\r\n") if b"=" in line[-1:])
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0


@given(text=st.text(alphabet="a é李=?_\r\n,", max_size=300))
def test_a_header_reads_back_as_one_line(text):
    raw = header("Subject", text)
    message = read(raw + b"\r\n")
    assert list(message.keys()) == ["Subject"]
    assert " ".join(str(message["Subject"]).split()) == " ".join(text.split())
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def test_folds_long_addresses_after_the_name():
    raw = address_header("To", "Anna Koch", "a" * 60 + "@mail.example")
    assert read(raw + b"\r\n")["To"].addresses[0].username == "a" * 60


def test_doubles_dots_and_ends_with_one():
    assert dot_stuffed(b"a\r\n.b\r\n..\r\n") == b"a\r\n..b\r\n...\r\n.\r\n"
    assert dot_stuffed(b"a") == b"a\r\n.\r\n"
