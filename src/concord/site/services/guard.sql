-- Which client files are closed to the acting member of staff, and the two steps by which an administrator keeps a
-- restricted file from being lost when the last person assigned to it has left.
set role {kind}_guard;

-- Files that were erased: to everybody but the agency's own jobs, which count days and codes, they do not exist.
create table if not exists guard.erased(subject uuid primary key, agency uuid not null);
create index if not exists erased_agency on guard.erased(agency);
-- Every id that belonged to them: no draft is written about one any more.
create table if not exists guard.gone(id uuid primary key);

-- A family member's file is closed with the principal's: it says who she is. To another agency it names none at all.
create or replace function guard.hidden_clients() returns uuid[] language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); hidden uuid[];
begin
  -- The agency's own jobs have no screen: they count restricted and erased files too, and only counts leave.
  if guard.is_jobs() then return '{}'; end if;
  -- From the few restricted files to their staff: the caseload of whoever asks may be long.
  with closed as (
    select c.id from public.services_client c where c.agency_id = a.agency and c.restricted and not exists (
      select from public.services_assignment s
       where s.client_id = c.id and s.staff_id = a.staff and s.agency_id = a.agency and s.until_date is null))
  select coalesce(array_agg(id), '{}') into hidden from (
    select subject as id from guard.erased where agency = a.agency
    union
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
    values (gen_random_uuid(), own, now(), guard.staff(), to_client, to_staff, guard.today());
end $$;

-- End every assignment of somebody who has left.
create or replace function guard.release_staff(of_staff uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare own uuid := guard.require_administrator(); n integer;
begin
  update public.services_assignment set until_date = guard.today()
   where agency_id = own and staff_id = of_staff and until_date is null;
  get diagnostics n = row_count;
  return n;
end $$;

revoke all on function guard.hidden_clients, guard.require_administrator,
  guard.files_without_staff, guard.appoint, guard.release_staff from public;
grant execute on function guard.hidden_clients, guard.files_without_staff, guard.appoint, guard.release_staff
  to {kind}_app, {kind}_owner;
reset role;

grant insert, update on public.services_assignment to {kind}_guard;
drop policy if exists guard_appoints on public.services_assignment;
create policy guard_appoints on public.services_assignment to {kind}_guard using (true) with check (true);

-- ------------------------------------------------------------------------------------------------------ erasing a file
set role {kind}_guard;

-- Empty every sealed value of a person's rows, and what the chain keeps of them apart; her drafts go whole. What stays is
-- ids, days and codes. `removed`: how many values; `proof`: SHA-256 over the SHA-256 of each, in one order.
create or replace function guard.empty_file(
  of_agency uuid, of_subject uuid, on_day date, out removed integer, out proof bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  s guard.sealed; hers text; rows uuid[]; ids uuid[] := array[of_subject]; links uuid[]; n integer; h text;
  digests text := '';
begin
  removed := 0;
  for s in select * from guard.sealed order by relation loop
    hers := (select format('t.agency_id = $2 and (%s)', string_agg(format('t.%I = $1', k), ' or ')) from unnest(s.named_by) k);
    execute format('select array_agg(t.id) from public.%I t where %s', s.relation, hers)
      into rows using of_subject, of_agency;
    continue when rows is null;
    ids := ids || rows;
    execute format(
      'select count(*), string_agg(encode(sha256(u.v), ''hex''), '''' order by t.id, u.place) from public.%I t'
      ' cross join lateral unnest(array[%s]) with ordinality u(v, place) where t.id = any($1) and length(u.v) > 0',
      s.relation, (select string_agg(format('t.%I', c), ', ') from unnest(s.columns) c)) into n, h using rows;
    removed := removed + n;
    digests := digests || coalesce(h, '');
    execute format(
      'update public.%I t set %s where t.id = any($1) and (%s)', s.relation,
      (select string_agg(case when c = any(s.filled) then format('%I = case when t.%I is not null then ''''::bytea end', c, c)
                              else format('%I = null', c) end, ', ') from unnest(s.columns) c),
      (select string_agg(format('length(t.%I) > 0', c), ' or ') from unnest(s.columns) c)) using rows;
  end loop;
  -- The referral she came by is sealed under a key of its own.
  select coalesce(array_agg(l.referral_id), '{}') into links from public.services_referredclient l
   where l.client_id = of_subject and l.agency_id = of_agency;
  -- Somebody turned away whose referral is all there is of her.
  links := links || array(select r.id from public.services_referralin r where r.id = of_subject and r.agency_id = of_agency);
  select removed + count(*), digests || coalesce(string_agg(encode(sha256(u.v), 'hex'), '' order by r.id, u.place), '')
    into removed, digests from public.services_referralin r
    cross join lateral unnest(array[r.reason, r.note]) with ordinality u(v, place)
   where r.id = any(links) and length(u.v) > 0;
  update public.services_referralin r set reason = null, note = null
   where r.id = any(links) and (r.reason is not null or r.note is not null);
  ids := ids || links || array(select r.referral_id from public.services_referralin r where r.id = any(links));
  delete from public.services_draft d
   where d.agency_id = of_agency and (d.subject = any(ids) or d.outcome = any(ids));
  update public.services_client c set erased_on = coalesce(c.erased_on, on_day), next_contact_on = null
   where c.id = of_subject and c.agency_id = of_agency and (c.erased_on is null or c.next_contact_on is not null);
  delete from guard.detail d where d.subject = of_subject or d.subject = any(links);
  -- What was decided about her and somebody else's file stands in the chain of that file.
  delete from guard.detail d using guard.entry e, public.services_pairdecision p
   where d.entry = e.id and e.subject = p.client_id and e.row_id = p.id and p.other_id = of_subject;
  insert into guard.erased(subject, agency) values (of_subject, of_agency) on conflict do nothing;
  insert into guard.gone(id) select distinct unnest(ids) on conflict do nothing;
  perform guard.add('file.erased', 'services_client', of_subject, of_subject, null, null);
  proof := sha256(convert_to(digests, 'UTF8'));
