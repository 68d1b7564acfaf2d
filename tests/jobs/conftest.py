"""Job sources made of text, the fixture jobs, and fakes for what a host provides."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from tests.jobs.fakes import FIXTURES, FakeDatabase, ListSink, write_files

from jobyard import compat
from jobyard.discovery import find_modules
from jobyard.inspection import describe_module
from jobyard.loader import SourceLoader
from jobyard.spec import JobSpec, ModuleReport
from jobyard.testing import JobRun, run_job

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _models() -> None:
    """What the server provides; SDK tests use its Region, Site and Status."""
    compat.provide(
        {
            "dcim.models": "jobyard_server.inventory.dcim.models",
            "extras.models": "jobyard_server.inventory.extras.models",
        }
    )


@pytest.fixture(scope="session")
def fixtures() -> Iterator[SourceLoader]:
    """The fixture jobs as a local source."""
    with SourceLoader(root=FIXTURES, job_path="", source="local", digest="f" * 64) as loader:
        yield loader


@pytest.fixture
def fx(fixtures):
    """``fx("fx_min", "OnlyRun")``: a class of the fixture jobs."""

    def load(module: str, name: str) -> Any:
        return getattr(fixtures.load(module), name)

    return load


@pytest.fixture
def ran(fx):
    """``ran("fx_min", "OnlyRun", data, commit=…)``: run a fixture job."""

    def run(module: str, name: str, data: Any = None, **options: Any) -> JobRun:
        return run_job(fx(module, name), data, **options)

    return run


@pytest.fixture
def make_source(tmp_path):
    """Write files and load modules from them; what is made here is forgotten at the end of the test."""
    loaders: list[SourceLoader] = []

    def make(files: dict[str, str], *, source: str = "local", job_path: str = "") -> SourceLoader:
        number = next(_numbers)
        root = tmp_path / f"source{number}"
        write_files(root, files)
        loader = SourceLoader(root=root, job_path=job_path, source=source, digest=f"{number:064x}"[::-1])
        loaders.append(loader)
        return loader.install()

    yield make
    for loader in loaders:
        loader.uninstall()


@pytest.fixture
def load(make_source):
    """Load one module that is given as text."""

    def load_text(text: str, name: str = "example") -> ModuleType:
        return make_source({f"{name}.py": text}).load(name)

    return load_text


@pytest.fixture
def inspect_source(make_source):
    """Reports on the modules of a source, by module name."""

    def inspect(files: dict[str, str], **options: Any) -> dict[str, ModuleReport]:
        loader = make_source(files, **options)
        modules = find_modules(loader.root, loader.namespace.job_path)
        return {module.name: describe_module(loader, module) for module in modules}

    return inspect


@pytest.fixture
def describe(inspect_source):
    """The spec of the only job of one module that is given as text."""

    def describe_text(text: str) -> JobSpec:
        report = inspect_source({"example.py": text})["example"]
        assert report.error is None, report.error
        (spec,) = report.jobs
        return spec

    return describe_text


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def sink() -> ListSink:
    return ListSink()
