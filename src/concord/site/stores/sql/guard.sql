-- The guard of one store: who is acting (signed), and the audit chain. {kind} is the kind of store, {zone}
-- the time zone its days are reckoned in.
-- Everything here belongs to {kind}_guard; {kind}_app may execute what is granted at the end and nothing else.
create schema if not exists guard authorization {kind}_guard;
revoke all on schema guard from public;
grant usage on schema guard to {kind}_app, {kind}_owner;
set role {kind}_guard;

create table if not exists guard.secret(
  login name primary key, store text not null, k_in bytea not null, k_out bytea not null, only_agencies uuid[]);
create table if not exists guard.shape(one boolean primary key default true check (one), digest text not null, at timestamptz not null default now());

do $do$ begin
  create type guard.actor as (staff uuid, agency uuid, sector text, roles text[], task_forces uuid[], partners uuid[]);
exception when duplicate_object then null; end $do$;

create or replace function guard.who() returns guard.actor language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  p text := current_setting('concord.ctx', true);
  s text := current_setting('concord.sig', true);
  f text[]; k guard.secret; agency uuid; a guard.actor;
begin
  if coalesce(p, '') = '' then
    raise insufficient_privilege using message = 'permission denied: no context';
  end if;
  select * into k from guard.secret where login = session_user;
  if not found or encode(sha256(k.k_out || sha256(k.k_in || convert_to(p, 'UTF8'))), 'hex') is distinct from s then
    raise insufficient_privilege using message = 'permission denied: forged context';
  end if;
  f := string_to_array(p, '|');
  if f[1] is distinct from k.store or f[8]::int is distinct from pg_backend_pid()
     or f[9]::bigint is distinct from (extract(epoch from now()) * 1000000)::bigint
     or to_timestamp(f[10]::bigint) < clock_timestamp() then
    raise insufficient_privilege using message = 'permission denied: stale context';
  end if;
  agency := f[3]::uuid;
  a := row(f[2]::uuid, agency, f[4], string_to_array(f[5], ','), string_to_array(f[6], ',')::uuid[],
           string_to_array(f[7], ',')::uuid[])::guard.actor;
  if k.only_agencies is not null then
    if not agency = any(k.only_agencies) then
      raise insufficient_privilege using message = 'permission denied: this login may not act for that agency';
    end if;
    if '{kind}' = 'hub' then  -- whoever holds the key writes the context: what it says of the agency must be so
      if not guard.stands(a) then
        raise insufficient_privilege using message = 'permission denied: the agency does not stand as it says';
      end if;
    end if;
  end if;
  return a;
end $$;

-- Who is acting, if she is of one of these sectors and has one of these roles (null: any); to others it is nobody.
-- What a policy asks: the context is read once for the test and for the value.
create or replace function guard.who_in(sectors text[], any_role text[]) returns guard.actor
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if (sectors is null or a.sector = any(sectors)) and (any_role is null or a.roles && any_role) then
    return a;
  end if;
  return null;
end $$;

-- Today where the task force works: an MOU holds to midnight there, not to midnight in London. Plain, so that it is
-- planned into whatever asks.
create or replace function guard.today() returns date language sql stable
  as $$ select pg_catalog.timezone('{zone}', pg_catalog.now())::pg_catalog.date $$;

create or replace function guard.staff() returns uuid language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).staff';
create or replace function guard.agency() returns uuid language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).agency';
create or replace function guard.sector() returns text language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).sector';
create or replace function guard.roles() returns text[] language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).roles';
create or replace function guard.task_forces() returns uuid[] language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).task_forces';
create or replace function guard.partners() returns uuid[] language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select (guard.who()).partners';

-- The agency's own jobs: an identity that no sign-in has (`law.wall.jobs_staff`).
create or replace function guard.is_jobs() returns boolean language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select (w).staff = md5('concord jobs ' || (w).agency::text)::uuid from (select guard.who() as w) x $$;

-- ---------------------------------------------------------------------------------------------------- the audit chain
create table if not exists guard.link(
  id bigint generated always as identity primary key, xact xid8, n bigint, previous bytea, hash bytea, at timestamptz);
create unique index if not exists link_open on guard.link(xact) where xact is not null;
create unique index if not exists link_n on guard.link(n);
create table if not exists guard.entry(
  id bigint generated always as identity primary key, link bigint not null, at timestamptz not null,
  staff uuid, agency uuid, sector text, verb text not null, relation text, row_id uuid, subject uuid, digest bytea);
create index if not exists entry_link on guard.entry(link);
create index if not exists entry_subject on guard.entry(subject, id);
create index if not exists entry_agency on guard.entry(agency, id);
-- What changed lies apart, so that it can be deleted without breaking the chain; the salt goes with it.
create table if not exists guard.detail(
  entry bigint primary key, subject uuid, salt uuid not null, old jsonb, new jsonb);
create index if not exists detail_subject on guard.detail(subject);
create table if not exists guard.head(one boolean primary key default true check (one), n bigint not null, hash bytea not null);
insert into guard.head(n, hash) values (0, sha256('concord')) on conflict do nothing;

