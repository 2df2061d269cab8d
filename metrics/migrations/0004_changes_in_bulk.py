"""Corrections and answers of any number in one statement, each at the price of a few rows."""

from django.db import migrations

# As in 0002 and 0003. Besides, nothing that a statement changed is joined with anything: without an
# index, and with statistics that lag behind, everything would be compared with everything.
BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"
OF_ROW = """metrics_observed(
    r.id, r.survey_id, r.contact_id, r.account_id, r.unit_id, r.channel, r.status, r.is_test,
    r.completed_on, r.weight, r.answers, r.context, r.frozen)"""
# Sorted by their id before they are told apart, on disk if need be.
COUNTING = """
        SELECT id, survey_id, contact_id, account_id, unit_id, channel, is_test, completed_on, weight,
               answers, context, frozen FROM {rows} WHERE status = 'complete'"""
NEW, OLD = COUNTING.format(rows="new_rows"), COUNTING.format(rows="old_rows")

CORRECTED = f"""
CREATE OR REPLACE FUNCTION metrics_on_correction() RETURNS trigger LANGUAGE plpgsql
{BY_INDEX} SET enable_hashagg = off AS $$
DECLARE
    changed uuid[] := ARRAY(
        SELECT id FROM ({NEW} EXCEPT {OLD}) AS became
        UNION
        SELECT id FROM ({OLD} EXCEPT {NEW}) AS was
    );
BEGIN
    IF changed = '{{}}' THEN RETURN NULL; END IF;
    -- OFFSET 0: asked of each observation by itself.
    DELETE FROM metrics_observation AS kept
    WHERE kept.response_id = ANY (changed) AND NOT EXISTS (
        SELECT FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
        WHERE r.id = kept.response_id AND o.item_id = kept.item_id
          AND (o.person, o.account_id, o.day, o.value, o.weight, o.dims) IS NOT DISTINCT FROM
              (kept.person, kept.account_id, kept.day, kept.value, kept.weight, kept.dims)
        OFFSET 0
    );
    INSERT INTO metrics_observation
        (response_id, item_id, person, account_id, day, value, weight, dims)
    SELECT o.* FROM surveys_response AS r CROSS JOIN LATERAL {OF_ROW} AS o
    WHERE r.id = ANY (changed)
    ON CONFLICT (response_id, item_id) DO NOTHING;
    RETURN NULL;
END $$;
"""

# Whether there is another of the same: the first two from here on in the one index that is in this
# order. A plain equation could be looked up by the item alone, past everybody else's answers.
OBSERVED_CHANGES = f"""
CREATE OR REPLACE FUNCTION metrics_on_observed() RETURNS trigger LANGUAGE plpgsql
{BY_INDEX} SET enable_sort = off AS $$
DECLARE
    again bigint[];
BEGIN
    INSERT INTO metrics_delta (item_id, day, value, sign, weight, dims)
    SELECT item_id, day, value, 1, weight, dims FROM new_rows;
    again := ARRAY(
        SELECT DISTINCT n.item_id FROM new_rows AS n
        WHERE CASE WHEN (SELECT item.repeated FROM metrics_item AS item WHERE item.id = n.item_id)
          THEN false ELSE (2 = (SELECT count(*) FROM (
                  SELECT o.item_id, o.person FROM metrics_observation AS o
                  WHERE (o.item_id, o.person) >= (n.item_id, n.person)
                  ORDER BY o.item_id, o.person LIMIT 2
              ) AS two WHERE (two.item_id, two.person) = (n.item_id, n.person))
            OR n.account_id IS NOT NULL AND 2 = (SELECT count(*) FROM (
                  SELECT o.item_id, o.account_id FROM metrics_observation AS o
                  WHERE (o.item_id, o.account_id) >= (n.item_id, n.account_id)
                    AND o.account_id IS NOT NULL
                  ORDER BY o.item_id, o.account_id LIMIT 2
              ) AS two WHERE (two.item_id, two.account_id) = (n.item_id, n.account_id))) END
    );
    UPDATE metrics_item SET repeated = true WHERE id = ANY (again) AND NOT repeated;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_companies")]

    operations = [migrations.RunSQL(CORRECTED + OBSERVED_CHANGES)]
