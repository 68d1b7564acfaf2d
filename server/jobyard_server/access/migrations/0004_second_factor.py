import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT_WHOLE = """
CREATE FUNCTION users_auditevent_kept_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON users_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION users_auditevent_kept_whole();
"""
NOT_KEPT_WHOLE = """
DROP TRIGGER kept_whole ON users_auditevent;
DROP FUNCTION users_auditevent_kept_whole();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0003_audit_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='second_factor', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('secret', models.TextField()),
                ('last_step', models.BigIntegerField()),
                ('recovery_digests', models.JSONField(default=list)),
                ('created', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunSQL(KEPT_WHOLE, NOT_KEPT_WHOLE),
    ]
