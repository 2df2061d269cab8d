"""The statements of an import of contacts: s is staged, m its match, c the contact there is."""

from contacts.imports.targets import STAGE

LIVING = "merged_into_id IS NULL AND erased_at IS NULL"
DROP = "DROP TABLE IF EXISTS import_match, import_accounts, import_keys"
NEXT_ID = "nextval(pg_get_serial_sequence('contacts_contact', 'id'))"

# Blank is said of the contact, not of the row: else each row without an address is compared with
# every contact without one.
MATCH = f"""
CREATE TEMP TABLE import_match AS
SELECT s."row", i.id AS by_id, e.id AS by_email, COALESCE(i.id, e.id) AS contact_id,
       FALSE AS merged,
       CASE WHEN COALESCE(i.id, e.id) IS NULL THEN {{new_id}} END AS new_id
FROM {STAGE} s
LEFT JOIN contacts_contact i ON i.external_id <> '' AND i.external_id = s.external_id
     AND i.kind = %(kind)s AND i.source = %(source)s
     AND i.merged_into_id IS NULL AND i.erased_at IS NULL
LEFT JOIN contacts_contact e ON e.email <> '' AND e.email = s.email AND e.kind = %(kind)s
     AND e.merged_into_id IS NULL AND e.erased_at IS NULL
"""

# A row of somebody who was merged into another is that other, and changes nothing about them.
MATCH_MERGED = f"""
UPDATE import_match m SET contact_id = k.id, merged = TRUE
FROM {STAGE} s
JOIN contacts_contact g ON g.external_id = s.external_id AND g.kind = %(kind)s
     AND g.source = %(source)s AND g.merged_into_id IS NOT NULL
JOIN contacts_contact k ON k.id = g.merged_into_id AND k.{LIVING.replace("AND ", "AND k.")}
WHERE s."row" = m."row" AND s.external_id <> '' AND m.by_id IS NULL
  AND (m.by_email IS NULL OR m.by_email = k.id)
"""

ACCOUNTS = f"""
DROP TABLE IF EXISTS import_accounts;
CREATE TEMP TABLE import_accounts AS
SELECT DISTINCT ON (sort_key) sort_key COLLATE "default" AS account_key, id AS account_id
FROM contacts_account
WHERE sort_key IN (SELECT DISTINCT account_key FROM {STAGE} WHERE account_key <> '')
ORDER BY sort_key, id
"""

NEW_ACCOUNTS = f"""
INSERT INTO contacts_account (name, external_id, source, unit_id, sort_key, created_at, updated_at)
SELECT DISTINCT ON (s.account_key) s.account, '', '', %(unit)s::bigint, s.account_key,
    %(now)s, %(now)s
FROM {STAGE} s LEFT JOIN import_accounts a USING (account_key)
WHERE s.account_key <> '' AND a.account_id IS NULL
ORDER BY s.account_key, s."row"
"""


def _same(column: str) -> str:
    return f"""
WITH twice AS (
    SELECT {column}, min("row") AS first FROM {STAGE} WHERE {column} <> ''
    GROUP BY {column} HAVING count(*) > 1
)
SELECT s."row", s.{column}, t.first FROM {STAGE} s JOIN twice t USING ({column})
WHERE s."row" > t.first ORDER BY s."row"
"""


SAME_ID = _same("external_id")
SAME_EMAIL = _same("email")

TWO_CONTACTS = f"""
SELECT s."row", s.email FROM import_match m JOIN {STAGE} s USING ("row")
WHERE m.by_id IS NOT NULL AND m.by_email IS NOT NULL AND m.by_id <> m.by_email ORDER BY 1
"""

OTHER_ID = f"""
SELECT s."row", s.email FROM import_match m JOIN {STAGE} s USING ("row")
JOIN contacts_contact c ON c.id = m.by_email
WHERE m.by_id IS NULL AND NOT m.merged AND s.external_id <> '' AND c.external_id <> '' ORDER BY 1
"""

OUT_OF_REACH = f"""
SELECT s."row", COALESCE(NULLIF(s.external_id, ''), s.email) FROM import_match m
JOIN {STAGE} s USING ("row") JOIN contacts_contact c ON c.id = m.contact_id
WHERE NOT (%(everything)s OR (c.unit_id IS NULL AND %(no_unit)s)
           OR COALESCE(c.unit_id = ANY(%(units)s::bigint[]), FALSE)) ORDER BY 1
"""

FORGET = 'DELETE FROM import_match WHERE "row" = ANY(%s)'

SAME_CONTACT = f"""
WITH twice AS (
    SELECT contact_id, min("row") AS first FROM import_match
    WHERE contact_id IS NOT NULL AND NOT merged GROUP BY 1 HAVING count(*) > 1
)
SELECT m."row", COALESCE(NULLIF(s.external_id, ''), s.email) FROM import_match m
JOIN twice t USING (contact_id) JOIN {STAGE} s USING ("row")
WHERE m."row" > t.first AND NOT m.merged ORDER BY 1
"""

