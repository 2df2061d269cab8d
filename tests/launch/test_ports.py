import os
import socket

import pytest

from cxplatform.launch import ports
from cxplatform.launch.errors import LaunchError


def test_a_taken_port_is_said_with_its_holder_and_the_cure():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LaunchError) as raised:
            ports.require_free("127.0.0.1", port)
    said = str(raised.value)
    assert said.startswith(f"Port {port} is taken by ")
    assert f"process {os.getpid()}" in said
    assert "PORT=" in said
    assert "make demo" in said


def test_a_free_port_stays_free_after_asking():
    with ports.listen("127.0.0.1", 0) as line:
        port = line.getsockname()[1]
    ports.require_free("127.0.0.1", port)
    ports.require_free("127.0.0.1", port)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "eighty", "80.5", "٨٠", ""])
def test_refuses_what_is_no_port(text):
    with pytest.raises(LaunchError, match="number from 1 to 65535"):
        ports.read_port(text, name="PORT")


def test_refuses_a_host_that_is_no_address():
    with pytest.raises(LaunchError, match=r"Use 127\.0\.0\.1"):
        ports.require_free("no such host", 8000)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_knows_whether_other_machines_can_reach_a_host(host, expected):
    assert ports.is_loopback(host) is expected
