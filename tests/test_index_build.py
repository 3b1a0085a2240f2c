"""Indexes built from texts: what is counted, what is refused, what of two counts, and an invented registry's truth."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import irtkit
from irtkit.cli.tables import Table
from irtkit.clients.dumps import build_index
from irtkit.dump import Block, scan
from irtkit.index.collect import WANTED, Collector
from irtkit.index.layout import Flag, printable
from irtkit.index.lookup import Index
from irtkit.index.segments import NO_ROW

sys.path.insert(0, str(Path(__file__).parent / "property"))  # the folder is no package, and `worlds` is in it

from readings import blocks_of
from worlds import build, collect, lines


def network(key: str = "198.18.0.0 - 198.18.0.255", *more: tuple[str, str], source: str = "RIPE") -> str:
    return lines(("inet6num" if ":" in key else "inetnum", key), *more, ("source", source))


def irt(name: str, mail: str, source: str = "RIPE") -> str:
    return lines(("irt", name), ("e-mail", mail), ("source", source))


def record(index: Index, query: str = "198.18.0.1", policy: str = "csirt") -> dict[str, Any]:
    return index.resolve(query, policy).to_dict()


@pytest.mark.parametrize(
    "text", ["", "irt: X\n", "# nothing\n", "*xxinetnum: 198.18.0.0 - 198.18.0.255\nsource: RIPE\n"]
)
def test_an_index_without_ranges_knows_nobody(text: str) -> None:
    """Alone and in bulk, both families."""
    index = build([text])
    for address in ("0.0.0.0", "198.18.0.1", "255.255.255.255", "::", "2001:db8::1", "ffff::"):
        assert index.lookup(address) == NO_ROW
        assert record(index, address)["network"] is None
    assert index.lookup_many(["198.18.0.1", "::1", "x"]).tolist() == [-1, -1, -2]
    assert index.resolve_many(["192.88.99.1", "9.9.9.9"]).column("reason").to_pylist() == [
        "special-purpose",
        "unregistered",
    ]
    assert record(index, "0/0")["network"] is None


def test_an_index_of_one_family_has_nobody_in_the_other() -> None:
    index = build([network("2001:db8::/32")])
    assert record(index, "2001:db8::7")["network"] == "2001:db8::/32"
    assert record(index)["network"] is None


def test_the_ends_of_the_address_space_are_addresses_like_others() -> None:
    """Ranges that begin at the first address, end at the last, or are the last alone."""
    keys = (
        "0.0.0.0 - 0.0.0.0",
        "255.255.255.255 - 255.255.255.255",
        "255.255.255.0 - 255.255.255.255",
        "128.0.0.0 - 255.255.255.255",
    )
    prefixes = ("::/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ff00::/8")
    index = build(["\n".join(map(network, (*keys, *prefixes)))])
    expected = {
        "0.0.0.0": keys[0],
        "0.0.0.1": None,
        "127.255.255.255": None,
        "128.0.0.0": keys[3],
        "255.255.254.255": keys[3],
        "255.255.255.254": keys[2],
        "255.255.255.255": keys[1],
        "::": "::/128",
        "::1": None,
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": None,
        "ff00::": "ff00::/8",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": prefixes[1],
    }
    assert {address: record(index, address)["network"] for address in expected} == expected
    rows = index.lookup_many(list(expected)).tolist()
    assert [index.row_key(row) for row in rows] == list(expected.values())


def test_of_two_objects_with_one_key_the_better_source_counts_then_the_later() -> None:
    """For ranges as for irts: main source, NONAUTH, GRS; of the same source the one read last."""

    def answer(*sources: str) -> tuple[str | None, str | None]:
        texts = [
            network("198.18.0.0 - 198.18.0.255", ("netname", f"N{number}"), ("mnt-irt", "IRT-A"), source=source)
            + "\n"
            + irt("IRT-A", f"a{number}@example.net", source)
            for number, source in enumerate(sources)
        ]
        together, apart = record(build(["\n".join(texts)])), record(build(texts))
        assert together == apart
        return together["netname"], together["email"]

    assert answer("RIPE-GRS", "RIPE-NONAUTH") == ("N1", "a1@example.net")
    assert answer("RIPE-NONAUTH", "RIPE-GRS") == ("N0", "a0@example.net")
    assert answer("RIPE", "RIPE-NONAUTH", "RIPE-GRS") == ("N0", "a0@example.net")
    assert answer("RIPE", "RIPE") == ("N1", "a1@example.net")
    assert answer("RIPE", "ripe", "RIPE-GRS", "RIPE") == ("N3", "a3@example.net")
    assert answer("EXAMPLE-GRS", "EXAMPLE") == ("N1", "a1@example.net")


def test_an_irt_of_another_registry_is_no_irt_of_this_one() -> None:
    index = build([network("198.18.0.0/24", ("mnt-irt", "IRT-A")) + "\n" + irt("IRT-A", "a@example.net", "APNIC")])
    (contact,) = index.resolve("198.18.0.1").contacts
    assert (contact.handle, contact.email, contact.gap) == ("IRT-A", None, "missing-object")


def test_of_several_registries_the_smallest_real_object_answers() -> None:
    """Placeholders and roots give way, however small or large; a registry's hierarchy is walked by itself."""
    texts = [
        network("0.0.0.0 - 255.255.255.255", ("mnt-irt", "IRT-ROOT")),
        network("198.18.0.0 - 198.18.0.15", ("netname", "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK")),
        network("198.18.0.0 - 198.18.0.255", ("mnt-irt", "IRT-A"), source="APNIC"),
        network("198.18.0.64 - 198.18.0.127", source="AFRINIC"),
    ]
    index = build(["\n".join(texts)])
    found = {
        address: (record(index, address)["source"], record(index, address)["irts"])
        for address in ("198.18.0.1", "198.18.0.70", "198.18.1.1")
    }
    assert found == {
        "198.18.0.1": ("APNIC", ["IRT-A"]),
        "198.18.0.70": ("AFRINIC", []),
        "198.18.1.1": ("RIPE", ["IRT-ROOT"]),
    }
    assert record(index, "198.18.0.0/25")["source"] == "APNIC"
    assert record(index, "198.18.0.0/23")["source"] == "RIPE"
    assert record(index, "198.18.1.1")["reason"] == "special-purpose"


