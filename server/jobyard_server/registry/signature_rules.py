"""Which signatures a repository asks for: one text as people write it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from jobyard_repos.refs import is_commit_id

OFF, WARN, REQUIRE = "off", "warn", "require"
TAG, TAG_AND_HEAD, STRICT_SINCE = "tag", "tagAndHead", "strictSince"
SIGNATURE_POLICIES = {
    OFF: "Do not look",
    WARN: "Warn",
    REQUIRE: "Require: the newest commit",
    TAG: "Require: the tag",
    TAG_AND_HEAD: "Require: the tag and its commit",
    STRICT_SINCE: "Require: every commit since a given one",
}
_SPELLINGS = {"head": REQUIRE}  #: What some call it.


@dataclass(frozen=True, kw_only=True)
class SignatureRule:
    """What has to be signed before a commit is let in."""

    mode: str  #: Key of ``SIGNATURE_POLICIES``.
    since: str = ""  #: Of ``strictSince``: somebody vouches for this commit and what is below it.

    @property
    def looks(self) -> bool:
        return self.mode != OFF

    @property
    def requires(self) -> bool:
        return self.mode not in {OFF, WARN}

    @property
    def is_about_tag(self) -> bool:
        return self.mode in {TAG, TAG_AND_HEAD}

    def __str__(self) -> str:
        return f"{self.mode}:{self.since}" if self.since else self.mode


def read_rule(text: str) -> SignatureRule:
    """
    ``off``, ``warn``, ``require`` (or ``head``), ``tag``, ``tagAndHead`` or ``strictSince:<full hash>``.

    Raises:
        ValueError: With a sentence for whoever wrote it.
    """
    mode, _, since = text.strip().partition(":")
    mode = _SPELLINGS.get(mode, mode)
    if mode not in SIGNATURE_POLICIES or (since and mode != STRICT_SINCE):
        accepted = ", ".join(
            f"{name}:<commit>" if name == STRICT_SINCE else name for name in SIGNATURE_POLICIES
        )
        raise ValueError(f'"{text[:100]}" is not a valid choice; use one of {accepted}.')
    if mode == STRICT_SINCE and not is_commit_id(since):
        raise ValueError(
            "Give the full hash of the commit since which all are signed: strictSince:<40 hex digits>."
        )
    return SignatureRule(mode=mode, since=since)
