"""An index in which a team's irt names its key-cert."""

from pathlib import Path

from openpgp_made import MadeKey, certif

from irtkit.clients.dumps import build_index
from irtkit.openpgp.armour import PUBLIC_KEY, armoured


def team_index(folder: Path, team: MadeKey, mailbox: str) -> Path:
    """Build it in *folder*; the irt answers for 192.31.196.0/24 and has this *mailbox*."""
    name = f"PGPKEY-{team.fingerprint[-8:]}"
    dump = folder / "ripe.db"
    dump.write_text(
        "inetnum: 192.31.196.0 - 192.31.196.255\nmnt-irt: IRT-EXAMPLE\nsource: RIPE\n\n"
        f"irt: IRT-EXAMPLE\ne-mail: {mailbox}\nencryption: {name}\nsource: RIPE\n\n"
        f"key-cert: {name}\n{certif(armoured(team.public(), PUBLIC_KEY))}source: RIPE\n"
    )
    build_index([str(dump)], str(folder / "index.irt"))
    return folder / "index.irt"
