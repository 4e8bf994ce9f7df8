"""Archived posts: read exactly, kept whole, never lost, never shown to those they are not for."""
