"""Which columns may say whose a row is, by the catalogue that all panes share."""

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Key, Relation, Schema
from chatly_console.policies.tenant_columns import TenantColumn, tenant_columns


def column(relation: int, number: int, name: str, type_: str = "uuid") -> ColumnInfo:
    return ColumnInfo(relation, number, name, type_, True, False)


def test_columns_with_a_foreign_key_come_first_then_those_that_several_tables_have() -> None:
    relations = [
        Relation(1, "public", "clients", "table"),
        Relation(2, "public", "notes [/]", "table"),
        Relation(3, "public", "messages", "partitioned table"),
        Relation(4, "public", "messages_1", "table", is_partition=True),
        Relation(5, "public", "seen", "view"),
        Relation(6, "auth", "users", "table"),
        Relation(7, "public", "numbers", "sequence"),
    ]
    columns = {
        1: (column(1, 1, "id"), column(1, 2, "owned_by", "character varying(9)")),
        2: (column(2, 1, "id"), column(2, 3, "client_id"), column(2, 4, "owned_by", "text"), column(2, 5, "user_id")),
        3: (column(3, 1, "id"), column(3, 2, "client_id"), column(3, 3, "at", "date")),
        4: (column(4, 1, "id"), column(4, 2, "client_id"), column(4, 3, "at", "date"), column(4, 4, "once", "bigint")),
        5: (column(5, 1, "client_id"), column(5, 2, "once", "bigint")),
        6: (column(6, 1, "id"), column(6, 2, "aud", "text")),
    }
    keys = (
        Key(1, "a", "f", 2, (3,), 1, (1,), "a", "a"),
        Key(2, "b", "f", 2, (5,), 6, (1,), "a", "a"),
        Key(3, "c", "f", 3, (1, 2), 2, (1, 3), "a", "a"),
        Key(4, "d", "p", 1, (1,), 0, (), "a", "a"),
    )
    catalogue = Catalogue((Schema(1, "public"),), {r.oid: r for r in relations}, columns=columns, keys=keys)
    assert tenant_columns(catalogue) == [
        TenantColumn("client_id", "public.clients", 4),
        TenantColumn("owned_by", "", 2),
    ]
    assert tenant_columns(Catalogue()) == []
