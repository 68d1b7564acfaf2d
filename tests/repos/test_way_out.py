"""The operator's way out of the network: a proxy, hosts that need none, an authority of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.repos.conftest import LOOPBACK, Fetch
from tests.repos.git_http import GitServer
from tests.repos.proxy import Proxy
from tests.repos.repository import Repository

from jobyard_repos.errors import FetchError
from jobyard_repos.forge_call import post_json
from jobyard_repos.remotes import parse_remote_url
from jobyard_repos.transport import Credentials, Way

PASSWORD = "canary-of-the-proxy"
TOKEN = "canary-of-the-server"
ALICE = Credentials(username="alice", token=TOKEN)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy(PASSWORD) as proxy:
        yield proxy


def test_http_goes_through_the_proxy_with_its_password(
    remote: Repository, server: GitServer, fetch: Fetch, proxy: Proxy
) -> None:
    pushed = remote.commit({"a.py": "1"})
    way = Way(allowed_nets=LOOPBACK, proxy=proxy.url(PASSWORD))

    assert fetch(url=server.url("remote.git"), way=way).id == pushed

    assert proxy.log
    assert all(line.split()[1].startswith(server.url("remote.git")) for line in proxy.log)


def test_https_is_tunnelled_and_its_token_stays_inside(
    remote: Repository, tls_server: GitServer, fetch: Fetch, proxy: Proxy, tmp_path: Path
) -> None:
    pushed = remote.commit({"a.py": "1"})
    tls_server.switches.user_and_token = ("alice", TOKEN)
    ca_file = str(tmp_path / "server.pem")
    way = Way(allowed_nets=LOOPBACK, proxy=proxy.url(PASSWORD), ca_file=ca_file)

    assert fetch(url=tls_server.url("remote.git"), way=way, credentials=ALICE).id == pushed

    assert {line.split()[0] for line in proxy.log} == {"CONNECT"}
    assert PASSWORD not in str(tls_server.log)


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "127.0.0.*"])
def test_hosts_that_need_no_proxy_are_reached_directly(
    remote: Repository, server: GitServer, fetch: Fetch, proxy: Proxy, no_proxy: str
) -> None:
    pushed = remote.commit({"a.py": "1"})
    way = Way(allowed_nets=LOOPBACK, proxy=proxy.url(PASSWORD), no_proxy=[no_proxy])

    assert fetch(url=server.url("remote.git"), way=way).id == pushed
    assert proxy.log == []


def test_a_domain_means_all_below_it() -> None:
    way = Way(proxy="http://proxy:3128", no_proxy=[".Example.com"])

    def is_near(host: str) -> bool:
        return way.proxy_for(parse_remote_url(f"https://{host}/x.git", allow_file=False)) == ""

    assert is_near("git.example.com")
    assert is_near("example.com")
    assert not is_near("badexample.com")


def test_a_proxy_that_refuses_is_told_without_its_password(
    remote: Repository, server: GitServer, fetch: Fetch, proxy: Proxy
) -> None:
    remote.commit({"a.py": "1"})

    with pytest.raises(FetchError) as caught:
        fetch(url=server.url("remote.git"), way=Way(allowed_nets=LOOPBACK, proxy=proxy.url("wrong-canary")))

    assert "wrong-canary" not in str(caught.value)
    assert server.log == []


def test_an_authority_of_the_house_is_believed(
    remote: Repository, tls_server: GitServer, fetch: Fetch, tmp_path: Path
) -> None:
    pushed = remote.commit({"a.py": "1"})
    way = Way(allowed_nets=LOOPBACK, ca_file=str(tmp_path / "server.pem"))

    assert fetch(url=tls_server.url("remote.git"), way=way).id == pushed


def test_commit_statuses_take_the_same_way(tls_server: GitServer, proxy: Proxy, tmp_path: Path) -> None:
    way = Way(allowed_nets=LOOPBACK, proxy=proxy.url(PASSWORD), ca_file=str(tmp_path / "server.pem"))
    tls_server.switches.status = 201

    answer = post_json(
        tls_server.url("statuses"),
        {"state": "success"},
        headers={"Authorization": f"Bearer {TOKEN}"},
        secrets=(TOKEN,),
        way=way,
        timeout_seconds=10,
    )

    assert answer.status == 201
    assert proxy.log == [f"CONNECT 127.0.0.1:{tls_server.port}"]
