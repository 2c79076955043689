"""The critical queries, each without and with what makes it fast, and what was tried and rejected."""

from tests.performance.measure import Experiment, Variant

OWNER = "ada@nordlicht.example"
AGENT_OF_A = "noor@agency.example"
BACKEND = "service_role"


MANY_MEMBERS = (
    "set local session_replication_role = replica",
    "insert into client_members (platform_client_id, user_id, role, display_name) "
    "select gen_random_uuid(), gen_random_uuid(), 'agent', 'Somebody' from generate_series(1, 50000)",
    "set local session_replication_role = origin",
    "analyze client_members",
)


def index(name: str, why: str, reader: str, sql: str, dropped: str, *, prepare: tuple[str, ...] = ()) -> Experiment:
    """The query without the index (dropped in the transaction) and with it."""
    drop = dropped if " " in dropped else f"drop index public.{dropped}"
    return Experiment(name, why, reader, Variant("without it", sql, (*prepare, drop)), Variant("with it", sql, prepare))


def experiments(facts: dict[str, str]) -> list[Experiment]:
    """All, for the ids in `facts`: client, conversation, member, host, channel, message, page, day, words."""
    client = facts["client"]
    inbox = f"""select id, subject, priority, opened_at from conversations
      where platform_client_id = '{client}' and status = 'open' order by opened_at desc limit 25"""
    last_messages = f"""select c.id, m.sent_at, m.direction from conversations c
      left join lateral (select sent_at, direction from messages l where l.conversation_id = c.id
        and l.platform_client_id = c.platform_client_id order by l.sent_at desc limit 1) m on true
      where c.platform_client_id = '{client}' and c.status <> 'closed'"""
    distinct_on = f"""select distinct on (c.id) c.id, m.sent_at, m.direction from conversations c
      left join messages m on m.conversation_id = c.id and m.platform_client_id = c.platform_client_id
      where c.platform_client_id = '{client}' and c.status <> 'closed' order by c.id, m.sent_at desc"""
    columns = "id, opened_at, subject"
    return [
        index(
            "The inbox with its last messages (`messages_thread_idx`)",
            "The view `inbox`, opened by everybody all day. B-tree on conversation, tenant and time: the last "
            "message of each "
            "conversation is one step in the index. It covers the foreign key to conversations too. (For a whole "
            "conversation of some ten messages the key that refuses a message twice would do.)",
            OWNER,
            f"select contact, subject, last_message, last_sent_at from inbox where platform_client_id = '{client}' "
            "order by waits_for_us desc nulls last, last_sent_at limit 100",
            "messages_thread_idx",
        ),
        index(
            "The inbox, first page (`conversations_inbox_idx`)",
            "B-tree in the order of the page: tenant, status, newest first; the LIMIT ends the scan after 25 rows.",
            OWNER, inbox, "conversations_inbox_idx",
        ),
        Experiment(
            "Page 100 of the inbox: by the last row instead of OFFSET",
            "A rewrite. OFFSET reads all pages before; a comparison with the last row seen begins in the index.",
            OWNER,
            Variant("OFFSET", f"select {columns} from conversations where platform_client_id = '{client}' "
                    "and status = 'closed' order by opened_at desc, id desc offset 2475 limit 25"),
            Variant("by the last row", f"select {columns} from conversations where platform_client_id = '{client}' "
                    f"and status = 'closed' and opened_at <= '{facts['page_time']}' "
                    f"and (opened_at, id) < ('{facts['page_time']}', '{facts['page_id']}') "
                    "order by opened_at desc, id desc limit 25"),
        ),
        Experiment(
            "Last message of each open conversation: LATERAL instead of DISTINCT ON",
            "A rewrite. DISTINCT ON reads and sorts all messages of the conversations; LATERAL takes one from "
            "the index "
            "for each.",
            BACKEND, Variant("DISTINCT ON", distinct_on), Variant("LATERAL", last_messages),
        ),
        index(
            "Messages of a tenant in the last week (`messages_client_time_idx`)",
            "B-tree on tenant and time, for reports of owners.",
            OWNER,
            "select date_trunc('day', sent_at), count(*) from messages "
            f"where platform_client_id = '{client}' and sent_at > now() - interval '7 days' group by 1",
            "messages_client_time_idx",
        ),
        index(
            "What is still to be sent (`messages_outbox_idx`, partial)",
            "The sender asks every second for the oldest queued messages. Partial: the index holds these alone.",
            BACKEND,
            "select id, conversation_id, body from messages where status = 'queued' order by sent_at limit 100",
            "messages_outbox_idx",
        ),
        index(
            "Messages of a week over all tenants (`messages_sent_at_brin`, BRIN)",
            "Exports and retention by the backend. Messages arrive in the order of time, so block ranges suffice. "
            "Measured without messages_client_time_idx on both sides: since PostgreSQL 18 a B-tree on tenant and time "
            "can be skipped through, tenant by tenant, which does as well for the demo's forty tenants; on 17, or for "
            "thousands of them, it does not.",
            BACKEND,
            "select count(*), sum(length(body)) from messages "
            f"where sent_at >= '{facts['day']}'::date and sent_at < '{facts['day']}'::date + 7",
            "messages_sent_at_brin",
            prepare=("drop index public.messages_client_time_idx",),
        ),
        index(
            "Deleting a message that others answer (`messages_reply_to_idx`)",
            "Each deleted message looks for its answers (foreign key, SET NULL): without an index, in the whole table.",
            BACKEND, f"delete from messages where id = '{facts['message']}'", "messages_reply_to_idx",
        ),
        index(
            "Which clients may I see (`client_members_user_id_idx`, covering)",
            "Asked by every policy of every statement. Covering (INCLUDE): the index alone answers it. Measured "
            "with 50,000 "
            "members more than the demo has.",
            BACKEND,
            f"select platform_client_id from client_members where user_id = '{facts['user']}' and status = 'active'",
            "client_members_user_id_idx",
            prepare=MANY_MEMBERS,
        ),
        Experiment(
            "Counting my messages: the policy asks once, not for each row",
            "A rewrite of the policy: `= any (array(select f()))` runs the helper once for the statement; "
            "called with the "
            "row's tenant it runs for every row, and no index can be used with it.",
            AGENT_OF_A,
            Variant("helper for each row", "select count(*) from messages where sent_at > now() - interval '30 days'", (
                "create function private.is_agent_of(client uuid) returns boolean language sql stable security definer "
                "set search_path = '' as 'select exists (select from public.client_members m where m.user_id = "
                "auth.uid() "
                "and m.platform_client_id = client and m.role <> ''member'' and m.status = ''active'')'",
                "grant execute on function private.is_agent_of(uuid) to authenticated",
                "alter policy messages_select on public.messages using (private.is_agent_of(platform_client_id) "
                "and conversation_id in (select private.agent_conversation_ids()))",
            )),
            Variant("helper once", "select count(*) from messages where sent_at > now() - interval '30 days'"),
        ),
        index(
            "Is the host free? (`appointments_no_double_booking`, GiST)",
            "The index of the exclusion constraint: tenant, host and range of time. It refuses the second booking, and "
            "answers the question too. (Without it the B-tree of the host would serve; the constraint is what "
            "it is for.)",
            BACKEND,
            f"select count(*) from appointments where platform_client_id = '{client}' and host_id = '{facts['host']}' "
            "and status in ('booked', 'confirmed') "
            "and tstzrange(starts_at, ends_at) && tstzrange(now() + interval '10 days', now() + interval '11 days')",
            "alter table public.appointments drop constraint appointments_no_double_booking",
        ),
        index(
            "Contacts by a fact about them (`social_contacts_attributes_idx`, GIN on jsonb)",
            "Segments for campaigns, made by the backend: `attributes @> ...`.",
            BACKEND,
            f"select count(*) from social_contacts where attributes @> '{facts['attribute']}'",
            "social_contacts_attributes_idx",
        ),
        Experiment(
            "A contact by part of the name: search_contacts() instead of ILIKE under the policies",
            "A rewrite. Under row level security ILIKE waits for the policies and reads every contact of the tenant; "
            "`search_contacts()` holds the policy's rule itself, so the planner is free.",
            OWNER,
            Variant(
                "ILIKE under the policies",
                "select id, platform_client_id, channel_id, display_name, phone, email from social_contacts "
                f"where display_name ilike '%{facts['name']}%' order by display_name, id limit 20",
            ),
            Variant("search_contacts()", f"select * from search_contacts('{facts['name']}', 20)"),
        ),
        index(
            "search_contacts() itself (`social_contacts_name_idx`, GiST with trigrams)",
            "One index narrows by tenant and by letters at once. The gain grows with the contacts of the tenant; the "
            "migration has the figures for 395,000.",
            OWNER, f"select * from search_contacts('{facts['name']}', 20)", "social_contacts_name_idx",
        ),
        index(
            "Chunks by a word (`documents_content_idx`, GIN on full text)",
            "The word leg of the backend's hybrid search.",
            BACKEND,
            "select id from documents "
            f"where search_words @@ to_tsquery('pg_catalog.simple', '{facts['word']}')",
            "documents_content_idx",
        ),
        Experiment(
            "Chunks of a tenant by a word: words stored instead of cut at each search (`search_words`)",
            "A generated column. Under row level security the index cannot be used for `@@`, so every chunk of the "
            "tenant is looked at; the words of each are there already.",
            OWNER,
            Variant(
                "to_tsvector(content)",
                "select id from documents where to_tsvector('pg_catalog.simple', content) "
                f"@@ to_tsquery('pg_catalog.simple', '{facts['word']}')",
            ),
            Variant(
                "search_words",
                f"select id from documents where search_words @@ to_tsquery('pg_catalog.simple', '{facts['word']}')",
            ),
        ),
        index(
            "Nearest chunks, for the backend (`documents_embedding_idx`, IVFFlat)",
            "Retrieval over all tenants; what other indexes would give is below.",
            BACKEND, f"select * from match_documents('{facts['vector']}', 10)", "documents_embedding_idx",
        ),
    ]  # fmt: skip


