"""What somebody wrote is found in what their mail program made of it: nothing of theirs is lost, nothing of
others is posted."""

import pytest

from hub.inbox.enclosures import meant
from hub.inbox.flowed import rejoined, unflowed
from hub.inbox.from_html import as_markdown
from hub.inbox.parts import Enclosed, Unreadable, letter_of, without_picture_marks
from hub.inbox.trimming import trimmed
from hub.inbox.unwrapping import unwrapped
from tests.inbox import letters
from tests.patience import does_not_hang

TO = "hub+reply-abc@hub.example.org"
SAID = "The keeper signs it, and I ask the archivist – once a year."


def own(raw: bytes, quotable: str = "") -> str:
    return trimmed(letter_of(raw).text, names=["Bob Reid"], quotable=quotable).text


@pytest.mark.parametrize("program", ["outlook", "outlook_web", "gmail", "apple_mail", "thunderbird"])
def test_only_what_was_typed_is_left_of_a_reply(program):
    assert "".join(own(getattr(letters, program)(TO, SAID)).split("[cid")[0]).strip() == SAID


def test_the_banner_and_the_footer_of_a_council_go():
    assert own(letters.council(TO, SAID)) == SAID


def test_attachments_and_pictures_are_named_and_logos_are_not():
    def names(raw: bytes) -> list[tuple[str, str]]:
        letter = letter_of(raw)
        _text, marks = without_picture_marks(trimmed(letter.text, names=["Bob Reid"]).text)
        return [(one.kind, one.name) for one in meant(letter.enclosed, marks)]

    assert names(letters.council(TO, SAID)) == [("file", "Schedule–2026.docx")]
    assert names(letters.apple_mail(TO, SAID)) == [("picture", "IMG_0042.jpeg")]
    assert names(letters.outlook(TO, SAID)) == []


def test_a_picture_in_the_text_is_sent_and_a_small_sign_in_it_is_not():
    def of(content: bytes, mark: str) -> list[Enclosed]:
        return meant([Enclosed("picture", "map.png", content, "<image003.png@01DC>", attached=False)], [mark])

    assert len(of(bytes(20_000), "image003.png@01DC")) == len(of(bytes(20_000), "map.png")) == 1
    assert of(bytes(20_000), "another.png") == of(bytes(2_000), "map.png") == []
    (beside,) = meant([Enclosed("picture", "map.png", b"small", "<f_1>", attached=True)] * 2, [])
    assert beside.name == "map.png"


def test_two_dashes_between_two_questions_are_no_signature():
    text = "Who signs the schedule?\n--\nAnd how long do you keep the minutes of a working group?"
    assert trimmed(text, names=["Bob Reid"]).text == text
    assert (
        trimmed("Six years.\n-- \nBob Reid\nHave you seen our plan?", names=["Bob Reid"]).text == "Six years."
    )


def test_thanks_is_no_signature_when_something_follows():
    text = "Thanks, that helps.\nBut what of the schedule?\n\n- one\n- two"
    assert trimmed(text).text == text
    text = "Yes.\n\nThanks, but one thing\nis open: who keeps it?"
    assert trimmed(text).text == text


@pytest.mark.parametrize(
    "end",
    [
        "-- \nBob Reid\nRecords Manager",
        "Kind regards\nBob",
        "Many thanks,\n\nBob Reid | Records\nT: 01738 000000",
        "Le dùrachdan,\nCalum",
        "Bob Reid\nPerth Council",
        "Sent from my iPhone",
        "Get Outlook for Android<https://aka.ms/x>",
        "Bob",
        "Yours aye\nBob Reid (he/him)\nHead of Records",
        f"Kind regards\nBob Reid\nT: 01738 000000\n\n{letters.HEALTH_FOOTER}",
    ],
)
@pytest.mark.parametrize("above", ["", "Classification: OFFICIAL\n\n", "OFFICIAL\n"])
def test_signatures_go_and_markings_that_say_nothing(end, above):
    assert trimmed(f"{above}Six years.\n\n{end}", names=["Bob Reid"]).text == "Six years."


