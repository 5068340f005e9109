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

-- The named person opens a package: the key comes only while it is neither withdrawn nor expired, both agreements are in
-- force, and nothing else has taken it. A justice agency opens once: what it opened is its own record from then on.
create or replace function guard.open_package(which uuid) returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); p public.bridge_package; k bytea;
begin
  select * into p from public.bridge_package where id = which and to_agency_id = a.agency for no key update;
  if not found or p.to_staff_id is distinct from a.staff or not p.from_agency_id = any(a.partners)
     or p.withdrawn_at is not null or p.expires_at <= clock_timestamp() then
    raise insufficient_privilege using message = 'permission denied: no package for this person now';
  end if;
  select sealed into k from public.bridge_packagekey where package_id = which;
  if not found then return null; end if;
  update public.bridge_package set opened_at = coalesce(opened_at, clock_timestamp()) where id = which;
  if a.sector = any('{law_enforcement,prosecution,system_victim_services,labor_regulator}'::text[]) then
    delete from public.bridge_packagekey where package_id = which;
  end if;
  return k;
end $$;

-- The sender takes a package back: unreadable from here on, for whoever has not made it her own record.
create or replace function guard.withdraw_package(which uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  update public.bridge_package set withdrawn_at = coalesce(withdrawn_at, clock_timestamp()), content = null
   where id = which and from_agency_id = a.agency;
  if not found then
    raise insufficient_privilege using message = 'permission denied: not a package of this agency';
  end if;
  delete from public.bridge_packagekey where package_id = which;
end $$;

-- The clock does as much for those whose day has come, at either party's tick: nobody's chain tells of another's copies.
create or replace function guard.end_packages() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  delete from public.bridge_packagekey k using public.bridge_package p
   where p.id = k.package_id and p.expires_at <= clock_timestamp() and a.agency in (p.from_agency_id, p.to_agency_id);
  update public.bridge_package set content = null
   where expires_at <= clock_timestamp() and content is not null and a.agency in (from_agency_id, to_agency_id);
end $$;

-- Whether somebody may still open a package, once or again: what a justice agency has opened is its own record.
create or replace function guard.is_open(p public.bridge_package) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.withdrawn_at is null and p.expires_at > clock_timestamp() and (p.opened_at is null or not exists (
    select from public.accounts_agency g where g.id = p.to_agency_id
       and g.sector = any('{law_enforcement,prosecution,system_victim_services,labor_regulator}'::text[]))) $$;

-- Packages of the acting agency that live and have lost their key in a crash or a restore.
create or replace function guard.keyless_packages() returns setof uuid language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select p.id from public.bridge_package p
   where p.from_agency_id = (select (guard.who()).agency) and guard.is_open(p)
     and not exists (select from public.bridge_packagekey k where k.package_id = p.id) $$;

-- The sender puts such a key back, with the same words sealed anew. Only for an agency she may send to today.
create or replace function guard.reseal_package(which uuid, sealed_content bytea, sealed_key bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); p public.bridge_package;
begin
  select * into p from public.bridge_package where id = which and from_agency_id = a.agency for no key update;
  if not found or not guard.is_open(p) or not p.to_agency_id = any(a.partners)
     or exists (select from public.bridge_packagekey k where k.package_id = which) then
    raise insufficient_privilege using message = 'permission denied: no package without its key';
  end if;
  update public.bridge_package set content = sealed_content where id = which;
  insert into public.bridge_packagekey(id, package_id, from_agency_id, to_agency_id, sealed)
    values (gen_random_uuid(), which, a.agency, p.to_agency_id, sealed_key);
end $$;

-- A justice agency whose own record was kept while the hub failed says so here, be it after the end: the sender's ledger
-- must not tell the client that nobody has read it. It says this of its own agency alone, and gains nothing by it.
create or replace function guard.record_opening(which uuid, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if not a.sector = any('{law_enforcement,prosecution,system_victim_services,labor_regulator}'::text[]) then
    raise insufficient_privilege using message = 'permission denied: only a justice agency keeps what it opened';
  end if;
  update public.bridge_package set opened_at = coalesce(opened_at, greatest(sent_at, least(at, clock_timestamp())))
   where id = which and to_agency_id = a.agency;
  if not found then
    raise insufficient_privilege using message = 'permission denied: not a package for this agency';
  end if;
  delete from public.bridge_packagekey where package_id = which;
end $$;

-- A key is its package's: between the same two agencies, so that nobody puts one on what others sent.
create or replace function guard.key_fits() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public.bridge_package p where p.id = new.package_id
                  and p.from_agency_id = new.from_agency_id and p.to_agency_id = new.to_agency_id) then
    raise insufficient_privilege using message = 'permission denied: a key of another package';
  end if;
  return new;
end $$;

-- Referrals in whose place noise lies. Nobody but the guard reads which they are.
create table if not exists guard.noise(referral uuid primary key);

-- Noise takes the place of what was sealed, of the same length and look.
create or replace function guard.make_noise(which uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare n integer; noise bytea;
begin
  select length(content) into n from public.bridge_referral where id = which for no key update;
  if not found then return; end if;
  select substr(string_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), ''), 1, n) into noise
    from generate_series(0, n / 32);
  if n > 31 then noise := set_byte(noise, 31, get_byte(noise, 31) & 127); end if;  -- as a public key of X25519 ends
  update public.bridge_referral set content = noise where id = which;
  insert into guard.noise(referral) values (which) on conflict do nothing;
  delete from guard.detail where subject = which;
