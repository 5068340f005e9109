-- Counts charged in court as they stand at their latest stage, by set of charge classes, and what became of them.
select
    site_id,
    type,
    sum(counts) as opened,
    sum(counts) filter (where not mature) as immature,
    sum(counts) filter (where mature and in_strict) as charged_strict,
    sum(counts) filter (where mature and in_strict is null) as charged_strict_unknown,
    sum(counts) filter (where mature and in_broad) as charged_broad,
    sum(counts) filter (where mature and in_broad is null) as charged_broad_unknown,
    sum(coalesce(counts_guilty_plea, 0) + coalesce(counts_guilty_trial, 0)) filter (where mature) as convicted,
    sum(coalesce(counts_pending, 0)) filter (where mature) as convicted_unknown
from charges
where in_court and standing
group by site_id, type
