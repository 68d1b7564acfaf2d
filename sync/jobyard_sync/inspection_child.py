"""One throw-away child that inspects modules in order, watched by the daemon."""

from __future__ import annotations

import os
import secrets
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from jobyard.discovery import ModuleFile
from jobyard.spec import LoadError, ModuleReport
from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.frames import Frame, ProtocolError
from jobyard_sync.errors import InspectionUnavailable, Stopped
from jobyard_sync.inspection_limits import MB, InspectionLimits
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.observations import Observations
from jobyard_sync.report_reading import ReportRefused, read_report

SLOW_SECONDS = 2.0  #: An import that takes longer is told of.
_TICK_SECONDS = 0.2  #: Between two looks at the clock, the stop flag and the zygote.
_GRACE_SECONDS = 1.0  #: For a child that was told to say where it is, or whose end is awaited.
_READ_BYTES = 256 * 1024


class InspectionChild:
    """
    Reads the reports of one child until it is through, or a module ends it.

    Args:
        zygote: Where the child comes from.
        task: The first frame, without its nonce.
        modules: What it inspects, in order.
        limits: For each module.
        observations: Gets what the child tells besides its reports.
        should_stop: Asked often; True ends the inspection with :class:`Stopped`.
    """

    def __init__(
        self,
        zygote: InspectionZygote,
        task: Frame,
        modules: Sequence[ModuleFile],
        limits: InspectionLimits,
        *,
        observations: Observations,
        should_stop: Callable[[], bool],
    ) -> None:
        self._zygote = zygote
        self._task = task
        self._waiting = deque(modules)
        self._limits = limits
        self._observations = observations
        self._should_stop = should_stop
        self._nonce = secrets.token_hex(32)
        self._current: ModuleFile | None = None
        self._printed = 0
        self._has_console = True
        self._began = 0.0  # monotonic, of the current module
        self._is_over = False  # the child had its chance; what it prints now does not count
        self._strays = 0
        self._frames: deque[Frame] = deque()

    def reports(self) -> Iterator[ModuleReport]:
        """
        A report on each module, in order. The last one may be the error of the module that ended the
        child; modules after it have no report and need another child.

        Raises:
            InspectionUnavailable: The child ended before it began with any module.
            Stopped: The daemon was asked to end.
        """
        child = self._zygote.spawn()
        try:
            self._send_task(child)
            while self._waiting:
                report = self._next_report(child)
                self._waiting.popleft()
                yield report
                if self._current is not None:
                    return
        finally:
            self._discard(child)

    def _send_task(self, child: ChildProcess) -> None:
        try:
            child.send({**self._task, "nonce": self._nonce})
        except OSError as exc:
            raise InspectionUnavailable("The inspection process ended before it had a task.") from exc

    def _next_report(self, child: ChildProcess) -> ModuleReport:
        """Leaves ``_current`` set when this module was the child's last one."""
        deadline = time.monotonic() + self._limits.seconds
        try:
            while True:
                frame = self._next_frame(child, deadline)
                if frame.get("started") is True and self._current is None:
                    self._begin(frame)
                    deadline = time.monotonic() + self._limits.seconds
                elif "report" in frame and self._current is not None:
                    self._observations.take(self._current.name, frame.get("observed"))
                    return self._read(frame["report"], self._current)
        except _ModuleEnded as exc:
            return self._error_report(str(exc))
        except _LimitReached as exc:
            return self._after_limit(child, str(exc))

    def _begin(self, frame: Frame) -> None:
        if frame.get("module") != self._waiting[0].name:
            raise _ModuleEnded("inspection began with another module than it was told")
        self._current = self._waiting[0]
        self._began = time.monotonic()
        self._printed = 0

    def _read(self, value: object, module: ModuleFile) -> ModuleReport:
        try:
            report = read_report(value, module, max_bytes=self._limits.report_bytes)
        except ReportRefused as exc:
            raise _ModuleEnded(f"inspection sent no valid description: {exc}") from None
        self._current = None
        report.warnings.extend(_told_of_slowness(time.monotonic() - self._began))
        return report

    def _after_limit(self, child: ChildProcess, message: str) -> ModuleReport:
        """A child that still obeys says in which line it is."""
        self._is_over = True
        child.kill(signal.SIGALRM)
        place = LoadError(message="")
        try:
            frame = self._next_frame(child, time.monotonic() + _GRACE_SECONDS)
            if self._current is not None:
                answer = read_report(frame.get("report"), self._current, max_bytes=self._limits.report_bytes)
                place = answer.error or place
        except (_ModuleEnded, _LimitReached, ReportRefused):
            pass  # it does not obey; the message alone must do
        return self._error_report(message, place)

    def _error_report(self, message: str, place: LoadError | None = None) -> ModuleReport:
        if self._current is None:
            raise InspectionUnavailable(f"No module was inspected: {message}.")
        error = LoadError(
            message=message,
            path=(place and place.path) or self._current.path,
            line=place.line if place else None,
            traceback=place.traceback if place else "",
        )
        return ModuleReport(module=self._current.name, path=self._current.path, error=error)

    def _next_frame(self, child: ChildProcess, deadline: float) -> Frame:
        """The next frame that carries the nonce."""
        while True:
            while self._frames:
                frame = self._frames.popleft()
                if frame.get("nonce") == self._nonce:
                    return frame
                self._count_stray()
            self._wait(child, deadline)
            self._receive(child)

    def _count_stray(self) -> None:
        self._strays += 1
        if self._strays > self._limits.stray_frames:
            raise _ModuleEnded("inspection sent too much that is no description")

    def _wait(self, child: ChildProcess, deadline: float) -> None:
        if self._should_stop():
            raise Stopped
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise _LimitReached(f"inspection took longer than {self._limits.seconds:g} seconds")
        poll = select.poll()
        poll.register(child.fileno(), select.POLLIN)
        if self._has_console:
            poll.register(child.console, select.POLLIN)
        poll.poll(min(seconds, _TICK_SECONDS) * 1000)

    def _receive(self, child: ChildProcess) -> None:
        self._drain(child)
        try:
            self._frames.extend(child.receive())
        except EOFError:
            raise _ModuleEnded(self._how_it_ended(child)) from None
        except ProtocolError as exc:
            raise _ModuleEnded(f"inspection sent no valid description: {exc}") from None
        self._zygote.pump()
        if child.has_ended and not self._frames:
            # What it sent last may have arrived between the two looks.
            self._frames.extend(_last_frames(child))
            if not self._frames:
                raise _ModuleEnded(self._how_it_ended(child))

    def _drain(self, child: ChildProcess) -> None:
        """Read what it prints, so that it never blocks, and throw it away."""
        if not self._has_console:
            return
        try:
            data = os.read(child.console, _READ_BYTES)
        except BlockingIOError:
            return
        self._has_console = bool(data)
        self._printed += len(data)
        if self._printed > self._limits.output_bytes and not self._is_over:
            raise _LimitReached(f"inspection printed more than {self._limits.output_bytes / MB:g} MB")

    def _how_it_ended(self, child: ChildProcess) -> str:
        exit_status = child.wait(_GRACE_SECONDS)
        if not self._zygote.is_alive:
            raise InspectionUnavailable("The process that inspections are forked from was lost.")
        return f"inspection ended without result: {_end_of(exit_status)}"

    def _discard(self, child: ChildProcess) -> None:
        child.kill()
        child.close()


def _told_of_slowness(seconds: float) -> list[str]:
    """For the author: it is fine, but every change of it costs this again."""
    if seconds < SLOW_SECONDS:
        return []
    sentence = (
        f"It took {seconds:.0f} s to import; whatever takes so long is better done in run(), since each "
        "change of it, and the first run after that, waits for it."
    )
    return [sentence]


class _ModuleEnded(Exception):  # noqa: N818  # an event of the domain
    """The child is of no use any more; the text is the error of the current module."""


class _LimitReached(Exception):  # noqa: N818  # an event of the domain
    """The child broke a limit and must be killed; the text is the error of the current module."""


def _last_frames(child: ChildProcess) -> list[Frame]:
    try:
        return child.receive()
    except (EOFError, ProtocolError):
        return []


def _end_of(exit_status: int | None) -> str:
    if exit_status is None:
        return "the process closed its channel"
    if exit_status < 0:
        name = signal.Signals(-exit_status).name if -exit_status in _SIGNALS else str(-exit_status)
        return f"the process was ended by signal {name}"
    return f"the process exited with status {exit_status}"


_SIGNALS = {int(item) for item in signal.Signals}
