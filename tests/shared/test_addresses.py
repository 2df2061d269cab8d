import pytest
from django.test import RequestFactory

from cxplatform.shared.addresses import address_key, client_address


def seen(said: str = "", direct: str = "192.0.2.1") -> str:
    headers = {"X-Forwarded-For": said} if said else {}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=direct))


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "10.0.0.1", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "10.0.0.1", "10.0.0.1"),
        (1, "10.0.0.1, 10.0.0.2", "10.0.0.2"),
        (2, "10.0.0.1", "192.0.2.1"),
        (2, "10.0.0.1, 10.0.0.2, 10.0.0.3", "10.0.0.2"),
        (2, "unknown, 10.0.0.3", "192.0.2.1"),
        (1, ",", "192.0.2.1"),
        (1, "198.51.100.7:49152", "198.51.100.7"),
        (1, "[2001:db8:1:2::9]:49152", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_believes_only_what_the_outermost_trusted_proxy_wrote(settings, proxies, said, address):
    settings.TRUSTED_PROXIES = proxies
    assert seen(said) == address


def test_tells_callers_of_both_families_apart():
    assert seen(direct="::ffff:192.0.2.7") == "192.0.2.7"
    assert seen(direct="2001:db8::7") == "2001:db8::/64"


@pytest.mark.parametrize("direct", ["", "unix:", "999.1.1.1"])
def test_knows_no_address_where_there_is_none(direct):
    assert seen(direct=direct) == ""


def test_limits_keep_no_address():
    key = address_key(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"))
    assert len(key) == 24
    assert "192" not in key