-- Bound when it is made and inlined where it is called: a million lines are read in seconds.
create or replace function guard.line(e guard.entry) returns text language sql stable
  return concat_ws('|', e.id, (extract(epoch from e.at) * 1000000)::bigint, coalesce(e.staff::text, '-'),
    coalesce(e.agency::text, '-'), coalesce(e.sector, '-'), e.verb, coalesce(e.relation, '-'),
    coalesce(e.row_id::text, '-'), coalesce(e.subject::text, '-'), coalesce(encode(e.digest, 'hex'), '-'));

-- Whom an entry names: whoever acts, or nobody when the store's owner works on it.
create or replace function guard.author() returns guard.actor
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if coalesce(current_setting('concord.ctx', true), '') <> '' then
    return guard.who();
  elsif not pg_has_role(session_user, '{kind}_owner', 'member') then
    raise insufficient_privilege using message = 'permission denied: no context';
  end if;
  return null;
end $$;

-- The link that this transaction's entries belong to.
create or replace function guard.open_link() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare l bigint;
begin
  select id into l from guard.link where xact = pg_current_xact_id();
  if not found then
    insert into guard.link(xact) values (pg_current_xact_id()) returning id into l;
  end if;
  return l;
end $$;

create or replace function guard.digest(salt uuid, o jsonb, n jsonb) returns bytea language sql immutable
  return sha256(uuid_send(salt) || convert_to(coalesce(o::text, '') || '|' || coalesce(n::text, ''), 'UTF8'));

