"""One whole conversation over real sockets: the hub sends a notice by SMTP, its reader replies, a mail server
hands the reply over by LMTP, and it stands on the page; what the hub answers comes from nobody."""

import smtplib

import pytest
from pydantic import SecretStr

from hub.core.carrying import drain
from tests.inbox import letters
from tests.inbox.messages import rows, settings_with
from tests.inbox.test_replying import SAID, Place
from tests.inbox.test_taking import listening
from tests.running import free_port
from tests.smtp import mail_server


@pytest.fixture
def line(incoming):
    where = f"127.0.0.1:{free_port()}"
    with listening(incoming, where):
        connection = smtplib.LMTP(*where.split(":"), timeout=20)
        yield connection
        connection.close()


def test_a_reply_goes_all_the_way_round(client, incoming, line):
    with mail_server() as server, settings_with(incoming, mail_url=SecretStr(server.url)):
        place = Place()
        drain()
        (notice,) = server.messages()
        assert notice["To"] == "bob@example.org"
        to = notice["Reply-To"]
        line.sendmail("bob@example.org", to, letters.outlook(to, SAID))
        line.sendmail("bob@example.org", to, letters.plain(to, letters.quoted()))
        drain()
        assert [(row.how, row.kind) for row in rows()] == [("lmtp", "reply")] * 2
        page = client.get(place.item.path)
        assert SAID in page.text and "01738 0" not in page.text
        sent = zip(server.envelopes, server.messages(), strict=True)
        answers = [envelope for envelope, message in sent if message["Auto-Submitted"] == "auto-replied"]
        assert [(sender.strip("<>"), to.strip("<>")) for sender, to in answers] == [("", "bob@example.org")]
