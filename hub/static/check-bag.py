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
from datetime import datetime, timedelta, timezone

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
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


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
    """What an entry says otherwise than the record, part by part; nothing when it says the same."""
    sealed = {}
    for line in statement.split("\n"):
        name, _, rest = line.partition(" ")
        sealed[name] = json.loads(rest)
    for name, facts in told_of(post, event).items():
        differs = sorted(fact for fact in facts if sealed.get(name, {}).get(fact) != facts[fact])
        if name not in sealed or differs:
            return "says otherwise than the record: {} {}".format(name, ", ".join(differs)).rstrip()
    there = {"act": event["details"], "said": event["version"]}
    lacking = [name for name in there if name in sealed and not there[name]]
    if lacking and not post["erased_at"]:
        return "says otherwise than the record: {}".format(lacking[0])
    return ""


def told_of(post, event):
    """What the record says of an event, as statements say it. Of an erased post more was sealed."""
    moments = {name: iso(event[name]) for name in ("at", "known_at", "recorded_at")}
    about = {name: event[name] for name in ("kind", "told_by", "cause")}
    told = {"about": dict(about, platform=post["platform"], **moments), "post": {"number": post["id"]}}
    if event["details"]:
        told["act"] = event["details"]
    if event["sighting"]:
        told.update(told_of_sighting(post, post["sightings"][event["sighting"] - 1]))
    elif event["sha256"]:
        told["bytes"] = {"sha256": event["sha256"]}
    if event["version"]:
        told.update(told_of_version(post["versions"][event["version"] - 1]))
    return told


def told_of_sighting(post, sighting):
    told = {
        "bytes": {
            "captured_at": iso(sighting["captured_at"]),
            "evidence": sighting["evidence"],
            "sha256": sighting["sha256"],
        },
        "post": {
            "number": post["id"],
            "posted_at": iso(post["posted_at"]),
            **{name: post[name] for name in ("quotes", "reply_to", "reply_to_account", "reposts", "url")},
        },
        "source": {
            "cited": sorted([one["role"], one["sha256"]] for one in sighting["cites"]),
            **{name: sighting[name] for name in ("counts", "file", "row")},
        },
    }
    if sighting["account"] is not None:
        told["author"] = {"account": sighting["account"]}
    return told


def told_of_version(version):
    details = json.dumps(version["details"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    said = {
        "complete": version["complete"],
        "details": sha256_of(details),
        "hash": version["content_hash"],
        "language": version["language"],
        "number": version["id"],
        "stated_at": version["stated_at"],
        "written_at": iso(version["written_at"]),
    }
    return {"said": said, "words": {"sha256": sha256_of(version["text"])}}


def iso(moment):
    """A moment of the record as statements have it."""
    return moment and moment.replace("Z", "+00:00").replace(".000000+", "+")


def sha256_of(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def unsealed_media(post, lines):
    """Whether the record tells of a picture or film that no entry vouches for."""
    known = set()
    for line in lines:
        for part in (line["statement"] or "").split("\n"):
            if part.startswith("media "):
                known.update(json.dumps(one[:6]) for one in json.loads(part[6:]))
    names = ("position", "key", "kind", "url", "alt_text", "sha256")
    shown = (one for version in post["versions"] for one in version["media"])
    return any(json.dumps([one[name] for name in names]) not in known for one in shown)


def check_log(bag, note, report):
    """The record beside the log, event by event."""
    record = os.path.join(bag, "data", "record", "posts.jsonl")
    entries = os.path.join(bag, "data", "log", "entries.jsonl")
    count, wrong = 0, []
    with open(record, encoding="utf-8") as posts, open(entries, encoding="utf-8") as lines:
        for each in posts:
            post, sealing = json.loads(each), []
            for event in post["events"]:
                count += 1
                line = json.loads(lines.readline() or "null")
                sealing += [line] if line else []
                problem = check_entry(line, note, post, event) if line else "is missing"
                if problem:
                    number = line["seq"] + 1 if line else count
                    wrong.append(f"match: entry {number} {problem}")
            if not post["erased_at"] and unsealed_media(post, sealing):
                wrong.append("match: no entry vouches for a picture or film of post {}".format(post["id"]))
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
    proof["print_anywhere"]()
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
        print(f"Bag of {proof['plain'](note[0])}")
        check_files(asked.folder, report)
        proof["check_checkpoint"](about, keys, report)
        check_log(asked.folder, note, report)
        proof["check_held"](note, about, asked.checkpoint, keys, report)
    except proof["DAMAGED"] as problem:
        print(f"This cannot be checked: {proof['plain'](problem)}")
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
