"""Writes the sample channel's files into a folder, named as they would arrive."""

from pathlib import Path

from .channel import Channel
from .channel_archive import archive
from .channel_capture import capture, compliance


def write_files(channel: Channel, folder: Path) -> dict[str, Path]:
    """Every file of the channel, by its key in channel.toml."""
    made: dict[str, tuple[str, bytes]] = {}
    for key, generated in channel.exports.items():
        name = f"twitter-{generated:%Y-%m-%d}-{channel.account.handle}.zip"
        made[key] = (name, archive(channel, generated, key))
    for key, told in channel.captures.items():
        made[key] = (f"capture-{told['retrieved']:%Y-%m-%d}.jsonl", capture(channel, key))
    for key in channel.compliance:
        made[key] = (f"{key}.jsonl", compliance(channel, key))
    paths = {}
    for key, (name, content) in made.items():
        paths[key] = folder / name
        paths[key].write_bytes(content)
    return paths
