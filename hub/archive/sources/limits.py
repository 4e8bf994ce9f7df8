"""How much of an upload we are willing to read, and why.

The limits are generous for true exports and small beside what a hostile file can claim. The size of the
upload itself is a setting; these are not, because nobody can judge them better than the code that relies
on them for its memory.
"""

KB, MB, GB = 1024, 1024**2, 1024**3

# A zip's directory is held in memory: some 600 bytes an entry. The largest archives seen hold 60,000 files.
MAX_ENTRIES = 200_000

# One JSON value is held in memory, parsed, which can cost twenty times its text. The largest true ones,
# captured pages of 500 posts, are some 5 MB.
MAX_VALUE = 16 * MB

# A manifest or an account file is read whole.
MAX_SMALL_FILE = 16 * MB

# What one file may unpack to. 200,000 posts are about 360 MB.
MAX_FILE = 4 * GB

# What all files that we read may unpack to together.
MAX_TOTAL = 64 * GB

# Deflate reaches 1032:1 only on nothing but repetition; text of posts stays under 30:1. Counted once a
# file has given FREE_BYTES, since small files can be repetitive honestly.
MAX_RATIO = 200
FREE_BYTES = 4 * MB

# One picture or film.
MAX_MEDIA = 1 * GB

CHUNK = 256 * KB
