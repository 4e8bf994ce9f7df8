"""An address that somebody typed is fetched, but never from where only this machine can reach."""

import socket
import time

import pytest

from hub.core.fetching import Fetcher, NotFetched, installed_fetcher
from hub.core.fetching.addresses import is_public, target_of
from hub.core.fetching.refusing import SENTENCES
from hub.core.settings import Settings
from tests.factories.web_server import web_server


@pytest.fixture
def server():
    with web_server() as served:
        yield served


def fetcher_for(server, **more) -> Fetcher:
    return Fetcher(also=frozenset({f"127.0.0.1:{server.port}"}), **more)


def refusal(fetcher: Fetcher, address: str) -> str:
    with pytest.raises(NotFetched) as refused:
        fetcher.get(address)
    return refused.value.reason


def test_an_answer_comes_with_its_address_status_headers_and_bytes(server):
    server.page("/feed?a=1", b"\xffbytes", ETag='"1"')
    found = fetcher_for(server).get(f"{server.address}/feed?a=1")
    assert (found.status, found.body, found.headers["etag"]) == (200, b"\xffbytes", '"1"')
    assert found.address == f"{server.address}/feed?a=1"


def test_who_asks_and_what_for_is_said(server):
    server.page("/")
    fetcher_for(server, agent="KnowledgeHub (+https://hub.example.org)").get(
        server.address, {"Accept": "x/y"}
    )
    _, headers = server.asked[0]
    assert headers["user-agent"] == "KnowledgeHub (+https://hub.example.org)"
    assert headers["accept"] == "x/y"
    assert headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("status", [304, 404, 410, 500])
def test_a_code_is_an_answer_too(server, status):
    server.page("/", b"" if status == 304 else b"gone", status)
    assert fetcher_for(server).get(server.address).status == status


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001::1", "2001:db8::1", "not an address", "",
    ],
)  # fmt: skip
def test_what_does_not_lie_on_the_public_internet_is_refused(ip):
    assert not is_public(ip)
    with pytest.raises(NotFetched, match="not_public"):
        target_of("https://feeds.example/", find=lambda _host, _port: [ip])


@pytest.mark.parametrize(
    "ip", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"]
)
def test_public_addresses_are_not(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
     "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://0/"],
)  # fmt: skip
def test_this_machine_is_refused_however_it_is_written(address):
    with pytest.raises(NotFetched) as refused:
        target_of(address)
    assert refused.value.reason in {"not_public", "no_such_host"}


def test_a_name_with_one_public_and_one_private_address_is_refused():
    with pytest.raises(NotFetched, match="not_public"):
        target_of("https://feeds.example/", find=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])


def test_a_name_is_resolved_once_and_the_connection_goes_there(server):
    """A name that is public when it is judged and private when it is fetched gets nowhere."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    server.page("/", b"here")
    fetcher = Fetcher(also=frozenset({f"feeds.example:{server.port}"}), find=lambda *_: answers.pop(0))
    assert fetcher.get(f"http://feeds.example:{server.port}/").body == b"here"
    assert len(answers) == 1
    assert server.asked[0][1]["host"] == f"feeds.example:{server.port}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://feeds.example/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("//feeds.example/", "not_an_address"),
        ("feeds.example", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://feeds.example:0/", "not_an_address"),
        ("https://feeds.example:99999/", "not_an_address"),
        ("https://feeds.example/\r\nHost: x", "not_an_address"),
        ("https://feeds.example/ x", "not_an_address"),
        ("https://[broken/", "not_an_address"),
        ("https://" + "a" * 3_000, "not_an_address"),
        ("https://me:secret@feeds.example/", "signed_in_address"),
        ("https://feeds.example:22/", "port"),
        ("https://feeds.example:6379/", "port"),
    ],
)
def test_addresses_that_are_not_fetched(address, reason):
    fetcher = Fetcher(find=lambda *_: ["93.184.216.34"])
    assert refusal(fetcher, address) == reason


def test_each_redirect_is_judged_anew(server):
    server.page("/inside", status=302, Location="http://169.254.169.254/latest/meta-data")
    server.page("/file", status=302, Location="file:///etc/passwd")
    server.page("/port", status=302, Location="http://127.0.0.1:22/")
    server.page("/round", status=302, Location="/round")
    server.page("/on", status=301, Location="there")
    server.page("/there", b"arrived")
    fetcher = fetcher_for(server)
    assert refusal(fetcher, f"{server.address}/inside") == "not_public"
    assert refusal(fetcher, f"{server.address}/file") == "not_an_address"
    assert refusal(fetcher, f"{server.address}/port") == "port"
    assert refusal(fetcher, f"{server.address}/round") == "too_many_redirects"
    assert fetcher.get(f"{server.address}/on").body == b"arrived"


def test_what_is_too_large_is_not_read_to_its_end(server):
    server.page("/", b"x" * 300_000)
    assert refusal(fetcher_for(server, largest=100_000), server.address) == "too_large"
    server.page("/claims", b"x", Content_Length=str(10**12))
    assert refusal(fetcher_for(server, seconds=0.5), f"{server.address}/claims") in {
        "too_slow",
        "unreachable",
    }


def test_a_server_that_trickles_is_cut_off(server):
    trickled = []

    def trickle(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"x")
            request.wfile.flush()
            trickled.append(b"x")
            time.sleep(0.05)

    server.pages["/"] = trickle
    assert refusal(fetcher_for(server, seconds=0.4), server.address) == "too_slow"
    assert 0 < len(trickled) < 100


def test_a_server_that_says_nothing_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fetcher = Fetcher(also=frozenset({f"127.0.0.1:{port}"}), seconds=0.3)
        assert refusal(fetcher, f"http://127.0.0.1:{port}/") == "too_slow"


def test_an_answer_that_breaks_off_is_no_answer(server):
    server.page("/", b"half", Content_Length="100", Connection="close")
    assert refusal(fetcher_for(server, seconds=2), server.address) in {"unreachable", "too_slow"}


def test_a_packed_answer_is_not_unpacked(server):
    server.page("/", b"\x1f\x8b", Content_Encoding="gzip")
    assert refusal(fetcher_for(server), server.address) == "encoded"


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path):
    with web_server(tmp_path) as server:
        server.page("/", b"secret")
        assert refusal(fetcher_for(server), f"https://127.0.0.1:{server.port}/") == "certificate"
        assert server.asked == []


def test_a_port_where_nobody_listens_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    fetcher = Fetcher(also=frozenset({f"127.0.0.1:{port}"}))
    assert refusal(fetcher, f"http://127.0.0.1:{port}/") == "unreachable"


def test_it_can_be_switched_off(server):
    server.page("/")
    assert refusal(fetcher_for(server, on=False), server.address) == "off"
    assert server.asked == []


def test_the_settings_say_whether_and_where(app, monkeypatch, tmp_path):
    settings = Settings(data=tmp_path, fetching="off", fetch_also="feeds.council.local:8080, Other:81")
    monkeypatch.setitem(app.extensions, "settings", settings)
    with app.app_context():
        fetcher = installed_fetcher()
    assert not fetcher.on
    assert fetcher.also == {"feeds.council.local:8080", "other:81"}
    assert settings.address in fetcher.agent


def test_every_refusal_is_a_sentence(app):
    for reason in SENTENCES:
        sentence = NotFetched(reason, "something").sentence
        assert sentence.endswith(".")
        assert "%(" not in sentence
