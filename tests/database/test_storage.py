import asyncpg
import pytest

from tests.database.personas import PERSONAS, RULES, Persona, acting, persona

Connection = asyncpg.Connection


@pytest.mark.parametrize("name", PERSONAS)
async def test_a_file_is_seen_and_written_by_whoever_may_see_and_write_its_row(
    chatly: "Connection[asyncpg.Record]", name: str
) -> None:
    who = await persona(chatly, name)
    rules = RULES["document_files"]
    wanted = [
        0
        if who.role == "anon"
        else await chatly.fetchval(
            f"select count(*) from document_files t where ({rules[command]} or $2) and ($1::uuid is null or true)",
            who.user_id,
            who.role == "service_role",
        )
        for command in ("select", "update", "delete")
    ]
    async with acting(chatly, who):
        await chatly.execute("select set_config('storage.allow_delete_query', 'true', true)")
        seen = await chatly.fetchval("select count(*) from storage.objects where bucket_id = 'documents'")
        changed = await chatly.execute("update storage.objects set metadata = metadata where bucket_id = 'documents'")
        gone = await chatly.execute("delete from storage.objects where bucket_id = 'documents'")
    assert [seen, int(changed.split()[-1]), int(gone.split()[-1])] == wanted


@pytest.mark.parametrize("name", PERSONAS)
async def test_a_file_is_uploaded_by_whoever_may_change_its_row(
    chatly: "Connection[asyncpg.Record]", name: str
) -> None:
    who = await persona(chatly, name)
    # A file of each of two tenants, uploaded by the persona where it may and by others, without their objects as yet.
    await chatly.execute("select set_config('storage.allow_delete_query', 'true', true)")
    await chatly.execute("delete from storage.objects where bucket_id = 'documents'")
    files = await chatly.fetch(
        f"select t.storage_path, ({RULES['document_files']['update']}) as allowed, t.uploaded_by = $1 as own "
        "from document_files t join platform_clients c on c.id = t.platform_client_id "
        "where c.slug in ('nordlicht', 'miro') order by t.id",
        who.user_id,
    )
    sample = [*[file for file in files if file["own"]][:3], *files[:20]]
    for file in sample:
        allowed = who.role == "service_role" or bool(file["allowed"])
        try:
            async with acting(chatly, who):
                await chatly.execute(
                    "insert into storage.objects (bucket_id, name) values ('documents', $1)", file["storage_path"]
                )
            done = True
        except asyncpg.InsufficientPrivilegeError:
            done = False
        assert done is allowed, f"{name} uploads {file['storage_path']}"


@pytest.mark.parametrize("name", [name for name in PERSONAS if name != "service_role"])
async def test_buckets_are_closed_to_users(chatly: "Connection[asyncpg.Record]", name: str) -> None:
    async with acting(chatly, await persona(chatly, name)):
        assert await chatly.fetchval("select count(*) from storage.buckets") == 0
        assert await chatly.execute("update storage.buckets set public = true") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await chatly.execute("insert into storage.buckets (id, name, public) values ('mine', 'mine', true)")


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize("table", ["objects", "buckets"])
async def test_storage_cannot_be_emptied_around_its_policies(
    chatly: "Connection[asyncpg.Record]", role: str, table: str
) -> None:
    async with acting(chatly, Persona(role, role, None)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await chatly.execute(f"truncate storage.{table} cascade")


async def test_a_file_cannot_be_moved_to_where_it_could_not_be_uploaded(chatly: "Connection[asyncpg.Record]") -> None:
    who = await persona(chatly, "owner A")
    other = await chatly.fetchval(
        "select f.storage_path from document_files f join platform_clients c on c.id = f.platform_client_id "
        "where c.slug = 'miro' limit 1"
    )
    async with acting(chatly, who):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await chatly.execute("update storage.objects set name = $1 where bucket_id = 'documents'", other + ".pdf")


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


async def test_the_stand_in_deletes_no_file_by_sql_unless_it_is_said_twice(chatly_dsn: str) -> None:
    connection = await asyncpg.connect(chatly_dsn, timeout=10)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="Storage API"):
            await connection.execute("delete from storage.objects where bucket_id = 'documents'")
    finally:
        await connection.close()


async def test_the_path_helpers_are_those_of_supabase(chatly: "Connection[asyncpg.Record]") -> None:
    row = (await chatly.fetch(
        "select storage.foldername('a/b/c.tar.gz'), storage.filename('a/b/c.tar.gz'), "
        "storage.extension('a/b/c.tar.gz'), storage.extension('a.b/noending'), storage.foldername('top.txt')"
    ))[0]  # fmt: skip
    assert list(row) == [["a", "b"], "c.tar.gz", "gz", "noending", []]
