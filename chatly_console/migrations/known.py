"""What a person has found out in this visit beside what the database says: proofs and drift, and what is going on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from chatly_console.core.durations import age_words
from chatly_console.migrations.drift import Drift
from chatly_console.migrations.proof import Proof, summary
from chatly_console.migrations.reading import Reading


@dataclass
class Known:
    """The pane's memory; a new connection begins with an empty one."""

    reading: Reading = field(default_factory=Reading)
    proofs: Sequence[Proof] = ()
    proof_seconds: float | None = None
    """How long the whole proof took; None while it is running or was never run."""
    proof_failure: str = ""
    drift: Drift | None = None
    drift_failure: str = ""
    doing: str = ""
    """What is going on (`proof`, `drift`), or empty."""
    words: str = ""
    """What exactly is being done."""
    began: float = 0.0

    def begin(self, doing: str) -> None:
        """Something long begins."""
        self.doing, self.words, self.began = doing, "", monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return monotonic() - self.began if self.doing else 0.0

    @property
    def busy(self) -> str:
        """What is going on, in a few words."""
        doing = {"proof": "a proof", "drift": "a search for drift"}.get(self.doing, "")
        return f"{doing}, {age_words(self.seconds)}" if doing else ""

    def proof_of(self, version: str) -> Proof | None:
        """The proof of a file, where it was tried."""
        return next((one for one in self.proofs if one.file.version == version and (one.done or one.problems)), None)

    @property
    def proof_words(self) -> str:
        """For the line above the timeline."""
        if self.doing == "proof":
            return f"proving… {self.words}"
        if self.proof_failure:
            return "proof failed"
        if not self.proofs:
            return "not proven in this visit"
        sign = "✓" if all(one.ok for one in self.proofs) else "✗"
        return f"shadow proof: {summary(self.proofs, self.proof_seconds)} {sign}"

    @property
    def drift_words(self) -> str:
        """For the line above the timeline."""
        if self.doing == "drift":
            return f"looking for drift… {self.words}"
        return self.drift.summary if self.drift is not None else ""

    def marks(self) -> dict[str, str]:
        """Short words about each version: its proof, its findings."""
        found = {}
        for migration in self.reading.migrations:
            proof = self.proof_of(migration.version)
            worst = [one for one in self.reading.findings_of(migration) if one.level != "note"]
            words = []
            if proof is not None and not proof.ok:
                words.append("✗ not proven")
            if worst and migration.is_pending:
                words.append(f"▲ lint {len(worst)}")
            found[migration.version] = "  ".join(words)
        return found
