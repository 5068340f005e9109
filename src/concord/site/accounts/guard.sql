-- What only the hub knows about the acting agency: its task forces today, and with whom its MOU is in force.
set role {kind}_guard;

create or replace function guard.neighbours() returns uuid[] language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct m.agency_id), '{}') from public.accounts_membership m
   where m.task_force_id = any((select (guard.who()).task_forces)::uuid[]) $$;

-- Members of the acting agency's task forces in which nobody of their own has signed in yet.
create or replace function guard.founding() returns uuid[] language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct m.agency_id), '{}') from public.accounts_membership m
    join public.accounts_agency a on a.id = m.agency_id
   where a.founded_at is null and m.task_force_id = any((select (guard.who()).task_forces)::uuid[]) $$;

-- An agency shares in a task force today: a member, and its MOU is signed, not expired, not withdrawn.
create or replace function guard.sharing(out task_forces uuid[], out partners uuid[]) language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  with me as (select (guard.who()).agency as id),
  member as (select m.task_force_id, m.agency_id from public.accounts_membership m
              where m.from_date <= current_date and (m.until_date is null or m.until_date >= current_date)),
  live as (select distinct m.task_force_id, m.agency_id from member m join public.accounts_mou u
              on u.task_force_id = m.task_force_id and u.agency_id = m.agency_id
              where u.signed_on <= current_date and u.expires_on >= current_date
                and (u.ended_on is null or u.ended_on > current_date))
  select (select coalesce(array_agg(distinct m.task_force_id), '{}') from member m, me where m.agency_id = me.id),
         (select coalesce(array_agg(distinct o.agency_id), '{}') from live o, live i, me
           where i.agency_id = me.id and o.task_force_id = i.task_force_id and o.agency_id <> me.id) $$;

revoke all on function guard.neighbours, guard.founding, guard.sharing from public;
grant execute on function guard.neighbours, guard.founding, guard.sharing to {kind}_app, {kind}_owner;
reset role;
