"""What became of a submission, for people and as JSON. It decides nothing, and shows no password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from irtkit.authorisation import as_record as plan_record
from irtkit.cli.terminals import text_report
from irtkit.live.submitting import State, Stored
from irtkit.reports.excerpts import escaped
from irtkit.reports.records import as_record
from irtkit.rpsl.paragraphs import masked
from irtkit.wire.acknowledgements import Outcome

if TYPE_CHECKING:
    from irtkit.clients.submitting import Outcome as Done
    from irtkit.live.submitting import Fate, Report
    from irtkit.wire.acknowledgements import Remark

__all__ = ["as_json", "as_text"]

_UNSAID = "the registry said nothing"
_STORED = {
    Stored.AS_SENT: "the registry has it as it was sent",
    Stored.DIFFERENT: "the registry has it, but not as it was sent",
    Stored.ABSENT: "the registry does not have it",
    Stored.GONE: "it is gone",
    Stored.STILL_THERE: "it is still there",
    Stored.NOT_ASKED: "",
}


def as_text(outcome: Done, place: str) -> str:
    """Return the report on a submission to *place*, in lines."""
    return "".join(f"{line}\n" for line in _lines(outcome, place))


def _lines(outcome: Done, place: str) -> Iterator[str]:
    for name, fault in outcome.faults:
        yield f"{escaped(name)}: {escaped(fault.message)}"
    preparation = outcome.preparation
    report = text_report()
    report.tally.objects = len(preparation.message.updates)
    for piece in (*report.file(outcome.name, outcome.text, preparation.problems), *report.end()):
        yield piece.removesuffix("\n")
    for note in outcome.notes:
        yield f"{note.severity}: {escaped(note.message)}"
    for plan in preparation.plans:
        if plan.authorised:
            yield f"{plan.operation} {escaped(plan.class_name)} {escaped(plan.key)}: {escaped(str(plan))}"
    for reason in preparation.refusals:
        yield f"{'although ' if outcome.was_forced else 'not sent: '}{escaped(reason)}"
    if outcome.written is not None:
        yield f"written to {escaped(outcome.written)}; nothing was sent"
    elif outcome.report is not None:
        yield from _report_lines(outcome.report, place)
    elif outcome.refused:
        yield "nothing was sent (--force sends it anyway)"


def _what_it_did(report: Report) -> str:
    said = report.acknowledgement
    if not report.is_dry_run:
        return "answered"
    if said is not None and said.is_dry_run:
        return "judged in a dry run; nothing was stored"
    return "answered; a dry run was asked for, and the answer does not say that it was one: look what is stored"


def _report_lines(report: Report, place: str) -> Iterator[str]:
    name = escaped(place)
    if report.state is State.UNSENT:
        yield f"{name}: nothing was sent: {escaped(report.reason)}"
    elif report.state is State.REFUSED:
        yield f"{name}: did not look at it: {escaped(report.reason)}"
    elif report.state is State.UNKNOWN:
        yield f"{name}: unknown: it was sent, and the answer was lost: {escaped(report.reason)}"
        yield "it is not sent again; ask for the objects before you do"
    else:
        yield f"{name}: {_what_it_did(report)}"
    said = report.acknowledgement
    for remark in said.remarks if said else ():
        yield f"  {_remark(remark)}"
    for fate in report.fates:
        yield from _fate_lines(fate)
    for text in said.ignored if said else ():
        yield f"not taken for an object: {escaped(masked(text).splitlines()[0])}"
    for doubt in said.doubts if said else ():
        yield f"doubtful: {escaped(doubt)}"


def _fate_lines(fate: Fate) -> Iterator[str]:
    result = fate.result
    what = f"{result.action} " if result.action and result.action != "no-operation" else ""
    about = f"{escaped(result.class_name)} {escaped(result.key)}".rstrip()
    sent = "" if fate.update is not None else ", which nobody sent"
    seen = _STORED[fate.finding.stored]
    became = _UNSAID if result.outcome is Outcome.MISSING else result.outcome
    yield f"{about}: {what}{became}{sent}{f'; {seen}' if seen else ''}"
    for remark in result.remarks:
        yield f"  {_remark(remark)}"
    for difference in fate.finding.differences:
        yield f"  {escaped(str(difference))}"
    if fate.finding.reason:
        yield f"  not fetched back: {escaped(fate.finding.reason)}"


def _remark(remark: Remark) -> str:
    about = f" ({escaped(masked(remark.attribute))})" if remark.attribute else ""
    return f"{remark.severity}: {escaped(masked(remark.text))}{about}"


def as_json(outcome: Done, place: str) -> str:
    """Return the same as one JSON object; its keys are stable."""
    report = outcome.report
    said = report.acknowledgement if report else None
    record = {
        "version": 1,
        "file": outcome.name,
        "to": place,
        "good": outcome.is_good,
        "state": "written" if outcome.written else report.state.value if report else "unsent",
        "reason": report.reason if report else "; ".join(outcome.refused),
        "dry_run": bool(report and report.is_dry_run),
        "forced": outcome.was_forced,
        "output": outcome.written,
        "refusals": list(outcome.preparation.refusals),
        "problems": [
            *(as_record(fault, name) for name, fault in outcome.faults),
            *(as_record(problem, outcome.name) for problem in (*outcome.preparation.problems, *outcome.notes)),
        ],
        "plans": [plan_record(plan) for plan in outcome.preparation.plans],
        "objects": [_fate_record(fate) for fate in (report.fates if report else ())],
        "remarks": [_remark_record(remark) for remark in (said.remarks if said else ())],
        "ignored": [masked(text) for text in (said.ignored if said else ())],
        "doubts": list(said.doubts if said else ()),
    }
    return json.dumps(record, indent=1) + "\n"


def _fate_record(fate: Fate) -> dict[str, Any]:
    result, finding = fate.result, fate.finding
    return {
        "class": result.class_name,
        "key": result.key,
        "line": fate.update.object.line if fate.update else None,
        "action": result.action,
        "outcome": result.outcome.value,
        "good": fate.is_good,
        "remarks": [_remark_record(remark) for remark in result.remarks],
        "stored": finding.stored.value,
        "differences": [
            {"attribute": one.attribute, "value": one.value, "stored": one.is_stored} for one in finding.differences
        ],
        "reason": finding.reason,
    }


def _remark_record(remark: Remark) -> dict[str, str | None]:
    attribute = None if remark.attribute is None else masked(remark.attribute)
    return {"severity": remark.severity.value, "text": masked(remark.text), "attribute": attribute}
