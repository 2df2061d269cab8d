"""Answers of one company's people hang together: an observation knows the company, too."""

from django.db import migrations, models

# As in 0002: a plan made for a bulk load must not scan whole tables for a single answer.
BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"

OBSERVED = """
CREATE FUNCTION metrics_observed(
    response uuid, survey bigint, contact bigint, account bigint, unit bigint, channel text,
    status text, is_test boolean, day date, weight float8, answers jsonb, context jsonb,
    frozen jsonb
) RETURNS TABLE (
    response_id uuid, item_id bigint, person text, account_id bigint, day date,
    value smallint, weight float8, dims jsonb
) LANGUAGE sql STABLE AS $$
    SELECT $1, item.id, coalesce('c' || $3, 'r' || $1), $4, $9, (given.number)::smallint, $10,
        jsonb_strip_nulls(jsonb_build_object(
            'channel', nullif(left($6, 200), ''),
            'unit', $5::text,
            'touchpoint', nullif(left($12 ->> 'touchpoint', 200), '')
        )) || attributes.dims
    FROM metrics_item AS item
    CROSS JOIN LATERAL (
        SELECT CASE WHEN jsonb_typeof($11 -> item.question_key) = 'number'
                    THEN ($11 -> item.question_key)::numeric END AS number
    ) AS given
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(left('a:' || pair.key, 48), left(pair.value, 200)), '{}')
               AS dims
        FROM jsonb_each_text(CASE WHEN jsonb_typeof($13) = 'object' THEN $13 ELSE '{}' END) AS pair
        WHERE pair.value <> ''
    ) AS attributes
    WHERE item.survey_id = $2 AND $7 = 'complete' AND NOT $8 AND $9 IS NOT NULL
      AND given.number BETWEEN item.scale_min AND item.scale_max
      AND given.number = trunc(given.number)
$$
"""
OF_ROW = """metrics_observed(
    r.id, r.survey_id, r.contact_id, r.account_id, r.unit_id, r.channel, r.status, r.is_test,
    r.completed_on, r.weight, r.answers, r.context, r.frozen)"""

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION metrics_on_answer() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
BEGIN
    INSERT INTO metrics_observation
        (response_id, item_id, person, account_id, day, value, weight, dims)
    SELECT o.* FROM new_rows AS r CROSS JOIN LATERAL {OF_ROW} AS o;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION metrics_on_correction() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
DECLARE
    changed uuid[] := ARRAY(
        SELECT r.id FROM new_rows AS r JOIN old_rows AS was USING (id)
        WHERE 'complete' IN (r.status, was.status)
          AND (r.survey_id, r.contact_id, r.account_id, r.unit_id, r.channel, r.status, r.is_test,
               r.completed_on, r.weight, r.answers, r.context, r.frozen)
              IS DISTINCT FROM
              (was.survey_id, was.contact_id, was.account_id, was.unit_id, was.channel,
               was.status, was.is_test, was.completed_on, was.weight, was.answers, was.context,
               was.frozen)
    );
BEGIN
    IF changed = '{{}}' THEN RETURN NULL; END IF;
    DELETE FROM metrics_observation AS kept
    WHERE kept.response_id = ANY (changed) AND NOT EXISTS (
        SELECT FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
        WHERE r.id = kept.response_id AND o.item_id = kept.item_id
          AND (o.person, o.account_id, o.day, o.value, o.weight, o.dims) IS NOT DISTINCT FROM
              (kept.person, kept.account_id, kept.day, kept.value, kept.weight, kept.dims)
    );
    INSERT INTO metrics_observation
        (response_id, item_id, person, account_id, day, value, weight, dims)
    SELECT o.* FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
    WHERE r.id = ANY (changed)
    ON CONFLICT (response_id, item_id) DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION metrics_on_observed() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
BEGIN
    INSERT INTO metrics_delta (item_id, day, value, sign, weight, dims)
    SELECT item_id, day, value, 1, weight, dims FROM new_rows;
    UPDATE metrics_item AS item SET repeated = true
    WHERE NOT item.repeated AND item.id IN (
        SELECT n.item_id FROM new_rows AS n
        JOIN metrics_item AS once ON once.id = n.item_id AND NOT once.repeated
        WHERE EXISTS (SELECT FROM metrics_observation AS o
                      WHERE o.item_id = n.item_id AND o.person = n.person AND o.id <> n.id)
           OR EXISTS (SELECT FROM metrics_observation AS o
                      WHERE o.item_id = n.item_id AND o.account_id = n.account_id
                        AND o.id <> n.id)
    );
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_observing"), ("surveys", "0005_frozen_company")]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="account_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(
                condition=models.Q(account_id__isnull=False),
                fields=["item", "account_id"],
                name="observed_of_company",
            ),
        ),
        # Another signature makes another function: nothing may go on calling the old one.
        migrations.RunSQL("DROP FUNCTION metrics_observed"),
        migrations.RunSQL(OBSERVED),
        migrations.RunSQL(FUNCTIONS),
    ]
