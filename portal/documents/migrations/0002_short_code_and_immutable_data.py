"""The code that people type; the person's key over the data; and a document that nobody rewrites or removes."""

from django.db import migrations, models

import portal.privacy.fields

FORWARD = """
CREATE FUNCTION documents_document_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'document % is issued and cannot be removed', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    -- What may change: what it is worth today, and where its PDF lies once that is made.
    IF (to_jsonb(NEW) - ARRAY['status', 'status_note', 'pdf_sha256', 'pdf_size', 'rendered_at'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['status', 'status_note', 'pdf_sha256', 'pdf_size', 'rendered_at'])
       OR (OLD.pdf_sha256 <> '' AND NEW.pdf_sha256 IS DISTINCT FROM OLD.pdf_sha256) THEN
        RAISE EXCEPTION 'document % is issued and cannot be changed', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_is_immutable BEFORE UPDATE OR DELETE ON documents_officialdocument
    FOR EACH ROW EXECUTE FUNCTION documents_document_is_immutable();
"""
BACKWARD = """
DROP TRIGGER document_is_immutable ON documents_officialdocument;
DROP FUNCTION documents_document_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.AddField(
            "officialdocument",
            "short_code",
            models.CharField(
                "核验码",
                max_length=12,
                unique=True,
                editable=False,
                help_text="印在文书上，手工输入；查验码的后十二位",
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "officialdocument",
            "data",
            portal.privacy.fields.EncryptedTextField(
                "数据", person_key="person_key", help_text="规范 JSON (RFC 8785)"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
