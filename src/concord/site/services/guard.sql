-- Which client files are closed to the acting member of staff, and the two steps by which an administrator keeps a
-- restricted file from being lost when the last person assigned to it has left.
set role {kind}_guard;

-- The agency's own jobs have no screen: they count restricted files too, and only counts leave.
create or replace function guard.is_jobs() returns boolean language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select (w).staff = md5('concord jobs ' || (w).agency::text)::uuid from (select guard.who() as w) x $$;

-- A family member's file is closed with the principal's: it says who she is. To another agency it names none at all.
create or replace function guard.hidden_clients() returns uuid[] language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); hidden uuid[];
begin
  if guard.is_jobs() then return '{}'; end if;
  -- From the few restricted files to their staff: the caseload of whoever asks may be long.
  with closed as (
    select c.id from public.services_client c where c.agency_id = a.agency and c.restricted and not exists (
      select from public.services_assignment s
       where s.client_id = c.id and s.staff_id = a.staff and s.agency_id = a.agency and s.until_date is null))
  select coalesce(array_agg(id), '{}') into hidden from (
    select id from closed
    union
    select f.id from closed p join public.services_client f on f.principal_id = p.id where not exists (
      select from public.services_assignment s
       where s.client_id = f.id and s.staff_id = a.staff and s.agency_id = a.agency and s.until_date is null)) every;
  return hidden;
end $$;

create or replace function guard.require_administrator() returns uuid language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if not a.roles && '{administrator,supervisor}'::text[] then
    raise insufficient_privilege using message = 'permission denied: an administrator or supervisor does this';
  end if;
  return a.agency;
end $$;

-- Restricted files that nobody is assigned to: their ids and since when, nothing else.
create or replace function guard.files_without_staff() returns table (client uuid, restricted_on date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare own uuid := guard.require_administrator();
begin
  return query select c.id, c.restricted_on from public.services_client c
    where c.restricted and c.agency_id = own and not exists (
      select from public.services_assignment a where a.client_id = c.id and a.until_date is null)
    order by c.restricted_on, c.id;
end $$;

-- Assign somebody to such a file. Refused where somebody is assigned: then it is hers to share.
create or replace function guard.appoint(to_client uuid, to_staff uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare own uuid := guard.require_administrator();
begin
  perform 1 from guard.files_without_staff() f where f.client = to_client;
  if not found then
    raise insufficient_privilege using message = 'permission denied: not a restricted file without staff';
  end if;
  insert into public.services_assignment(id, agency_id, created_at, created_by_id, client_id, staff_id, since_date)
    values (gen_random_uuid(), own, now(), guard.staff(), to_client, to_staff, current_date);
end $$;

-- End every assignment of somebody who has left.
create or replace function guard.release_staff(of_staff uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare own uuid := guard.require_administrator(); n integer;
begin
  update public.services_assignment set until_date = current_date
   where agency_id = own and staff_id = of_staff and until_date is null;
  get diagnostics n = row_count;
  return n;
end $$;

revoke all on function guard.is_jobs, guard.hidden_clients, guard.require_administrator,
  guard.files_without_staff, guard.appoint, guard.release_staff from public;
grant execute on function guard.hidden_clients, guard.files_without_staff, guard.appoint, guard.release_staff
  to {kind}_app, {kind}_owner;
reset role;

grant insert, update on public.services_assignment to {kind}_guard;
drop policy if exists guard_appoints on public.services_assignment;
create policy guard_appoints on public.services_assignment to {kind}_guard using (true) with check (true);

-- What was written down stays as written: a correction is a later row. Arguments: the columns that may still change.
set role {kind}_guard;
create or replace function guard.kept() returns trigger language plpgsql as $$
declare free text[] := coalesce(tg_argv, '{}');
begin
  if to_jsonb(old) - free is distinct from to_jsonb(new) - free then
    raise insufficient_privilege using message = 'permission denied: this record is kept as it was written';
  end if;
  return new;
end $$;
revoke all on function guard.kept from public;
reset role;
create or replace trigger kept before update on public.services_note for each row execute function guard.kept();
create or replace trigger kept before update on public.services_contact for each row execute function guard.kept();
create or replace trigger kept before update on public.services_clientstatus for each row execute function guard.kept();
create or replace trigger kept before update on public.services_referredclient for each row execute function guard.kept();
create or replace trigger kept before update on public.services_disclosureentry
  for each row execute function guard.kept('bridge_done');
create or replace trigger kept before update on public.services_release for each row
  execute function guard.kept('revoked_at', 'revoked_by_id', 'revocation_channel', 'revocation_note');
create or replace trigger kept before update on public.services_releasescan for each row execute function guard.kept();
create or replace trigger kept before update on public.services_noticeattempt for each row execute function guard.kept();
create or replace trigger kept before update on public.services_packetanswer
  for each row execute function guard.kept('taken_back_at');
create or replace trigger kept before update on public.services_erasure for each row execute function guard.kept();
