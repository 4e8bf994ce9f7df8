"""Discussions: somebody starts one, members reply, each reply has a number and can be linked and quoted."""
