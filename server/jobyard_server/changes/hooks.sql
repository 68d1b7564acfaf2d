-- With each change, what job hooks have to hear of it: kept or rolled back together. Changes that the run of a
-- job hook makes start no job hooks, or two of them would call each other for ever. Hooks that are disabled are
-- written down too: whoever takes the calls says why nothing starts.
CREATE OR REPLACE FUNCTION jobyard_call_hooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    -- Most kinds have no hook: this look costs half of what the join would.
    IF NOT EXISTS (
        SELECT FROM extras_jobhook_content_types kind WHERE kind.contenttype_id = NEW.changed_object_type_id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO extras_jobhookcall (hook_id, change_id)
    SELECT hook.id, NEW.id
      FROM extras_jobhook_content_types kind JOIN extras_jobhook hook ON hook.id = kind.jobhook_id
     WHERE kind.contenttype_id = NEW.changed_object_type_id
       AND CASE NEW.action WHEN 'create' THEN hook.type_create
                           WHEN 'update' THEN hook.type_update
                           ELSE hook.type_delete END
       AND NOT EXISTS (
           SELECT FROM extras_jobresult run WHERE run.id = NEW.run_id AND run.job_hook IS NOT NULL);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION jobyard_call_hooks() FROM PUBLIC;

CREATE OR REPLACE TRIGGER call_hooks AFTER INSERT ON extras_objectchange
    FOR EACH ROW EXECUTE FUNCTION jobyard_call_hooks();