@pytest.mark.parametrize(
    "added",
    [
        "PS: the captions we drop after a year.",
        "P.S. Who signs it off with you?",
        "Could you send me your schedule?",
        f"We answer with this:\n\n{letters.HEALTH_FOOTER}\n\nIs that any use?",
    ],
)
def test_what_was_added_under_the_name_stays(added):
    said = trimmed(f"Six years.\n\nRegards,\nBob Reid\n\n{added}", names=["Bob Reid"]).text
    assert said.startswith("Six years.") and said.endswith(added.split("\n\n")[-1])


def test_words_between_quoted_lines_keep_what_they_answer():
    post = "Six years, as our schedule says.\n\nWho signs it off with you?"
    text = "On 2 Mar 2026, Hub wrote:\n> Reply above this line\n>\n> Six years, as our schedule says.\n\n"
    text += "Really?\n\n> Who signs it off with you?\n\nThe keeper.\n\n> Stop mail: http://localhost/mail/notices/KEY"
    assert trimmed(text, quotable=post).text == (
        "> Six years, as our schedule says.\n\nReally?\n\n> Who signs it off with you?\n\nThe keeper."
    )


@pytest.mark.parametrize(
    "text",
    [
        letters.quoted(),
        f"On Monday, Cat <cat@example.org> wrote:\n{letters.quoted()}",
        f"\n\n{letters.NOTICE}",
        "-- \nBob",
        "...",
        "",
        f"From: Hub <hub@x.org>\nSent: Monday\nTo: Bob\nSubject: Re\n\n{letters.NOTICE}",
    ],
)
def test_what_holds_no_word_of_theirs_is_empty(text):
    assert trimmed(text, names=["Bob"]).text == ""


@pytest.mark.parametrize(
    "above",
    [
        "The Public Records (Scotland) Act 2011 says:",
        "On 3 March 2026 the Keeper said:",
        "We did this in 2019, and three things came of it:",
    ],
)
def test_a_sentence_above_what_is_quoted_stays(above):
    cited = f"{above}\n\n> An authority must have a plan.\n\nAgreed?"
    assert trimmed(cited).text == trimmed(f"{cited}\n\n{letters.NOTICE}").text == cited
    assert (
        trimmed(f"{cited}\n\nOn 2 Mar 2026, Cat wrote:\n> x\n\nYes.\n\n> y\n\nNo.").text
        == f"{cited}\n\nYes.\n\nNo."
    )
    assert trimmed(f"{above}\n\n{letters.NOTICE}").text == above


@pytest.mark.parametrize(
    "quoted",
    [
        "> Reply above this line\n> old",
        "> From: Cat <cat@x.org>\n> old",
        "> Who signs it off with you?\n> old",
    ],
)
def test_what_a_program_quotes_between_their_words_is_no_citation(quoted):
    said = trimmed(f"Here:\n\n{quoted}\n\nYes.", quotable="Who signs it off with you?").text
    assert said == "Here:\n\nYes."


@pytest.mark.parametrize(
    "attribution",
    [
        "2026-03-03 10:12 GMT+00:00 Cat Muir:",
        "Op 3 mrt. 2026 om 10:12 heeft Cat Muir het volgende geschreven:",
        "Cat Muir, 10.12 on 3 March 2026:",
    ],
)
def test_what_a_program_says_above_what_it_quotes_goes(attribution):
    assert trimmed(f"Six years.\n\n{attribution}\n> x").text == "Six years."


def test_who_writes_about_headers_is_not_cut_there():
    text = (
        "We keep these fields:\n\nFrom: who sent it\nTo: whom it went to\nSubject: what it says\n\nNo more."
    )
    assert trimmed(text).text == text


def test_a_thumb_up_is_a_word():
    assert trimmed("👍\n\nOn 2 Mar 2026, Cat wrote:\n> x").text == "👍"


