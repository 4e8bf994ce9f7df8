"""Why something was left out of an import, or an upload refused: each code with its sentence."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .adapters import ADAPTERS
from .adapters.mapped_table import MappedTable

LEFT_OUT = {
    "private": _l("Private: direct messages, contacts, addresses and the like are never kept"),
    "not_public": _l("Posts that are not public: for followers, friends or named people only"),
    "not_posts": _l("Not posts: settings, likes, lists, advertising data and the like"),
    "viewer": _l("Part of the export's own viewer, not of its record"),
    "headers_only": _l("Only the numbers and dates of posts that are read whole elsewhere"),
    "private_media": _l("Pictures and films that do not belong to posts"),
    "no_post": _l("Accounts, places and polls without a post"),
    "platform_message": _l("Messages of the platform's service, not posts"),
    "unmatched_long_text": _l("Full texts of long posts that match no post"),
    "unmatched_edit": _l("Earlier wordings of posts that match no post"),
    "no_author": _l("Posts whose author is not named"),
    "no_id": _l("Rows without the number of a post"),
    "unexpected_shape": _l("Rows that do not look like a post"),
    "not_json": _l("Cannot be read as JSON"),
    "not_xml": _l("Cannot be read as XML"),
    "entities": _l("Declares entities of its own, which can be made to grow without end"),
    "cut_short": _l("Ends too early"),
    "too_deep": _l("Nested too deeply to be read safely"),
    "value_too_large": _l("One row is larger than we read"),
    "encoding": _l("Not in UTF-8"),
    "damaged": _l("Damaged"),
    "wrong_hash": _l("Blocks whose content is not what their name, a hash, says: they are not believed"),
    "missing_block": _l("Referred to, but not in the file in a sound state: what hangs on it cannot be read"),
    "truncated": _l("The archive ends too early: part of it is missing"),
    "bomb": _l("Unpacks to far more than it should"),
    "too_large_unpacked": _l("Unpacks to more than we read"),
    "too_many_files": _l("Holds more files than we read"),
    "missing_file": _l("Named in the manifest, but not in the upload"),
    "missing_media": _l("Pictures and films that the export does not contain"),
    "unsafe_name": _l("Files whose name points outside of the archive"),
    "link": _l("Links and special files"),
    "duplicate_name": _l("Files that share one name: which is the true one cannot be told"),
    "encrypted": _l("Protected by a password"),
    "unknown_compression": _l("Packed in a way that we do not read"),
    "archive_inside": _l("Archives inside the archive"),
    "wrong_columns": _l("Rows with more columns than their table has"),
    "no_text": _l("Rows without words"),
    "not_messages": _l("Not private messages: a sealed collection does not take them"),
    "system_lines": _l("What the platform wrote itself: who joined or called, what a group is called"),
    "media_not_in_file": _l("Pictures, films and voice messages that the export left out"),
    "articles": _l("Articles and pages in HTML, which are not read from this export"),
    "another_account": _l("Posts of another account than the export's"),
    "wrong_length": _l("Records of a web archive that state a wrong length: where they end cannot be told"),
    "record_too_large": _l("Records of a web archive that are larger than we read, as films are"),
    "unreadable_record": _l("Records of a web archive that cannot be read"),
    "no_address": _l("Records of a web archive that do not say which address they are of"),
    "archive_too_large": _l("Records of a web archive beyond the size that one import may lay aside"),
    "revisit_unknown": _l("Notes that a page was as before, where the earlier one is not in the archive"),
    "part_of_page": _l("HTML that is only a part of another page, such as a frame"),
    "page_not_held": _l("Pages of the archive's own list that the archive does not hold"),
    "page_not_html": _l("Pages of the archive's own list that are no HTML, such as a PDF"),
    "parts_left_out": _l("Pictures, styles and fonts beyond what we keep of one page"),
    "not_ok": _l("Answers of web servers that are not a page: not found, forbidden, failed"),
    "not_replayed": _l("Scripts and data that pages load: they are not run here, so they are not kept"),
    "no_page_loads_it": _l("Pictures, styles and fonts that no kept page is made of"),
    "not_an_answer": _l("Requests, look-ups and notes of the crawler beside the answers"),
    "archive_parts": _l("Indexes, logs and the like of a web archive"),
}

# How something of an upload was taken, that whoever relies on it should know.
NOTED = {
    "wrong_checksum": _l(
        "Records in %(file)s whose own checksum is not of their bytes: %(detail)s. They are kept as they "
        "are; each page that is shown again says so."
    ),
    "wrong_hash": _l("%(file)s is not what the package's list of hashes says. What is in it is kept."),
    "wrong_list_hash": _l("%(file)s, the package's list of files, is not the one that was sealed."),
    "not_listed": _l("%(file)s is not named by the package's list of files. What is in it is kept."),
    "no_list": _l("The package has no list of its files that can be read, so no hash could be checked."),
    "signed": _l(
        "The package carries a signature (%(file)s). It is kept beside each page, and not judged here."
    ),
    "no_page_list": _l(
        "There is no list of pages in %(file)s. Every HTML answer was taken for a page, unless something "
        "tells that it is part of another."
    ),
    "packed_otherwise": _l(
        "Pages of %(file)s packed in a way that we do not unpack (as Brotli): %(detail)s. They are kept, "
        "without text, and cannot be shown again."
    ),
    "list_unreadable": _l("Lines of %(file)s, a list of pages, that cannot be read: %(detail)s."),
    "former_log": _l(
        "The log of the hub that it came from (%(file)s, %(detail)s entries) was verified and is kept as "
        "evidence: what this bag holds is what that hub had sealed."
    ),
    "encoding_other": _l("%(file)s is not in UTF-8; it was read as %(detail)s."),
    "times_local": _l("%(file)s names no time zone; its times were read in that of %(detail)s."),
    "dates_day_first": _l(
        "The dates of %(file)s can be read in two ways; they were read with the day first."
    ),
    "marked_edited": _l(
        "Messages of %(file)s that are marked as edited: %(detail)s. What they said before is not in it."
    ),
    "times_unread": _l(
        "Of %(detail)s rows in %(file)s the time could not be read: it is kept as it is written, without a "
        "date."
    ),
}

REFUSED = {
    "entities": _l(
        "This file declares entities of its own, which can be made to grow without end, so we did not read "
        "it. No true export does. Nothing was changed."
    ),
    "private_messages": _l(
        "These are private messages, and this collection does not take them. Where official business was "
        "done in them, they are a record: ask for a sealed collection under “Your collections”, “Make a "
        "collection”. An administrator decides about it. Nothing was changed."
    ),
    "sealed_takes_messages": _l(
        "This collection is sealed: it takes private messages only, so that nothing public is locked away "
        "with them. Import these posts into a collection that is not sealed. Nothing was changed."
    ),
    "empty": _l("This file is empty, so there is nothing in it to import. Nothing was changed."),
    "unknown_format": _l(
        "We do not recognise what is in this file. Upload it as you downloaded it, with nothing taken out. "
        "What we read: %(formats)s. Nothing was changed."
    ),
    "only_pictures": _l(
        "This holds pictures or films and nothing that says which posts they belong to. Nothing was changed. "
        "Flickr, Instagram and others hand an export over in several zips: if this is one, unpack it "
        "and the zip with the data into one folder, make that one zip, and upload it. The pictures then go "
        "to their posts, also to those that are here already. What we read: %(formats)s."
    ),
    "one_file_of_archive": _l(
        "This is one file out of an X/Twitter archive. Upload the whole zip, as you downloaded it, so that "
        "we can tell whose posts these are. Nothing was changed."
    ),
    "no_account": _l(
        "This export does not say whose it is: the file about the account is missing or cannot be read. Ask "
        "the platform for the export again, with everything in it. If it came as several zips, unpack them "
        "into one folder, make that one zip, and upload it. Nothing was changed."
    ),
    "truncated": _l(
        "This archive ends too early: part of it is missing. Download it again, check its size, and upload "
        "it again. Nothing was changed."
    ),
    "damaged": _l(
        "This file is damaged and cannot be opened. Download it again, then upload it. Nothing was changed."
    ),
    "bomb": _l(
        "This file is made to unpack to far more than it should, so we did not unpack it. Nothing was "
        "changed."
    ),
    "too_many_files": _l(
        "This archive holds more files than we read (%(detail)s). Take out what is not needed and upload it "
        "again. Nothing was changed."
    ),
    "too_large_unpacked": _l("This file unpacks to more than we read. Nothing was changed."),
    "needs_columns": _l(
        "This file is a table that no platform we know makes. On the import's page, say what its columns are."
    ),
    "bag_not_valid": _l(
        "This looks like a bag (BagIt), but it is not a valid one: see %(detail)s. Ask whoever made it for a "
        "new one. Nothing was changed."
    ),
    "bag_damaged": _l(
        "This bag is not what its maker put into it: %(detail)s is missing or was changed since. Fetch it "
        "again, or ask for a new one. Nothing was changed."
    ),
    "bag_not_listed": _l(
        "This bag holds a file that its manifest does not list: %(detail)s. Whoever added it did not say so. "
        "Nothing was changed."
    ),
    "bag_record": _l(
        "The record in this bag is not one that a hub writes: see %(detail)s. Nothing was changed."
    ),
    "bag_log": _l(
        "The log in this bag does not agree with what the bag holds: see %(detail)s. Something was changed "
        "after it was kept. Nothing was imported."
    ),
    "bag_to_fetch": _l(
        "This bag is not whole: %(detail)s would have to be fetched from elsewhere, and we fetch nothing. "
        "Ask for the whole bag. Nothing was changed."
    ),
    "nothing_readable": _l(
        "Nothing in this file could be read as posts. Upload it as you downloaded it, with nothing taken "
        "out. What we read: %(formats)s. Nothing was changed."
    ),
}

NO_PAGES = _l(
    "This web archive holds no page that we can read. We looked for answers of web servers that are HTML, "
    "were given with success, and are not part of another page. Capture the pages themselves, for example "
    "with Browsertrix, ArchiveWeb.page or Heritrix, and upload the file as the tool wrote it."
)

# A file of a known format in which there is no post: what was looked for, and how to get one that has some.
NO_POSTS = {
    "x-archive": _l(
        "This archive holds no posts that we can read. We looked in its data folder for tweets.js, "
        "deleted-tweets.js, deleted-tweet-headers.js and community-tweet.js, with their further parts, and "
        "found no row. To get a whole export, open the account's settings on X, choose “Your account”, then "
        "“Download an archive of your data”; when X says that it is ready, upload the zip as it comes, with "
        "nothing taken out."
    ),
    "whatsapp": _l(
        "This chat holds no messages that we can read. Export it on the phone: open the chat, “More”, "
        "“Export chat”, with media, and upload the file as it is."
    ),
    "meta-messages": _l(
        "This export holds no messages that we can read. We looked for message_1.json and the like in its "
        "messages folder. Ask for messages, all time, in the format JSON."
    ),
    "x-messages": _l(
        "This archive holds no direct messages that we can read. We looked in its data folder for "
        "direct-messages.js and direct-messages-group.js."
    ),
    "linkedin": _l(
        "This export holds no shares or comments that we can read. We looked for the rows of Shares.csv and "
        "Comments.csv. LinkedIn sends the quick part of an export first: ask for “the works”, and upload the "
        "zip that comes a day later."
    ),
    "reddit-request": _l(
        "This export holds no posts that we can read. We looked for the rows of posts.csv and comments.csv. "
        "Ask Reddit for the data of all of your time there at reddit.com/settings/data-request."
    ),
    "youtube-takeout": _l(
        "This export holds no comments that we can read. We looked in its YouTube folder for tables of "
        "comments and live chats. At takeout.google.com, choose “YouTube and YouTube Music”, and under “All "
        "YouTube data included” the comments, live chats and posts."
    ),
    "mastodon-archive": _l(
        "This archive holds no public posts that we can read. We looked in outbox.json; posts for followers "
        "or named people only are left out. To get a whole export, open Preferences on your Mastodon server, "
        "choose “Import and export”, then “Request your archive”, and upload the file as it comes."
    ),
    "bluesky-car": _l(
        "This repository holds no posts or reposts that we can read. We looked for those that hang on its "
        "commit. To get a whole one, open Settings on Bluesky, choose “Account”, then “Export my data”, and "
        "upload the .car file as it comes."
    ),
    "wordpress-wxr": _l(
        "This export holds no published posts, pages or comments that we can read; drafts and what is "
        "private are left out. In WordPress, open Tools, choose “Export”, then “All content”, and upload the "
        "file as it comes."
    ),
    "feed": _l(
        "This feed holds no entries that we can read. We looked for items (RSS) and entries (Atom) that say "
        "anything. Save the feed itself, not the page that tells of it."
    ),
    "json-feed": _l("This feed holds no items that we can read. We looked for items that say anything."),
    "activitystreams": _l(
        "This file holds no posts that we can read. We looked for public notes, articles and the like, each "
        "with an id and an author, and for what was done with them."
    ),
    "warc": NO_PAGES,
    "wacz": NO_PAGES,
    "twitter-compliance": _l("This file names no post that is gone, so it changed nothing."),
}
NO_POSTS_OF_AN_EXPORT = _l(
    "This export holds no posts that we can read. Ask for it again, with all posts and comments in it, and "
    "upload it as it comes. %(how)s"
)
NO_POSTS_OF_A_CAPTURE = _l(
    "This file holds no posts that we can read. We looked for posts as the Twitter API gives them, one "
    "object or one page a line. Capture the posts themselves, not only counts, accounts or rules, and upload "
    "the file as the tool wrote it."
)


def left_out_sentence(reason: str) -> str:
    return str(LEFT_OUT.get(reason, reason))


def noted_sentence(note: str, file: str, detail: str) -> str:
    return str(NOTED[note]) % {"file": file, "detail": detail} if note in NOTED else note


def no_posts_sentence(adapter: str) -> str:
    if adapter in NO_POSTS:
        return str(NO_POSTS[adapter])
    how = next((str(one.how) for one in ADAPTERS if one.name == adapter and one.evidence == "import"), "")
    return str(NO_POSTS_OF_AN_EXPORT) % {"how": how} if how else str(NO_POSTS_OF_A_CAPTURE)


def refusal_sentence(reason: str, detail: str = "") -> str:
    formats = ", ".join(str(one.label) for one in (*ADAPTERS, MappedTable))
    if reason in REFUSED:
        return str(REFUSED[reason]) % {"detail": detail, "formats": formats}
    if reason in LEFT_OUT:
        return _("This file could not be read: %(why)s. Nothing was changed.", why=left_out_sentence(reason))
    return reason
