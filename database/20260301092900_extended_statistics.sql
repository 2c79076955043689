-- chatly: idempotent
-- Columns that say the same thing twice: a conversation's member, a message's conversation, a chunk's file each name
-- the tenant again. PostgreSQL multiplies their selectivities as if they were independent, and expects one row where
-- there are hundreds. Functional dependencies, counts of distinct combinations and common combinations set that right.
create statistics if not exists public.conversations_client_member (dependencies, ndistinct, mcv)
  on platform_client_id, assigned_to, status from public.conversations;
create statistics if not exists public.messages_client_conversation (dependencies)
  on platform_client_id, conversation_id from public.messages;
create statistics if not exists public.documents_client_file (dependencies, ndistinct)
  on platform_client_id, document_file_id, language from public.documents;
create statistics if not exists public.social_contacts_client_channel (dependencies, ndistinct, mcv)
  on platform_client_id, channel_id, language from public.social_contacts;
-- More combinations than the usual hundred: members times states.
alter statistics public.conversations_client_member set statistics 1000;
alter statistics public.social_contacts_client_channel set statistics 1000;
comment on statistics public.conversations_client_member is 'A member belongs to few clients; states differ between members';
comment on statistics public.messages_client_conversation is 'A conversation belongs to one client';
comment on statistics public.documents_client_file is 'A file belongs to one client and has one language';
comment on statistics public.social_contacts_client_channel is 'A channel belongs to one client; clients have their languages';
