-- Cases opened, and how many had a suspect reach each stage. Unknown is counted, never taken for no.
select
    site_id,
    type,
    count(*) as opened,
    count(*) filter (where not mature) as immature,
    count(*) filter (where mature and arrested) as arrested,
    count(*) filter (where mature and arrested is null) as arrested_unknown,
    count(*) filter (where mature and prosecuted) as prosecuted,
    count(*) filter (where mature and prosecuted is null) as prosecuted_unknown,
    count(*) filter (where mature and charged_strict) as charged_strict,
    count(*) filter (where mature and charged_strict is null) as charged_strict_unknown,
    count(*) filter (where mature and charged_broad) as charged_broad,
    count(*) filter (where mature and charged_broad is null) as charged_broad_unknown,
    count(*) filter (where mature and convicted) as convicted,
    count(*) filter (where mature and convicted is null) as convicted_unknown,
    count(*) filter (where mature and custody) as custody,
    count(*) filter (where mature and custody is null) as custody_unknown,
    count(*) filter (where mature and adopted) as adopted,
    count(*) filter (where mature and adopted is null) as adopted_unknown,
    count(*) filter (where mature and prosecuted and charged_strict is null) as prosecuted_charged_strict_unknown,
    count(*) filter (where mature and prosecuted and charged_broad is null) as prosecuted_charged_broad_unknown,
    count(*) filter (where mature and prosecuted and convicted) as prosecuted_convicted,
    count(*) filter (where mature and prosecuted and convicted is null) as prosecuted_convicted_unknown
from cases
group by site_id, type
