"""Files with posts: added in the editor or by mail, shown under the post, read by whoever reads it.

Vocabulary: a file *waits* at a place (the path of the form) while its post is still written, seen by nobody
but its owner; it *hangs on* a post once a revision of it names it. A revision that no longer names it takes
it out of everybody's sight. What cannot be added is *refused*, with a reason in words.
"""
