"""Contacts, their conversations and the messages, in batches of bounded size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from chatly_console.demo.messages import MESSAGE, MessageWriter, Thread
from chatly_console.demo.people import Client, Member, new_id
from chatly_console.demo.rows import NULL, Batch, Clock, Gatherer, Target, binary_uuid
from chatly_console.demo.texts import Phrases

_CONVERSATIONS, _MESSAGES = 4, 10
_DAY = 86_400
_THREADS_AT_ONCE = 1_500

_CONTACT = Target("conversations", "social_contacts", (
    "id", "platform_client_id", "channel_id", "external_id", "display_name", "phone", "email", "language",
    "attributes", "blocked_at", "created_at", "updated_at",
))  # fmt: skip
_CONVERSATION = Target("conversations", "conversations", (
    "id", "platform_client_id", "social_contact_id", "assigned_to", "subject", "status", "priority", "opened_at",
    "closed_at", "created_at", "updated_at",
))  # fmt: skip
_SOURCES = ("ad", "shop", "referral", "walk-in", "website")


@dataclass(frozen=True, slots=True)
class Contact:
    """What the calendar needs to know of a contact."""

    id: str
    name: str


class Correspondence:
    """Generates what is written between one client and its contacts; the sums over all clients come out exactly."""

    def __init__(self, phrases: dict[str, Phrases], clock: Clock, random: Random, gatherer: Gatherer) -> None:
        self._phrases = phrases
        self._languages = list(phrases)
        self._clock = clock
        self._random = random
        self._gatherer = gatherer
        self._conversation_turn = _swing(random, _CONVERSATIONS, 3)
        self._message_turn = _swing(random, _MESSAGES, 8)
        self._writer = MessageWriter(phrases, clock, random)
        self._threads: list[Thread] = []

    def of_client(self, client: Client, known: list[Contact]) -> Iterator[Batch]:
        """The batches of one client; adds to `known` some contacts for the calendar."""
        for number in range(client.contacts):
            contact = self._contact(client)
            if number < client.appointments:
                known.append(contact)
            if len(self._threads) >= _THREADS_AT_ONCE:
                self.write_messages()
            if self._gatherer.is_full:
                yield from self._gatherer.batches()

    def write_messages(self) -> None:
        """Write the messages of all conversations that wait for theirs."""
        if self._threads:
            self._gatherer.add_rows(MESSAGE, *self._writer.rows(self._threads))
            self._threads = []

    def _contact(self, client: Client) -> Contact:
        random = self._random
        # One contact in five writes in another language than the client's.
        language = client.language if random.random() < 0.8 else random.choice(self._languages)
        phrases = self._phrases[language]
        channel, kind = random.choice(client.channels)
        contact = Contact(new_id(random), random.choice(phrases.names))
        phone = f"+{random.randint(10_000_000_000, 99_999_999_999)}" if kind == "whatsapp" else NULL
        email = f"contact{random.randint(1, 999_999)}@mail.example" if random.random() < 0.3 else NULL
        count = next(self._conversation_turn)
        starts = sorted(random.sample(range(self._clock.length - 1800), count))
        made = self._clock.text(starts[0])
        blocked = self._clock.text(starts[-1] + 900) if random.random() < 0.01 else NULL
        self._gatherer.add(
            _CONTACT,
            f"{contact.id}\t{client.id}\t{channel}\t{kind[:2]}_{random.getrandbits(56):014x}\t{contact.name}\t"
            f'{phone}\t{email}\t{language}\t{{"source": "{random.choice(_SOURCES)}"}}\t{blocked}\t{made}\t{made}',
        )
        answering = client.answering()
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            self._conversation(client, answering, contact, phrases, start, following)
        return contact

    def _conversation(
        self,
        client: Client,
        answering: Sequence[Member],
        contact: Contact,
        phrases: Phrases,
        start: int,
        following: int | None,
    ) -> None:
        random, clock = self._random, self._clock
        conversation = new_id(random)
        topic = random.choice(phrases.topics)
        member = random.choice(answering).user_id if random.random() < 0.75 else NULL
        # A conversation ends before the contact begins the next.
        limit = (following if following is not None else clock.length) - start
        length = int(min(limit * 0.9, 2 * _DAY * random.random() + 120))
        status = "closed"
        if following is None:
            status = random.choices(("closed", "open", "pending"), (45, 35, 20))[0]
        closed = clock.text(start + length + 1) if status == "closed" else NULL
        opened = clock.text(start)
        self._gatherer.add(
            _CONVERSATION,
            f"{conversation}\t{client.id}\t{contact.id}\t{member}\t{random.choice(topic.subjects)}\t{status}\t"
            f"{random.choices((1, 2, 3, 4), (8, 70, 17, 5))[0]}\t{opened}\t{closed}\t{opened}\t"
            f"{opened if closed == NULL else closed}",
        )
        self._threads.append(
            Thread(
                binary_uuid(conversation),
                binary_uuid(client.id),
                None if member == NULL else binary_uuid(member),
                (phrases.language, topic.name),
                start,
                length,
                next(self._message_turn),
            )
        )


def _swing(random: Random, middle: int, width: int) -> Iterator[int]:
    """Numbers around `middle` whose every second one makes up for the one before, so that sums are exact."""
    while True:
        step = random.randint(-width, width)
        yield middle + step
        yield middle - step
