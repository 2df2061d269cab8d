from django.db import migrations

REFUSE = """
CREATE FUNCTION activity_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The trail is append-only: % on activity_event is refused.', TG_OP
        USING HINT = 'Record another Event that says what was wrong with this one.';
END $$;
CREATE TRIGGER event_never_changed BEFORE UPDATE OR DELETE ON activity_event
    FOR EACH STATEMENT EXECUTE FUNCTION activity_event_refuse();
CREATE TRIGGER event_never_truncated BEFORE TRUNCATE ON activity_event
    FOR EACH STATEMENT EXECUTE FUNCTION activity_event_refuse();
"""
UNDO = """
DROP TRIGGER event_never_truncated ON activity_event;
DROP TRIGGER event_never_changed ON activity_event;
DROP FUNCTION activity_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
