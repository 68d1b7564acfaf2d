"""F151 to F160: what a run can reach, in each tier. What is seen is what a job itself reports."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from jobyard_server.database.roles import ensure_roles
from jobyard_server.isolation import landlock
from jobyard_server.isolation.environment import _PASSED_ON
from jobyard_server.isolation.launchers import LAUNCHERS, problem_of

ACCOUNT = "daemon"  #: Which is everywhere, and not the one that the database may have.
HAS_LANDLOCK = pytest.mark.skipif(not landlock.version(), reason="the kernel has no Landlock")


def launched(name: str, *marks: pytest.MarkDecorator) -> Any:
    problem = problem_of({"SANDBOX_LAUNCHER": name, "SANDBOX_ACCOUNT": ACCOUNT})
    is_required = name == "bwrap" and "JOBYARD_REQUIRE_SERVICES" in os.environ
    cannot = pytest.mark.skipif(bool(problem) and not is_required, reason=problem or "it can")
    return pytest.param(name, id=f"tier-2-{name}", marks=[cannot, *marks])


WITHOUT_WALLS = [pytest.param("off", id="tier-0")]
WALLS = [
    pytest.param("auto", id="tier-1", marks=HAS_LANDLOCK),
    launched("bwrap"),
    launched("uid", HAS_LANDLOCK),
]
TIERS = [*WITHOUT_WALLS, *WALLS]
HEAD = """
    import ctypes, errno, json, os, resource, signal, socket, subprocess, tempfile
    from pathlib import Path

    from jobyard import Job, StringVar

    libc = ctypes.CDLL(None, use_errno=True)


    def tried(act, *arguments):
        try:
            act(*arguments)
        except OSError as exc:
            return errno.errorcode[exc.errno]
        except Exception as exc:
            return type(exc).__name__
        return "done"


    class Probe(Job):
        given = StringVar(default="{}")

        def run(self, data, commit):
            return json.dumps(self.look(**json.loads(data["given"])))

"""


@pytest.fixture
def probe(service, settings):
    """Runs the body of a function in a job and gives what it returned."""

    def look(body: str, mode: str = "auto", **given: Any) -> Any:
        launcher = mode if mode in LAUNCHERS else "fork"
        settings.JOBYARD = {
            **settings.JOBYARD,
            "SANDBOX": "auto" if mode in LAUNCHERS else mode,
            "SANDBOX_LAUNCHER": launcher,
            "SANDBOX_ACCOUNT": ACCOUNT,
        }
        arguments = "".join(f", {name}" for name in given)
        method = f"        def look(self{arguments}):\n" + "\n".join(
            f"            {line}" for line in body.strip("\n").splitlines()
        )
        service.publish(probe=HEAD + method + "\n")
        result = service.run("probe", "Probe", {"given": json.dumps(given)})
        assert result.status == "completed", service.rows(result)
        return json.loads(result.output), result

    return look


@pytest.mark.parametrize("mode", TIERS)
def test_f151_rc03_a_run_is_what_the_list_says(probe, mode):
    seen, result = probe(
        """
