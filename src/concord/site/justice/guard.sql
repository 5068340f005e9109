-- What only this room knows about the acting agency: on which investigations' teams it is today, with whom it shares.
set role {kind}_guard;

create or replace function guard.team() returns uuid[] language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(t.investigation_id), '{}') from public.justice_teamagency t
   where t.member_id = (select (guard.who()).agency)
     and t.agency_id = any((select (guard.who()).partners)::uuid[])
     and t.from_date <= current_date and (t.until_date is null or t.until_date >= current_date) $$;

revoke all on function guard.team from public;
grant execute on function guard.team to {kind}_app, {kind}_owner;
reset role;