# What becomes of a permission: p is the one there is. An opt-out is never lifted.
PERMISSION_AFTER = "CASE WHEN s.permission = 'no' THEN 'withdrawn' ELSE %(basis)s END"
HAS_PERMISSION = """
LEFT JOIN contacts_contactpermission p ON p.contact_id = m.contact_id
     AND p.purpose = 'survey' AND p.channel = 'email'
"""
PERMISSION_CHANGES = f"""(s.permission <> '' AND p.basis IS DISTINCT FROM 'withdrawn'
    AND p.basis IS DISTINCT FROM {PERMISSION_AFTER})"""

COUNTS = f"""
SELECT count(*) FILTER (WHERE m.contact_id IS NULL),
       count(*) FILTER (WHERE NOT m.merged AND m.contact_id IS NOT NULL
                          AND ({{changed}} OR {PERMISSION_CHANGES})),
       count(m.contact_id),
       count(*) FILTER (WHERE NOT m.merged AND s.permission = 'yes' AND p.basis = 'withdrawn')
FROM {STAGE} s JOIN import_match m USING ("row")
LEFT JOIN contacts_contact c ON c.id = m.contact_id
LEFT JOIN import_accounts a ON a.account_key = s.account_key
{HAS_PERMISSION}
"""

MEMBERS = f"""
SELECT DISTINCT attributes ->> %(key)s FROM {STAGE}
WHERE attributes ? %(key)s LIMIT %(most)s
"""

WHOM = "COALESCE(NULLIF(c.external_id, ''), NULLIF(c.display_name, ''), '#' || c.id)"

ADDRESSES = f"""
SELECT s."row", {WHOM}, c.email, s.email
FROM {STAGE} s JOIN import_match m USING ("row") JOIN contacts_contact c ON c.id = m.contact_id
WHERE NOT m.merged AND s.email <> '' AND s.email <> c.email ORDER BY 1
"""

PERMISSIONS_CHANGED = f"""
SELECT s."row", {WHOM}, p.basis, {PERMISSION_AFTER}
FROM {STAGE} s JOIN import_match m USING ("row") JOIN contacts_contact c ON c.id = m.contact_id
{HAS_PERMISSION}
WHERE NOT m.merged AND {PERMISSION_CHANGES} ORDER BY 1
"""

KEYS = """
DROP TABLE IF EXISTS import_keys;
CREATE TEMP TABLE import_keys ("row" integer, sort_key text, search_text text, address_hash text)
"""
COPY_KEYS = 'COPY import_keys ("row", sort_key, search_text, address_hash) FROM STDIN'

RENAMED = f"""
SELECT s."row", {{taken}}
FROM {STAGE} s JOIN import_match m USING ("row") JOIN contacts_contact c ON c.id = m.contact_id
WHERE NOT m.merged AND ({{differs}})
"""

UPDATE = f"""
UPDATE contacts_contact c SET {{sets}}, updated_at = %(now)s,
       sort_key = COALESCE(k.sort_key, c.sort_key),
       search_text = COALESCE(k.search_text, c.search_text),
       address_hash = COALESCE(k.address_hash, c.address_hash)
FROM {STAGE} s JOIN import_match m USING ("row")
LEFT JOIN import_keys k USING ("row")
LEFT JOIN import_accounts a ON a.account_key = s.account_key
WHERE c.id = m.contact_id AND NOT m.merged AND ({{changed}})
"""

INSERT = f"""
INSERT INTO contacts_contact (id, kind, source, external_id, email, phone, given_name, family_name,
    display_name, form_of_address, language, unit_id, account_id, account_role, attributes,
    sort_key, search_text, address_hash, created_at, updated_at)
SELECT m.new_id, %(kind)s, CASE WHEN s.external_id = '' THEN '' ELSE %(source)s END,
    s.external_id, s.email, s.phone, s.given_name, s.family_name, s.display_name,
    s.form_of_address, COALESCE(NULLIF(s.language, ''), %(language)s),
    COALESCE(s.unit_id, %(unit)s), a.account_id, s.account_role, s.attributes, s.sort_key,
    s.search_text, s.address_hash, %(now)s, %(now)s
FROM {STAGE} s JOIN import_match m USING ("row")
LEFT JOIN import_accounts a ON a.account_key = s.account_key
WHERE m.contact_id IS NULL
"""

PERMISSIONS = f"""
INSERT INTO contacts_contactpermission AS p
    (contact_id, purpose, channel, basis, source, given_at, withdrawn_at)
SELECT COALESCE(m.contact_id, m.new_id), 'survey', 'email', {PERMISSION_AFTER},
       %(permission_source)s,
       CASE WHEN s.permission = 'yes' THEN %(now)s::timestamptz END,
       CASE WHEN s.permission = 'no' THEN %(now)s::timestamptz END
FROM {STAGE} s JOIN import_match m USING ("row")
WHERE s.permission <> '' AND NOT m.merged
ON CONFLICT (contact_id, purpose, channel) DO UPDATE SET basis = EXCLUDED.basis,
    source = EXCLUDED.source, given_at = COALESCE(EXCLUDED.given_at, p.given_at),
    withdrawn_at = EXCLUDED.withdrawn_at
WHERE p.basis <> 'withdrawn' AND p.basis <> EXCLUDED.basis
"""

# Whoever was brought in a minute ago must not be matched as if there were nobody.
COUNT_ANEW = "ANALYZE contacts_contact (kind, source, external_id, email)"
# A cursor's plan is made for its first rows; these are read to the end.
TO_THE_END = "WITH found AS MATERIALIZED ({query}) TABLE found"
