"""What an editor of SQL can know from the text and the catalogue alone: completion, signatures, what a word means."""

from chatly_console.core.completion.complete import complete
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.pointing import Pointed, pointed_at
from chatly_console.core.completion.proposal import Completion, Proposal
from chatly_console.core.completion.signatures import Signature, signatures_at

__all__ = ["Completion", "Names", "Pointed", "Proposal", "Signature", "complete", "pointed_at", "signatures_at"]
