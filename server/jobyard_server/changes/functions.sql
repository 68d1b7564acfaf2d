-- Who changes something now. A run proves that it is itself with the key that its claim was given; everybody
-- else is believed who may write the log anyway, which job code may not.
CREATE OR REPLACE FUNCTION jobyard_acting(
    OUT run uuid, OUT request uuid, OUT account uuid, OUT account_name text
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    claimed text := nullif(current_setting('jobyard.run', true), '');
BEGIN
    IF claimed IS NOT NULL THEN
        SELECT r.id, (r.request ->> 'id')::uuid, r.user_id, u.username
          INTO run, request, account, account_name
          FROM extras_jobresult r LEFT JOIN users_user u ON u.id = r.user_id
         WHERE r.id = split_part(claimed, ' ', 1)::uuid AND r.change_key = split_part(claimed, ' ', 2)::uuid;
    ELSIF has_table_privilege(session_user, 'extras_objectchange', 'INSERT') THEN
        request := nullif(current_setting('jobyard.request', true), '')::uuid;
        account := nullif(current_setting('jobyard.account', true), '')::uuid;
        IF account IS NOT NULL THEN
            SELECT u.username INTO account_name FROM users_user u WHERE u.id = account;
        END IF;
    END IF;
    account_name := coalesce(account_name, '');
END $$;

CREATE OR REPLACE FUNCTION jobyard_content_type(label text, name text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    found_id integer;
BEGIN
    SELECT id INTO found_id FROM django_content_type WHERE app_label = label AND model = name;
    IF found_id IS NULL THEN
        INSERT INTO django_content_type (app_label, model) VALUES (label, name)
            ON CONFLICT (app_label, model) DO UPDATE SET model = excluded.model RETURNING id INTO found_id;
    END IF;
    RETURN found_id;
END $$;

-- Arguments: app label, model, columns to leave out, columns that name a row (the first that is not empty).
-- Runs for each row that anybody writes, so it looks up by itself what others leave to functions: each call of
-- one costs as much as the look-up. Without statistics the planner would read small tables as a whole.
CREATE OR REPLACE FUNCTION jobyard_log_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $$
DECLARE
    was jsonb;
    became jsonb;
    either jsonb;
    kind integer;
    claimed text := current_setting('jobyard.run', true);
    run uuid;
    request uuid;
    account uuid;
    account_name text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was := to_jsonb(OLD) - TG_ARGV[2]::text[];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        became := to_jsonb(NEW) - TG_ARGV[2]::text[];
    END IF;
    IF TG_OP = 'UPDATE' AND was = became THEN
        RETURN NULL;  -- written again as it was
    END IF;
    either := coalesce(became, was);
    SELECT t.id INTO kind FROM django_content_type t WHERE t.app_label = TG_ARGV[0] AND t.model = TG_ARGV[1];
    IF kind IS NULL THEN
        kind := jobyard_content_type(TG_ARGV[0], TG_ARGV[1]);
    END IF;
    IF claimed <> '' THEN  -- as in jobyard_acting()
        SELECT r.id, (r.request ->> 'id')::uuid, r.user_id,
               (SELECT u.username FROM users_user u WHERE u.id = r.user_id)
          INTO run, request, account, account_name
          FROM extras_jobresult r
         WHERE r.id = split_part(claimed, ' ', 1)::uuid AND r.change_key = split_part(claimed, ' ', 2)::uuid;
    ELSE
        SELECT acting.run, acting.request, acting.account, acting.account_name
          INTO run, request, account, account_name FROM jobyard_acting() acting;
    END IF;
    INSERT INTO extras_objectchange
        (time, action, changed_object_type_id, changed_object_id, object_repr,
         user_id, user_name, request_id, run_id, before, after)
    VALUES (clock_timestamp(),
            CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
            kind, coalesce(OLD.id, NEW.id),
            left(coalesce(nullif(either ->> TG_ARGV[3], ''), nullif(either ->> TG_ARGV[4], ''),
                          nullif(either ->> TG_ARGV[5], ''), ''), 200),
            account, coalesce(account_name, ''), request, run, was, became);
    RETURN NULL;
END $$;

-- Arguments: app label and model of the owner, its table, column of the owner, column of the target, name of
-- the field, columns that name an owner.
CREATE OR REPLACE FUNCTION jobyard_log_pairs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    added text := format('SELECT %I AS owner, %I AS target, true AS is_new FROM new_rows', TG_ARGV[3], TG_ARGV[4]);
    removed text := format('SELECT %I AS owner, %I AS target, false AS is_new FROM old_rows', TG_ARGV[3], TG_ARGV[4]);
BEGIN
    EXECUTE format($query$
        WITH moved AS MATERIALIZED (%1$s),
        owners AS (SELECT DISTINCT owner FROM moved),
        sets AS (
            SELECT owner,
                   (SELECT coalesce(jsonb_agg(p.%3$I ORDER BY p.%3$I), '[]') FROM %2$I p WHERE p.%4$I = owner)
                       AS became,
                   (SELECT coalesce(jsonb_agg(x.target ORDER BY x.target), '[]') FROM (
                        (SELECT p.%3$I AS target FROM %2$I p WHERE p.%4$I = owner
                          EXCEPT SELECT target FROM moved m WHERE m.owner = owners.owner AND m.is_new)
                        UNION SELECT target FROM moved m WHERE m.owner = owners.owner AND NOT m.is_new) x)
                       AS was
              FROM owners)
        INSERT INTO extras_objectchange
            (time, action, changed_object_type_id, changed_object_id, object_repr,
             user_id, user_name, request_id, run_id, before, after)
        SELECT clock_timestamp(), 'update', $1, sets.owner,
               left(coalesce((SELECT %5$s FROM %6$I o WHERE o.id = sets.owner), ''), 200),
               acting.account, acting.account_name, acting.request, acting.run,
               jsonb_build_object(%7$L, was), jsonb_build_object(%7$L, became)
          FROM sets, jobyard_acting() acting
         WHERE was <> became
        $query$,
        CASE TG_OP WHEN 'INSERT' THEN added WHEN 'DELETE' THEN removed
                   ELSE added || ' UNION ALL ' || removed END,
        TG_TABLE_NAME, TG_ARGV[4], TG_ARGV[3],
        (SELECT format('coalesce(%s NULL)', string_agg(format('nullif(o.%I::text, %L), ', name, ''), ''))
           FROM unnest(TG_ARGV[6:]) name),
        TG_ARGV[2], TG_ARGV[5])
    USING jobyard_content_type(TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION jobyard_acting(), jobyard_content_type(text, text), jobyard_log_row(), jobyard_log_pairs()
    FROM PUBLIC;
