from django.db import migrations

WITH_RETENTION = """
CREATE OR REPLACE FUNCTION users_auditevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before timestamptz := NULLIF(current_setting('jobyard.audit_before', true), '')::timestamptz;
BEGIN
  IF TG_OP = 'DELETE' AND OLD.created < before AND OLD.created < now() - interval '30 days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
WITHOUT = """
CREATE OR REPLACE FUNCTION users_auditevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0002_password_of'),
    ]

    operations = [
        migrations.RunSQL(WITH_RETENTION, WITHOUT),
    ]
