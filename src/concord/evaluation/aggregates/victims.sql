-- Victims, and how many were themselves arrested, charged or convicted, or referred to services. Unknown is counted, never taken for no.
select
    site_id,
    type,
    count(*) as opened,
    sum(case when not mature then 1 else 0 end) as immature,
    sum(case when mature and arrested then 1 else 0 end) as arrested,
    sum(case when mature and arrested is null then 1 else 0 end) as arrested_unknown,
    sum(case when mature and charged then 1 else 0 end) as charged,
    sum(case when mature and charged is null then 1 else 0 end) as charged_unknown,
    sum(case when mature and convicted then 1 else 0 end) as convicted,
    sum(case when mature and convicted is null then 1 else 0 end) as convicted_unknown,
    sum(case when mature and referred then 1 else 0 end) as referred,
    sum(case when mature and referred is null then 1 else 0 end) as referred_unknown
from victims
group by site_id, type
