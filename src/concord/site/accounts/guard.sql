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
create or replace function guard.sharing_of(agency uuid, out task_forces uuid[], out partners uuid[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with member as (select m.task_force_id, m.agency_id from public.accounts_membership m
              where m.from_date <= guard.today() and (m.until_date is null or m.until_date >= guard.today())),
  live as (select distinct m.task_force_id, m.agency_id from member m join public.accounts_mou u
              on u.task_force_id = m.task_force_id and u.agency_id = m.agency_id
              where u.signed_on <= guard.today() and u.expires_on >= guard.today()
                and (u.ended_on is null or u.ended_on > guard.today()))
  select (select coalesce(array_agg(distinct m.task_force_id), '{}') from member m where m.agency_id = sharing_of.agency),
         (select coalesce(array_agg(distinct o.agency_id), '{}') from live o, live i
           where i.agency_id = sharing_of.agency and o.task_force_id = i.task_force_id and o.agency_id <> sharing_of.agency) $$;

create or replace function guard.sharing(out task_forces uuid[], out partners uuid[]) language sql stable security definer
set search_path = pg_catalog, pg_temp as 'select s.* from guard.sharing_of((select (guard.who()).agency)) s';

-- What a login that signs for its own agency alone says of that agency: no more than the hub itself knows.
create or replace function guard.stands(a guard.actor) returns boolean language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.accounts_agency g where g.id = (a).agency and g.sector = (a).sector)
     and (select (a).task_forces <@ s.task_forces and (a).partners <@ s.partners from guard.sharing_of((a).agency) s) $$;

-- What others rely on in an agency never changes: its sector, the key they seal to, and that it decides for itself. Only
-- the agency's own jobs, as nobody who signs in can be, put another key there when its ring has been renewed.
create or replace function guard.agency_kept() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if old.public_key is not null and new.public_key is distinct from old.public_key then
    if length(new.public_key) is distinct from 32 or new.id <> guard.agency() or not guard.is_jobs() then
      raise insufficient_privilege using message = 'permission denied: sector, key and founding of an agency are kept';
    end if;
  end if;
  if new.sector is distinct from old.sector
     or old.founded_at is not null and new.founded_at is distinct from old.founded_at then
    raise insufficient_privilege using message = 'permission denied: sector, key and founding of an agency are kept';
  end if;
  return new;
end $$;

revoke all on function guard.neighbours, guard.founding, guard.sharing_of, guard.sharing, guard.stands, guard.agency_kept
  from public;
grant execute on function guard.neighbours, guard.founding, guard.sharing to {kind}_app, {kind}_owner;
reset role;
create or replace trigger kept before update on public.accounts_agency for each row execute function guard.agency_kept();
