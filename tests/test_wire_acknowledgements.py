"""Acknowledgements are read object by object, and believed only as far as they agree with themselves."""

from pathlib import Path

import pytest

from irtkit.errors import AnswerError
from irtkit.problems import Severity
from irtkit.wire.acknowledgements import Acknowledgement, Outcome, Remark, parse_acknowledgement

FOLDER = Path(__file__).parents[1] / "fixtures" / "rpsl" / "acknowledgements"


def read(name: str) -> Acknowledgement:
    return parse_acknowledgement((FOLDER / f"{name}.txt").read_text(encoding="utf-8"), server="registry.example")


def test_each_object_has_its_own_result() -> None:
    """Outcome, action, class, key, and the name of a person beside its handle, in the registry's order."""
    said = read("mixed")
    assert [(one.outcome, one.action, one.class_name, one.key, one.name) for one in said.results] == [
        (Outcome.FAILED, "modify", "inetnum", "192.0.2.0 - 192.0.2.255", ""),
        (Outcome.SUCCEEDED, "create", "person", "AE1-RIPE", "Ada Example"),
        (Outcome.SUCCEEDED, "delete", "irt", "IRT-OLD", ""),
        (Outcome.NO_OPERATION, "no-operation", "irt", "irt-example", ""),
    ]
    assert (said.tally.found, said.tally.succeeded, said.tally.failed) == (4, 3, 1)
    assert said.doubts == ()
    assert not said.is_good


def test_remarks_are_unwrapped_and_know_their_attribute() -> None:
    """Wrapped lines are joined; a remark under an attribute is about it, one after an empty line about the object."""
    failed, _, _, unchanged = read("mixed").results
    assert failed.remarks == (
        Remark(Severity.ERROR, "Country not recognised: QQ", "country:        QQ"),
        Remark(
            Severity.WARNING,
            "Supplied attribute 'last-modified' has been replaced with a generated value",
            "last-modified:  2020-01-01T00:00:00Z",
        ),
        Remark(
            Severity.ERROR,
            "Authorisation for [inetnum] 192.0.2.0 - 192.0.2.255 failed "
            'using "mnt-irt:" not authenticated by: IRT-EXAMPLE',
        ),
    )
    assert unchanged.remarks == (Remark(Severity.WARNING, "Submitted object identical to database object"),)


def test_what_is_about_the_whole_message_is_no_object_s() -> None:
    """Remarks before the first object, and paragraphs that are no object."""
    said = read("mixed")
    assert [remark.text for remark in said.remarks] == ["Invalid keyword(s) found: PLEASE", "All keywords were ignored"]
    assert said.ignored == ("Dear registry,\nplease take these objects.", "Kind regards")


def test_a_dry_run_says_so() -> None:
    """The registry's own words count, not what was asked for."""
    said = read("dry-run")
    assert said.is_dry_run
    assert said.is_good
    assert not read("mixed").is_dry_run


def test_a_good_object_in_a_cancelled_message_is_not_stored() -> None:
    """Its success does not count where all changes were cancelled."""
    assert [one.outcome for one in read("all-cancelled").results] == [Outcome.FAILED, Outcome.CANCELLED]
    assert not read("all-cancelled").is_good


def test_counts_that_disagree_with_the_list_are_doubts() -> None:
    """An acknowledgement that lists fewer objects than it counts is not believed to be good."""
    said = read("count-disagrees")
    assert said.doubts == (
        "the summary says 2 objects found, and the list has 1",
        "the summary says 2 processed successfully, and the list has 1",
    )
    assert not said.is_good


def test_actions_are_counted_too() -> None:
    """One kind of success cannot stand in for another."""
    text = (FOLDER / "dry-run.txt").read_text(encoding="utf-8").replace("Create SUCCEEDED", "Delete SUCCEEDED")
    said = parse_acknowledgement(text, server="registry.example")
    assert said.doubts == (
        "the summary says 1 to create done, and the list has 0",
        "the summary says 0 to delete done, and the list has 1",
    )


def test_a_message_without_objects_is_not_good() -> None:
    """Zero of zero objects is no success."""
    said = read("nothing-found")
    assert said.remarks == (Remark(Severity.ERROR, "No valid update found"),)
    assert said.ignored == ("hello\npassword: not-for-display",)
    assert not said.is_good


@pytest.mark.parametrize("text", ["", "Invalid source specified: X", "<html>504</html>", "SUMMARY OF UPDATE:\n\n"])
def test_what_is_no_acknowledgement_is_an_error(text: str) -> None:
    """It names the server and shows the beginning."""
    with pytest.raises(AnswerError, match=r"^registry\.example: sent no acknowledgement"):
        parse_acknowledgement(text, server="registry.example")


def test_line_ends_do_not_matter() -> None:
    """CR LF is read as LF."""
    text = (FOLDER / "mixed.txt").read_text(encoding="utf-8")
    assert parse_acknowledgement(text.replace("\n", "\r\n"), server="x.example") == read("mixed")


def test_a_value_cannot_pass_for_a_result() -> None:
    """Rules and result lines inside of values, which are indented, end no section and make no result."""
    text = (FOLDER / "mixed.txt").read_text(encoding="utf-8")
    forged = text.replace(
        "country:        QQ\n",
        "remarks:        x\n                ---\n+Create SUCCEEDED: [irt] IRT-FORGED\ncountry: QQ\n",
    )
    said = parse_acknowledgement(forged, server="x.example")
    assert [one.key for one in said.results] == [one.key for one in read("mixed").results]


def test_what_looks_like_a_result_at_the_beginning_of_a_line_is_doubted() -> None:
    """Even if a value could begin a line, the summary would not count it."""
    text = (FOLDER / "mixed.txt").read_text(encoding="utf-8")
    said = parse_acknowledgement(
        text.replace("source:         RIPE\n", "---\nCreate SUCCEEDED: [irt] X\n", 1), server="x"
    )
    assert said.doubts
