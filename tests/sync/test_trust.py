"""Signatures as a condition: what a sync lets in, and what stays in service when it does not."""

from __future__ import annotations

import pytest
from tests.repos.signing import SshSigner
from tests.sync.cast import good

from jobyard_server.access.models import AuditEvent, User
from jobyard_server.registry import publish as publish_module
from jobyard_server.registry.decisions import pin
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository, Job, Revision, Source
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.repositories import add_repository, change_repository
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.registry.signatures import why_untrusted
from jobyard_server.registry.trust_models import SignedCommit
from jobyard_server.registry.trusted_keys import add_trusted_key, revoke_trusted_key
from jobyard_sync import pipeline
from jobyard_sync.pipeline import sync_repository


@pytest.fixture
def alice(tmp_path):
    return SshSigner(tmp_path)


@pytest.fixture
def repo(make_repo):
    return make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})


def add(repo, policy):
    return add_repository(name="Lab", remote_url=repo.url, signature_policy=policy)


def sync(tools, repository):
    result = waiting_requests().first() or request_sync(repository.source)
    assert sync_repository(result, tools)
    result.refresh_from_db()
    return result


def messages(result):
    return [row.message for row in result.logs.all()]


def installed():
    return sorted(
        job.class_path for job in Job.objects.filter(installed=True).select_related("module__source")
    )


def test_a_signed_head_by_a_trusted_key_is_let_in_and_shown_as_verified(tools, repo, alice, db):
    add_trusted_key("alice", alice.public_line, None)
    signed = alice.commit(repo.folder / ".git")
    repository = add(repo, "require")

    assert sync(tools, repository).status == "completed"

    revision = Revision.objects.get(identifier=signed)
    assert (revision.signature_state, revision.signature_signer) == ("verified", "alice")
    assert revision.signature_fingerprint == alice.fingerprint
    assert installed() == ["git.lab/hello/Hello"]


def test_an_unsigned_tip_leaves_the_last_verified_revision_in_service_and_says_why(tools, repo, alice, db):
    add_trusted_key("alice", alice.public_line, None)
    signed = alice.commit(repo.folder / ".git")
    repository = add(repo, "require")
    sync(tools, repository)
    repo.git("reset", "-q", "--hard", "main")
    unsigned = repo.commit({"jobs/more.py": good("More")})
    GitRepository.objects.update(report_to="gitea", report_token_encrypted="x")

    result = sync(tools, repository)

    assert result.status == "errored"
    (failure,) = [text for text in messages(result) if text.startswith("Error while refreshing")]
    assert unsigned in failure
    assert "It is not signed. Signatures by trusted keys are required here." in failure
    assert installed() == ["git.lab/hello/Hello"]
    assert GitRepository.objects.get().current_head == signed
    assert "not signed" in Source.objects.get(key="git.lab").error
    assert not Revision.objects.filter(identifier=unsigned).exists()
    assert not list((tools.store.folder).glob(f"*{unsigned}*"))
    assert CommitStatus.objects.get(commit=unsigned).state == "error"


def test_with_warn_everything_is_let_in_and_doubts_are_told(tools, repo, db):
    repository = add(repo, "warn")

    result = sync(tools, repository)

    assert result.status == "completed"
    assert any("signature of this commit is not verified" in text for text in messages(result))
    assert Revision.objects.get().signature_state == "unsigned"


def test_with_off_nobody_looks(tools, repo, db):
    sync(tools, add(repo, "off"))

    assert Revision.objects.get().signature_state == ""


def test_f146_after_a_key_was_revoked_the_revision_is_untrusted_and_nothing_is_deleted(
    tools, repo, alice, db
):
    key = add_trusted_key("alice", alice.public_line, None)
    alice.commit(repo.folder / ".git")
    repository = add(repo, "require")
    sync(tools, repository)

    revoke_trusted_key(key)
    result = sync(tools, repository)

    assert result.status == "errored"
    assert any("was revoked" in text for text in messages(result))
    assert Revision.objects.get().signature_state == "refused"
    assert installed() == ["git.lab/hello/Hello"]


def test_f150_a_policy_that_changes_during_a_sync_decides(tools, repo, db, monkeypatch):
    repository = add(repo, "off")
    publish = pipeline.publish

    def publish_late(*arguments):
        GitRepository.objects.update(signature_policy="require")
        return publish(*arguments)

    monkeypatch.setattr(pipeline, "publish", publish_late)
    result = sync(tools, repository)

    assert result.status == "errored"
    assert any("changed during this sync" in text for text in messages(result))
    assert installed() == []
    assert publish is publish_module.publish


def test_f150_a_key_that_is_revoked_during_a_sync_decides(tools, repo, alice, db, monkeypatch):
    key = add_trusted_key("alice", alice.public_line, None)
    alice.commit(repo.folder / ".git")
    repository = add(repo, "require")
    publish = pipeline.publish

    def publish_late(*arguments):
        revoke_trusted_key(key)
        return publish(*arguments)

    monkeypatch.setattr(pipeline, "publish", publish_late)

    assert sync(tools, repository).status == "errored"
    assert installed() == []


def test_f147_a_list_in_the_repository_changes_nothing(tools, repo, alice, db):
    repo.commit({"allowed_signers": f"alice {alice.public_line}"})
    alice.commit(repo.folder / ".git")

    assert sync(tools, add(repo, "require")).status == "errored"


