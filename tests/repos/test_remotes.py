"""Addresses that people type for repositories."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobyard_repos.errors import InvalidRemoteUrl
from jobyard_repos.remotes import RemoteUrl, parse_remote_url


@pytest.mark.parametrize(
    ("text", "canonical", "origin"),
    [
        ("https://git.example/a/b.git", "https://git.example/a/b.git", "https://git.example:443"),
        ("HTTPS://Git.Example:443/a/B.git", "https://git.example/a/B.git", "https://git.example:443"),
        ("https://git.example:8443//a//b/", "https://git.example:8443/a/b", "https://git.example:8443"),
        ("http://git.example:80/a", "http://git.example/a", "http://git.example:80"),
        ("http://git.example:443/a", "http://git.example:443/a", "http://git.example:443"),
        (
            "https://git.example/~alice/$x/a%20b",
            "https://git.example/~alice/$x/a%20b",
            "https://git.example:443",
        ),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example:443"),
        (
            "https://xn--bcher-kva.example/a",
            "https://xn--bcher-kva.example/a",
            "https://xn--bcher-kva.example:443",
        ),
        ("https://[2001:DB8::0:1]:8443/a", "https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443"),
        ("https://[::1]/a", "https://[::1]/a", "https://[::1]:443"),
        ("https://git.example/a%2db%2Fc", "https://git.example/a-b%2Fc", "https://git.example:443"),
        ("https://10.0.0.1/a", "https://10.0.0.1/a", "https://10.0.0.1:443"),
        ("https://git.example/größe", "https://git.example/gr%C3%B6%C3%9Fe", "https://git.example:443"),
    ],
)
def test_f58_an_address_has_one_canonical_form(text: str, canonical: str, origin: str) -> None:
    url = parse_remote_url(text, allow_file=False)

    assert (str(url), url.origin) == (canonical, origin)
    assert parse_remote_url(canonical, allow_file=False) == url


def test_a_user_name_moves_into_its_own_field() -> None:
    url = parse_remote_url("https://alice%40example.com@git.example/a", allow_file=False)

    assert (url.username, str(url)) == ("alice@example.com", "https://git.example/a")


@pytest.mark.parametrize("userinfo", ["alice:secret", "alice:", ":secret", "alice%3Asecret:x"])
def test_f58_a_password_is_refused_without_being_repeated(userinfo: str) -> None:
    with pytest.raises(InvalidRemoteUrl, match="use the token field") as caught:
        parse_remote_url(f"https://{userinfo}@git.example/a", allow_file=False)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "git.example/a",
        "https://",
        "https://git.example",
        "https://git.example/",
        "https:///a",
        "https://git.example/a b",
        " https://git.example/a",
        "https://git.example/a\n",
        "https://git.example/a\tb",
        "https://git.example/a\0b",
        "https://git.example/a%0ab",
        "https://git.example/a%0Db",
        "https://git.example/%00",
        "https://git.example/a%5cb",
        "https://git.example/%2e%2e/b",
        "https://git.example/../b",
        "https://git.example/a/./b",
        "https://git.example/a%zz",
        "https://git.example/%HOME%",
        "https://git.example/a?b",
        "https://git.example/a#b",
        'https://git.example/a"b',
        "https://git.example/a\\b",
        "https://host\\@evil.example/a",
        "https://a@b@evil.example/a",
        "https://@git.example/a",
        "https://-oProxyCommand=x@git.example/a",
        "https://%0ahost@git.example/a",
        "https://a%3Ab@git.example/a",
        "https://-git.example/a",
        "https://git-.example/a",
        "https://git.example./a",
        "https://git..example/a",
        "https://.git.example/a",
        "https://git_example/a",
        "https://$HOME/a",
        "https://git.example:0/a",
        "https://git.example:65536/a",
        "https://git.example:99999/a",
        "https://git.example:-1/a",
        "https://git.example:٣/a",
        "https://git.example:8 0/a",
        "https://[::1/a",
        "https://[::1]x/a",
        "https://[fe80::1%25eth0]/a",
        "https://[127.0.0.1]/a",
        "https://0x7f.1/a",
        "https://2130706433/a",
        "https://127.1/a",
        "https://0177.0.0.1/a",
        "https://1.2.3.4.5/a",
        "https://256.1.1.1/a",
        f"https://{'a' * 64}.example/a",
        f"https://{'a.' * 130}example/a",
        f"https://git.example/{'a' * 2048}",
        "https://exa\u202emple/a",
        "https://exa\u2028mple/a",
        "https://\udcff/a",
        "--upload-pack=touch x",
        "-cfoo=bar",
        "\u2010\u2010upload-pack=x",
        "ext::sh -c touch% marker",
        "EXT::sh",
        "fd::7",
        "foo::bar",
        "ext://sh",
        "git://git.example/a",
        "ftp://git.example/a",
        "javascript://git.example/a",
        "file:///srv/a.git",
        "/srv/a.git",
        "./a.git",
        "~/a.git",
        "ssh://-oProxyCommand=x/r",
    ],
)
def test_f55_f58_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidRemoteUrl) as caught:
        parse_remote_url(text, allow_file=False)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "canonical", "for_git"),
    [
        ("ssh://git@Git.Example/a/b.git", "ssh://git.example/a/b.git", "ssh://git@git.example/a/b.git"),
        ("ssh://git.example:22/a", "ssh://git.example/a", "ssh://git@git.example/a"),
        ("ssh://bob@git.example:2222/a", "ssh://git.example:2222/a", "ssh://bob@git.example:2222/a"),
        ("git@git.example:a/b.git", "git.example:a/b.git", "git@git.example:a/b.git"),
        ("bob@git.example:/srv/a", "ssh://git.example/srv/a", "ssh://bob@git.example/srv/a"),
        ("[::1]:a", "[::1]:a", "git@[::1]:a"),
    ],
)
def test_ssh_addresses_in_both_forms(text: str, canonical: str, for_git: str) -> None:
    url = parse_remote_url(text, allow_file=False)

    assert (url.scheme, str(url)) == ("ssh", canonical)
    assert url.for_git(url.username or "git") == for_git
    again = parse_remote_url(canonical, allow_file=False)
    assert (str(again), again.origin, again.for_git("x")) == (canonical, url.origin, url.for_git("x"))


def test_another_spelling_of_ssh_says_what_to_write() -> None:
    with pytest.raises(InvalidRemoteUrl, match="Write ssh:// or"):
        parse_remote_url("git+ssh://git.example/a", allow_file=False)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("file:///srv/a.git", "file:///srv/a.git"),
        ("FILE://localhost/srv/a.git/", "file:///srv/a.git"),
        ("/srv/a.git", "file:///srv/a.git"),
        ("/srv/Jane's a.git", "file:///srv/Jane's%20a.git"),
        ("file:///srv/a b", "file:///srv/a%20b"),
        ("/srv/100%25", "file:///srv/100%2525"),
    ],
)
def test_folders_are_remotes_where_the_server_says_so(text: str, canonical: str) -> None:
    url = parse_remote_url(text, allow_file=True)

    assert (str(url), url.origin) == (canonical, "file://")
    assert parse_remote_url(canonical, allow_file=True) == url


@pytest.mark.parametrize(
    "text", ["file://other/srv/a", "file://", "file:///", "/", "file:///a/../b", "a/b", "file:srv"]
)
def test_odd_folders_are_refused(text: str) -> None:
    with pytest.raises(InvalidRemoteUrl):
        parse_remote_url(text, allow_file=True)


_HOSTILE = st.text(
    alphabet=string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%\\\"\n\0 é\u202e", max_size=40
)


@settings(deadline=None)  # a busy machine is no failure
@given(
    start=st.sampled_from(["", "https://", "http://", "ssh://", "file://", "https://a@", "https://h/"]),
    rest=_HOSTILE,
    allow_file=st.booleans(),
)
def test_any_text_is_refused_or_has_a_harmless_canonical_form(
    start: str, rest: str, *, allow_file: bool
) -> None:
    try:
        url = parse_remote_url(start + rest, allow_file=allow_file)
    except InvalidRemoteUrl:
        return
    text = str(url)
    assert text.startswith(f"{url.bracketed_host}:" if url.is_relative else f"{url.scheme}://")
    assert url.scheme in ({"https", "http", "ssh", "file"} if allow_file else {"https", "http", "ssh"})
    assert text.isascii()
    assert text.isprintable()
    assert not set(text) & set(' \\"#?')
    assert parse_remote_url(text, allow_file=allow_file) == RemoteUrl(
        scheme=url.scheme,
        host=url.host,
        port=url.port,
        username="",
        path=url.path,
        is_relative=url.is_relative,
    )
