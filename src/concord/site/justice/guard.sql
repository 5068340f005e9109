-- What only this room knows about the acting agency: on which investigations' teams it is today, with whom it shares.
set role {kind}_guard;

create or replace function guard.team() returns uuid[] language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(t.investigation_id), '{}') from public.justice_teamagency t
   where t.member_id = (select (guard.who()).agency)
     and t.agency_id = any((select (guard.who()).partners)::uuid[])
     and t.from_date <= guard.today() and (t.until_date is null or t.until_date >= guard.today()) $$;

-- The same for policies. A row of it is looked up where a page reads a few rows of one case, and all are read where it
-- reads many: the planner chooses. Behind a barrier, since whoever may ask for it may ask with functions of her own.
create or replace view guard.cases_of_the_team with (security_barrier) as
  select t.investigation_id as of_case from public.justice_teamagency t
   where t.member_id = (select guard.agency()) and t.agency_id = any((select guard.partners())::uuid[])
     and daterange(t.from_date, t.until_date, '[]') @> (select guard.today());

revoke all on function guard.team from public;
grant execute on function guard.team to {kind}_app, {kind}_owner;
grant select on guard.cases_of_the_team to {kind}_app, {kind}_owner;
-- Drafts are no longer written into the chain; what it kept of them apart is not needed.
delete from guard.detail d using guard.entry e where d.entry = e.id and e.relation = 'justice_draft';
reset role;

-- One office may be on nearly every team, so plans are made as if whoever asks were: cases are then looked up one by one
-- until a page reads many of them, which costs an agency on few teams nothing.
alter table public.justice_teamagency alter column member_id set (n_distinct = 1);
analyze public.justice_teamagency;

-- What was received and what was handed on stay as they were written.
create or replace trigger kept before update on public.justice_receivedrecord
  for each row execute function guard.kept('investigation_id', 'keep_until', 'hold', 'hold_reason');
create or replace trigger kept before update on public.justice_discoveryentry for each row execute function guard.kept();
