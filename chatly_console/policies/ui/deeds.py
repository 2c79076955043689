"""What a key of the Policies pane sets off beyond its views: questions, files, and ways to other rooms."""

from functools import partial
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import encode
from chatly_console.core.identity import Identity
from chatly_console.policies.isolation.report import isolation_markdown
from chatly_console.policies.people import PeopleBook
from chatly_console.policies.report import matrix_rows, name_of
from chatly_console.policies.setup import boundary_script, set_up
from chatly_console.policies.tenancy import find_columns
from chatly_console.policies.ui.filling import chosen_sides
from chatly_console.policies.ui.matrix_view import MatrixView
from chatly_console.policies.ui.showing import ShowingPane
from chatly_console.policies.ui.table_list import TableList
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.folders import Folders
from chatly_console.shell.identity_memory import IdentityMemory
from chatly_console.shell.identity_picker import IdentityPicker
from chatly_console.shell.messages import Report, RunAs, Say

MOST_SIDES = 4


def ask_side(pane: ShowingPane, *, add: bool) -> None:
    """Ask whom to set beside the others."""
    if add and len(pane.sides) >= MOST_SIDES:
        pane.post_message(Say(f"{MOST_SIDES} stand side by side at most.", "warning"))
        return
    pane.start(partial(_ask_side, pane, add=add), "dialog")


async def _ask_side(pane: ShowingPane, *, add: bool) -> None:
    database = pane.session.database
    if database is None:
        return
    folders: Folders = getattr(pane.app, "folders", None) or Folders.of_user()
    memory = IdentityMemory(folders.state, pane.session.profile.name)
    kept = chosen_sides(pane)
    stay = kept if add else kept[:-1] or kept
    picker = IdentityPicker(PeopleBook(database), memory, title="Side by side with", with_login=False, without=stay)
    chosen: Identity | None = await pane.app.push_screen_wait(picker)
    if chosen is None:
        return
    if chosen in stay:
        pane.post_message(Say(f"{name_of(chosen)} stands there already.", "warning"))
        return
    pane.sides = [*stay, chosen]
    pane.change_view("side")


def drop_side(pane: ShowingPane) -> None:
    """One identity fewer, down to two."""
    if len(pane.sides) > 2:
        pane.sides = pane.sides[:-1]
        pane.refresh_view()


def ask_query(pane: ShowingPane) -> None:
    """Ask for a query to compare, or to measure, instead of the table; an empty one is the table again."""
    pane.start(partial(_ask_query, pane), "dialog")


async def _ask_query(pane: ShowingPane) -> None:
    table, costs = pane.table, pane.view == "cost"
    example = f"select * from {table.full_name} order by 1" if table else "select 1"
    if costs:
        question = "What row level security costs a query"
        detail = "Alt+x in the Query pane brings a longer one. Nothing typed is the whole table again."
        example = pane.cost_sql or example
    else:
        question = "A query, side by side"
        detail = "Read-only, as each identity. Rows are matched by the table's key where the query returns it."
        example = pane.query_sql or example
    text = await pane.app.push_screen_wait(AskText(question, detail, initial=example))
    if text is None:
        return
    if costs:
        pane.cost_sql, pane.cost = text.strip(), None
    else:
        pane.query_sql = text.strip().rstrip(";")
    pane.refresh_view()


def ask_tenant_column(pane: ShowingPane) -> None:
    """Ask which column says whose a row is; the proof is about another scheme then."""
    pane.start(partial(_ask_tenant_column, pane), "dialog")


