"""Every provider by its name, as it is stored on a hook."""

from __future__ import annotations

from jobyard_server.webhooks.providers.azure import Azure
from jobyard_server.webhooks.providers.base import Malformed, Provider, Sample
from jobyard_server.webhooks.providers.bitbucket import Bitbucket
from jobyard_server.webhooks.providers.bitbucket_server import BitbucketServer
from jobyard_server.webhooks.providers.generic import Generic
from jobyard_server.webhooks.providers.gitea import Gitea
from jobyard_server.webhooks.providers.github import GitHub
from jobyard_server.webhooks.providers.gitlab import GitLab
from jobyard_server.webhooks.providers.gitlab_signed import GitLabSigned

__all__ = ["PROVIDERS", "Malformed", "Provider", "Sample"]

PROVIDERS: dict[str, Provider] = {
    "github": GitHub(),
    "gitlab": GitLab(),
    "gitlab_signed": GitLabSigned(),
    "gitea": Gitea(),
    "bitbucket": Bitbucket(),
    "bitbucket_server": BitbucketServer(),
    "azure": Azure(),
    "generic": Generic(),
}
