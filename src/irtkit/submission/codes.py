"""The problems of update messages and of the files that hold them, one row each; those of objects have their own table.

In an example, what stands after `% in the database:` is stored already, what stands after `% submitted:` is judged, and
`% keywords:` are those that come with the message. It finds no problem.
"""

from types import MappingProxyType

from irtkit.problems import Problem, Severity, Span
from irtkit.validation.codes import GROUPS as OF_OBJECTS
from irtkit.validation.codes.rows import RIPE, Code, Group
from irtkit.validation.database_codes import GROUP as OF_DATABASES

__all__ = ["CODES", "GROUPS", "TITLES", "place_of", "problem_of"]

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_UPDATES = f"{RIPE}: update messages"
_FILES = "irtkit: what a file of objects is"
_OTHER = "mntner: OTHER-MNT\nsource: RIPE\n"
_WHOLE = (
    "mntner: EXAMPLE-MNT\nadmin-c: EX1-RIPE\nupd-to: hostmaster@example.net\nauth: PGPKEY-0A0B0C0D\n"
    "mnt-by: EXAMPLE-MNT\nsource: RIPE\n"
)
_OBJECT = "mntner: EXAMPLE-MNT\nsource: RIPE\n"

_MESSAGES = (
    Code(
        "comment-line-in-object",
        _ERROR,
        "a comment line stands inside an object",
        "Lines that begin with % or # are comments only between objects. Inside one, the registry reads such a line as "
        "the beginning of the next attribute's name, which it then does not know.",
        wrong="# our maintainer\nmntner: EXAMPLE-MNT\nsource: RIPE\n",
        right="# our maintainer\n\nmntner: EXAMPLE-MNT\nsource: RIPE # or behind a value\n",
        citation=f"{RIPE}: RpslObjectBuilder",
    ),
    Code(
        "ignored-text",
        _WARNING,
        "a paragraph is no object",
        "The registry lists the paragraph as ignored and goes on with the next one. So it does with an object whose "
        "class is misspelled, but what is much like an object is an error here.",
        wrong=f"Please create this one.\n\n{_OBJECT}",
        right=_OBJECT,
        citation=_UPDATES,
    ),
    Code(
        "instruction-alone",
        _WARNING,
        "a delete or override line has no object",
        "Such a line is about the object of its own paragraph; by itself it does nothing.",
        wrong=f"delete: no longer used\n\n{_OBJECT}",
        right=f"{_OBJECT}delete: no longer used\n",
        citation=_UPDATES,
    ),
    Code(
        "stray-carriage-return",
        _ERROR,
        "a carriage return stands inside a line",
        "The registry takes carriage returns out, so that what is on both sides of one grows together. Lines end in "
        "LF or CR LF.",
        wrong="mntner: EXAMPLE-MNT\rsource: RIPE\n",
        right=_OBJECT,
        citation=_UPDATES,
    ),
    Code(
        "mixed-line-ends",
        _INFO,
        "some lines end in LF and some in CR LF",
        "The registry reads both; tools that compare lines may not.",
        wrong="mntner: EXAMPLE-MNT\r\nsource: RIPE\n",
        right=_OBJECT,
        citation=_UPDATES,
    ),
    Code(
        "signature-missing",
        _ERROR,
        "a signed text has no signature",
        "A clear-signed text needs its signature, from its first line to its last. Without it the registry takes "
        "the text for plain text that nobody signed.",
        wrong=f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{_OBJECT}",
        right=f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{_OBJECT}"
        "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n",
        citation="RFC 9580, section 7",
    ),
    Code(
        "signed-too-deep",
        _ERROR,
        "a text is signed too many times",
        "Signed texts may be signed again, but nobody needs more than a few signatures; more are not opened.",
        wrong="% a text that is signed nine times",
        right="% a text that is signed once",
        citation="irtkit: a limit of its own",
    ),
    Code(
        "unknown-keyword",
        _WARNING,
        "a word beside the message is no keyword",
        "The subject of a mail, or the parameters of a form, may say NEW, HELP, HOWTO or DIFF. With any other word "
        "the registry ignores all of them.",
        wrong=f"% keywords: NEW please\n\n{_OBJECT}",
        right=f"% keywords: NEW\n\n{_OBJECT}",
        citation=f"{RIPE}: keywords",
    ),
    Code(
        "delete-repeated",
        _ERROR,
        "an object has two delete lines",
        "One reason is given for a deletion.",
        wrong=f"{_OBJECT}delete: unused\ndelete: renumbered\n",
        right=f"{_OBJECT}delete: unused, renumbered\n",
        citation=_UPDATES,
    ),
    Code(
        "delete-with-new",
        _ERROR,
        "an object is to be deleted in a message of new ones",
        "The keyword NEW says that every object of the message is created.",
        wrong=f"% keywords: NEW\n\n{_OBJECT}delete: unused\n",
        right=f"% keywords: NEW\n\n{_OBJECT}",
        citation=f"{RIPE}: keywords",
    ),
    Code(
        "new-object-exists",
        _ERROR,
        "an object of a message of new ones is there already",
        "The keyword NEW says that every object of the message is created; it is refused when the key is taken.",
        wrong=f"% in the database:\n{_OBJECT}\n% keywords: NEW\n\n% submitted:\n{_OBJECT}",
        right=f"% in the database:\n{_OTHER}\n% keywords: NEW\n\n% submitted:\n{_OBJECT}",
        citation=f"{RIPE}: keywords",
    ),
    Code(
        "identical-object",
        _WARNING,
        "an object is stored as it is submitted",
        "Nothing would change. What the registry generates does not count in this, nor do case and layout.",
        wrong=f"% in the database:\n{_WHOLE}\n% submitted:\n{_WHOLE}",
        right=f"% in the database:\n{_WHOLE}\n% submitted:\n{_WHOLE}remarks: on duty all day\n",
        citation=f"{RIPE}: SingleUpdateHandler, RpslObjectFilter",
    ),
    Code(
        "password-ignored",
        _WARNING,
        "passwords no longer authorise",
        "The registry ignores password lines, and a message that is signed or sent by an authorised account is taken "
        "without them.",
        wrong=f"password: example\n{_OBJECT}",
        right=_OBJECT,
        citation=f"{RIPE}: md5.password.supported, off since 1.121",
    ),
    Code(
        "too-many-passwords",
        _ERROR,
        "a message has too many passwords",
        "The registry tries 20 passwords of one message at most.",
        wrong="".join(f"password: {number}\n" for number in range(21)) + _OBJECT,
        right=_OBJECT,
        citation=f"{RIPE}: passwords",
    ),
    Code(
        "bad-override",
        _ERROR,
        "an override line cannot be read",
        "The staff of a registry writes a user, a password and remarks, with commas between them; options stand in "
        "braces in the remarks: oid, notify, skip-last-modified, update-on-noop.",
        wrong=f"{_OBJECT}override: example\n",
        right=f"{_OBJECT}override: example,secret,a correction {{notify=false}}\n",
        citation=f"{RIPE}: override",
    ),
    Code(
        "dry-run",
        _INFO,
        "the message is a dry run",
        "All of its objects are judged, and none is stored, wherever in the message the line stands.",
        wrong=f"dry-run:\n{_OBJECT}",
        right=_OBJECT,
        citation=_UPDATES,
    ),
    Code(
        "no-update",
        _ERROR,
        "there is no object in the message",
        "The registry answers that it found no valid update.",
        wrong="# nothing but a comment\n",
        right=_OBJECT,
        citation=_UPDATES,
    ),
    Code(
        "too-many-updates",
        _WARNING,
        "a message has more objects than may be sent at once",
        "The registry's rules of use allow so many objects in one update; send them in several.",
        wrong="% a message of 5,001 objects",
        right="% a message of 5,000 objects",
        citation="RIPE Database Acceptable Use Policy, 2024",
    ),
)

