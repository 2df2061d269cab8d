from django.db import migrations, models

FROZEN = """
CREATE FUNCTION surveys_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_is_frozen BEFORE UPDATE ON surveys_surveyversion
    FOR EACH ROW EXECUTE FUNCTION surveys_version_is_frozen();
"""
THAWED = """
DROP TRIGGER version_is_frozen ON surveys_surveyversion;
DROP FUNCTION surveys_version_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="response",
            name="reached",
            field=models.PositiveSmallIntegerField(default=0, db_default=0),
        ),
        # A version with responses is kept by their foreign key.
        migrations.RunSQL(FROZEN, THAWED),
    ]
