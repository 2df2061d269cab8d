from django.db import migrations

FREEZE = """
CREATE FUNCTION coalition_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- A text and its salt may be erased; nothing else of an entry ever changes.
        IF NEW.text = '' AND NEW.salt = ''
            AND to_jsonb(NEW) - 'text' - 'salt' = to_jsonb(OLD) - 'text' - 'salt' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The decision log is append-only: % on coalition_logentry is refused.', TG_OP
        USING HINT = 'Add an entry that says what was wrong with this one.';
END $$;
CREATE TRIGGER log_never_changed BEFORE UPDATE OR DELETE ON coalition_logentry
    FOR EACH ROW EXECUTE FUNCTION coalition_log_refuse();
CREATE TRIGGER log_never_truncated BEFORE TRUNCATE ON coalition_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION coalition_log_refuse();

CREATE FUNCTION coalition_ballot_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'open' AND
        (NEW.initiative_id, NEW.council_id, NEW.opened_by_id, NEW.opened_at, NEW.closes_on,
            NEW.quorum, NEW.majority)
        = (OLD.initiative_id, OLD.council_id, OLD.opened_by_id, OLD.opened_at, OLD.closes_on,
            OLD.quorum, OLD.majority) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A ballot keeps the rule it opened with, and a closed one its outcome.';
END $$;
CREATE TRIGGER ballot_stays_as_it_opened BEFORE UPDATE ON coalition_ballot
    FOR EACH ROW EXECUTE FUNCTION coalition_ballot_refuse();

CREATE FUNCTION coalition_elector_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The electors of a ballot are those it opened with.';
END $$;
CREATE TRIGGER elector_never_changed BEFORE UPDATE OR DELETE ON coalition_elector
    FOR EACH ROW EXECUTE FUNCTION coalition_elector_refuse();
"""
UNDO = """
DROP TRIGGER elector_never_changed ON coalition_elector;
DROP FUNCTION coalition_elector_refuse();
DROP TRIGGER ballot_stays_as_it_opened ON coalition_ballot;
DROP FUNCTION coalition_ballot_refuse();
DROP TRIGGER log_never_truncated ON coalition_logentry;
DROP TRIGGER log_never_changed ON coalition_logentry;
DROP FUNCTION coalition_log_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("coalition", "0001_initial")]
    operations = [migrations.RunSQL(FREEZE, UNDO)]
