"""`python -m chatly_console` is `chatly-console`."""

from chatly_console.cli import main

raise SystemExit(main())
