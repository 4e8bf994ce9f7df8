#!/usr/bin/env python3
"""Check a proof that was downloaded from a Knowledge Hub, without the hub.

    python3 check-proof.py proof.json
    python3 check-proof.py proof.json --bytes original.json --checkpoint held.txt

It needs Python 3.8 or later and nothing else: no network, no package, no hub. Read it before you trust it.

--bytes FILE       the exact bytes of the post, as downloaded beside the proof; may be given several times
--checkpoint FILE  checkpoints that somebody held outside of the hub (a witness's mail, an export)
--key KEY          a public key that you have from elsewhere: base64 of its 32 bytes, or name+hash+base64

It ends with 0 when everything holds, with 1 when something does not, with 2 when the proof cannot be read,
and with 3 when everything holds but the log's head is not signed yet ("not yet anchored").
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
from datetime import datetime, timedelta, timezone

FORMAT = "knowledge-hub proof 1"


class Unreadable(Exception):
    """The file is no proof."""


# What reading a file may raise that is no proof, or a damaged one.
DAMAGED = (
    Unreadable,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    struct.error,
    OSError,
    OverflowError,
    RecursionError,
)


# Hashes. Leaves and nodes are those of RFC 9162.


def sha256(data):
    return hashlib.sha256(data).digest()


def commitment(parts):
    """What an entry commits to: each part's name and salted digest."""
    joined = b""
    for part in parts:
        if "line" in part:
            if part["line"].partition(" ")[0] != part["name"]:
                raise Unreadable("a part is called otherwise than it says")
            digest = sha256(bytes.fromhex(part["salt"]) + part["line"].encode())
        else:
            digest = bytes.fromhex(part["digest"])
        joined += part["name"].encode() + b" " + digest
    return sha256(joined)


def leaf_hash(entry):
    data = struct.pack(">BQq32s", 1, entry["seq"], entry["at"], bytes.fromhex(entry["commitment"]))
    return sha256(b"\x00" + data)


def head_by(leaf, index, size, path):
    """The head of the tree that a path leads to; None when it fits no tree of that size."""
    if not 0 <= index < size:
        return None
    first, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            found = sha256(b"\x01" + one + found)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            found = sha256(b"\x01" + found + one)
        first >>= 1
        last >>= 1
    return found if last == 0 else None


# Ed25519 (RFC 8032), for verifying only.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def point_of(raw):
    if len(raw) != 32:
        return None
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    """Whether an Ed25519 signature is true."""
    point = point_of(public)
    nonce = point_of(signature[:32]) if len(signature) == 64 else None
    number = int.from_bytes(signature[32:], "little")
    if point is None or nonce is None or number >= Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    return same(times(number, BASE), add(nonce, times(challenge, point)))


# Checkpoints: signed notes.


def read_note(note):
    """(origin, size, head, signed text, [(key name, signature)])."""
    try:
        text, gap, rest = note.replace("\r\n", "\n").partition("\n\n")
        lines = text.split("\n")
        signatures = []
        for line in rest.strip("\n").split("\n"):
            dash, name, raw = line.split(" ")
            if dash != "\u2014":
                raise ValueError("a signature's line begins otherwise")
            signatures.append((name, base64.b64decode(raw, validate=True)))
        size, head = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (ValueError, IndexError) as problem:
        raise Unreadable("its checkpoint cannot be read: %s" % problem) from problem
    if not gap:
        raise Unreadable("its checkpoint has no signature")
    return lines[0], size, head, text + "\n", signatures


def read_notes(text):
    notes, done = [], True
    for line in text.replace("\r\n", "\n").split("\n"):
        if done and line and not line.startswith("\u2014 "):
            notes.append([])
            done = False
        if notes:
            notes[-1].append(line)
        done = done or line.startswith("\u2014 ")
    return [read_note("\n".join(lines)) for lines in notes]


