"""The backup's file: a zip with a manifest of every part's size and SHA-256, and the manifest's own.

``manifest.json`` names the format, the program, who made it and when, the ledger's version, its newest snapshot and the last entry of its
audit trail, and every other part. Nothing of a part is believed before its hash was counted anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text

FORMAT = "kcz-backup-1"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
CHUNK = 1 << 20
#: A manifest larger than this is none of ours.
MANIFEST_BYTES = 256 * 1024 * 1024
#: What no part of a name may have, so that it unpacks inside the folder it is meant for on every system.
_UNSAFE = re.compile(r'[\x00-\x1f\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup: ``name`` with slashes, under the store's home."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``snapshot``: number and id of the newest, None of an empty store; ``audit``: number and hash of the
    last entry of the trail; ``sha256``: of the manifest, which names the backup."""

    made_at: str
    actor: str
    program: str
    ledger_version: str
    snapshot: tuple[int, str] | None
    audit: tuple[int, str]
    parts: tuple[Part, ...]
    sha256: str

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


class Packing:
    """Adds parts to a backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.parts: list[Part] = []

    def add(self, name: str, stream: BinaryIO, *, packed: bool = False) -> Part:
        """Copy ``stream`` in as ``name``; ``packed`` where it is compressed already."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        part = Part(name, size, digest.hexdigest())
        self.parts.append(part)
        return part

    def close(self, said: Mapping[str, Any]) -> str:
        """Write the manifest and its seal; returns the seal."""
        whole = {"format": FORMAT, **said, "parts": [[part.name, part.size, part.sha256] for part in self.parts]}
        content = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()
        seal = hashlib.sha256(content).hexdigest()
        self._archive.writestr(MANIFEST, content)
        self._archive.writestr(SEAL, seal + "\n")
        return seal


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive at ``path`` and its manifest. Errors: StoreError where it is no backup, or damaged, in or after this."""
    damaged = T("不是备份文件，或已损坏")
    try:
        with zipfile.ZipFile(path) as archive:
            try:
                manifest = _manifest(path, archive)
            except (ValueError, KeyError, TypeError, struct.error) as error:
                raise unsound(path, damaged) from error
            yield archive, manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise unsound(path, damaged) from error


def read_manifest(path: Path) -> Manifest:
    """What the backup says of itself; its other parts are not read."""
    with reading(path) as (_, manifest):
        return manifest


def unpack(path: Path, archive: zipfile.ZipFile, part: Part, target: Path) -> None:
    """Write one part to ``target``, no more bytes than it is said to have. Errors: StoreError where it is not what the manifest says."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(part.name) as stream, target.open("wb") as out:
        while size <= part.size and (chunk := stream.read(CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise unsound(path, T("备份中的 {name} 与清单的哈希不符", name=part.name))


def unsound(path: Path, message: Text) -> StoreError:
    return StoreError(Issue("backup_unsound", message, place=str(path), hint=T("换一个备份；现有的数据没有改变")))


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise unsound(path, T("备份的清单太大"))
    content = archive.read(MANIFEST)
    seal = hashlib.sha256(content).hexdigest()
    if archive.read(SEAL).decode("ascii", errors="replace").strip() != seal:
        raise unsound(path, T("备份的清单与其哈希不符"))
    said = json.loads(content)
    if said.get("format") != FORMAT:
        raise unsound(path, T("备份的格式 {name} 未知", name=said.get("format")))
    parts = tuple(Part(name, size, sha256) for name, size, sha256 in said["parts"])
    names = [part.name for part in parts]
    if len(set(names)) != len(names) or {*names, MANIFEST, SEAL} != set(archive.namelist()) or not all(map(_safe, names)):
        raise unsound(path, T("备份中的文件与清单不符"))
    return Manifest(
        made_at=said["made_at"],
        actor=said["actor"],
        program=said["program"],
        ledger_version=said["ledger_version"],
        snapshot=tuple(said["snapshot"]) if said["snapshot"] else None,
        audit=tuple(said["audit"]),
        parts=parts,
        sha256=seal,
    )


def _safe(name: str) -> bool:
    return not _UNSAFE.search(name) and not any(part.strip(". ") == "" for part in name.split("/"))
