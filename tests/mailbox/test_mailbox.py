from pathlib import Path

import pytest
from django.urls import reverse

from cxplatform.launch.mailbox import Keep
from cxplatform.mailbox.reading import NoMessage, message_of

pytestmark = pytest.mark.django_db

MESSAGE = (
    b"From: Aurora Air <hello@aurora.example>\r\nTo: anna@mail.example\r\n"
    b"Subject: =?utf-8?b?5L2g5aW9?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<p style="color:red">Hi <a href="https://cx.example/r/x/">Open it</a></p>'
    b"<script>alert(1)</script>\r\n--b--\r\n"
)


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path
    return tmp_path


def test_lists_what_arrived_newest_first(client, folder):
    keep = Keep(folder)
    keep.keep(MESSAGE.replace(b"=?utf-8?b?5L2g5aW9?=", b"First"))
    keep.keep(MESSAGE)
    page = client.get(reverse("mailbox:list")).content.decode()
    assert "2 messages received" in page
    assert page.index("你好") < page.index("First")


def test_shows_text_headers_and_links_and_frames_the_html(client, folder):
    key = Keep(folder).keep(MESSAGE)
    page = client.get(reverse("mailbox:message", args=[key])).content.decode()
    assert "Hello" in page
    assert "anna@mail.example" in page
    assert 'href="https://cx.example/r/x/">Open it' in page
    assert reverse("mailbox:html", args=[key]) in page
    assert "sandbox=" in page


def test_serves_the_html_where_no_script_can_run(client, folder):
    key = Keep(folder).keep(MESSAGE)
    page = client.get(reverse("mailbox:html", args=[key]))
    policy = page["Content-Security-Policy"]
    assert b'style="color:red"' in page.content
    assert "sandbox allow-popups" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Content-Type: text/html; charset=no\n\n\xff"]
)
def test_reads_what_is_hardly_a_message(client, folder, content):
    key = Keep(folder).keep(content)
    assert client.get(reverse("mailbox:list")).status_code == 200
    assert client.get(reverse("mailbox:message", args=[key])).status_code == 200


@pytest.mark.parametrize("key", ["..", "../secret", "a/../../b", "\x00", "", "x" * 300])
def test_never_reads_outside_the_mailbox(folder, key):
    (folder.parent / "secret").write_text("x")
    with pytest.raises(NoMessage):
        message_of(folder, key)


def test_says_when_nothing_has_arrived(client, folder):
    assert b"No message has arrived" in client.get(reverse("mailbox:list")).content


def test_is_not_there_without_a_folder(client, settings):
    settings.MAILBOX_DIR = None
    assert client.get(reverse("mailbox:list")).status_code == 404