def test_a_question_about_disclaimers_is_not_taken_for_one():
    text = "What do you do with “this email is confidential and intended solely for X”?\n\nIt is long."
    assert trimmed(text).text == text


@pytest.mark.parametrize(
    "last",
    [
        "Should drafts be disclosed under the Freedom of Information Act?",
        "They may be disclosed under the Freedom of Information (Scotland) Act 2002.",
        "E-mails are subject to the Act like any other record.",
        "We are a registered charity, so the Act does not apply to us.",
        "The folder is intended only for drafts.",
        "Our plan says that the e-mail and any attachments go to the case.",
        "All of it is scanned for viruses before it is taken in.",
        "Do you, too, say “this e-mail is confidential”, and “not the intended recipient”?",
    ],
)
@pytest.mark.parametrize("end", ["", "\n\nKind regards\nBob Reid", "\n\nBob"])
def test_what_footers_say_is_also_what_records_people_talk_about(last, end):
    text = f"Hello all,\n\nThanks.\n\n{last}" if not end else f"Hello all,\n\n{last}"
    assert trimmed(text + end, names=["Bob Reid"]).text == text


@pytest.mark.parametrize("above", ["Regards\nBob", "Yours aye\nR. Reid", "Sent from my iPad", "--"])
def test_the_same_under_a_signature_is_a_footer(above):
    footer = "Perth Council\n\nE-mails may be monitored.\n\nRegistered charity SC000000."
    said = trimmed(f"Six years.\n\n{above}\n\n{footer}", names=["Bob Reid"]).text
    assert said.startswith("Six years.") and not any(word in said for word in ("monitored", "charity"))


def test_a_footer_between_rules_goes():
    assert (
        trimmed(f"Six years.\n\n{'*' * 20}\nThis was scanned for viruses.\n{'*' * 20}").text == "Six years."
    )


def test_lines_that_a_program_broke_are_whole_again():
    text = (
        "The retention schedule was agreed last year by the keeper and\nthe archivist, so we can now begin."
    )
    assert rejoined(text) == text.replace("\n", " ")
    assert (
        unflowed("One \ntwo.\n> three \n> four\n-- \nBob", delsp=False) == "One two.\n> three four\n-- \nBob"
    )
    listed = "First:\n- one\n- two, which goes on for so long that the line is nearly full of words\n- three"
    assert rejoined(listed) == listed


WRAPPED = (
    "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02%7Cbob%40council.example&reserved=0"
)


@pytest.mark.parametrize(
    ("wrapped", "link"),
    [
        (
            WRAPPED.format("https%3A%2F%2Fexample.org%2Fplan%3Fa%3D1%26b%3D2"),
            "https://example.org/plan?a=1&b=2",
        ),
        (WRAPPED.format("https%3A%2F%2Fexample.org%2Fplan_%282%29"), "https://example.org/plan_%282%29"),
        ("https://urldefense.com/v3/__https://example.org/plan__;!!A-bC!dEf$", "https://example.org/plan"),
        ("https://urldefense.com/v3/__https:/example.org/plan__;!!A-bC!dEf$", "https://example.org/plan"),
    ],
)
def test_links_that_a_mail_server_wrapped_are_as_they_were(wrapped, link):
    for text in ("See [the plan]({}).", "See the plan<{}>, or {}\nnow"):
        assert unwrapped(text.replace("{}", wrapped)) == text.replace("{}", link)


@pytest.mark.parametrize("inside", ["javascript%3Aalert(1)", "https%3A%2F%2Fx%0A%23%20h", ""])
def test_a_wrapped_link_that_leads_nowhere_stays(inside):
    assert unwrapped(WRAPPED.format(inside)) == WRAPPED.format(inside)


