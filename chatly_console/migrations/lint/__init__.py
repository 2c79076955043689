"""Lint: what is wrong, risky or missing in a migration file, told before it runs."""

from chatly_console.migrations.lint.check import check_file, check_files
from chatly_console.migrations.lint.finding import RULES, Finding, Level

__all__ = ["RULES", "Finding", "Level", "check_file", "check_files"]
