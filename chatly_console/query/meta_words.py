"""What is said about backslash commands of psql: those that are understood, and what to use in place of others."""

_CATALOGUES = (
    ("a", "aggregates", "pg_aggregate"), ("A", "access methods", "pg_am"), ("c", "conversions", "pg_conversion"),
    ("C", "casts", "pg_cast"), ("D", "domains", "pg_type where typtype = 'd'"),
    ("dp", "default privileges", "pg_default_acl"),
    ("es", "foreign servers", "pg_foreign_server"), ("et", "foreign tables", "pg_foreign_table"),
    ("eu", "user mappings", "pg_user_mappings"), ("ew", "foreign-data wrappers", "pg_foreign_data_wrapper"),
    ("F", "text search configurations", "pg_ts_config"), ("Fd", "text search dictionaries", "pg_ts_dict"),
    ("Fp", "text search parsers", "pg_ts_parser"), ("Ft", "text search templates", "pg_ts_template"),
    ("Ac", "operator classes", "pg_opclass"), ("Af", "operator families", "pg_opfamily"),
    ("Ao", "operators of operator families", "pg_amop"), ("Ap", "support functions of operator families", "pg_amproc"),
    ("L", "languages", "pg_language"),
    ("l", "large objects", "pg_largeobject_metadata"), ("o", "operators", "pg_operator"),
    ("O", "collations", "pg_collation"), ("P", "partitioned relations", "pg_partitioned_table"),
    ("rds", "settings of roles", "pg_db_role_setting"), ("rg", "memberships of roles", "pg_auth_members"),
    ("Rp", "publications", "pg_publication"), ("Rs", "subscriptions", "pg_subscription"),
    ("X", "extended statistics", "pg_statistic_ext"), ("y", "event triggers", "pg_event_trigger"),
    ("config", "settings", "pg_settings"),
)  # fmt: skip

SAID = {
    "timing": "Every result says its time in the line above it.",
    "conninfo": "The top line says where and as whom you are connected; F2 connects elsewhere.",
    "r": "Nothing waits to be sent here: every statement runs by itself.",
    "p": "The text is in the editor.",
    "h": "The manual of SQL is at postgresql.org/docs; F1 lists the keys here.",
    "help": "F1 lists the keys, ctrl+p every command.",
    "o": "E in the rows (or alt+e) writes a result to a file.",
    "a": "E in the rows writes a result as text in columns, CSV, JSON or Markdown.",
    "t": "C in the rows copies without headings where the format has none.",
    "pset": "NULL, '' and numbers are always told apart here; columns are sized with < and > in the rows.",
    "password": "ALTER ROLE … PASSWORD '…' does it; the password is not kept in the history.",
    "!": "No other program is run from here; \\e opens your $EDITOR.",
    "begin": "BEGIN, or alt+t, opens a transaction.",
    "errverbose": "ctrl+l shows the last failure in full.",
    "gexec": "It stands behind a statement: what that returns is run as statements.",
    "gdesc": "The types of the columns are in a row's detail: enter in the rows.",
    "crosstabview": "Write the pivot as count(*) filter (where …), as the saved query “Busiest hours” does.",
    "ef": "\\sf NAME shows a function; copy its text into a buffer with y.",
    "ev": "\\sv NAME shows a view; copy its text into a buffer with y.",
    "dd": "Default privileges are in the Schema pane (1).",
    "db": "Tablespaces: select * from pg_tablespace.",
    "encoding": "Text is UTF-8 on the way; the server converts.",
    "prompt": "Write :name in the statement; its value is asked for when it runs.",
    "cd": "Paths are taken from the folder in which the console was started; ~ is your home.",
    "copyright": "PostgreSQL is under the PostgreSQL licence; postgresql.org has it.",
    "lo_import": "Large objects: select lo_from_bytea(0, …) makes one.",
    "lo_export": "Large objects: select lo_get(OID) shows one; E writes the result to a file.",
    "lo_list": "Large objects: select * from pg_largeobject_metadata.",
    "lo_unlink": "Large objects: select lo_unlink(OID).",
    **dict.fromkeys(
        ("restrict", "unrestrict"), "They frame a dump; \\i FILE, or alt+a in its text, runs it and holds to them."
    ),
    "errors": "ctrl+l shows the messages so far.",
    **dict.fromkeys(("out",), "E in the rows (or alt+e) writes a result to a file."),
    **dict.fromkeys(("print", "reset"), "The text is in the editor, and nothing else waits to be sent."),
    **dict.fromkeys(
        (
            "bind",
            "bind_named",
            "parse",
            "close_prepared",
            "sendpipeline",
            "startpipeline",
            "syncpipeline",
            "endpipeline",
            "flush",
            "flushrequest",
            "getresults",
        ),
        "Write $1 or :name in the statement; its value is asked for when it runs.",
    ),
    **dict.fromkeys(("H", "html", "C", "f", "T", "pager"), "The format is chosen where a result is exported: E."),
    **dict.fromkeys(
        ("if", "elif", "else", "endif"), "Conditions count where a script runs: alt+a runs the whole buffer as one."
    ),
    **dict.fromkeys(("setenv", "getenv"), "Nothing here depends on the environment; \\set NAME VALUE sets a value."),
    **{
        f"d{letters}": f"There is no list of {what} here: select * from {catalog}."
        for letters, what, catalog in _CATALOGUES
    },
}
"""What is said of a command that has no use here: what to use instead."""

LISTED = [
    (r"\d NAME", "The relation in the Schema pane; without a name a list"),
    (r"\dt \dv \dm \di", "Tables, views, materialised views, indexes; PATTERN"),
    (r"\ds \dE", "Sequences, foreign tables; PATTERN"),
    (r"\df \dT \dn", "Functions, types, schemas; PATTERN"),
    (r"\du \dx \l", "Roles, extensions, databases; PATTERN"),
    (r"\dp NAME", "Its policies; without a name everybody's privileges"),
    (r"\sf NAME \sv NAME", "The definition of a function, of a view"),
    (r"\g \gx", "Behind a statement: run it; and show its row downwards"),
    (r"\gset PREFIX", "Behind a statement: its row gives the values for :name"),
    (r"\x", "The row at the cursor with its columns downwards"),
    (r"\watch SECONDS", "Behind a statement: repeat it, changes are marked"),
    (r"\copy", "TABLE from 'FILE', or TABLE or (QUERY) to 'FILE'"),
    (r"\e FILE", "Edit the text with $EDITOR"),
    (r"\i FILE", "Run a file, such as a dump; \\ir: beside this one"),
    (r"\w FILE", "Write the text to a file"),
    (r"\set NAME VALUE", "The value for :name; \\unset forgets it"),
    (r"\s \c \q", "The history, another connection, the end"),
]
"""What is understood, for a person to read."""
