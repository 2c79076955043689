import asyncpg
import pytest

from tests.database.personas import PERSONAS, RULES, acting, persona

Connection = asyncpg.Connection


@pytest.mark.parametrize("name", [name for name in PERSONAS if name != "service_role"])
async def test_a_file_is_seen_and_written_by_whoever_may_see_and_write_its_row(
    chatly: "Connection[asyncpg.Record]", name: str
) -> None:
    who = await persona(chatly, name)
    rules = RULES["document_files"]
    wanted = [
        0
        if who.role == "anon"
        else await chatly.fetchval(f"select count(*) from document_files t where {rules[command]}", who.user_id)
        for command in ("select", "update", "delete")
    ]
    async with acting(chatly, who):
        await chatly.execute("select set_config('storage.allow_delete_query', 'true', true)")
        seen = await chatly.fetchval("select count(*) from storage.objects")
        changed = await chatly.execute("update storage.objects set metadata = metadata where bucket_id = 'documents'")
        gone = await chatly.execute("delete from storage.objects where bucket_id = 'documents'")
    assert [seen, int(changed.split()[-1]), int(gone.split()[-1])] == wanted


@pytest.mark.parametrize(
    "path", ["x/y/z.pdf", "not-a-uuid", "{client}/{stranger}/new.pdf", "{client}/{file}/other.pdf", ""]
)
async def test_an_upload_needs_its_row_first(chatly: "Connection[asyncpg.Record]", path: str) -> None:
    who = await persona(chatly, "owner A")
    file = (await chatly.fetch(
        "select f.id, f.platform_client_id from document_files f "
        "join platform_clients c on c.id = f.platform_client_id where c.slug = 'nordlicht' limit 1"
    ))[0]  # fmt: skip
    other = await chatly.fetchval("select id from document_files where platform_client_id <> $1 limit 1", file[1])
    name = path.format(client=file[1], file=file[0], stranger=other)
    async with acting(chatly, who):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await chatly.execute("insert into storage.objects (bucket_id, name) values ('documents', $1)", name)


async def test_a_file_is_not_deleted_by_sql_unless_it_is_said_twice(chatly: "Connection[asyncpg.Record]") -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="Storage API"):
        await chatly.execute("delete from storage.objects where bucket_id = 'documents'")


async def test_the_path_helpers_are_those_of_supabase(chatly: "Connection[asyncpg.Record]") -> None:
    row = (await chatly.fetch(
        "select storage.foldername('a/b/c.tar.gz'), storage.filename('a/b/c.tar.gz'), "
        "storage.extension('a/b/c.tar.gz'), storage.extension('a.b/noending'), storage.foldername('top.txt')"
    ))[0]  # fmt: skip
    assert list(row) == [["a", "b"], "c.tar.gz", "gz", "noending", []]