# Other rules: the tag, and every commit since one that somebody vouches for


def change(repository, **values):
    return change_repository(repository, **values)


def refusal(result):
    (failure,) = [text for text in messages(result) if text.startswith("Error while refreshing")]
    return failure


def test_sg01_sg11_a_signed_tag_is_let_in_and_nothing_else(tools, repo, alice, db):
    key = add_trusted_key("alice", alice.public_line, None)
    git = repo.folder / ".git"
    alice.tag(git, "v1")
    repository = add_repository(name="Lab", remote_url=repo.url, branch="v1", signature_policy="tag")

    assert sync(tools, repository).status == "completed"

    revision = Revision.objects.get()
    assert (revision.signature_state, revision.signature_policy) == ("verified", "tag")
    assert revision.signature_keys == [alice.fingerprint]
    repo.git("tag", "plain")
    repo.git("tag", "-a", "-m", "Mine.", "unsigned")
    repo.git("update-ref", "refs/tags/stolen", "refs/tags/v1")
    for branch, why in (
        ("main", "is not an annotated tag"),
        ("plain", "is not an annotated tag"),
        ("unsigned", "is not signed"),
        ("stolen", "another name inside"),
    ):
        repository = change(repository, branch=branch)
        result = sync(tools, repository)
        assert (result.status, why in refusal(result)) == ("errored", True), branch
    repository = change(repository, branch="v1", signature_policy="tagAndHead")
    assert "It is not signed." in refusal(sync(tools, repository))
    alice.commit(git)
    alice.tag(git, "v1")
    assert sync(tools, repository).status == "completed"
    revoke_trusted_key(key)
    assert "was revoked" in refusal(sync(tools, repository))


def test_sg01_what_was_let_in_by_its_tag_may_be_pinned_while_its_key_counts(tools, repo, alice, db):
    key = add_trusted_key("alice", alice.public_line, None)
    alice.tag(repo.folder / ".git", "v1")
    repository = add_repository(name="Lab", remote_url=repo.url, branch="v1", signature_policy="tag")
    sync(tools, repository)

    pinned = pin(repository, Revision.objects.get(), None)
    assert sync_repository(pinned, tools)
    pinned.refresh_from_db()
    revoke_trusted_key(key)
    after = sync(tools, repository)

    assert (pinned.status, after.status) == ("completed", "errored")


def test_f145_strict_since_looks_at_every_commit_that_came_since(tools, repo, alice, db):
    add_trusted_key("alice", alice.public_line, None)
    git, first = repo.folder / ".git", repo.head
    alice.commit(git)
    signed = alice.commit(git)
    repository = add(repo, f"strictSince:{first}")

    assert sync(tools, repository).status == "completed"
    assert SignedCommit.objects.count() == 2
    # An unsigned commit on a side branch, merged by a signed one: ``require`` would let it in.
    repo.git("reset", "-q", "--hard", "main")
    repo.git("checkout", "-q", "-b", "side")
    hidden = repo.commit({"jobs/hidden.py": good("Hidden")})
    repo.git("checkout", "-q", "main")
    options = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={alice.key}")
    repo.git(*options, "merge", "-q", "--no-ff", "-S", "-m", "Merge.", "side")

    refused = refusal(sync(tools, repository))
    assert f"It is not signed. (This is about {hidden[:12]}, which came with it.)" in refused
    assert (GitRepository.objects.get().current_head, installed()) == (signed, ["git.lab/hello/Hello"])
    assert sync(tools, change(repository, signature_policy="require")).status == "completed"
    strict = change(repository, signature_policy=f"strictSince:{repo.head}")
    assert sync(tools, strict).status == "completed"  # somebody vouches for the merge itself
    repo.git("reset", "-q", "--hard", first)
    assert "older than the commit" in refusal(sync(tools, strict))


def test_sg10_a_rule_that_comes_later_takes_back_what_it_would_have_kept_out(tools, repo, db):
    repository = add(repo, "off")
    sync(tools, repository)

    sync(tools, change(repository, signature_policy="require"))

    assert "not trusted any more: It is not signed." in why_untrusted(Revision.objects.get())
    repo.commit({"jobs/more.py": good("More")})
    Revision.objects.update(signature_state="", signature_policy="")
    sync(tools, repository)
    assert "It is not signed." in why_untrusted(Revision.objects.get())


def test_sg01_who_set_the_rule_is_recorded(tools, repo, db):
    carol = User.objects.create(username="carol", is_superuser=True)
    repository = change(add(repo, "off"), user=carol, signature_policy=f"strictSince:{'a' * 40}")

    assert (repository.signature_policy_by, bool(repository.signature_policy_at)) == (carol, True)
    event = AuditEvent.objects.filter(action="changed").latest("pk")
    assert event.details["signature_policy"] == f"strictSince:{'a' * 40}"


@pytest.mark.parametrize("text", ["strictSince", "strictSince:main", f"tag:{'a' * 40}", "", "Require"])
def test_sg01_a_rule_that_is_none_is_refused_in_words(repo, text, db):
    with pytest.raises(RepositoryErrors, match=r"is not a valid choice|Give the full hash"):
        add(repo, text)
