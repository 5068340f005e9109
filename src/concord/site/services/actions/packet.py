"""What a client told once, in her own words, so that nobody has to ask her again. The rules are in `law.packet`."""

import datetime as dt
from collections.abc import Mapping

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from concord.law import packet as law
from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services.actions.compelled import require_past
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, PacketAnswer
from concord.site.stores import audit
from concord.vocabulary import PacketQuestion

MOST = 5_000  # characters of one answer: two pages. What is longer belongs to a statement, which nobody writes for her


@in_vault
def tell_once(*, client: Client, words: Mapping[PacketQuestion | str, str], told_on: dt.date, by: Viewer) -> int:
    """Keep what she told that day; questions left empty were skipped and stay as they were. Returns how many are new.

    What stands word for word already is not told again, so that a form sent twice is one.
    """
    require_past(told_on, "told_on")
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    standing = packet(client)
    fresh = {question: said.strip() for question, said in words.items() if said.strip()}
    if too_long := [question for question, said in fresh.items() if len(said) > MOST]:
        raise Objection({str(too_long[0]): f"Shorten this to {MOST:,} characters. What matters most comes first."})
    told = 0
    for question, said in fresh.items():
        question = PacketQuestion(question)
        if question in standing and standing[question].words == said:
            continue
        if question in standing and standing[question].told_on > told_on:
            raise Objection({"told_on": "Something was told later than this. Give that day or a later one."})
        PacketAnswer.objects.create(**held(by), client=client, question=question, told_on=told_on, words=said)
        told += 1
    if told:
        audit.record("packet.told", client)
    return told


@in_vault
def take_back_answer(*, answer: PacketAnswer, by: Viewer) -> PacketAnswer:
    """Take an answer back: nobody is shown it from now on. A sealed copy that was opened already stays what it is."""
    if answer.taken_back_at is None:
        answer.taken_back_at = timezone.now()
        answer.save(update_fields=["taken_back_at"])
        audit.record("packet.taken_back", answer)
    return answer


def packet(client: Client) -> dict[PacketQuestion, PacketAnswer]:
    """The answer that stands for each question."""
    tellings = (
        law.Telling(PacketQuestion(one.question), one.told_on, one.created_at, one.taken_back_at is not None, of=one)
        for one in client.packet.all()
    )
    return {question: told.of for question, told in law.current(tellings).items()}


def packet_items(client: Client) -> dict[str, str]:
    """What a release can list one by one: `packet.work` and so on, with her words as they stand today."""
    return {law.item(question): answer.words for question, answer in packet(client).items()}


def packet_said(client: Client) -> dict[str, list[str]]:
    """The same as whoever receives it reads it: her words, and that she was asked already and agreed to share this."""
    return {law.item(question): [answer.words, _asked(answer.told_on)] for question, answer in packet(client).items()}


def _asked(on: dt.date) -> str:
    day = formats.date_format(on, "F j, Y")
    return _("Already asked on %(day)s. She or he agreed to share this: please do not ask again.") % {"day": day}