def test_a_placeholder_names_nobody_but_smaller_objects_inside_it_do() -> None:
    """It passes on neither its own irts nor those around it."""
    texts = [
        network("198.18.0.0 - 198.18.255.255", ("mnt-irt", "IRT-A")),
        network("198.18.0.0 - 198.18.0.255", ("mnt-by", "A,APNIC-STUB"), ("mnt-irt", "IRT-B"), source="APNIC"),
        network("198.18.0.0 - 198.18.0.255", ("netname", "non-ripe-ncc-managed-address-block"), ("mnt-irt", "IRT-B")),
        network("198.18.0.0 - 198.18.0.15"),
    ]
    index = build(["\n".join(texts)])
    assert record(index, "198.18.0.99")["irts"] == []
    assert record(index, "198.18.0.99")["network"] == "198.18.0.0 - 198.18.0.255"
    assert record(index, "198.18.0.1")["irts"] == ["IRT-A"]
    assert record(index, "198.18.9.1")["irts"] == ["IRT-A"]


def test_ranges_that_overlap_in_part_lend_their_irts_to_what_they_hold() -> None:
    """To an address, and to a range, that lies in both; the walk is told in order of size."""
    index = build(
        [network("198.18.0.0 - 198.18.0.9", ("mnt-irt", "IRT-A")) + "\n" + network("198.18.0.8 - 198.18.0.15")]
    )
    found = {
        query: record(index, query)["irts"]
        for query in ("198.18.0.7", "198.18.0.8", "198.18.0.8/31", "198.18.0.8/30", "198.18.0.10")
    }
    assert found == {
        "198.18.0.7": ["IRT-A"],
        "198.18.0.8": ["IRT-A"],
        "198.18.0.8/31": ["IRT-A"],
        "198.18.0.8/30": [],
        "198.18.0.10": [],
    }
    assert "inetnum 198.18.0.0 - 198.18.0.9 has mnt-irt IRT-A, 1 level up." in index.resolve("198.18.0.8").explain()


