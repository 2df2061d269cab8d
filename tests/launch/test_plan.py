import pytest

from cxplatform.launch import plan
from cxplatform.launch.errors import LaunchError


def test_binds_this_machine_only_unless_told():
    wishes = plan.read_wishes({})
    assert (wishes.host, wishes.port, wishes.seed) == ("127.0.0.1", 8000, [])
    assert wishes.url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(("demo", "seed"), [("empty", ["--empty"]), ("fresh", ["--fresh"])])
def test_passes_the_wish_for_sample_data_on(demo, seed):
    assert plan.preparation(plan.read_wishes({"DEMO": demo}), {}).command[-1:] == seed


@pytest.mark.parametrize("wish", [{"DEMO": "full"}, {"PORT": "x"}, {"MAILBOX_PORT": "99999"}])
def test_refuses_a_wish_that_means_nothing(wish):
    with pytest.raises(LaunchError, match="Use"):
        plan.read_wishes(wish)


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"), ("::1", "http://[::1]:80")],
)
def test_shows_an_address_a_browser_can_open(host, url):
    assert plan.read_wishes({"HOST": host, "PORT": "80"}).url == url


def test_its_processes_share_compiled_modules_without_a_file_beside_the_sources():
    asked = {"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/home/me"}
    env = plan.compiled_once(asked)
    assert env == {"PYTHONPYCACHEPREFIX": str(plan.VAR / "pycache"), "HOME": "/home/me"}
    assert plan.compiled_once({"HOME": "/home/me"}) == {"HOME": "/home/me"}