async def _ask_tenant_column(pane: ShowingPane) -> None:
    database = pane.session.database
    if database is None:
        return
    try:
        columns = await find_columns(database)
    except Failure as failure:
        pane.post_message(Report(failure))
        return
    if not columns:
        pane.post_message(Say("No two tables share a column that could say whose a row is.", "warning"))
        return
    choices = [Choice("as found by itself", "", "what most tables refer by")]
    for c in columns:
        refers = f" → {c.parent}" if c.parent else ", no foreign key"
        choices.append(Choice(c.name, c.name, f"in {c.tables} relation{'s' * (c.tables != 1)}{refers}"))
    marked = next((at for at, c in enumerate(choices) if c.value == pane.tenant_column), 0)
    chosen = await pane.app.push_screen_wait(Choose("The column that says whose a row is", choices, marked=marked))
    if chosen is not None and chosen != pane.tenant_column:
        pane.tenant_column, pane.proof = chosen, None
        pane.refresh_view()


def open_cell(pane: ShowingPane, row: int, column: int | None) -> None:
    """Show the rows that a cell of the matrix counts: why they are reached, as that identity."""
    cell = pane.query_one(MatrixView).cell_at(row, column)
    if cell is None:
        return
    pane.query_one(TableList).choose(cell.table.schema, cell.table.name)
    pane.view, pane.which, pane.wants_focus = "why", "visible", True
    if cell.identity == pane.session.identity:
        pane.refresh_view()
    else:
        pane.post_message(RunAs(cell.identity))


def write_report(pane: ShowingPane) -> None:
    """Ask for a file, and write the matrix or the proof there."""
    pane.start(partial(_write_report, pane), "dialog")


async def _write_report(pane: ShowingPane) -> None:
    database = pane.session.database
    if database is None:
        return
    if pane.view == "matrix" and pane.cells:
        name, what = "matrix.md", "The matrix of all commands, as .md or .csv"
    elif pane.view == "isolation" and pane.proof is not None:
        name, what = "isolation.md", "The isolation proof, for an auditor"
    else:
        pane.post_message(Say("There is a report of the matrix, and of the isolation proof once it has run."))
        return
    path = await ask_path(pane, what, name)
    if path is None:
        return
    if pane.view == "matrix":
        text = encode("csv" if path.suffix == ".csv" else "markdown", *matrix_rows(pane.cells))
    else:
        assert pane.proof is not None
        text = isolation_markdown(pane.proof, database.facts)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        pane.post_message(Report(Failure(f"{path} could not be written: {error.strerror}.", FailureKind.USAGE)))
        return
    pane.post_message(Say(f"Written to {path}", "done"))


async def ask_path(pane: ShowingPane, what: str, name: str) -> Path | None:
    """A path that can be written; one that is there is overwritten only if the user says so."""

    def problem(text: str) -> str:
        path = _path(text)
        return "" if text.strip() and path.parent.is_dir() and not path.is_dir() else "There is no such folder."

    given = await pane.app.push_screen_wait(AskText(what, initial=str(Path.home() / name), check=problem))
    if given is None:
        return None
    path = _path(given)
    if path.exists() and not await pane.app.push_screen_wait(Confirm(f"Overwrite {path}?", grave=True)):
        return None
    return path


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def offer_boundary(pane: ShowingPane) -> None:
    """Show the SQL that makes impersonation a boundary, and run it if the user says so."""
    pane.start(partial(_offer_boundary, pane), "dialog")


async def _offer_boundary(pane: ShowingPane) -> None:
    database = pane.session.database
    if database is None:
        return
    if await database.strength(Identity.anon()) == "boundary":
        pane.post_message(
            Say("Running as a user is a boundary here already: the login chatly_imp was verified.", "done")
        )
        return
    if pane.session.is_read_only:
        pane.post_message(Say("This connection is read-only: unlock writes, or use `rls setup --yes`.", "warning"))
        return
    question = "Create the login chatly_imp, which makes running as a user a boundary?"
    detail = f"{database.no_boundary_because}\n\n{boundary_script(database)}"
    if not await pane.app.push_screen_wait(Confirm(question, detail, verb="create it", grave=True)):
        return
    try:
        words = await set_up(database, pane.session.profile.keyring_user)
    except Failure as failure:
        pane.post_message(Report(failure))
        return
    pane.post_message(Say(words, "done"))
