"""GRANT, REVOKE, COMMENT and their like: what says something about objects, and in which words."""

from chatly_console.core.classify.types import Classification, Risk
from chatly_console.core.classify.words import Words

_LOCKED = ("table", "column", "view", "index")


def classify_about(words: Words) -> Classification:
    """GRANT, REVOKE, COMMENT, SECURITY LABEL, REASSIGN, IMPORT, ALTER DEFAULT PRIVILEGES."""
    verb = words.text(0).upper()
    if verb == "ALTER":
        sentence = (
            f"ALTER DEFAULT PRIVILEGES changes what new objects allow: {_rest(words, _index(words, 'grant', 'revoke'))}"
        )
        return Classification("ALTER DEFAULT PRIVILEGES", writes=True, risk=Risk.WRITES, sentence=sentence)
    on = words.text(2) if verb == "COMMENT" else ""
    lock = "SHARE UPDATE EXCLUSIVE" if on in _LOCKED else ""
    risk = Risk.DANGEROUS if verb == "REASSIGN" else Risk.WRITES
    return Classification(verb, writes=True, risk=risk, lock=lock, sentence=_sentence(words, verb))


def _sentence(words: Words, verb: str) -> str:
    if verb == "COMMENT":
        end = _index(words, "is")
        return f"COMMENT describes {' '.join(word.raw for word in words.items[2:end]).replace(' . ', '.')}"
    if verb in ("GRANT", "REVOKE"):
        done = "gives" if verb == "GRANT" else "takes away"
        return f"{verb} {done} {_rest(words, 1)}"
    if verb == "REASSIGN":
        return "REASSIGN OWNED gives all objects of a role to another"
    return f"{verb} changes the catalogue"


def _rest(words: Words, begin: int) -> str:
    text = " ".join(word.raw for word in words.items[begin : begin + 24])
    for sign in (".", ","):
        text = text.replace(f" {sign}", sign)
    return text.replace(". ", ".").replace("( ", "(").replace(" )", ")")


def _index(words: Words, *wanted: str) -> int:
    """Where one of these words stands first, or behind the last word."""
    return next((i for i, word in enumerate(words.items) if word.depth == 0 and word.text in wanted), len(words))
