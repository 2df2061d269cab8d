"""The triggers that keep items, observations and deltas true in the writer's own transaction."""

from django.db import migrations

# Joins to the rows of a statement are always by index: a plan made for a bulk load and kept by the
# session would otherwise scan whole tables for a single answer.
BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"

# What of a response counts, and as what: the one place that says so.
OBSERVED = """
CREATE FUNCTION metrics_observed(
    response uuid, survey bigint, contact bigint, unit bigint, channel text, status text,
    is_test boolean, day date, weight float8, answers jsonb, context jsonb, frozen jsonb
) RETURNS TABLE (
    response_id uuid, item_id bigint, person text, day date, value smallint,
    weight float8, dims jsonb
) LANGUAGE sql STABLE AS $$
    SELECT $1, item.id, coalesce('c' || $3, 'r' || $1), $8, (given.number)::smallint, $9,
        jsonb_strip_nulls(jsonb_build_object(
            'channel', nullif(left($5, 200), ''),
            'unit', $4::text,
            'touchpoint', nullif(left($11 ->> 'touchpoint', 200), '')
        )) || attributes.dims
    FROM metrics_item AS item
    CROSS JOIN LATERAL (
        SELECT CASE WHEN jsonb_typeof($10 -> item.question_key) = 'number'
                    THEN ($10 -> item.question_key)::numeric END AS number
    ) AS given
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(left('a:' || pair.key, 48), left(pair.value, 200)), '{}')
               AS dims
        FROM jsonb_each_text(CASE WHEN jsonb_typeof($12) = 'object' THEN $12 ELSE '{}' END) AS pair
        WHERE pair.value <> ''
    ) AS attributes
    WHERE item.survey_id = $2 AND $6 = 'complete' AND NOT $7 AND $8 IS NOT NULL
      AND given.number BETWEEN item.scale_min AND item.scale_max
      AND given.number = trunc(given.number)
$$
"""
OF_ROW = """metrics_observed(
    r.id, r.survey_id, r.contact_id, r.unit_id, r.channel, r.status, r.is_test, r.completed_on,
    r.weight, r.answers, r.context, r.frozen)"""

DIMENSIONS = """
CREATE FUNCTION metrics_dimensions(dims jsonb) RETURNS TABLE (dimension text, member text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT 'all', '' UNION ALL SELECT key, value FROM jsonb_each_text(dims)
$$
"""

PUBLISHED = """
CREATE FUNCTION metrics_on_publish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metrics_item AS item (survey_id, question_key, type, label, scale_min, scale_max,
                                      high_is_good, repeated)
    SELECT v.survey_id, q.key, q.value ->> 'type', coalesce(q.value ->> 'label', q.key),
           (q.value ->> 'min')::smallint, (q.value ->> 'max')::smallint,
           coalesce(q.value ->> 'orientation', 'high_is_good') = 'high_is_good', false
    FROM new_rows AS v CROSS JOIN LATERAL jsonb_each(v.scored) AS q
    ORDER BY v.number
    ON CONFLICT (survey_id, question_key) DO UPDATE SET label = EXCLUDED.label
    WHERE item.label <> EXCLUDED.label;
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_publish AFTER INSERT ON surveys_surveyversion
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_publish();
"""

ANSWERED = f"""
CREATE FUNCTION metrics_on_answer() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
BEGIN
    INSERT INTO metrics_observation (response_id, item_id, person, day, value, weight, dims)
    SELECT o.* FROM new_rows AS r CROSS JOIN LATERAL {OF_ROW} AS o;
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_answer AFTER INSERT ON surveys_response
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_answer();

CREATE FUNCTION metrics_on_correction() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
DECLARE
    changed uuid[] := ARRAY(
        SELECT r.id FROM new_rows AS r JOIN old_rows AS was USING (id)
        WHERE 'complete' IN (r.status, was.status)
          AND (r.survey_id, r.contact_id, r.unit_id, r.channel, r.status, r.is_test,
               r.completed_on, r.weight, r.answers, r.context, r.frozen)
              IS DISTINCT FROM
              (was.survey_id, was.contact_id, was.unit_id, was.channel, was.status, was.is_test,
               was.completed_on, was.weight, was.answers, was.context, was.frozen)
    );
BEGIN
    IF changed = '{{}}' THEN RETURN NULL; END IF;
    DELETE FROM metrics_observation AS kept
    WHERE kept.response_id = ANY (changed) AND NOT EXISTS (
        SELECT FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
        WHERE r.id = kept.response_id AND o.item_id = kept.item_id
          AND (o.person, o.day, o.value, o.weight, o.dims)
            = (kept.person, kept.day, kept.value, kept.weight, kept.dims)
    );
    INSERT INTO metrics_observation (response_id, item_id, person, day, value, weight, dims)
    SELECT o.* FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
    WHERE r.id = ANY (changed)
    ON CONFLICT (response_id, item_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_correction AFTER UPDATE ON surveys_response
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_correction();

CREATE FUNCTION metrics_on_removal() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
DECLARE
    gone uuid[] := ARRAY(SELECT id FROM old_rows);
BEGIN
    DELETE FROM metrics_observation WHERE response_id = ANY (gone);
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_removal AFTER DELETE ON surveys_response
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_removal();
"""

# A delta's id is always above that of the delta it takes back: the later one is written by a
# statement that saw the earlier observation.
OBSERVED_CHANGES = f"""
CREATE FUNCTION metrics_on_observed() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
BEGIN
    INSERT INTO metrics_delta (item_id, day, value, sign, weight, dims)
    SELECT item_id, day, value, 1, weight, dims FROM new_rows;
    UPDATE metrics_item AS item SET repeated = true
    WHERE NOT item.repeated AND item.id IN (
        SELECT n.item_id FROM new_rows AS n
        JOIN metrics_item AS once ON once.id = n.item_id AND NOT once.repeated
        WHERE EXISTS (SELECT FROM metrics_observation AS o
                      WHERE o.item_id = n.item_id AND o.person = n.person AND o.id <> n.id)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_observed AFTER INSERT ON metrics_observation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_observed();

CREATE FUNCTION metrics_on_unobserved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metrics_delta (item_id, day, value, sign, weight, dims)
    SELECT item_id, day, value, -1, weight, dims FROM old_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_on_unobserved AFTER DELETE ON metrics_observation
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_on_unobserved();

CREATE FUNCTION metrics_keep_observations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An observation is replaced, never changed: its deltas would be lost.';
END $$;
CREATE TRIGGER metrics_keep_observations BEFORE UPDATE ON metrics_observation
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_observations();
"""

# Deltas live for a second or so: without this their index fills with dead entries between vacuums.
VACUUM_DELTAS = """
ALTER TABLE metrics_delta SET (
    autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1)
"""

DROP = """
DROP FUNCTION IF EXISTS metrics_on_publish, metrics_on_answer, metrics_on_correction,
    metrics_on_removal, metrics_on_observed, metrics_on_unobserved,
    metrics_keep_observations CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial"), ("surveys", "0001_initial")]

    operations = [
        migrations.RunSQL(OBSERVED, "DROP FUNCTION metrics_observed"),
        migrations.RunSQL(DIMENSIONS, "DROP FUNCTION metrics_dimensions"),
        migrations.RunSQL(PUBLISHED + ANSWERED + OBSERVED_CHANGES, DROP),
        migrations.RunSQL(VACUUM_DELTAS, "ALTER TABLE metrics_delta RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_insert_threshold)"),
    ]