end $$;

-- Its recipient forgets a referral. The sender reads the row and cannot open it: it sees no difference.
create or replace function guard.blank_referral(which uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if not guard.is_jobs() and not a.roles && '{supervisor,privacy_officer}'::text[] then
    raise insufficient_privilege using message = 'permission denied: a supervisor or privacy officer erases';
  end if;
  perform 1 from public.bridge_referral where id = which and to_agency_id = a.agency;
  if not found then
    raise insufficient_privilege using message = 'permission denied: not a referral to this agency';
  end if;
  perform guard.make_noise(which);
end $$;

-- Those of these referrals to the acting agency that an older backup brought back: for its own jobs.
create or replace function guard.not_blank(of_ids uuid[]) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if not guard.is_jobs() then return; end if;
  return query select r.id from public.bridge_referral r where r.id = any(of_ids) and r.to_agency_id = a.agency
    and not exists (select from guard.noise n where n.referral = r.id);
end $$;

revoke all on function guard.key_fits, guard.on_duty, guard.open_package, guard.withdraw_package, guard.end_packages, guard.is_open,
  guard.keyless_packages, guard.reseal_package, guard.record_opening,
  guard.blank_referral, guard.not_blank, guard.make_noise from public;
grant execute on function guard.on_duty, guard.open_package, guard.withdraw_package, guard.end_packages,
  guard.keyless_packages, guard.reseal_package, guard.record_opening,
  guard.blank_referral, guard.not_blank to {kind}_app, {kind}_owner;
reset role;

grant update on public.bridge_package to {kind}_guard;
grant insert, delete on public.bridge_packagekey to {kind}_guard;
drop policy if exists guard_opens on public.bridge_package;
create policy guard_opens on public.bridge_package for update to {kind}_guard using (true) with check (true);
drop policy if exists guard_ends on public.bridge_packagekey;
create policy guard_ends on public.bridge_packagekey for delete to {kind}_guard using (true);
drop policy if exists guard_reseals on public.bridge_packagekey;
create policy guard_reseals on public.bridge_packagekey for insert to {kind}_guard with check (true);
grant update on public.bridge_referral to {kind}_guard;
drop policy if exists guard_forgets on public.bridge_referral;
create policy guard_forgets on public.bridge_referral for update to {kind}_guard using (true) with check (true);

-- A call stays as it was made, and its answer is the answering agency's: another provider neither gives it nor takes it.
set role {kind}_guard;
create or replace function guard.call_kept() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.author(); answer text[] := '{answered_at,answered_by_agency_id,answered_by_id,answered_phone}';
begin
  if a.agency is not null and (to_jsonb(old) - answer is distinct from to_jsonb(new) - answer
     or coalesce(old.answered_by_agency_id, a.agency) <> a.agency
     or coalesce(new.answered_by_agency_id, a.agency) <> a.agency) then
    raise insufficient_privilege using message = 'permission denied: a call is its caller''s, an answer its giver''s';
  end if;
  return new;
end $$;
revoke all on function guard.call_kept from public;
reset role;
create or replace trigger kept before update on public.bridge_advocatecall
  for each row execute function guard.call_kept();
create or replace trigger key_fits before insert on public.bridge_packagekey
  for each row execute function guard.key_fits();
