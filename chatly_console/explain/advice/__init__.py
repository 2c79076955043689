"""What could be done about a plan: rules that each look at one kind of trouble, ranked by the time at stake."""

from chatly_console.explain.advice.finding import Finding
from chatly_console.explain.advice.judging import findings_of

__all__ = ["Finding", "findings_of"]