names = ("RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_CPU")
limits = {name: resource.getrlimit(getattr(resource, name)) for name in names}
umask = os.umask(0)
memory, processes = (resource.getrlimit(which)[0] for which in (resource.RLIMIT_AS, resource.RLIMIT_NPROC))
return {
    "memory": most_memory <= memory < most_memory + 2**34 and processes != resource.RLIM_INFINITY,
    "environment": sorted(set(os.environ) - set(passed)),
    "umask": umask,
    "home": os.environ["HOME"] == os.getcwd(),
    "temporary": tempfile.gettempdir() == os.getcwd(),
    "stdin": os.read(0, 1) == b"",
    "leads": os.getsid(0) == os.getpid(),
    "no_new_privileges": libc.prctl(39, 0, 0, 0, 0),
    "dumpable": libc.prctl(3, 0, 0, 0, 0),
    "raw": tried(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
    "mount": libc.mount(b"none", b"/mnt", b"tmpfs", 0, None),
    "limits": limits,
}
""",
        mode,
        passed=[*_PASSED_ON, "LC_CTYPE"],
        most_memory=django_settings.JOBYARD["RUN_MEMORY"],
    )

    assert seen == {
        "environment": ["DJANGO_SETTINGS_MODULE", "HOME", "PWD", "TMPDIR"],
        "umask": 0o077,
        "home": True,
        "temporary": True,
        "stdin": True,
        "leads": True,
        "no_new_privileges": 1,
        "dumpable": 0,
        "raw": "EPERM",
        "mount": -1,
        "memory": True,
        "limits": {
            "RLIMIT_NOFILE": [1024, 1024],
            "RLIMIT_CORE": [0, 0],
            "RLIMIT_FSIZE": [2**30, 2**30],
            "RLIMIT_CPU": [3600, 3605],
        },
    }
    assert result.sandbox["tier"] == {"off": 0, "auto": 1}.get(mode, 2)
    assert result.sandbox["launcher"] == (mode if mode in LAUNCHERS else "fork")
    assert result.sandbox["landlock"] == (0 if mode == "off" else landlock.version())
    assert result.sandbox["limits"]["memory_bytes"] == django_settings.JOBYARD["RUN_MEMORY"]


@pytest.fixture
def readable_key():
    """A key that the modes of its file keep from nobody; gone afterwards, for `doctor` finds it wrong."""
    made = django_settings.DATA_DIR / "keys" / "probe"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text("secret")
    yield made
    made.unlink()


@pytest.mark.parametrize("mode", WALLS)
def test_f152_f153_rc14_rc15_only_the_own_folder_can_be_written_and_nothing_of_the_service_read(
    probe, mode, readable_key
):
    data = django_settings.DATA_DIR
    hidden = [readable_key, "/etc/shadow", "/proc/1/environ", data / "snapshots", "/root"]
    hidden += [f"/proc/{os.getpid()}/cmdline"]
    written = ["/tmp/jobyard-probe", "/dev/shm/jobyard-probe", "/var/tmp/jobyard-probe"]
    launch_points = ("/etc/cron.d", "/var/spool/cron", "/var/spool/cron/crontabs", "/etc/systemd/system")
    written += [f"{folder}/jobyard-probe" for folder in launch_points if Path(folder).is_dir()]
    seen, _ = probe(
        """
def read(path):
    os.listdir(path) if os.path.isdir(path) else open(path).read()
here = str(Path(__file__).parent)
open("own", "w").write("x")
return {
    "read": [tried(read, path) for path in hidden],
    "written": [tried(lambda p: open(p, "w"), path) for path in [*written, here + "/new.py", json.__file__]],
    "own": open("own").read(),
    "code": tried(read, here),
    "program": subprocess.run(["/bin/cat", "own"], capture_output=True, text=True).stdout,
    "shell": subprocess.run(["/bin/sh", "-c", f"cat {hidden[0]}"], capture_output=True).returncode != 0,
}
""",
        mode,
        hidden=[str(path) for path in hidden],
        written=written,
    )

    not_there = {"bwrap": ("EACCES", "ENOENT")}.get(mode, ("EACCES",))
    assert set(seen["read"]) <= set(not_there)
    assert set(seen["written"]) <= {*not_there, "EROFS"}
    assert (seen["own"], seen["code"], seen["program"], seen["shell"]) == ("x", "done", "x", True)


@pytest.mark.parametrize("mode", TIERS)
def test_f154_memory_and_environment_of_the_parts_are_closed(probe, service, mode):
    zygote = service.loop._zygotes.base.pid
    worker = os.getpid()
    seen, _ = probe(
        """
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(8)
one = Vector(ctypes.addressof(buffer), 8)
found = {}
for name, pid in (("zygote", zygote), ("guard", os.getppid() or guard)):
    found[name] = [
        tried(lambda: open(f"/proc/{pid}/environ").read()),
        tried(lambda: open(f"/proc/{pid}/mem", "rb")),
        libc.ptrace(16, pid, 0, 0),
        libc.process_vm_readv(pid, ctypes.byref(one), 1, ctypes.byref(one), 1, 0),
    ]
return found
""",
        mode,
        zygote=zygote,
        guard=worker,
    )

    for name in ("zygote", "guard"):
        environ, memory, traced, read = seen[name]
        not_there = ("ENOENT",) if mode == "bwrap" else ()
        assert environ in ("EACCES", "EPERM", *not_there), name
        assert memory in ("EACCES", "EPERM", *not_there), name
        assert (traced, read) == (-1, -1), name


@pytest.mark.parametrize("mode", [*WITHOUT_WALLS, launched("bwrap")])
def test_f155_the_job_role_reaches_data_and_nothing_of_the_service(probe, service, mode):
    assert ensure_roles()
    tables = [
        "users_token",
        "extras_jobresult",
        "extras_joblogentry",
        "extras_inputfile",
        "django_migrations",
    ]
    seen, result = probe(
        """
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from nautobot.dcim.models import Region

def ask(text):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)
            return "done"
    except Exception as exc:
        return type(exc).__name__
user = get_user_model().objects.get(username="alice")
return {
    "tables": [ask(f"SELECT * FROM public.{table}") for table in tables],
    "write": ask("UPDATE users_user SET is_superuser = true"),
    "state": ask("UPDATE extras_jobresult SET status = 'completed'"),
    "create": ask("CREATE TABLE public.mine (id int)"),
    "role": ask("CREATE ROLE mine"),
    "files": ask("SELECT pg_read_file('postgresql.conf')"),
    "data": Region.objects.create(name="North", slug="north").slug,
    "user": user.get_username(),
    "password": user.password,
    "request": self.request.user.username,
}
""",
        mode,
        tables=tables,
    )

    assert seen["tables"] == ["ProgrammingError"] * len(tables)
    for name in ("write", "state", "create", "role", "files"):
        assert seen[name] == "ProgrammingError", name
    assert (seen["data"], seen["user"], seen["password"], seen["request"]) == (
        "north",
        "alice",
        None,
        "alice",
    )
    assert result.sandbox["database_role"] == "job"


def test_f155_a_run_reads_the_change_log_and_of_other_runs_no_text(probe, service):
    assert ensure_roles()
    from jobyard_server.inventory.dcim.models import Region

    region = Region.objects.create(name="South", slug="south")
    _, other = probe("""self.log_success("of somebody")""", "off")
    seen, _ = probe(
        """
