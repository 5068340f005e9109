-- The server's own windows through which one database's login could see how much another one works, or one agency's
-- page how much another agency writes; and the functions by which one page could end another's query.
-- Needs a superuser, in each database. Views alone are not enough: the functions beneath would still answer.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'pg_catalog' and (p.proname like 'pg\_stat\_get\_%' or p.proname like 'lo\_%'
             or p.proname in ('pg_lock_status', 'pg_notify', 'pg_current_wal_lsn', 'pg_current_wal_insert_lsn',
                              'pg_current_wal_flush_lsn', 'pg_logical_emit_message', 'pg_ls_waldir', 'loread', 'lowrite',
                              'pg_relation_size', 'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size',
                              'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids',
                              'pg_cancel_backend', 'pg_terminate_backend', 'pg_export_snapshot',
                              'pg_control_checkpoint', 'pg_control_system', 'pg_control_recovery', 'pg_control_init',
                              'pg_get_wal_summarizer_state', 'pg_available_wal_summaries', 'pg_wal_summary_contents')) loop
    execute format('revoke execute on function %s from public', f.name);
  end loop;
  for f in select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'pg_catalog' and c.relkind = 'v' and (c.relname like 'pg\_stat%' or c.relname in ('pg_locks', 'pg_prepared_xacts')) loop
    execute format('revoke select on pg_catalog.%I from public', f.name);
  end loop;
end $$;
