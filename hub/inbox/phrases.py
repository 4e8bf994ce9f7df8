"""Phrases that stand in messages and that nobody wrote for the occasion: closings, signatures, footers of
organisations, warnings and markings of mail servers."""

import re

SENT_FROM = re.compile(
    r"^\W{0,3}(?:Sent from (?:my |Outlook|Mail for|Yahoo|Proton|Samsung|Gmail|Surface|Windows)|"
    r"Get \W?Outlook for|Sent via |Sent with )[^\n]{0,120}$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^(?:(?:(?:with )?(?:kind|best|warm|warmest|kindest|many)?\s?(?:regards|wishes))|best|all the best|"
    r"(?:many |with )?thanks(?: (?:again|in advance|and regards|very much|all))?|thank you|cheers|ta|"
    r"yours(?: (?:sincerely|faithfully|truly|aye))?|sincerely|regards|le d(?:ù|u)rachd(?:an)?|"
    r"le deagh dh(?:ù|u)rachd|tapadh leibh|m(?:ò|o)ran taing|sl(?:à|a)inte(?: mhath)?|"
    r"cofion(?: (?:gorau|cynnes))?|diolch(?: yn fawr)?|kr|br|rgds)[\s,.!]*$",
    re.IGNORECASE,
)
# Phrases that stand in corporate footers; one of them makes a paragraph at the end a footer.
FOOTER = re.compile(
    r"intended (?:solely|only) for|use of the (?:intended|individual|addressee)|"
    r"not the intended (?:recipient|addressee)|"
    r"received (?:this|it) (?:e-?mail|message|communication|in error)|"
    r"this (?:e-?mail|message|communication)[^.]{0,80}(?:is|are|may be|contains?)[^.]{0,40}"
    r"(?:confidential|privileged|proprietary)|"
    r"e-?mail and any (?:files|attachments?)|"
    r"(?:opinions|views)[^.]{0,60}(?:are|those)[^.]{0,40}(?:author|sender|individual)|"
    r"(?:scanned|checked|swept) (?:for|by)[^.]{0,40}(?:virus|malware)|virus[- ]free|"
    r"consider the environment|before printing this|"
    r"e-?mails? (?:may be|are|is) (?:monitored|recorded|subject to)|"
    r"registered (?:office|charity|company)|registered in (?:england|scotland)|"
    r"company (?:number|registration)|caution:[^.]{0,60}(?:external|outside|originated)|"
    r"(?:originated|came|sent) from outside (?:of )?(?:the|your|our)|"
    r"disclosed? under the freedom of information|unsubscribe from this group|"
    r"you received this message because you are subscribed",
    re.IGNORECASE,
)
# Phrases that stand nowhere but in a footer; what stands under one, and is no question, is its rest.
DISCLAIMER = re.compile(
    r"not the intended (?:recipient|addressee)|"
    r"intended (?:solely|only)? ?for the (?:use|attention|addressee|recipient|named|individual|person)|"
    r"if you (?:have )?receive(?:d)? this (?:e-?mail|message|communication|transmission) in error|"
    r"nhs\.?mail is the secure",
    re.IGNORECASE,
)
# What is added after the name.
POSTSCRIPT = re.compile(r"^\W{0,3}P\.?\s?(?:P\.?\s?)?[Ss]\.?(?:\s*[:,–—-]\s*|\s+)\S")
# Above what people write, put there by mail servers.
BANNER = re.compile(
    r"^\W*(?:caution|warning|external(?: e-?mail| sender)?|\[external\]|you don't often get e-?mail from|"
    r"this (?:e-?mail|message) (?:originated|came|was sent) from outside)",
    re.IGNORECASE,
)
RULE = re.compile(r"^\s*(?:[*_=~-]\s?){4,}\s*$")
# "Classification: OFFICIAL" stands at the end of every message of many councils.
CLASSIFIED = re.compile(
    r"^\W*(?:(?:security )?classification\W{1,3})?(?:official|not protectively marked|unclassified)\W*$",
    re.IGNORECASE,
)