from nautobot.extras.models import JobLogEntry, ObjectChange, ScheduledJob
import time
from django.db import transaction
self.log_info("mine")
deadline = time.monotonic() + 20
while not (mine := JobLogEntry.objects.filter(job_result_id=self.job_result.id)):
    assert time.monotonic() < deadline
return {
    "change": [[c.action, str(c.changed_object)] for c in ObjectChange.objects.filter(changed_object_id=key)],
    "others": list(JobLogEntry.objects.filter(job_result_id=other).values_list("log_level", "message")),
    "mine": [row.message for row in mine],
    "schedules": ScheduledJob.objects.count(),
    "write": tried(transaction.atomic(ObjectChange.objects.all().delete)),
}
""",
        key=str(region.pk),
        other=str(other.pk),
    )

    assert seen["change"] == [["create", "South"]]
    assert seen["others"][0] == ["success", None]
    assert seen["mine"] == ["mine"]
    assert (seen["schedules"], seen["write"]) == (0, "ProgrammingError")


@pytest.mark.parametrize("mode", TIERS)
def test_f155_a_job_can_be_nobody_else_in_the_database(probe, mode):
    assert ensure_roles()
    known = connection.settings_dict
    others = [known["USER"], "postgres", f"{known['NAME']}_inspect"]
    seen, _ = probe(
        """
import psycopg
from django.db import connection
known = connection.settings_dict
def log_in(user):
    place = {"host": known["HOST"], "dbname": known["NAME"], "port": known["PORT"] or None}
    psycopg.connect(user=user, password=known["PASSWORD"], **place).close()
return [tried(log_in, user) for user in [*others, known["USER"]]]
""",
        mode,
        others=others,
    )

    assert seen == ["OperationalError"] * 3 + ["done"]


@pytest.mark.skipif(landlock.version() < 4, reason="the kernel does not restrict ports")
@pytest.mark.parametrize("mode", WALLS)
def test_f156_only_listed_ports_can_be_reached(probe, settings, mode):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as open_one, socket.create_server(("127.0.0.1", 0)) as closed:
        ports = [item.getsockname()[1] for item in (open_one, closed)]
        settings.JOBYARD = {**settings.JOBYARD, "SANDBOX_TCP_PORTS": ports[:1]}
        body = "return [tried(lambda: socket.create_connection(('127.0.0.1', p), 2).close()) for p in ports]"

        seen, result = probe(body, mode, ports=ports)

    assert seen == ["done", "EACCES"]
    assert ports[0] in result.sandbox["tcp_ports"]


@pytest.mark.skipif(landlock.version() < 6, reason="the kernel does not restrict signals")
@pytest.mark.parametrize("mode", WALLS)
def test_f157_no_signal_leaves_the_run(probe, mode):
    seen, _ = probe(
        "return [tried(os.kill, pid, 0) for pid in (worker, os.getppid() or worker, os.getpid())]",
        mode,
        worker=os.getpid(),
    )

    refused = ["ESRCH" if mode == "bwrap" else "EPERM"] * 2  # a process that is not there cannot be named
    assert seen == [*refused, "done"]


def test_f159_without_landlock_auto_goes_on_and_require_refuses(probe, service, settings, monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)

    _, result = probe("return 1", "auto")
    assert result.sandbox["tier"] == 0

    settings.JOBYARD = {**settings.JOBYARD, "SANDBOX": "require"}
    refused = service.run("probe", "Probe")
    assert (refused.status, refused.status_reason) == ("errored", "initialization")
    assert "no Landlock" in service.rows(refused)[0][2]


@pytest.mark.parametrize("mode", WALLS)
def test_f161_common_work_goes_on_in_the_sandbox(probe, mode):
    seen, _ = probe(
        """
import multiprocessing, ssl, zoneinfo
def child(pipe):
    pipe.send(os.getpid())
ours, theirs = multiprocessing.Pipe()
process = multiprocessing.get_context("fork").Process(target=child, args=(theirs,))
process.start()
other = ours.recv()
process.join()
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
return {
    "tls": ssl.create_default_context().verify_mode,
    "zone": str(zoneinfo.ZoneInfo("Europe/Berlin")),
    "name": socket.getaddrinfo("localhost", 80)[0][4][0] in ("127.0.0.1", "::1"),
    "process": other != os.getpid(),
    "program": subprocess.run(["git", "--version"], capture_output=True).returncode,
}
""",
        mode,
    )

    assert seen == {"tls": 2, "zone": "Europe/Berlin", "name": True, "process": True, "program": 0}