def signer(note, keys):
    """The key of those given that signed a note; None when none did."""
    _origin, _size, _head, text, signatures = note
    for public in keys:
        for name, raw in signatures:
            named = sha256(name.encode() + b"\n\x01" + public)[:4]
            if raw[:4] == named and signed(public, text.encode(), raw[4:]):
                return public
    return None


def key_of(text):
    """The 32 bytes of a public key as somebody types it."""
    raw = base64.b64decode(text.split("+", 2)[2] if text.count("+") >= 2 and len(text) > 50 else text)
    return raw[1:] if len(raw) == 33 and raw[:1] == b"\x01" else raw


# What is said.


def plain(text):
    """Words of the file as one line that moves nothing on the screen."""
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(str(text).split()))


def print_anywhere():
    """Signs that a screen or a file of its encoding cannot hold are spelt out, and stop nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


class Report:
    def __init__(self):
        self.wrong = 0

    def holds(self, words):
        print("  holds     " + plain(words))

    def fails(self, words):
        self.wrong += 1
        print("  DOES NOT  " + plain(words))

    def note(self, words):
        print("  note      " + plain(words))


def moment(at):
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=at)).isoformat()


def opened(entry):
    """The parts that are open, read: {name: value}."""
    return {
        part["name"]: json.loads(part["line"].partition(" ")[2]) for part in entry["parts"] if "line" in part
    }


def check_entry(entry, note, report):
    """Whether its statement is what was sealed, and its place in the log what was signed. True: anchored."""
    seq = entry["seq"]
    if not entry["parts"]:
        report.note("entry %d was erased lawfully, as the hub says: only its commitment is left" % seq)
    elif commitment(entry["parts"]).hex() == entry["commitment"]:
        told = opened(entry)
        kind = told.get("about", {}).get("kind", "something")
        hidden = sum("digest" in part for part in entry["parts"])
        words = "entry %d says %r, and it is what was sealed on %s" % (seq, kind, moment(entry["at"]))
        report.holds(words + (" (%d parts are not shown to you)" % hidden if hidden else ""))
    else:
        report.fails("match: entry %d's statement is not the one that was sealed" % seq)
    if note is None or entry["path"] is None:
        report.note("entry %d is newer than the last signed checkpoint: not yet anchored" % seq)
        return False
    path = [bytes.fromhex(one) for one in entry["path"]]
    if head_by(leaf_hash(entry), seq, note[1], path) == note[2]:
        report.holds("entry %d is in the log of %d entries that the checkpoint is over" % (seq, note[1]))
    else:
        report.fails("match: entry %d is not in the log that the checkpoint is over" % seq)
    return True


def say_what_was_sealed(proof, report):
    """Which posts, and whose, by the entries themselves: what the file calls itself nobody has signed."""
    known = []
    for entry in proof["entries"]:
        told = opened(entry)
        post, author = told.get("post", {}), told.get("author", {})
        handle = "@" + author["handle"] if author.get("handle") else None
        parts = ("number " + post["number"] if post else None, post.get("url"), author.get("name"), handle)
        words = ", ".join(part for part in parts if part)
        if words and not any(words in one for one in known):
            known.append(words)
    for words in known:
        report.note("what was sealed is of " + words)
    if not known:
        report.note("which post it is, and whose, is not shown to you")


def check_texts(proof, report):
    hashes = {opened(entry).get("words", {}).get("sha256") for entry in proof["entries"]}
    for text in proof["texts"]:
        beginning = " ".join(text.split())[:60]
        if hashlib.sha256(text.encode()).hexdigest() in hashes:
            report.holds("the words \u201c%s\u201d are those that were sealed" % beginning)
        else:
            report.fails("match: the words \u201c%s\u201d are not those that were sealed" % beginning)


def check_bytes(proof, files, report):
    sealed = set()
    for entry in proof["entries"]:
        told = opened(entry)
        sealed.add(told.get("bytes", {}).get("sha256"))
        sealed.update(sha for _role, sha in told.get("source", {}).get("cited", []))
        sealed.update(one[5] for one in told.get("media", []))
    for name in files:
        with open(name, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        if digest in sealed:
            report.holds("%s is, byte for byte, what was sealed (SHA-256 %s)" % (name, digest))
        else:
            report.fails("match: %s (SHA-256 %s) is not among what was sealed" % (name, digest))


def check_checkpoint(proof, keys, report):
    """The checkpoint of the proof, read; None when it has none."""
    if proof["checkpoint"] is None:
        report.note("the log has no signed checkpoint yet")
        return None
    note = read_note(proof["checkpoint"])
    if note[0] != proof["origin"]:
        report.fails("match: the checkpoint is of %s, the proof of %s" % (note[0], proof["origin"]))
    if signer(note, keys) is not None:
        report.holds("the checkpoint over %d entries is signed with the key" % note[1])
    else:
        report.fails("match: the checkpoint is not signed with the key")
    return note


def check_held(note, proof, files, keys, report):
    """Checkpoints that were held elsewhere: of the same size they must have the same head."""
    token = proof["origin"].rpartition("/")[2]
    for name in files:
        with open(name, encoding="utf-8") as file:
            held = [one for one in read_notes(file.read()) if one[0].rpartition("/")[2] == token]
        if not held:
            report.fails("help: %s holds no checkpoint of this collection" % name)
        for one in held:
            if signer(one, keys) is None:
                report.fails("match: the checkpoint over %d entries in %s is not signed" % (one[1], name))
            elif note is not None and one[1] == note[1]:
                if one[2] == note[2]:
                    report.holds("the checkpoint held in %s is the same" % name)
                else:
                    report.fails("match: the checkpoint held in %s has another head for the same size" % name)
        if note is not None and held and all(one[1] != note[1] for one in held):
            report.note(
                "%s holds none over exactly %d entries: have the hub verified against it "
                "(hub verify --checkpoint)" % (name, note[1])
            )


def read_proof(path):
    try:
        with open(path, encoding="utf-8") as file:
            proof = json.load(file)
        if proof["format"] != FORMAT:
            raise Unreadable("it is of another format: %r" % (proof["format"],))
        keys = [base64.b64decode(one, validate=True) for one in proof["public_keys"]]
        for name in ("of", "origin", "checkpoint", "entries", "texts"):
            proof[name]
    except (ValueError, KeyError, TypeError, OSError) as problem:
        raise Unreadable("%s: %s" % (type(problem).__name__, problem)) from problem
    return proof, keys


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("proof")
    parser.add_argument("--bytes", action="append", default=[], metavar="FILE")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE")
    parser.add_argument("--key", metavar="KEY")
    asked = parser.parse_args(arguments)
    print_anywhere()
    report = Report()
    try:
        proof, keys = read_proof(asked.proof)
        if asked.key:
            keys = [key_of(asked.key)]
        print("Proof of %s (what the file calls itself is not sealed)" % plain(proof["of"]))
        note = check_checkpoint(proof, keys, report)
        anchored = [check_entry(entry, note, report) for entry in proof["entries"]]
        say_what_was_sealed(proof, report)
        check_texts(proof, report)
        check_bytes(proof, asked.bytes, report)
        check_held(note, proof, asked.checkpoint, keys, report)
    except DAMAGED as problem:
        print("This cannot be checked: %s" % plain(problem))
        return 2
    if not asked.key:
        report.note("the key came with the proof: compare it with one that you have from elsewhere (--key)")
    if report.wrong:
        print("SOMETHING DOES NOT HOLD (%d): do not rely on this." % report.wrong)
        return 1
    if not anchored or not all(anchored):
        print("Everything holds, but not all of it is anchored yet: the hub signs its logs once a day.")
        return 3
    if not any(entry["parts"] for entry in proof["entries"]):
        print("Its place in the log holds. What was sealed there cannot be read any more.")
        return 0
    print("Everything holds: it was sealed then, and nothing of it has changed since.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
