-- The ledger (protocols.md section 3). The owner of the database runs this; the application's role may only
-- insert (subject, canon) and read.

CREATE SCHEMA IF NOT EXISTS audit;

CREATE TABLE audit.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    kind text NOT NULL,
    key uuid,
    canon bytea NOT NULL,
    body jsonb NOT NULL,
    prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    created timestamptz NOT NULL,
    db_user text NOT NULL,
    CONSTRAINT audit_event_one_per_place UNIQUE (subject, seq)
);
CREATE UNIQUE INDEX audit_event_one_per_key ON audit.event (subject, key) WHERE key IS NOT NULL;

CREATE TABLE audit.chain_head (
    subject uuid PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- The tree over all events: filled by a sequencer.
CREATE TABLE audit.leaf (
    position bigint PRIMARY KEY CHECK (position >= 0),
    event bigint NOT NULL UNIQUE,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
);

CREATE TABLE audit.tree_head (
    size bigint PRIMARY KEY CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea NOT NULL,
    note text,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Runs as its owner, so that nobody else needs to write chain_head; session_user is still who connected.
CREATE FUNCTION audit.chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head audit.chain_head;
    document jsonb;
BEGIN
    document := convert_from(NEW.canon, 'UTF8')::jsonb;
    IF document->>'subject' IS DISTINCT FROM NEW.subject::text THEN
        RAISE EXCEPTION 'the event names another subject' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO audit.chain_head (subject, seq, hash)
        VALUES (NEW.subject, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit.chain_head WHERE subject = NEW.subject FOR UPDATE;
    NEW.key := (document->>'key')::uuid;
    -- Asked under the lock: the same key a second time adds nothing.
    IF NEW.key IS NOT NULL AND EXISTS (
        SELECT 1 FROM audit.event e WHERE e.subject = NEW.subject AND e.key = NEW.key
    ) THEN
        RETURN NULL;
    END IF;
    NEW.seq := head.seq + 1;
    NEW.kind := document->>'kind';
    NEW.body := document;
    NEW.prev_hash := head.hash;
    NEW.hash := sha256('\x02'::bytea || head.hash || uuid_send(NEW.subject) || int8send(NEW.seq) || NEW.canon);
    NEW.created := clock_timestamp();
    NEW.db_user := session_user;
    UPDATE audit.chain_head SET seq = NEW.seq, hash = NEW.hash WHERE subject = NEW.subject;
    RETURN NEW;
END
$$;

CREATE FUNCTION audit.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'audit.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

-- A head only ever moves one step on.
CREATE FUNCTION audit.head_moves_on() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.subject <> OLD.subject OR NEW.seq <> OLD.seq + 1 THEN
        RAISE EXCEPTION 'a chain head only moves on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION audit.chain(), audit.refuse(), audit.head_moves_on() FROM PUBLIC;

CREATE TRIGGER event_chain BEFORE INSERT ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.chain();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.leaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER tree_head_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.tree_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER chain_head_moves_on BEFORE UPDATE ON audit.chain_head
    FOR EACH ROW EXECUTE FUNCTION audit.head_moves_on();
CREATE TRIGGER chain_head_stays BEFORE DELETE OR TRUNCATE ON audit.chain_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

-- ALWAYS: they fire in replica mode as well.
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER event_chain;
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER event_append_only;
ALTER TABLE audit.leaf ENABLE ALWAYS TRIGGER leaf_append_only;
ALTER TABLE audit.tree_head ENABLE ALWAYS TRIGGER tree_head_append_only;
ALTER TABLE audit.chain_head ENABLE ALWAYS TRIGGER chain_head_moves_on;
ALTER TABLE audit.chain_head ENABLE ALWAYS TRIGGER chain_head_stays;
