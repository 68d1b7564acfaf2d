from __future__ import annotations

import pytest

from jobyard_server.registry.forges import commit_url, file_url

C = "a" * 40


@pytest.mark.parametrize(
    ("remote", "forge", "link"),
    [
        ("https://github.com/acme/jobs.git", "", f"https://github.com/acme/jobs/blob/{C}/jobs/a%20b.py#L7"),
        ("git@github.com:acme/jobs.git", "", f"https://github.com/acme/jobs/blob/{C}/jobs/a%20b.py#L7"),
        ("https://gitlab.acme.net/g/s/jobs", "", f"https://gitlab.acme.net/g/s/jobs/-/blob/{C}/jobs/a%20b.py#L7"),
        ("https://code.acme.net:3000/o/r.git", "gitea", f"https://code.acme.net:3000/o/r/src/commit/{C}/jobs/a%20b.py#L7"),
        ("https://bitbucket.org/w/r.git", "", f"https://bitbucket.org/w/r/src/{C}/jobs/a%20b.py#lines-7"),
        ("https://git.acme.net/scm/net/r.git", "bitbucket-server", f"https://git.acme.net/projects/NET/repos/r/browse/jobs/a%20b.py?at={C}#7"),
        ("https://dev.azure.com/o/p/_git/r", "", f"https://dev.azure.com/o/p/_git/r?path=/jobs/a%20b.py&version=GC{C}&line=7&lineEnd=7&lineStartColumn=1&lineEndColumn=1"),
        ("git@ssh.dev.azure.com:v3/o/p/r", "", f"https://dev.azure.com/o/p/_git/r?path=/jobs/a%20b.py&version=GC{C}&line=7&lineEnd=7&lineStartColumn=1&lineEndColumn=1"),
        ("ssh://git@gitlab.com:22/g/r.git", "", f"https://gitlab.com/g/r/-/blob/{C}/jobs/a%20b.py#L7"),
        ("https://example.net/r.git", "", ""),
        ("https://github.com/acme/jobs", "none", ""),
        ("file:///srv/jobs.git", "github", ""),
        ("/srv/jobs.git", "github", ""),
    ],
)  # fmt: skip
def test_a_line_of_a_file_has_an_address_in_each_forge(remote, forge, link):
    assert file_url(remote, forge, C, "jobs/a b.py", 7) == link


def test_a_commit_has_an_address_and_a_password_never_gets_into_it():
    assert commit_url("https://user:secret@github.com/o/r.git", "", C) == f"https://github.com/o/r/commit/{C}"
