"""
The statements of a claim and a start. A run that locks something, or of whose job only so many may be
active, is taken in two steps: found by the first statement, claimed by the second, which looks again while
no one else claims.
"""

from __future__ import annotations

_IS_FREE = """
   NOT EXISTS (
       SELECT 1 FROM extras_jobresult other
        WHERE other.status IN ('pending', 'running') AND other.locks && run.locks AND other.id <> run.id
          AND (other.worker IS NOT NULL
               OR other.task_queue = ANY(%(queues)s) AND (other.created, other.id) < (run.created, run.id)))
   AND (run.run_limit = 0 OR run.run_limit > (
       SELECT count(*) FROM extras_jobresult other
        WHERE other.status IN ('pending', 'running') AND other.worker IS NOT NULL
          AND other.job_model_id = run.job_model_id))
"""
_TAKEN = """
       fence = fence + 1, worker = %(worker)s, executed_by = %(executed_by)s::jsonb,
       claimed_at = clock_timestamp(),
       change_key = gen_random_uuid(), heartbeat_at = clock_timestamp(),
       lease_until = clock_timestamp() + %(lease)s * interval '1 second'
"""
CLAIM = f"""
WITH waiting AS (
    SELECT id, run_limit > 0 OR locks <> '{{}}' AS is_restricted FROM extras_jobresult run
     WHERE status = 'pending' AND worker IS NULL AND NOT cancel_requested
       AND source_model_id IS NULL AND task_queue = ANY(%(queues)s)
       AND (revision_id = ANY(%(without)s::uuid[])) IS NOT TRUE AND {_IS_FREE}
     ORDER BY array_position(%(queues)s::text[], task_queue::text), created
     LIMIT 1 FOR UPDATE SKIP LOCKED),
claimed AS (
    UPDATE extras_jobresult run SET {_TAKEN} FROM waiting
     WHERE run.id = waiting.id AND NOT waiting.is_restricted RETURNING run.id, fence)
SELECT waiting.id, claimed.fence
  FROM waiting LEFT JOIN claimed ON claimed.id = waiting.id
"""  # noqa: S608  # made of the fragments above, and nothing else
CLAIM_RESTRICTED = f"""
UPDATE extras_jobresult run SET {_TAKEN}
 WHERE id = %(run)s AND status = 'pending' AND worker IS NULL AND NOT cancel_requested AND {_IS_FREE}
RETURNING id, fence
"""  # noqa: S608  # see above
START = """
WITH off AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE extras_jobresult SET status = 'running', started = clock_timestamp(), sandbox = %s
  FROM off WHERE id = %s AND fence = %s AND status = 'pending'
"""
