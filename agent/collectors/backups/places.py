"""Does a backup leave the host? Its address is looked at, and only the answer is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

_REMOTE = re.compile(
    r"""(?<![\w/.-])(?:s3|sftp|rest|b2|azure|gs|swift|rclone|ssh|scp|ftps?|webdavs?|davs?|rsync|nfs|smb|cifs)
            (?:\+\w+)?:(?://)?[\w$\{"'%]
      | (?<![\w/.-])[\w.$\{\}-]+@[\w.\[$\{-][\w.:\]\}-]*:(?!\s|//)
      | \b[\w.-]+::[\w/]
      | \baws\ s3\ (?:cp|sync)\b | \baz\ storage\b | \bgsutil\b | \bs3cmd\b | \bmc\ (?:mirror|cp)\b
      | \brclone\b[^\n]*\s[\w-]+:""",
    re.VERBOSE | re.IGNORECASE,
)
_LOCAL = re.compile(
    r"""(?:(?:\s-r|--repo(?:sitory)?2?|--target|--repository-path|REPO(?:SITORY)?)(?:\s+|\s*=\s*)["']?
          | \bborg\ (?:create|check)\ (?:-\S+\ )*
          | \bpath:\s*["']?
          | \brepo\d+-path\s*=\s*
          | \bfile://
          | ^\s*-\s+["']?(?=/)
          | \brepository\s*[=:]\s*["']?)(?P<path>/[^\s"':]*)""",
    re.VERBOSE | re.MULTILINE,
)
_PGBACKREST = re.compile(r"^\s*repo\d+-(?:host\s*=\s*\S+|type\s*=\s*(?:s3|azure|gcs|sftp)\b)", re.MULTILINE)
_REMOTE_SYSTEMS = frozenset(["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "glusterfs", "ceph", "fuse.rclone", "9p"])


def off_site(texts: Iterable[str], mounts: str) -> bool | None:
    """Tell whether a repository is on another machine; None when no address of one is recognised.

    Parameters
    ----------
    texts
        Commands, scripts and configurations of one tool.
    mounts
        Text of ``/proc/mounts``: a folder may be another machine's.
    """
    joined = "\n".join(texts)
    if _REMOTE.search(joined) or _PGBACKREST.search(joined):
        return True
    local = [found["path"] for found in _LOCAL.finditer(joined)]
    if not local:
        return None
    far = _remote_folders(mounts)
    return any(path == folder or path.startswith(f"{folder}/") for path in local for folder in far)


def _remote_folders(mounts: str) -> tuple[str, ...]:
    rows = (line.split() for line in mounts.splitlines())
    return tuple(row[1] for row in rows if len(row) > 2 and row[2] in _REMOTE_SYSTEMS)  # noqa: PLR2004 - type is the third
