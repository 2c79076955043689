"""Appointments: past ones that took place or not, and some to come; nobody receives two at a time."""

from random import Random

from chatly_console.demo.correspondence import Contact
from chatly_console.demo.people import Client, new_id
from chatly_console.demo.rows import NULL, Clock, Gatherer, Target
from chatly_console.demo.texts import Phrases

_APPOINTMENT = Target("appointments", "appointments", (
    "id", "platform_client_id", "social_contact_id", "conversation_id", "host_id", "title", "starts_at", "ends_at",
    "status", "notes", "created_at", "updated_at",
))  # fmt: skip
_HOURS = range(8, 18)
_DAYS_AHEAD = 30


def add_appointments(
    client: Client, phrases: Phrases, contacts: list[Contact], clock: Clock, random: Random, gatherer: Gatherer
) -> None:
    """Add the appointments of one client, as many as its hosts have hours for."""
    booking = next(topic for topic in phrases.topics if topic.name == "booking")
    present = clock.length // 86_400
    slots = [
        (member.user_id, day, hour)
        for member in client.answering()
        for day in range(max(0, present - 120), present + _DAYS_AHEAD)
        for hour in _HOURS
    ]
    for host, day, hour in random.sample(slots, min(client.appointments, len(slots))):
        start = day * 86_400 + hour * 3_600
        past = start < clock.length
        status = random.choices(
            ("completed", "cancelled", "no_show") if past else ("booked", "confirmed", "cancelled"), (80, 12, 8)
        )[0]
        made = clock.text(max(0, min(start, clock.length) - random.randint(3_600, 20 * 86_400)))
        end = start + random.choice((1_800, 2_700, 3_600))
        gatherer.add(
            _APPOINTMENT,
            f"{new_id(random)}\t{client.id}\t{random.choice(contacts).id}\t{NULL}\t{host}\t"
            f"{random.choice(booking.subjects)}\t{clock.text(start)}\t{clock.text(end)}\t"
            f"{status}\t{NULL}\t{made}\t{made}",
        )
