from django.db import migrations, models

# One statement per change, whatever the writer: an import of a million rows adds one row a day.
COUNTED = """
CREATE FUNCTION surveys_count_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO surveys_answercount (survey_id, day, n)
        SELECT survey_id, completed_on, count(*) FROM new_rows
        WHERE status = 'complete' AND NOT is_test GROUP BY 1, 2;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO surveys_answercount (survey_id, day, n)
        SELECT survey_id, completed_on, -count(*) FROM old_rows
        WHERE status = 'complete' AND NOT is_test GROUP BY 1, 2;
    ELSE
        INSERT INTO surveys_answercount (survey_id, day, n)
        SELECT survey_id, completed_on, sum(sign) FROM (
            SELECT survey_id, completed_on, status, is_test, 1 AS sign FROM new_rows
            UNION ALL
            SELECT survey_id, completed_on, status, is_test, -1 FROM old_rows
        ) AS both_sides
        WHERE status = 'complete' AND NOT is_test GROUP BY 1, 2 HAVING sum(sign) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER surveys_answers_came AFTER INSERT ON surveys_response
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION surveys_count_answers();
CREATE TRIGGER surveys_answers_changed AFTER UPDATE ON surveys_response
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION surveys_count_answers();
CREATE TRIGGER surveys_answers_went AFTER DELETE ON surveys_response
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION surveys_count_answers();
"""
# The triggers above hold writers off until the end of this migration.
STANDING = """
INSERT INTO surveys_answercount (survey_id, day, n)
SELECT survey_id, completed_on, count(*) FROM surveys_response
WHERE status = 'complete' AND NOT is_test GROUP BY 1, 2
"""
DROP = "DROP FUNCTION surveys_count_answers CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0003_sending'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('n', models.BigIntegerField()),
                ('survey', models.ForeignKey(db_constraint=False, db_index=False, on_delete=models.CASCADE, related_name='answer_counts', to='surveys.survey')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', 'day'], name='surveys_ans_survey__a7fe4d_idx')],
            },
        ),
        migrations.RunSQL(COUNTED, DROP),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]