def test_levels_up_count_only_what_holds_the_address() -> None:
    """A range that ends just before it, or begins just after, is none, however the ranges overlap."""
    ranges = ["2 - 198.18.0.6", "5 - 198.18.0.7", "8 - 198.18.0.15", "10 - 198.18.0.17"]
    texts = [network("198.18.0.0 - 198.18.0.9", ("mnt-irt", "IRT-A")), *(network(f"198.18.0.{one}") for one in ranges)]
    (contact,) = build(["\n".join(texts)]).resolve("198.18.0.8").contacts
    assert (contact.handle, contact.inherited) == ("IRT-A", 1)


def test_an_object_without_source_has_none() -> None:
    """It stands in a registry without name, and no abuse-c counts there."""
    role = lines(("role", "R"), ("nic-hdl", "AR1-X"), ("abuse-mailbox", "r@example.net"))
    own = lines(("inetnum", "198.18.0.0/24"), ("abuse-c", "AR1-X"), ("mnt-irt", "IRT-A"), ("mnt-by", "RIPE-NCC-HM-MNT"))
    for text in (own, network("198.18.7.0/24") + "\n" + own):
        index = build([text + "\n" + role])
        assert (record(index)["source"], record(index)["irts"]) == (None, ["IRT-A"])
        assert [contact["kind"] for contact in record(index)["contacts"]] == ["irt"]
        assert index.resolve_many(["198.18.0.1"]).to_pylist() == [record(index)]
        assert "abuse-c: none." in index.resolve("198.18.0.1").explain().split("\n")


def test_a_suspect_mailbox_is_shown_with_that_word() -> None:
    """In the table that people read, where its contacts are not shown; not in the plain e-mail of programs."""
    team = lines(("irt", "IRT-A"), ("abuse-mailbox", "a@x"), ("remarks", "a@x is invalid"), ("source", "APNIC"))
    index = build([network("198.18.0.0/24", ("mnt-irt", "IRT-A"), source="APNIC") + "\n" + team])
    answer = {"input": "198.18.0.1", **record(index)}
    shown = [[*Table(fields, colours=False).lines([answer])][1] for fields in (None, ["email"])]
    assert shown[0].endswith("IRT-A  a@x (suspect)\n")
    assert shown[1] == "a@x\n"


def test_a_deep_nest_is_climbed_to_its_top() -> None:
    """Thirty-one levels, the mnt-irt at the outermost, the abuse-c halfway."""

    def prefix(length: int) -> str:
        more = [("mnt-irt", "IRT-TOP")] if length == 1 else [("abuse-c", "AR1-X")] if length == 16 else []
        return network(f"0.0.0.0/{length}", *more)

    role = lines(("role", "R"), ("nic-hdl", "AR1-X"), ("abuse-mailbox", "r@example.net"), ("source", "RIPE"))
    index = build(["\n".join([*map(prefix, range(1, 33)), role])])
    contacts = index.resolve("0.0.0.0", "all").contacts
    assert [(contact.handle, contact.inherited) for contact in contacts] == [("AR1-X", 16), ("IRT-TOP", 31)]


def test_unreadable_ranges_are_refused_with_their_line_and_harm_no_other() -> None:
    """Every notation that can be read is, and becomes canonical."""
    keys = [
        "198.18.0.0 - 198.18.0.255",
        "198.18.1.300",
        "198.18.2.0/24",
        "198.18.3",
        "198.18.4.9-198.18.4.1",
        "",
        "2001:DB8:0:0::/32",
        "2001:db8:1::/129",
        "200.0/16",
    ]
    text = "\n".join(lines(("inetnum", key), ("source", "LACNIC")) for key in keys)
    (block,) = blocks_of(text.encode())
    assert isinstance(block, Block)
    columns = scan(block, WANTED)
    Collector().add(columns, (0, 0))
    assert [rejected.line for rejected in columns.rejected] == [3, 9, 12, 15, 21]
    assert columns.rejected[0].message == "inetnum: '198.18.1.300', column 10: expected an octet from 0 to 255"
    index = build([text])
    found = {
        query: record(index, query)["network"]
        for query in ("198.18.0.1", "198.18.2.7", "198.18.4.2", "2001:db8:9::1", "200.0.3.4")
    }
    assert found == {
        "198.18.0.1": keys[0],
        "198.18.2.7": "198.18.2.0 - 198.18.2.255",
        "198.18.4.2": None,
        "2001:db8:9::1": "2001:db8::/32",
        "200.0.3.4": "200.0.0.0 - 200.0.255.255",
    }
    dead = [number for number, flags in enumerate(index.column("object.flags")) if flags & Flag.DEAD]
    assert len(dead) == 5


