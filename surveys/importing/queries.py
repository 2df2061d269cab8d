"""The statements of an import of answers: s is staged, m whose it is, k the response it was, r."""

from contacts.imports.targets import STAGE

# A row without a response id is known by contact and day; after a merge the contact is the one
# that was kept, and so is the response that followed it.
KNOWN = f"""
DROP TABLE IF EXISTS import_known;
CREATE TEMP TABLE import_known AS
SELECT named."row", named.import_key, COALESCE(same.id, followed.id) AS response_id
FROM (
    SELECT s."row", s.day, s.response_id, m.contact_id,
           CASE WHEN s.response_id <> '' THEN 'r:' || s.response_id
                ELSE 'c:' || m.contact_id || ':' || s.day END AS import_key
    FROM {STAGE} s JOIN import_match m USING ("row")
) AS named
LEFT JOIN surveys_response same
    ON same.survey_id = %(survey)s AND same.import_key = named.import_key
    AND same.import_key <> ''
LEFT JOIN LATERAL (
    SELECT id FROM surveys_response
    WHERE same.id IS NULL AND named.response_id = '' AND contact_id = named.contact_id
      AND survey_id = %(survey)s AND completed_on = named.day AND import_key LIKE 'c:%%'
    ORDER BY id LIMIT 1
) AS followed ON true
"""

NOBODY = f"""
SELECT s."row", COALESCE(NULLIF(s.external_id, ''), s.email)
FROM {STAGE} s JOIN import_match m USING ("row")
WHERE m.contact_id IS NULL AND (s.external_id <> '' OR s.email <> '') ORDER BY 1
"""

TWICE = f"""
WITH twice AS (
    SELECT import_key, min("row") AS first FROM import_known
    WHERE import_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1
)
SELECT s."row", s.response_id, t.first
FROM {STAGE} s JOIN import_known k USING ("row") JOIN twice t USING (import_key)
WHERE s."row" > t.first ORDER BY 1
"""

# Held until the end of the transaction, so that nobody erases or merges them in between.
GONE = """
WITH held AS (
    SELECT c.merged_into_id IS NULL AND c.erased_at IS NULL AS living FROM contacts_contact c
    WHERE c.id IN (SELECT contact_id FROM import_match) FOR SHARE
)
SELECT count(*) FILTER (WHERE NOT living) FROM held
"""

ROWS = f"""
FROM {STAGE} s JOIN import_known k USING ("row") JOIN import_match m USING ("row")
"""
AFTER = "(r.answers - %(keys)s::text[]) || s.answers"
UNIT = "COALESCE(s.unit_id, %(unit)s::bigint, r.unit_id)"
# Frozen when the answer got its contact.
COMPANY = """
CASE WHEN COALESCE(m.contact_id, r.contact_id) IS NOT DISTINCT FROM r.contact_id THEN r.account_id
     ELSE (SELECT account_id FROM contacts_contact WHERE id = m.contact_id) END
"""
CHANGES = f"""
(r.answers, r.completed_on, r.channel, r.contact_id, r.unit_id) IS DISTINCT FROM
({AFTER}, s.day, s.channel::varchar, COALESCE(m.contact_id, r.contact_id), {UNIT})
"""

COUNTS = f"""
SELECT count(*) FILTER (WHERE r.id IS NULL), count(*) FILTER (WHERE r.id IS NOT NULL AND {CHANGES}),
       count(r.id), COALESCE(sum(s.given), 0), COALESCE(sum(s.not_applicable), 0)
{ROWS} LEFT JOIN surveys_response r ON r.id = k.response_id
"""

UPDATE = f"""
UPDATE surveys_response r SET answers = {AFTER}, version_id = %(version)s,
    completed_on = s.day, completed_at = s.at, channel = s.channel,
    contact_id = COALESCE(m.contact_id, r.contact_id), unit_id = {UNIT}, account_id = {COMPANY}
{ROWS} WHERE r.id = k.response_id AND {CHANGES}
"""

INSERT = f"""
INSERT INTO surveys_response (id, survey_id, version_id, channel, language, status, is_test,
    answers, reached, context, frozen, unit_id, account_id, weight, contact_id, invitation_id,
    import_key, started_at, completed_at, completed_on)
SELECT gen_random_uuid(), %(survey)s, %(version)s, s.channel, %(language)s, 'complete', false,
    s.answers, 0, '{{}}', frozen.attributes,
    COALESCE(s.unit_id, %(unit)s::bigint, c.unit_id, %(survey_unit)s::bigint), c.account_id, 1,
    m.contact_id, NULL, k.import_key, NULL, s.at, s.day
{ROWS} LEFT JOIN contacts_contact c ON c.id = m.contact_id
CROSS JOIN LATERAL (
    SELECT COALESCE(jsonb_object_agg(key, value), '{{}}') AS attributes
    FROM jsonb_each(c.attributes) WHERE key = ANY(%(dimensions)s::text[])
) AS frozen
WHERE k.response_id IS NULL
"""

# As for contacts: answers brought in a minute ago count.
COUNT_ANEW = "ANALYZE surveys_response (survey_id, import_key, contact_id, completed_on)"
