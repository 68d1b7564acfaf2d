"""The request and the data files of a run (§6.2, §6.3)."""

from __future__ import annotations

import uuid

import pytest

from jobyard.request import FormValues, JobRequest
from jobyard.testing import run_job


class TestRequest:
    def test_s88_s89_user_and_address(self, ran):
        for meta in (
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "REMOTE_ADDR": "10.0.0.1"},
            {"REMOTE_ADDR": "10.0.0.1"},
        ):
            run = ran("fx_request", "Who", user="alice", request={"META": meta})
            assert run.messages("info")[0] == f"alice came from {next(iter(meta.values()))}"

    def test_everything_that_is_there(self, ran):
        request = {
            "META": {"SERVER_NAME": "jobyard"},
            "GET": "a=1&a=2&b=",
            "POST": {"x": ["y"]},
            "path": "/api/",
            "method": "POST",
            "id": "7a1c9c1e-7f0f-4a7e-8f6e-6f7a3d9f0001",
        }

        run = ran("fx_request", "Dump", request=request, commit=True)

        assert run.messages() == [
            "META ['SERVER_NAME']",
            "GET {'a': '2', 'b': ''} ['1', '2']",
            "POST {'x': 'y'}",
            "POST /api/ {} {}",
        ]
        assert run.output == "\n7a1c9c1e-7f0f-4a7e-8f6e-6f7a3d9f0001"

    def test_a_request_without_anything_is_still_one(self):
        request = JobRequest({}, None)

        assert (request.META, dict(request.GET), request.path, request.method) == ({}, {}, "", "")
        assert isinstance(request.id, uuid.UUID)

    def test_form_values_behave_like_a_query_dict(self):
        values = FormValues("a=1&a=2&b=%20c")

        assert (values["a"], values.get("b"), values.get("c")) == ("2", " c", None)
        assert (values.getlist("a"), values.getlist("c"), values.getlist("c", ["d"])) == (
            ["1", "2"],
            [],
            ["d"],
        )
        assert list(values.lists()) == [("a", ["1", "2"]), ("b", [" c"])]
        assert values.urlencode() == "a=1&a=2&b=+c"
        assert FormValues({"a": [], "b": "c"}).dict() == {"a": [], "b": "c"}


class TestDataFiles:
    def test_s91_beside_the_file(self, ran):
        run = ran("fx_data_files", "Beside")

        assert run.messages()[0] == "{'racks': 4, 'names': ['a', 'b']} {'racks': 4}"

    def test_d1_below_the_folder(self, ran):
        assert ran("fx_data_files", "FromRoot").messages()[0] == "from a folder below"

    @pytest.fixture
    def read(self, make_source, tmp_path):
        """What a job of a Git source reads under a name."""
        (tmp_path / "outside.yaml").write_text("secret: 1")
        text = """
            from jobyard import Job, StringVar
            class Reads(Job):
                name_of_file = StringVar()
                def run(self, data, commit):
                    return repr(self.load_yaml(data["name_of_file"]))
        """
        files = {
            "jobs/m.py": text,
            "jobs/beside.yaml": "a: beside",
            "beside.yaml": "a: root",
            "root.yaml": "a: root",
            "broken.yaml": "a: [",
            "unsafe.yaml": "!!python/object/apply:os.getcwd []",
        }
        loader = make_source(files, source="git.x", job_path="jobs")
        (loader.root / "jobs/link.yaml").symlink_to(tmp_path / "outside.yaml")
        (loader.root / "jobs/inside.yaml").symlink_to(loader.root / "root.yaml")
        module = loader.load("m")

        def run(name):
            return run_job(module.Reads, {"name_of_file": name.format(root=loader.root, outside=tmp_path)})

        return run

    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("beside.yaml", "beside"),
            ("root.yaml", "root"),
            ("../root.yaml", "root"),
            ("jobs/beside.yaml", "beside"),
            ("inside.yaml", "root"),
            ("{root}/root.yaml", "root"),
        ],
    )
    def test_d1_d2_inside_the_snapshot(self, read, name, found):
        assert read(name).output == f"\n{{'a': '{found}'}}"

    @pytest.mark.parametrize(
        "name", ["../../outside.yaml", "link.yaml", "{outside}/outside.yaml", "/etc/hostname"]
    )
    def test_d2_outside_is_refused(self, read, name):
        run = read(name)

        assert run.status == "errored"
        assert "PermissionError: Refusing to read " in run.messages()[0]
        assert ": outside the job source" in run.messages()[0]

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("gone.yaml", "FileNotFoundError"),
            ("jobs", "FileNotFoundError"),
            ("broken.yaml", "ParserError"),
            ("unsafe.yaml", "ConstructorError"),
        ],
    )
    def test_d3_d4_problems_surface(self, read, name, error):
        assert f"`{error}: " in read(name).messages()[0]

    def test_the_traceback_shows_paths_inside_the_source(self, read, tmp_path):
        message = read("gone.yaml").messages()[0]

        assert "  git.x/jobs/m.py:6, in run\n" in message
        assert str(tmp_path) not in message