def rejected(facts: dict[str, str]) -> list[tuple[Experiment, str, str]]:
    """Candidates with their CREATE INDEX and why they are not there; measured as the others are."""
    client = facts["client"]
    return [
        (
            index(
                "B-tree on messages (sent_at) instead of BRIN",
                "Exports of a week over all tenants.",
                BACKEND,
                "select count(*), sum(length(body)) from messages "
                f"where sent_at >= '{facts['day']}'::date and sent_at < '{facts['day']}'::date + 7",
                "candidate_time_idx",
                prepare=("drop index public.messages_client_time_idx",),
            ),
            "create index candidate_time_idx on public.messages (sent_at)",
            "BRIN reads a few hundred blocks more for a job that runs now and then; this is some five hundred times "
            "larger, and each insert writes into it.",
        ),
        (
            index(
                "Partial index for first answers",
                "First response time of a tenant's conversations of a month.",
                OWNER,
                "select c.id, (select min(m.sent_at) from messages m where m.conversation_id = c.id "
                "and m.platform_client_id = c.platform_client_id and m.direction = 'out') - c.opened_at from "
                "conversations c "
                f"where c.platform_client_id = '{client}' and c.opened_at > now() - interval '30 days'",
                "candidate_first_answer_idx",
            ),
            "create index candidate_first_answer_idx on public.messages (conversation_id, sent_at) "
            "include (platform_client_id) where direction = 'out'",
            "It makes one report of owners twice as fast, and every answer that anybody writes would write into it: "
            "the table that grows fastest carries five B-trees already.",
        ),
        (
            index(
                "Full text of messages, for users",
                "An owner looks for a word in the messages of the client.",
                OWNER,
                f"select count(*) from messages where to_tsvector('pg_catalog.simple', body) "
                f"@@ to_tsquery('pg_catalog.simple', '{facts['word']}') and sent_at > now() - interval '30 days'",
                "candidate_text_idx",
            ),
            "create index candidate_text_idx on public.messages using gin "
            "(to_tsvector('pg_catalog.simple'::regconfig, body))",
            "The operator is not leakproof, so under row level security the planner never uses the index: the "
            "plan is the "
            "same, and every insert pays.",
        ),
        (
            index(
                "GIN on trigrams of names instead of GiST with the tenant",
                "A contact by part of the name, through search_contacts().",
                OWNER,
                f"select * from search_contacts('{facts['name']}', 20)",
                "candidate_names_idx",
                prepare=("drop index public.social_contacts_name_idx",),
            ),
            "create index candidate_names_idx on public.social_contacts "
            "using gin (display_name extensions.gin_trgm_ops)",
            "It finds the contacts of all tenants and throws those of others away, more of them the more tenants there "
            "are; GiST narrows by tenant first.",
        ),
        (
            index(
                "Index on conversations (priority)",
                "Urgent conversations of a tenant.",
                OWNER,
                f"select id from conversations where platform_client_id = '{client}' and status = 'open' and "
                f"priority = 1",
                "candidate_priority_idx",
            ),
            "create index candidate_priority_idx on public.conversations (platform_client_id, priority)",
            "conversations_inbox_idx narrows to the few open ones already; four values of priority add nothing.",
        ),
    ]  # fmt: skip
