"""What the Vectors pane hands to other rooms: a statement, its plan, a migration, the policies of the table."""

from chatly_console.shell.clipboard import copy
from chatly_console.shell.messages import ExplainStatement, OpenStatement, ShowPolicies, WriteMigration
from chatly_console.vectors.ui.workbench import Workbench
from chatly_console.vectors.ui.writing import migration_of, plan_of, sql_of


class ShowingElsewhere(Workbench):
    """The keys that lead out of the pane."""

    def action_open_sql(self) -> None:
        """Open what this view is about in the Query pane."""
        sql = sql_of(self)
        if sql:
            self.post_message(OpenStatement(sql))
        else:
            self.tell("There is no statement for this.")

    def action_explain(self, analyze: bool) -> None:
        """Show the plan of the search."""
        found = plan_of(self)
        if found is None:
            self.tell("Search first." if self.view == "search" else "Move to a point that was measured with rows.")
        else:
            self.post_message(ExplainStatement(found[0], analyze, found[1]))

    def action_copy_sql(self) -> None:
        """Copy the search."""
        sql = sql_of(self)
        self.tell(copy(self.app, sql, "the search")[0] if sql else "Search first.")

    def action_migration(self) -> None:
        """Write what is proposed as a migration."""
        found = migration_of(self)
        if found is None:
            self.tell("There is nothing to write here.")
        else:
            self.post_message(WriteMigration(*found))

    def action_policies(self) -> None:
        """The policies of the table."""
        if self.column is not None:
            self.post_message(ShowPolicies(self.column.schema, self.column.table))
