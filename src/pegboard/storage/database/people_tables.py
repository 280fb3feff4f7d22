"""The tables of the people of a plant: who they are, what lets them in, what they said and what they did.

A secret that lets somebody in is kept as a hash alone: argon2 of a password, SHA-256 of what this program drew from 256
random bits. Numbers of rows are given by the one writer, never by a sequence, so that they survive a restore.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text

from pegboard.storage.database.tables import NOT_BACKED_UP, metadata

person = Table(
    "person",
    metadata,
    Column("key", String(240), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("hash", Text),
    Column("active", Boolean, nullable=False),
    Column("language", String(12), nullable=False),
    Column("created", BigInteger, nullable=False),
    comment="people by their names without regard to case; no hash until they have chosen a password",
)

invitation = Table(
    "invitation",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", String(240), ForeignKey("person.key"), index=True),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),
    comment="one-time links by which a person chooses a password; one of no person makes the first administrator",
    info=NOT_BACKED_UP,
)

session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", String(240), ForeignKey("person.key"), nullable=False, index=True),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    comment="who is signed in",
    info=NOT_BACKED_UP,
)

attempt = Table(
    "attempt",
    metadata,
    Column("subject", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    comment="sign-ins that failed, by name and by address, and until when the next one waits",
    info=NOT_BACKED_UP,
)

token = Table(
    "token",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("person", String(240), ForeignKey("person.key"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),
    Column("revoked", BigInteger),
    comment="what programs sign in with on behalf of a person; scopes are permissions with blanks between",
)

comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("text", Text, nullable=False),
    comment="what people say of an order, an operation and the like, named as in order:SO-1042",
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("why", Text, nullable=False),
    comment="what people did; triggers refuse to change or delete a row",
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("last_status", Integer),
    Column("removed", BigInteger),
    comment="addresses that are told of events; the secret signs, so it is kept as it is",
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("webhook", Integer, ForeignKey("webhook.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", BigInteger, nullable=False, index=True),
    comment="what is still to be sent to webhooks",
    info=NOT_BACKED_UP,
)
