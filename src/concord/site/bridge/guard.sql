-- Who answers calls for an advocate in a window of time, for a caller who may not read the providers' roster: the agency
-- and the line to call, for task forces in which the caller is a member today.
set role {kind}_guard;

create or replace function guard.on_duty(window_from timestamptz, window_until timestamptz)
returns table(task_force_id uuid, agency_id uuid, phone text) language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select distinct s.task_force_id, s.agency_id, s.phone::text
    from public.bridge_dutyshift s join public.accounts_agency a on a.id = s.agency_id
   where s.task_force_id = any((select (guard.who()).task_forces)::uuid[])
     and a.sector = any('{community_services,legal_aid}'::text[])
     and s.cancelled_at is null and s.begins_at < window_until and s.ends_at > window_from $$;

revoke all on function guard.on_duty from public;
grant execute on function guard.on_duty to {kind}_app, {kind}_owner;
reset role;