create or replace function guard.add(v text, rel text, rid uuid, sub uuid, o jsonb, n jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.author(); l bigint := guard.open_link(); e bigint; s uuid;
begin
  if o is null and n is null then
    insert into guard.entry(link, at, staff, agency, sector, verb, relation, row_id, subject)
      values (l, clock_timestamp(), a.staff, a.agency, a.sector, v, rel, rid, sub);
  else
    s := gen_random_uuid();
    insert into guard.entry(link, at, staff, agency, sector, verb, relation, row_id, subject, digest)
      values (l, clock_timestamp(), a.staff, a.agency, a.sector, v, rel, rid, sub, guard.digest(s, o, n))
      returning id into e;
    insert into guard.detail(entry, subject, salt, old, new) values (e, sub, s, o, n);
  end if;
end $$;

-- Rows were inserted: an entry each, written together, since an import brings a hundred thousand. Argument: the column
-- that names whose file a row belongs to.
create or replace function guard.rows_added() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare a guard.actor; l bigint;
begin
  if not exists (select from added) then return null; end if;
  a := guard.author();
  l := guard.open_link();
  with written as materialized (
    select nextval('guard.entry_id_seq') as entry, gen_random_uuid() as salt, to_jsonb(r) as shape from added r),
  noted as (
    insert into guard.entry(id, link, at, staff, agency, sector, verb, relation, row_id, subject, digest)
      overriding system value
      select entry, l, clock_timestamp(), a.staff, a.agency, a.sector, 'row.insert', tg_table_name,
        (shape ->> 'id')::uuid, (shape ->> tg_argv[0])::uuid, guard.digest(salt, null, shape) from written)
  insert into guard.detail(entry, subject, salt, new)
    select entry, (shape ->> tg_argv[0])::uuid, salt, shape from written;
  return null;
end $$;

-- A row was updated or deleted. Argument: as above.
create or replace function guard.row_changed() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare o jsonb := to_jsonb(old); n jsonb; r jsonb := o;
begin
  if tg_op = 'UPDATE' then
    n := to_jsonb(new);
    r := n;
    select coalesce(jsonb_object_agg(k, o -> k), '{}'), coalesce(jsonb_object_agg(k, n -> k), '{}')
      into o, n from jsonb_object_keys(n) k where o -> k is distinct from n -> k;
    if n = '{}'::jsonb then return null; end if;
  end if;
  perform guard.add('row.' || lower(tg_op), tg_table_name, (r ->> 'id')::uuid, (r ->> tg_argv[0])::uuid, o, n);
  return null;
end $$;

-- What a page or an action did: reading a file, a refusal, a decision. What rows and the store itself underwent is not a
-- page's to say, and no words go into the chain but names of verbs and tables.
create or replace function guard.note(verb text, relation text, row_id uuid, subject uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if verb ~ '^(row|store)\.' or verb !~ '^[a-z_]{1,40}(\.[a-z_]{1,40}){1,3}$' or relation !~ '^[a-z_]{1,63}$' then
    raise insufficient_privilege using message = 'permission denied: that verb is not for notes';
  end if;
  perform guard.add(verb, relation, row_id, subject, null, null);
end $$;

-- One link a transaction, made when it commits: the chain's head is locked only for that moment.
create or replace function guard.seal() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare h guard.head; body text; nh bytea;
begin
  select * into h from guard.head for update;
  select string_agg(guard.line(e), E'\n' order by e.id) into body from guard.entry e where e.link = new.id;
  if body is null then  -- made to run before its entries were written (set constraints ... immediate)
    raise insufficient_privilege using message = 'permission denied: a link is sealed when its transaction commits';
  end if;
  nh := sha256(h.hash || convert_to(body, 'UTF8'));
  update guard.link set xact = null, n = h.n + 1, previous = h.hash, hash = nh, at = clock_timestamp() where id = new.id;
  update guard.head set n = h.n + 1, hash = nh;
  return null;
end $$;
drop trigger if exists seal on guard.link;
create constraint trigger seal after insert on guard.link deferrable initially deferred
  for each row execute function guard.seal();

create or replace function guard.frozen() returns trigger language plpgsql as $$
begin raise insufficient_privilege using message = 'the audit chain is append-only'; end $$;
drop trigger if exists frozen on guard.entry;
create trigger frozen before update or delete or truncate on guard.entry for each statement execute function guard.frozen();

-- The agency's privacy officer reads her own agency's entries, nobody else's: an audit table is a client list.
create or replace function guard.chain(of_subject uuid, before bigint, at_most int) returns setof guard.entry
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who();
begin
  if not 'privacy_officer' = any(a.roles) then
    raise insufficient_privilege using message = 'permission denied: the privacy officer reads the audit chain';
  end if;
  return query select e.* from guard.entry e
    where e.agency = a.agency and (of_subject is null or e.subject = of_subject) and (before is null or e.id < before)
    order by e.id desc limit least(at_most, 500);
end $$;

-- Where a person's sealed values lie: tables, the columns that name her, the columns that are sealed, and those of them
-- that a check of the table wants filled. Written by `apply` from the models, so that no table is forgotten.
create table if not exists guard.sealed(
  relation name primary key, named_by name[] not null, columns name[] not null, filled name[] not null);

-- Drafts that nobody has typed in for so many days go by themselves, submitted ones too. Only the agency's own jobs ask;
-- the browser's copy opens for fourteen days, so that a form sent again is known to be the same at least as long.
create or replace function guard.purge_drafts(days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a guard.actor := guard.who(); t name; n integer; total integer := 0;
begin
  if not guard.is_jobs() then
    raise insufficient_privilege using message = 'permission denied: the agency''s own jobs end drafts';
  end if;
  for t in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname like '%\_draft' loop
    execute format('delete from public.%I where agency_id = $1 and updated_at < $2', t)
      using a.agency, now() - make_interval(days => greatest(days, 14));
    get diagnostics n = row_count;
    total := total + n;
  end loop;
  return total;
end $$;

-- A row may name another row of its own table only if its writer sees that one. Runs as the writer, under her policies.
create or replace function guard.names_seen_rows() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare c text; named uuid; seen boolean;
begin
  foreach c in array tg_argv loop
    named := (to_jsonb(new) ->> c)::uuid;
    continue when named is null or (tg_op = 'UPDATE' and named = (to_jsonb(old) ->> c)::uuid);
    execute format('select exists (select 1 from public.%I where id = $1)', tg_table_name) into seen using named;
    if not seen then
      raise insufficient_privilege using message = format('new row violates row-level security policy for table "%s"', tg_table_name);
    end if;
  end loop;
  return new;
end $$;

-- A row stays with its holder and keeps its id: whoever may change a file does not thereby take it over or give it away.
create or replace function guard.held() returns trigger language plpgsql as $$
begin raise insufficient_privilege using message = format('permission denied: a row of %s stays with its holder', tg_table_name); end $$;

-- What was written down stays as written. Arguments: the columns that may still change.
create or replace function guard.kept() returns trigger language plpgsql as $$
declare free text[] := coalesce(tg_argv, '{}');
begin
  -- Erasing may take sealed values away, and do nothing else (a vault's `guard.empty_file`).
  if current_user = '{kind}_guard' and not exists (
      select from jsonb_each(to_jsonb(new)) n
       where n.value is distinct from to_jsonb(old) -> n.key and n.value not in ('null'::jsonb, '"\\x"'::jsonb)) then
    return new;
  end if;
  if to_jsonb(old) - free is distinct from to_jsonb(new) - free then
    raise insufficient_privilege using message = 'permission denied: this record is kept as it was written';
  end if;
  return new;
end $$;

-- What `apply` recorded of this store's shape, for the comparison at every boot.
create or replace function guard.applied() returns text language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select digest from guard.shape';

-- The head of the chain, for sealing outside; one number and a hash, nothing about any row.
create or replace function guard.head_now(out n bigint, out hash bytea) language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select h.n, h.hash from guard.head h';

-- What an earlier version let the logins call, and this one does not, ends here.
revoke all on all functions in schema guard from public, {kind}_app, {kind}_owner;
grant execute on function guard.who_in, guard.staff, guard.agency, guard.sector, guard.roles, guard.task_forces, guard.partners,
  guard.note, guard.chain, guard.applied, guard.purge_drafts, guard.today,
  guard.head_now to {kind}_app, {kind}_owner;
reset role;
