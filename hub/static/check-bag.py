#!/usr/bin/env python3
"""Check a bag that a Knowledge Hub handed over, without the hub.

    python3 check-bag.py                                   (lying in the bag, in data/log)
    python3 check-bag.py FOLDER --checkpoint held.txt --key KEY

It needs Python 3.8 or later, check-proof.py beside it, and nothing else: no network, no package, no hub.
Read both before you trust them. It checks that every file is what its manifest says; that each event of the
record is sealed by an entry of the log that says the same; and that every entry is under the signed
checkpoint.

--checkpoint FILE  checkpoints that somebody held outside of the hub (a witness's mail, an export)
--key KEY          a public key that you have from elsewhere

It ends with 0 when everything holds, with 1 when something does not, and with 2 when this is no such bag.
"""

import argparse
import hashlib
import json
import os
import runpy
import sys
from datetime import UTC, datetime, timedelta

HERE = os.path.dirname(os.path.abspath(__file__))
proof = runpy.run_path(os.path.join(HERE, "check-proof.py"), run_name="check_proof")

# In the order in which the salts of a statement's parts are drawn, 16 bytes each.
PARTS = ("about", "act", "author", "bytes", "media", "post", "said", "source", "words")
SHOWN = 20


def file_hash(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def check_files(bag, report):
    """Every payload file is what the manifest says, and none is there beside it."""
    listed = {}
    with open(os.path.join(bag, "manifest-sha256.txt"), encoding="utf-8") as file:
        for line in file:
            digest, _, name = line.rstrip("\n").partition("  ")
            listed[name] = digest
    there = {
        os.path.relpath(os.path.join(folder, name), bag).replace(os.sep, "/")
        for folder, _, names in os.walk(os.path.join(bag, "data"))
        for name in names
    }
    wrong = sorted(there ^ set(listed))
    wrong += sorted(
        name for name in there & set(listed) if file_hash(os.path.join(bag, name)) != listed[name]
    )
    for name in wrong[:SHOWN]:
        report.fails(f"match: {name} is missing, was added, or was changed")
    if not wrong:
        report.holds(f"all {len(listed)} files are what the manifest says")


def salts(seed):
    drawn = hashlib.shake_256(bytes.fromhex(seed)).digest(16 * len(PARTS))
    return {name: drawn[at * 16 : (at + 1) * 16].hex() for at, name in enumerate(PARTS)}


def parts_of(line):
    """The parts of an entry's statement, each with its salt."""
    drawn = salts(line["salt"])
    names = [(one.partition(" ")[0], one) for one in line["statement"].split("\n")]
    return [{"name": name, "salt": drawn[name], "line": one} for name, one in names]


def microseconds(text):
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def check_entry(line, note, post, event):
    """What is wrong with an entry, in words; nothing when it holds."""
    if not under(line, note):
        return "is not under the checkpoint"
    if line["post"] != [post["platform"], post["id"]]:
        return "is of another post"
    if line["statement"] is None:
        return "" if post["erased_at"] else "says nothing, and its post is not erased"
    if proof["commitment"](parts_of(line)).hex() != line["commitment"]:
        return "does not say what it committed to"
    return check_words(line["statement"], post, event)


def under(line, note):
    """Whether the path of an entry leads to the head that the checkpoint signs."""
    if line["path"] is None:
        return False
    entry = {"seq": line["seq"], "at": microseconds(line["at"]), "commitment": line["commitment"]}
    path = [bytes.fromhex(one) for one in line["path"]]
    return proof["head_by"](proof["leaf_hash"](entry), line["seq"], note[1], path) == note[2]


def check_words(statement, post, event):
    said = {}
    for line in statement.split("\n"):
        name, _, rest = line.partition(" ")
        said[name] = json.loads(rest)
    if said["about"]["kind"] != event["kind"]:
        return "is of another event"
    if post["erased_at"]:
        return ""  # what was sealed of it says more than is left
    sighting = post["sightings"][event["sighting"] - 1] if event["sighting"] else None
    digest = sighting["sha256"] if sighting else event["sha256"]
    if said.get("bytes", {}).get("sha256") != digest:
        return "is of other bytes"
    if event["version"]:
        text = post["versions"][event["version"] - 1]["text"]
        if said["words"]["sha256"] != hashlib.sha256(text.encode()).hexdigest():
            return "is of other words"
    return ""


def check_log(bag, note, report):
    """The record beside the log, event by event."""
    record = os.path.join(bag, "data", "record", "posts.jsonl")
    entries = os.path.join(bag, "data", "log", "entries.jsonl")
    count, wrong = 0, []
    with open(record, encoding="utf-8") as posts, open(entries, encoding="utf-8") as lines:
        for each in posts:
            post = json.loads(each)
            for event in post["events"]:
                count += 1
                line = json.loads(lines.readline() or "null")
                problem = check_entry(line, note, post, event) if line else "is missing"
                if problem:
                    number = line["seq"] + 1 if line else count
                    wrong.append(f"match: entry {number} {problem}")
        if lines.readline():
            wrong.append("match: there are more entries than events")
    for words in wrong[:SHOWN]:
        report.fails(words)
    if not wrong:
        report.holds(f"all {count} events of the record are sealed, and under the checkpoint")


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.path.join(HERE, os.pardir, os.pardir))
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE")
    parser.add_argument("--key", metavar="KEY")
    asked = parser.parse_args(arguments)
    report = proof["Report"]()
    log = os.path.join(asked.folder, "data", "log")
    try:
        with open(os.path.join(log, "checkpoint.txt"), encoding="utf-8") as file:
            checkpoint = file.read()
        with open(os.path.join(log, "keys.txt"), encoding="utf-8") as file:
            keys = [proof["key_of"](line) for line in file.read().split("\n") if line]
        if asked.key:
            keys = [proof["key_of"](asked.key)]
        note = proof["read_note"](checkpoint)
        about = {"checkpoint": checkpoint, "origin": note[0]}
        print(f"Bag of {note[0]}")
        check_files(asked.folder, report)
        proof["check_checkpoint"](about, keys, report)
        check_log(asked.folder, note, report)
        proof["check_held"](note, about, asked.checkpoint, keys, report)
    except proof["DAMAGED"] as problem:
        print(f"This cannot be checked: {problem}")
        return 2
    if not asked.key:
        report.note("the key came with the bag: compare it with one that you have from elsewhere (--key)")
    if report.wrong:
        print(f"SOMETHING DOES NOT HOLD ({report.wrong}): do not rely on this.")
        return 1
    print("Everything holds: this was sealed then, and nothing of it has changed since.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
