"""What a registry says about a message as a whole: its instructions, its size, that there is something in it.

Differences between registries are rows. It judges no object.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl.faults import shown
from irtkit.submission.codes import problem_of
from irtkit.submission.message import Message, Override, Update

__all__ = ["MessageRules", "iter_message_problems", "rules_of"]


@dataclass(frozen=True, slots=True)
class MessageRules:
    """What one registry takes in a message; None: nothing is known, or there is no limit."""

    registry: str
    passwords: bool = True
    """Whether passwords still authorise."""
    max_passwords: int | None = None
    max_updates: int | None = None
    override_options: frozenset[str] | None = None


_RULES = (
    MessageRules(
        "ripe",
        passwords=False,
        max_passwords=20,
        max_updates=5_000,
        override_options=frozenset({"oid", "notify", "skip-last-modified", "update-on-noop"}),
    ),
)


def rules_of(registry: str) -> MessageRules:
    """Return the rules of a registry; one that has no row takes everything."""
    return next((row for row in _RULES if row.registry == registry), MessageRules(registry))


def iter_message_problems(message: Message, registry: str) -> Iterator[Problem]:
    """Yield what *registry* says about the message beyond its objects, grouped by what it is about."""
    rules = rules_of(registry)
    yield from _updates(message, rules)
    yield from _passwords(message, rules)
    if message.dry_run:
        text = "this is a dry run: everything is judged, nothing is stored"
        yield problem_of("dry-run", text, message.dry_run, "leave the line out to have it stored")
    for update in message.updates:
        if update.deletions:
            yield from _deletions(update, message)
        for override in update.overrides:
            yield from _override(override, rules)


def _updates(message: Message, rules: MessageRules) -> Iterator[Problem]:
    if not message.updates:
        if any(problem.severity is Severity.ERROR for problem in message.problems):
            return  # that is why
        yield problem_of("no-update", "there is no object here", Span(1, 1), "expected an object to create or change")
    elif rules.max_updates is not None and len(message.updates) > rules.max_updates:
        first = next(islice(message.updates, rules.max_updates, None))
        text = f"this is one object too many; there are {len(message.updates):,}"
        hint = f"expected at most {rules.max_updates:,} objects in one message"
        yield problem_of("too-many-updates", text, first.object[0].name_span, hint)


def _passwords(message: Message, rules: MessageRules) -> Iterator[Problem]:
    if message.passwords and not rules.passwords:
        text = "the registry ignores passwords"
        hint = "sign the message, or send it from an authorised account"
        yield problem_of("password-ignored", text, message.passwords[0].span, hint)
    if rules.max_passwords is not None and len(message.passwords) > rules.max_passwords:
        hint = f"expected at most {rules.max_passwords} passwords in one message"
        yield problem_of(
            "too-many-passwords", "this is one password too many", message.passwords[rules.max_passwords].span, hint
        )


def _deletions(update: Update, message: Message) -> Iterator[Problem]:
    for deletion in update.deletions[1:]:
        yield problem_of(
            "delete-repeated", "a reason to delete the object was given before", deletion.span, "expected one delete:"
        )
    if "NEW" in message.keywords:
        text = "the message creates objects (keyword NEW), and this one shall be deleted"
        yield problem_of("delete-with-new", text, update.deletions[0].span, "expected a message without NEW")


def _override(override: Override, rules: MessageRules) -> Iterator[Problem]:
    if not override.user or not override.secret.reveal():
        hint = "expected override: user,password,remarks"
        yield problem_of("bad-override", "a user or a password is missing", override.span, hint)
    for option in override.options:
        name, equals, _ = (part.strip() for part in option.partition("="))
        if rules.override_options is not None and not (equals and name in rules.override_options):
            hint = f"expected {', '.join(sorted(rules.override_options))}, each with = and a value"
            yield problem_of("bad-override", f"{shown(name)} is no option of an override", override.span, hint)
