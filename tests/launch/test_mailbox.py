import json
import smtplib
import sys

import pytest

from cxplatform.launch import ports, processes
from cxplatform.launch.children import Child
from cxplatform.launch.plan import ROOT, mailbox


@pytest.fixture
def box(tmp_path):
    """A running mailbox: its port and its folder."""
    with ports.listen("127.0.0.1", 0) as line:
        command = [sys.executable, "-m", "cxplatform.launch.mailbox"]
        command += ["--fd", str(line.fileno()), "--folder", str(tmp_path / "mail box")]
        child = Child("mailbox", command, tmp_path / "log", {}, ROOT, keep_open=(line.fileno(),))
        child.start()
        yield line.getsockname()[1], tmp_path / "mail box"
        child.end()


def test_keeps_a_message_byte_for_byte_with_its_recipients(box):
    port, folder = box
    body = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n.one dot\r\n..two dots\r\nÄ 你好 \x01\r\n".encode()
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as line:
        line.sendmail("from@cx.example", ["a@cx.example", "b@cx.example"], body)
        line.sendmail("from@cx.example", ["c@cx.example"], body)
    kept = sorted((folder / "new").iterdir())
    assert [path.read_bytes() for path in kept] == [body, body]
    envelope = json.loads((folder / "envelopes" / f"{kept[0].name}.json").read_text())
    assert envelope == {"from": "from@cx.example", "to": ["a@cx.example", "b@cx.example"]}
    assert not list((folder / "tmp").iterdir())


def test_the_address_survives_a_restart_of_the_mailbox(tmp_path):
    with ports.listen("127.0.0.1", 0) as line:
        child = mailbox(line.fileno(), {})
        child.command[-1], child.log = str(tmp_path / "box"), tmp_path / "log"
        child.start()
        child.process.kill()
        assert processes.wait_until(lambda: not child.is_alive(), 10)
        child.start()
        with smtplib.SMTP("127.0.0.1", line.getsockname()[1], timeout=10) as client:
            assert client.noop()[0] == 250
        child.end()
