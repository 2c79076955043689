"""Copying from a widget: the raw value goes to the clipboard, and a sentence to the message line."""

from textual.dom import DOMNode
from textual.message_pump import MessagePump

from chatly_console.core.text import safe_text
from chatly_console.shell import clipboard
from chatly_console.shell.messages import Say


def copy_value(node: DOMNode, value: str | None, name: str) -> Say:
    """Copy one raw value, and say what was done; NULL has no text to copy."""
    if value is None:
        return _say(node, Say("NULL has no text to copy.", "warning"))
    return _copied(node, value, f"the value of {safe_text(name[:60])}" if name else "the value")


def copy_text(node: DOMNode, text: str, what: str) -> None:
    """Copy a text, and say what was done."""
    _copied(node, text, what)


def _copied(node: DOMNode, text: str, what: str) -> Say:
    sentence, sent = clipboard.copy(node.app, text, what)
    return _say(node, Say(sentence, "done" if sent else "warning"))


def _say(node: MessagePump, message: Say) -> Say:
    # from a modal screen it would not bubble to the screen below, which has the message line
    node.app.post_message(message)
    return message
