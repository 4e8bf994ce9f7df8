"""Web archives (WARC, WACZ): records with their exact bytes, pages out of them.

A *record* is one answer of a web server as it was caught, with headers of its own. `framing` finds records in
a file and keeps their bytes; `records` reads one; `shelf` lays aside those that pages may need; `pages` and
`page_texts` make posts of them; `references` finds what a page is made of.
"""
