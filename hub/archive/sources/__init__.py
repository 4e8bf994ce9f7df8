"""Reads what people upload, without trusting it.

An upload is one file, or a zip or tar of files. `open_source(path)` gives a `Source`: its members by name,
each readable as a bounded stream. Nothing is ever unpacked to a place that the upload chose.
"""

from hub.archive.sources.base import Member, Source, Unreadable, open_source
from hub.archive.sources.json_stream import Broken

__all__ = ["Broken", "Member", "Source", "Unreadable", "open_source"]