def test_html_becomes_markdown():
    html = """<p class=MsoNormal>See <a href="https://www.nrscotland.gov.uk/x">the model plan</a>:</p>
    <ul><li>one</li><li>two</li></ul><p>A*b and <b>bold</b><br>line</p><script>alert(1)</script>
    <a href="javascript:alert(1)">no</a><img src="https://spy.example/x.gif">
    <div style="display: none">hidden</div>"""
    assert as_markdown(html) == (
        "See [the model plan](https://www.nrscotland.gov.uk/x):\n\n- one\n\n- two\n\n"
        "A\\*b and **bold**\nline\n\nno"
    )


@pytest.mark.parametrize("sign", ["&#11;", "&#x1;", "\x0b", "&#65534;"])
def test_signs_that_no_page_may_hold_are_spaces(sign):
    html = f"<div>Six{sign}years.<blockquote type=cite>old{sign}</blockquote>{sign}Or seven.</div>"
    assert " ".join(as_markdown(html).split()) == "Six years. Or seven."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1\n\n\x93Six\x94 \x96 caf\xe9", "“Six” – café"),
        (b"Content-Type: text/plain; charset=nonsense\n\ncaf\xc3\xa9", "café"),
        (b"Content-Type: text/plain; charset=us-ascii\n\ncaf\xe9", "café"),
        (
            b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//5TAGkAeAA=",
            "Six",
        ),
        (b"Content-Type: text/plain; charset=rot13\n\nSix", "Six"),
    ],
)
def test_any_characters_are_read(raw, said):
    assert letter_of(raw).text == said


def test_signed_messages_are_read_and_sealed_ones_are_not():
    signed = b'Content-Type: multipart/signed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSix.\n'
    signed += b"--b\nContent-Type: application/pgp-signature; name=signature.asc\n\nxyz\n--b--\n"
    assert (letter_of(signed).text.strip(), letter_of(signed).left_out) == ("Six.", [])
    clear = (
        b"Content-Type: text/plain\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSix.\n- -- \nBob\n"
    )
    clear += b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    assert trimmed(letter_of(clear).text).text == "Six."
    for raw, code in (
        (b'Content-Type: multipart/encrypted; boundary="b"\n\n--b--\n', "encrypted"),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "encrypted"),
        (b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", "sealed"),
        (b"Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nabc", "encrypted"),
    ):
        with pytest.raises(Unreadable) as problem:
            letter_of(raw)
        assert problem.value.code == code


def test_a_file_whose_name_nobody_can_read_has_a_name():
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSix.\n--b\n'
    raw += b'Content-Disposition: attachment; filename="=?u\xff\xfetf-8?Q?Schedule.docx?="\n\nx\n--b--\n'
    assert [one.name for one in letter_of(raw).enclosed] == ["?"]


def test_invitations_are_left_out_and_cards_are_dropped():
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nCome.\n'
    raw += b"--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n"
    raw += b"--b\nContent-Type: text/vcard; name=bob.vcf\n\nBEGIN:VCARD\n--b--\n"
    assert letter_of(raw).left_out == [("invitation", "")]


@pytest.mark.parametrize(
    "text",
    [
        "2026 " * 40_000,
        "\n".join(f"> q{n}\nx" for n in range(20_000)),
        "From: \n" * 30_000,
        "\n" * 90_000 + "x\n" + "> q w e r t\nx\n" * 7_000,
        "\n" * 200_000,
        "*" * 200_000,
        "* " * 100_000 + "x",
        "On " * 60_000 + "wrote:\n> x",
        "this email " * 40_000,
        "x\n\n" * 60_000,
        "--\n" * 60_000,
    ],
)
def test_messages_made_to_keep_the_hub_busy_do_not(text):
    with does_not_hang():
        trimmed(text, quotable="x " * 10_000)
        rejoined(text)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "x",
        "<ol>" + "<li>x" * 30_000,
        "<blockquote>" * 5000 + "x",
        "<a" * 100_000,
        "<b>" * 9000,
    ],
)
def test_neither_does_html(html):
    with does_not_hang():
        as_markdown(html)