def test_objects_are_counted_by_source_and_class() -> None:
    """Also those whose range cannot be read, those without source, and duplicates."""
    collected = collect(
        [
            "\n".join(
                [
                    network(),
                    network(),
                    network("x"),
                    network("::/128", source="apnic # Filtered"),
                    irt("A", "a"),
                    "inetnum: 10/8\n",
                ]
            ),
            "\n".join([irt("A", "b"), network(source="RIPE-GRS")]),
        ],
        collectors=2,
        size=100,
        max_object=300,
    )
    assert collected.counts == {
        ("RIPE", "inetnum"): 3,
        ("APNIC", "inet6num"): 1,
        ("RIPE", "irt"): 2,
        ("", "inetnum"): 1,
        ("RIPE-GRS", "inetnum"): 1,
    }


HOSTILE = "\x1b[31mred\x7f\u202e\u200b\x85\ufeff"


def test_no_text_in_an_index_can_steer_a_terminal_or_hide() -> None:
    """Control and formatting characters of registry text are replaced, wherever it is kept or told."""
    names = {"netname": f"N{HOSTILE}", "country": HOSTILE, "org": f"O{HOSTILE}", "mnt-irt": f"IRT{HOSTILE}"}
    source = f"S{HOSTILE}"
    text = "\n".join(
        [
            network("198.18.0.0/24", *names.items(), ("abuse-c", f"AR{HOSTILE}"), source=source),
            irt(f"IRT{HOSTILE}", f'"{HOSTILE}"@example.net', source),
            lines(("role", "R"), ("nic-hdl", f"AR{HOSTILE}"), ("abuse-mailbox", "a@example.net"), ("source", source)),
            network(f"198.18.9.0{HOSTILE}"),
        ]
    )
    index = build([text])
    told = json.dumps(record(index), ensure_ascii=False) + index.resolve("198.18.0.1").explain().replace("\n", "")
    kept = b"".join(index.file.array(name).tobytes() for name in index.file.names if name.endswith(".text")).decode()
    table = json.dumps(index.resolve_many(["198.18.0.1"]).to_pylist(), ensure_ascii=False)
    for shown in (told, kept, table):
        assert shown == printable(shown)
        assert "\ufffd" in shown
    assert record(index)["netname"] == "N\ufffd[31mred" + "\ufffd" * 5


@pytest.fixture(scope="module")
def generator(shared: Path) -> Path:
    """The program that invents registries."""
    program = shared / "tools" / "gen_dump.py"
    if not program.is_file():
        pytest.skip(f"no {program.name} beside the project")
    return program


@pytest.mark.parametrize(
    "options",
    [["--seed", "1"], ["--seed", "2", "--encoding", "utf-8"], ["--seed", "3", "--overlaps", "200", "--gzip"]],
    ids=" ".join,
)
def test_an_invented_registry_gives_its_truth(options: list[str], generator: Path, tmp_path: Path) -> None:
    """Network, irts and where they come from, of every address that the generator asks about."""
    made = tmp_path / "made"
    command = [
        sys.executable,
        str(generator),
        "--inetnum",
        "3000",
        "--inet6num",
        "600",
        "--truth",
        "3000",
        "--out",
        str(made),
    ]
    subprocess.run([*command, *options], check=True, capture_output=True)
    build_index([str(made)], str(tmp_path / "index"))
    index = irtkit.open_index(tmp_path / "index")
    truth = [json.loads(line) for line in (made / "truth.jsonl").read_text().splitlines()]
    assert len(truth) == 3000
    assert sum(bool(known["irts"]) for known in truth) > 300
    table = (
        index.resolve_many([known["ip"] for known in truth])
        .select(["network", "irt_network", "irts", "org"])
        .to_pylist()
    )
    for known, found in zip(truth, table, strict=True):
        expected = {
            "network": known["net"],
            "irt_network": known["irt_net"],
            "irts": known["irts"],
            "org": known["org"],
        }
        assert found == expected, known["ip"]
    for known in truth[::50]:
        alone = index.resolve(known["ip"])
        assert (alone.network, alone.irt_network, list(alone.irts)) == (known["net"], known["irt_net"], known["irts"])
