-- One RFC 6962 tree over all events (protocols.md section 3). Every row is made by the functions below, which run as
-- the schema's owner; the application's role may call three of them and write nothing itself.

-- Events without a leaf: put here in the event's own transaction, taken away in the leaf's. Identity values do not
-- commit in order, so a high-water mark would lose the event of a slow transaction.
CREATE TABLE audit.pending (event bigint PRIMARY KEY);

-- Roots of full subtrees of 256, 256², … leaves: row (level, position) covers 256^level leaves. With the leaves
-- they are the hashes of the public tiles, and an inclusion proof reads a few hundred of them, not a million.
CREATE TABLE audit.node (
    level smallint NOT NULL CHECK (level > 0),
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, position)
);

-- The frontier: roots of the full subtrees that make up the tree, the largest first; one row.
CREATE TABLE audit.tree_top (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea[] NOT NULL
);
INSERT INTO audit.tree_top (size, root, frontier) VALUES (0, sha256(''), '{}');

-- A head holds what is signed; the frontier stands in tree_top.
ALTER TABLE audit.tree_head DROP COLUMN frontier;
ALTER TABLE audit.tree_head ALTER COLUMN note SET NOT NULL;
-- Numbered without gaps, so that a head that was taken away leaves a hole.
ALTER TABLE audit.tree_head ADD COLUMN number bigint NOT NULL UNIQUE CHECK (number > 0);

-- The heads that are kept for ever outside: one a day, by the real date in Shanghai.
CREATE TABLE audit.daily_head (
    day date PRIMARY KEY,
    size bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE OR REPLACE FUNCTION audit.chain() RETURNS trigger
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
    INSERT INTO audit.pending (event) VALUES (NEW.id);
    RETURN NEW;
END
$$;

-- Gives up to `batch` committed events their leaves; returns how many, 0 also while another sequencer is at work.
CREATE FUNCTION audit.grow_tree(batch integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    top audit.tree_top;
    waiting record;
    node bytea;
    peaks bytea[];
    depth integer;
    height integer;
    rest bigint;
    grown integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(6962, 1) THEN
        RETURN 0;
    END IF;
    SELECT * INTO STRICT top FROM audit.tree_top FOR UPDATE;
    peaks := top.frontier;
    depth := coalesce(array_length(peaks, 1), 0);
    FOR waiting IN
        WITH taken AS (
            DELETE FROM audit.pending
            WHERE event IN (SELECT p.event FROM audit.pending p ORDER BY p.event LIMIT batch) RETURNING event
        )
        SELECT e.id, e.hash FROM taken t JOIN audit.event e ON e.id = t.event ORDER BY e.id
    LOOP
        node := sha256('\x00'::bytea || waiting.hash);
        INSERT INTO audit.leaf (position, event, leaf_hash) VALUES (top.size, waiting.id, node);
        rest := top.size;
        height := 0;
        WHILE rest & 1 = 1 LOOP
            node := sha256('\x01'::bytea || peaks[depth] || node);
            depth := depth - 1;
            height := height + 1;
            rest := rest >> 1;
            IF height % 8 = 0 THEN
                INSERT INTO audit.node (level, position, hash) VALUES (height / 8, rest, node);
            END IF;
        END LOOP;
        depth := depth + 1;
        peaks[depth] := node;
        top.size := top.size + 1;
        grown := grown + 1;
    END LOOP;
    IF grown > 0 THEN
        node := peaks[depth];
        FOR peak IN REVERSE depth - 1 .. 1 LOOP
            node := sha256('\x01'::bytea || peaks[peak] || node);
        END LOOP;
        UPDATE audit.tree_top SET size = top.size, root = node, frontier = peaks[1:depth];
    END IF;
    RETURN grown;
END
$$;

-- Keeps the signed note of the whole tree as it stands; false when the tree has moved on, or has this head already.
CREATE FUNCTION audit.seal_head(signed_note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    top audit.tree_top;
BEGIN
    SELECT * INTO STRICT top FROM audit.tree_top FOR UPDATE;
    IF split_part(signed_note, E'\n', 2) <> top.size::text
        OR split_part(signed_note, E'\n', 3) <> encode(top.root, 'base64')
        OR EXISTS (SELECT 1 FROM audit.tree_head h WHERE h.size = top.size)
    THEN
        RETURN false;
    END IF;
    INSERT INTO audit.tree_head (number, size, root, note)
        SELECT coalesce(max(h.number), 0) + 1, top.size, top.root, signed_note FROM audit.tree_head h;
    RETURN true;
END
$$;

-- The newest head becomes the head of today in Shanghai, unless today has one; by the real clock, like `created`.
CREATE FUNCTION audit.keep_daily_head() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    IF EXISTS (SELECT 1 FROM audit.daily_head d WHERE d.day = today) THEN
        RETURN false;
    END IF;
    -- The same lock as sealing: no head of an earlier instant appears afterwards.
    PERFORM 1 FROM audit.tree_top FOR UPDATE;
    INSERT INTO audit.daily_head (day, size)
        SELECT today, max(h.size) FROM audit.tree_head h HAVING max(h.size) IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

CREATE FUNCTION audit.tree_grows() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.size <= OLD.size THEN
        RAISE EXCEPTION 'the tree only grows' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION audit.grow_tree(integer), audit.seal_head(text), audit.keep_daily_head(), audit.tree_grows()
    FROM PUBLIC;

CREATE TRIGGER node_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.node
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER daily_head_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.daily_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER tree_top_grows BEFORE UPDATE ON audit.tree_top FOR EACH ROW EXECUTE FUNCTION audit.tree_grows();
CREATE TRIGGER tree_top_stays BEFORE DELETE OR TRUNCATE ON audit.tree_top
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER pending_stays BEFORE UPDATE OR TRUNCATE ON audit.pending
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.node ENABLE ALWAYS TRIGGER node_append_only;
ALTER TABLE audit.daily_head ENABLE ALWAYS TRIGGER daily_head_append_only;
ALTER TABLE audit.tree_top ENABLE ALWAYS TRIGGER tree_top_grows;
ALTER TABLE audit.tree_top ENABLE ALWAYS TRIGGER tree_top_stays;
ALTER TABLE audit.pending ENABLE ALWAYS TRIGGER pending_stays;

INSERT INTO audit.pending SELECT id FROM audit.event;