end $$;

-- Whoever may erase asks: the law's conditions are asked here too, so that no page and no statement gets round them. The
-- agency's own jobs finish what was begun, or what an older backup brought back, whatever the row says by now.
create or replace function guard.forget(of_subject uuid, on_day date, out removed integer, out proof bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); jobs boolean := guard.is_jobs();
begin
  if not jobs and not a.roles && '{supervisor,privacy_officer}'::text[] then
    raise insufficient_privilege using message = 'permission denied: a supervisor or privacy officer erases';
  end if;
  if not jobs and of_subject = any(guard.hidden_clients()) then
    raise insufficient_privilege using message = 'permission denied: no such file';
  end if;
  perform 1 from public.services_client c where c.id = of_subject and c.agency_id = a.agency for update;
  if not found then
    perform 1 from public.services_inquiry i where i.id = of_subject and i.agency_id = a.agency for update;
  end if;
  if not found then
    perform 1 from public.services_referralin r
      where r.id = of_subject and r.agency_id = a.agency and (jobs or r.answer = 'declined') for update;
  end if;
  if not found then
    raise insufficient_privilege using message = 'permission denied: no such file';
  end if;
  if not jobs and (
       exists (select from public.services_client c where c.id = of_subject and c.is_open)
    or exists (select from public.services_legalhold h where h.client_id = of_subject and h.lifted_at is null
                  and (h.until_date is null or h.until_date >= guard.today()))
    or exists (select from public.services_compelleddisclosure d where d.client_id = of_subject and d.outcome = 'open')
  ) then
    raise insufficient_privilege using message = 'permission denied: the file is open, held or demanded';
  end if;
  select f.removed, f.proof into removed, proof from guard.empty_file(a.agency, of_subject, on_day) f;
end $$;

-- Erased files of the acting agency in which something sealed has come to lie again: for its own jobs.
create or replace function guard.refilled() returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); s guard.sealed;
begin
  if not guard.is_jobs() then return; end if;
  for s in select * from guard.sealed loop
    return query execute format(
      'select distinct e.subject from guard.erased e join public.%I t on %s where e.agency = $1 and (%s)', s.relation,
      (select string_agg(format('t.%I = e.subject', k), ' or ') from unnest(s.named_by) k),
      (select string_agg(format('length(t.%I) > 0', c), ' or ') from unnest(s.columns) c)) using a.agency;
  end loop;
end $$;

-- A form that was open when the file was erased would go on keeping what is typed about her.
create or replace function guard.about_nobody_gone() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if new.subject is not null and exists (select from guard.gone g where g.id = new.subject) then
    raise insufficient_privilege using message = 'permission denied: the file was erased';
  end if;
  return new;
end $$;

revoke all on function guard.empty_file, guard.forget, guard.refilled, guard.about_nobody_gone from public;
grant execute on function guard.forget, guard.refilled to {kind}_app, {kind}_owner;
-- Drafts are no longer written into the chain; what it kept of them apart is not needed.
delete from guard.detail d using guard.entry e where d.entry = e.id and e.relation = 'services_draft';
reset role;
create or replace trigger about_nobody_gone before insert or update on public.services_draft
  for each row execute function guard.about_nobody_gone();
grant update on public.services_referralin to {kind}_guard;
drop policy if exists guard_forgets on public.services_referralin;
create policy guard_forgets on public.services_referralin for update to {kind}_guard using (true) with check (true);

-- What was written down stays as written: a correction is a later row.
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
create or replace trigger kept before update on public.services_pairdecision
  for each row execute function guard.kept('undone_at', 'undone_by_id');
