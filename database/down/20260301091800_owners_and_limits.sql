drop trigger platform_clients_plan_large_enough on public.platform_clients;
drop trigger document_files_plan_limit on public.document_files;
drop trigger social_contacts_plan_limit on public.social_contacts;
drop trigger client_members_plan_limit on public.client_members;
drop trigger client_members_keep_an_owner_changed on public.client_members;
drop trigger client_members_keep_an_owner_deleted on public.client_members;
drop function private.keep_plan_large_enough();
drop function private.keep_plan_limit();
drop function private.keep_an_owner();
