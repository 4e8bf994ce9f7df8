"""People have addresses, platforms have ids: both name the same post where the address holds the id."""

import pytest

from hub.archive.post_addresses import Address, read_address


@pytest.mark.parametrize(
    ("address", "post"),
    [
        ("https://twitter.com/strathtay/status/1234567890", Address("x", "1234567890", "strathtay")),
        (
            "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7345821826846990338",
            Address("linkedin", "urn:li:share:7345821826846990338"),
        ),
        (
            "https://www.linkedin.com/posts/strathtay_bins-activity-7345821826846990338-xYz1",
            Address("linkedin", "urn:li:activity:7345821826846990338"),
        ),
        ("https://www.youtube.com/watch?v=aaaaaaaaaaa&lc=UgwDN8Ue", Address("youtube", "UgwDN8Ue")),
        ("https://x.com/i/web/status/1234567890", Address("x", "1234567890")),
        ("https://mobile.twitter.com/a/statuses/12?s=20", Address("x", "12", "a")),
        (
            "https://mastodon.example/@council/109876543210",
            Address("mastodon", "https://mastodon.example/users/council/statuses/109876543210", "council"),
        ),
        (
            "https://mastodon.example/users/council/statuses/109876543210",
            Address("mastodon", "https://mastodon.example/users/council/statuses/109876543210", "council"),
        ),
        (
            "https://bsky.app/profile/did:plc:abc/post/3k2",
            Address("bluesky", "at://did:plc:abc/app.bsky.feed.post/3k2"),
        ),
        (
            "https://bsky.app/profile/council.example/post/3k2",
            Address("bluesky", "at://council.example/app.bsky.feed.post/3k2", "council.example", sure=False),
        ),
        ("at://did:plc:abc/app.bsky.feed.post/3k2", Address("bluesky", "at://did:plc:abc/app.bsky.feed.post/3k2")),
        ("https://www.youtube.com/watch?v=abcdefghijk&t=3", Address("youtube", "abcdefghijk")),
        ("https://youtu.be/abcdefghijk?si=Xy", Address("youtube", "abcdefghijk")),
        ("https://www.reddit.com/r/Scotland/comments/1abc/a_title/", Address("reddit", "t3_1abc")),
        ("https://old.reddit.com/r/Scotland/comments/1abc/a_title/k9z/", Address("reddit", "t1_k9z")),
        ("https://www.tiktok.com/@council/video/7123", Address("tiktok", "7123", "council")),
        ("https://www.flickr.com/photos/council/5123/", Address("flickr", "5123", "council")),
        (
            "https://www.Facebook.com/council/posts/1?x=1#top",
            Address("facebook", "https://www.facebook.com/council/posts/1?x=1", sure=False),
        ),
        ("https://council.example/a/b", Address("web", "https://council.example/a/b", sure=False)),
        ("https://Council.Example", Address("web", "https://council.example/", sure=False)),
        ("https://x.com/strathtay", Address("x", "https://x.com/strathtay", sure=False)),
    ],
)  # fmt: skip
def test_the_post_at_an_address(address, post):
    assert read_address(address) == post


@pytest.mark.parametrize(
    "address",
    [
        "",
        "council",
        "ftp://council.example/",
        "https://",
        "https://[broken",
        "javascript:1",
        "https://council.example:99999/news",
        "https://council.example:port/",
    ],
)
def test_what_is_no_address(address):
    assert read_address(address) is None
