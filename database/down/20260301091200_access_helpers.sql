drop function private.plan_ids();
drop function private.agent_conversation_ids();
drop function private.client_ids(text);
