"""A published edition is never rewritten: only the day on which it ends may be set (design.md section 3)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_edition_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'effective_until' IS DISTINCT FROM to_jsonb(OLD) - 'effective_until'
       OR (OLD.effective_until IS NOT NULL AND NEW.effective_until IS DISTINCT FROM OLD.effective_until) THEN
        RAISE EXCEPTION 'edition % is published and cannot be changed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_is_immutable BEFORE UPDATE ON catalog_itemedition
    FOR EACH ROW EXECUTE FUNCTION catalog_edition_is_immutable();

CREATE FUNCTION catalog_edition_part_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what belongs to a published edition cannot be changed' USING ERRCODE = 'check_violation';
END $$;
"""
PARTS = ("situation", "legalbasis", "materialrequirement", "flowlink")
PART = """
CREATE TRIGGER edition_part_is_immutable BEFORE UPDATE ON catalog_{0}
    FOR EACH ROW EXECUTE FUNCTION catalog_edition_part_is_immutable();
"""
BACKWARD = """
DROP TRIGGER edition_is_immutable ON catalog_itemedition;
DROP FUNCTION catalog_edition_is_immutable();
"""
PART_BACKWARD = "DROP TRIGGER edition_part_is_immutable ON catalog_{0};"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FORWARD + "".join(PART.format(part) for part in PARTS),
            BACKWARD
            + "".join(PART_BACKWARD.format(part) for part in PARTS)
            + "DROP FUNCTION catalog_edition_part_is_immutable();",
        )
    ]
