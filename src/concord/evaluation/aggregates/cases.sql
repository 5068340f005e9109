-- Cases opened, and how many had a suspect reach each stage. Unknown is counted, never taken for no.
select
    site_id,
    type,
    count(*) as opened,
    sum(case when not mature then 1 else 0 end) as immature,
    sum(case when mature and arrested then 1 else 0 end) as arrested,
    sum(case when mature and arrested is null then 1 else 0 end) as arrested_unknown,
    sum(case when mature and prosecuted then 1 else 0 end) as prosecuted,
    sum(case when mature and prosecuted is null then 1 else 0 end) as prosecuted_unknown,
    sum(case when mature and charged_strict then 1 else 0 end) as charged_strict,
    sum(case when mature and charged_strict is null then 1 else 0 end) as charged_strict_unknown,
    sum(case when mature and charged_broad then 1 else 0 end) as charged_broad,
    sum(case when mature and charged_broad is null then 1 else 0 end) as charged_broad_unknown,
    sum(case when mature and convicted then 1 else 0 end) as convicted,
    sum(case when mature and convicted is null then 1 else 0 end) as convicted_unknown,
    sum(case when mature and custody then 1 else 0 end) as custody,
    sum(case when mature and custody is null then 1 else 0 end) as custody_unknown,
    sum(case when mature and adopted then 1 else 0 end) as adopted,
    sum(case when mature and adopted is null then 1 else 0 end) as adopted_unknown,
    sum(case when mature and prosecuted and charged_strict is null then 1 else 0 end) as prosecuted_charged_strict_unknown,
    sum(case when mature and prosecuted and charged_broad is null then 1 else 0 end) as prosecuted_charged_broad_unknown,
    sum(case when mature and prosecuted and convicted then 1 else 0 end) as prosecuted_convicted,
    sum(case when mature and prosecuted and convicted is null then 1 else 0 end) as prosecuted_convicted_unknown
from cases
group by site_id, type