_FILE_ROWS = (
    Code(
        "unreadable-file",
        _ERROR,
        "a file cannot be read",
        "It is not there, is a folder, may not be read, or is larger than any submission.",
        wrong="% no such file",
        right="% a file of objects",
        citation=_FILES,
    ),
    Code(
        "not-text",
        _ERROR,
        "a file is no text of objects",
        "It is compressed, is written in two or four bytes a character, or has NUL bytes.",
        wrong="% a file in UTF-16",
        right="% the same file in UTF-8",
        citation=_FILES,
    ),
    Code(
        "unknown-encoding",
        _WARNING,
        "a byte is no character",
        "The file is neither UTF-8 nor latin-1; what the registry makes of the byte is a question mark.",
        wrong="% a file in windows-1252 with a typographic quotation mark",
        right="% the same file in UTF-8",
        citation=f"{RIPE}: character sets",
    ),
    Code(
        "mixed-encodings",
        _WARNING,
        "a file is partly UTF-8 and partly latin-1",
        "Whoever sends it has to name one of them, and the other's characters become something else.",
        wrong="% a file with a letter in UTF-8 and another one in latin-1",
        right="% the same file, all of it in UTF-8",
        citation=f"{RIPE}: character sets",
    ),
    Code(
        "unusable-database",
        _ERROR,
        "what should be checked against cannot be used",
        "The index or file that --against names cannot be read. The objects are checked without it.",
        wrong="% an index that is damaged",
        right="% the index, built again",
        citation=_FILES,
    ),
)

GROUPS = (
    Group(
        "Messages", "An update message is more than its objects: instructions, keywords, signatures, text.", _MESSAGES
    ),
    Group(
        "Files",
        "A file with one of these problems is checked as far as it can be read, and so are the others.",
        _FILE_ROWS,
    ),
)
"""The codes by what they are about, in the order of the manual."""

CODES = MappingProxyType({row.code: row for group in GROUPS for row in group.rows})
"""Every code by its name."""

TITLES = MappingProxyType({row.code: row.title for group in (*OF_OBJECTS, OF_DATABASES, *GROUPS) for row in group.rows})
"""What every code of irtkit is about, those of objects and of databases included."""


def problem_of(code: str, message: str, span: Span | None, hint: str | None = None) -> Problem:
    """Return a problem with the severity and the citation of its code."""
    row = CODES[code]
    return Problem(code, row.severity, message, span, hint, row.citation)


def place_of(problem: Problem) -> tuple[int, int]:
    """Return the line and the column of a problem, to sort by; one without a place comes first."""
    return (problem.span.line, problem.span.column) if problem.span else (0, 0)
