#!/usr/bin/env python3
"""Check the ledger of the portal from outside, with nothing but Python (3.8 or later) and one file.

    python3 verify_log.py FILE [--heads KEPT] [--key KEY]

FILE   an export of the ledger (manage.py export_log) or the proof of one case (存证证明, from its progress page).
KEPT   signed heads that you kept yourself, downloaded on earlier days: the ledger must continue each of them.
KEY    the verifier key, as you know it from elsewhere. Without it the keys named in FILE are believed.

Exit code 0: everything fits. 1: something does not; one sentence each. 2: the file cannot be read.

An export has a line of JSON for each thing. First {"format": "ledger-export-1", "keys": [...], "events": n}, then
each event as [position of its leaf or null, subject, seq, canonical text, hash in hex] by subject and seq, then
{"head": signed note, "day": date or null}.
  hash of an event  = SHA-256(02 || hash of the one before || subject || seq as 8 bytes || canonical text)
  hash of a leaf    = SHA-256(00 || hash of the event)
  hash of a node    = SHA-256(01 || left || right)                                            (RFC 6962)
  signed note, Ed25519                                                       (C2SP signed-note; RFC 8032)
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import uuid

EMPTY = hashlib.sha256(b"").digest()
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
NOTE = re.compile(
    r"^([^\n#][^\n]*\n(0|[1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*)\n((?:— [^ \n]+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 by RFC 8032, section 6: slow and plain, for checking only -----------------------------


def add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def decompress(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def good_signature(public, message, signature):
    if len(signature) != 64 or len(public) != 32:
        return False
    key, point, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or point is None or s >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left, right = multiply(s, BASE), add(point, multiply(int.from_bytes(digest, "little") % Q, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- signed heads ----------------------------------------------------------------------------------


def read_key(text):
    """name+hash+key → (name, four bytes, public key)"""
    name, claimed, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded)
    key_hash = sha(name.encode(), b"\n", raw)[:4]
    if len(raw) != 33 or raw[0] != 1 or key_hash.hex() != claimed:
        raise ValueError("this is no Ed25519 verifier key: " + text)
    return name, key_hash, raw[1:]


def read_heads(text, where):
    """Every signed head in a text → [(what it is called, size, root, signed text, signature lines)]"""
    text = text.replace("\r\n", "\n")
    for line in NOTE.sub("", text).split("\n"):
        if line.strip() and not line.startswith("#"):
            raise ValueError(f"{where}: this line belongs to no signed head: {line[:60]}")
    found = [(int(m[2]), base64.b64decode(m[3]), m[1], m[4]) for m in NOTE.finditer(text)]
    if not found:
        raise ValueError(f"{where} holds no signed head")
    return [(f"{where}, head {n} ({head[0]} events)", *head) for n, head in enumerate(found, 1)]


def is_signed(text, lines, keys):
    for line in lines.strip().split("\n"):
        name, raw = line[2:].split(" ")[0], base64.b64decode(line.split(" ")[2])
        for key_name, key_hash, public in keys:
            if (name, raw[:4]) == (key_name, key_hash) and good_signature(public, text.encode(), raw[4:]):
                return True
    return False


def check_head(head, keys, roots, leaves, say):
    name, size, root, text, lines = head
    if not is_signed(text, lines, keys):
        say(f"{name}: it is not signed by this ledger's key")
    if size > leaves:
        say(f"{name}: it is of a longer ledger; this one has {leaves} leaves, events were taken away")
    elif roots.get(size) != root:
        say(f"{name}: it names another root; one of its first {size} events was rewritten")


# --- the export ------------------------------------------------------------------------------------


def check_chains(rows, say):
    """→ leaf hashes by position"""
    leaves, chain, seq, last = {}, None, 0, bytes(32)
    for position, subject, number, canon, digest in rows:
        if subject != chain:
            chain, seq, last = subject, 0, bytes(32)
        where = f"event {number} of {subject}"
        if number != seq + 1:
            say(f"{where}: event {seq + 1} is missing before it")
        made = sha(b"\x02", last, uuid.UUID(subject).bytes, number.to_bytes(8, "big"), canon.encode())
        if made.hex() != digest:
            say(f"{where}: its text or one before it was changed, its hash does not follow from them")
        if json.loads(canon).get("subject") != subject:
            say(f"{where}: its text names another subject")
        seq, last = number, bytes.fromhex(digest)
        if position is None:
            continue
        if position in leaves:
            say(f"{where}: leaf {position} is there twice")
        leaves[position] = sha(b"\x00", made)
    return leaves


def grow(leaves, sizes, say):
    """→ roots at the sizes that are asked for, number of leaves"""
    peaks: list = []
    roots = {0: EMPTY}
    for position in range(len(leaves)):
        if position not in leaves:
            say(f"leaf {position} is missing, though later ones are there: its event was withheld")
            return roots, len(leaves)
        node, rest = leaves[position], position
        while rest & 1:
            node, rest = sha(b"\x01", peaks.pop(), node), rest >> 1
        peaks.append(node)
        if position + 1 in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = sha(b"\x01", peak, root)
            roots[position + 1] = root
    return roots, len(leaves)


def check_export(lines, first, kept, keys, say):
    rows, heads = [], []
    for line in lines:
        thing = json.loads(line)
        if isinstance(thing, list):
            rows.append(thing)
        else:
            heads += read_heads(thing["head"], "export" + (f" of {thing['day']}" if thing.get("day") else ""))
    if len(rows) != first["events"]:
        say(f"the export says {first['events']} events and has {len(rows)}")
    if not heads:
        say("the export has no signed head")
    leaves = check_chains(rows, say)
    roots, count = grow(leaves, {head[1] for head in heads + kept}, say)
    for head in heads + kept:
        check_head(head, keys, roots, count, say)
    waiting = len(rows) - len(leaves)
    return f"{len(rows)} events, {count} leaves, {waiting} waiting, {len(heads)} heads, {len(kept)} kept heads"


# --- the proof of one case -------------------------------------------------------------------------


def root_of_path(leaf, index, size, path):
    """The root to which an audit path leads (RFC 9162, 2.1.3.2); None for a path of the wrong length."""
    node, last = leaf, size - 1
    for step in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = sha(b"\x01", step, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\x01", node, step)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def check_proof(proof, kept, keys, say):
    head = read_heads(proof["checkpoint"], "proof")[0]
    size, root = head[1:3]
    check_head(head, keys, {size: root}, size, say)
    for event in proof["events"]:
        path = [bytes.fromhex(step) for step in event["path"]]
        leaf = sha(b"\x00", bytes.fromhex(event["hash"]))
        if not 0 <= event["index"] < size or root_of_path(leaf, event["index"], size, path) != root:
            say(f"event {event['event']}: its path does not lead to the root of the signed head")
    for other in kept:
        if other[1] == size and other[2] != root:
            say(f"{other[0]}: it names another root than the proof; the ledger was rewritten")
        if not is_signed(other[3], other[4], keys):
            say(f"{other[0]}: it is not signed by this ledger's key")
    return f"{len(proof['events'])} events of {proof['subject']} stand under the head of {size} events"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--heads", action="append", default=[], metavar="KEPT")
    parser.add_argument("--key", action="append", default=[])
    options = parser.parse_args()
    faults: list = []
    try:
        with open(options.file, encoding="utf-8") as lines:
            first = json.loads(next(lines))
            keys = [read_key(text) for text in options.key or first["keys"]]
            kept = []
            for name in options.heads:
                with open(name, encoding="utf-8") as text:
                    kept += read_heads(text.read(), name)
            if first["format"] == "ledger-export-1":
                summary = check_export(lines, first, kept, keys, faults.append)
            elif first["format"] == "ledger-proof-1":
                summary = check_proof(first, kept, keys, faults.append)
            else:
                raise ValueError("the file is neither an export nor a proof")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        print(f"the file cannot be checked: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault)
    print(summary)
    print("clean" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
