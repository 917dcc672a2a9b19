"""What the reading process is asked for, and the shape in which rows travel."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

# A field a request may ask for: what stands in a row of separated text to the right of the last heading.
BEYOND = "beyond"
Batch = tuple[Sequence[int], list[list[str]]]  # line numbers as a person counts them, and a list of cells per field


@dataclass(frozen=True)
class Limits:
    """What one reading may cost."""

    memory_bytes: int = 2 * 2**30
    cpu_seconds: int = 600
    silence_seconds: float = 180  # without a row or a word from the process
    file_bytes: int = 512 * 2**20
    rows: int = 3_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Request:
    """One file to read: `columns` is field → known headings, in the order in which the cells are wanted."""

    path: str
    columns: dict[str, list[str]]
    required: list[str]
    limits: Limits
    cleaner: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Request":
        return cls(**{**told, "limits": Limits(**told["limits"])})
