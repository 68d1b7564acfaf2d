"""The statuses of a run and the reasons for them, as clients see them (never renamed)."""

from __future__ import annotations

PENDING, RUNNING = "pending", "running"
COMPLETED, FAILED, ERRORED = "completed", "failed", "errored"
CANCELLED, TIMED_OUT = "cancelled", "timed_out"

LABELS = {
    PENDING: "Pending",
    RUNNING: "Running",
    COMPLETED: "Completed",
    FAILED: "Failed",
    ERRORED: "Errored",
    CANCELLED: "Cancelled",
    TIMED_OUT: "Timed out",
}
ACTIVE = (PENDING, RUNNING)
TERMINAL = (COMPLETED, FAILED, ERRORED, CANCELLED, TIMED_OUT)

FAILURE_LOGGED = "failure_logged"  #: At least one failure row, or ``self.failed`` set.
EXCEPTION = "exception"  #: The main phase raised.
POST_RUN_EXCEPTION = "post_run_exception"
INITIALIZATION = "initialization"  #: No author method ran.
PROCESS_DIED = "process_died"  #: The job's process ended without a result.
WORKER_LOST = "worker_lost"  #: The worker's lease ran out.
CANCELLED_BY_USER = "cancelled_by_user"
SOFT_TIME_LIMIT = "soft_time_limit"
HARD_TIME_LIMIT = "hard_time_limit"
PLAN_DIFFERS = "plan_differs"  #: It would not have made the changes that were approved.
REASONS = (
    FAILURE_LOGGED,
    EXCEPTION,
    POST_RUN_EXCEPTION,
    INITIALIZATION,
    PROCESS_DIED,
    WORKER_LOST,
    CANCELLED_BY_USER,
    SOFT_TIME_LIMIT,
    HARD_TIME_LIMIT,
    PLAN_DIFFERS,
)
