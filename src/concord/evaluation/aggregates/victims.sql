-- Victims, and how many were themselves arrested, charged or convicted, or referred to services. Unknown is counted, never taken for no.
select
    site_id,
    type,
    count(*) as opened,
    count(*) filter (where not mature) as immature,
    count(*) filter (where mature and arrested) as arrested,
    count(*) filter (where mature and arrested is null) as arrested_unknown,
    count(*) filter (where mature and charged) as charged,
    count(*) filter (where mature and charged is null) as charged_unknown,
    count(*) filter (where mature and convicted) as convicted,
    count(*) filter (where mature and convicted is null) as convicted_unknown,
    count(*) filter (where mature and referred) as referred,
    count(*) filter (where mature and referred is null) as referred_unknown
from victims
group by site_id, type
