-- The articles of the subscriber's waiting deliveries, and others of their stories that its rules matched.
select *
from articles
where id in (
        select article_id
        from deliveries
        where subscriber_id = $1
            and {waiting}
    )
    or id in (
        select m.article_id
        from matches m
        join rules r on r.id = m.rule_id
        join articles a on a.id = m.article_id
        where r.subscriber_id = $1
            and not m.muted
            and a.story_id in (
                select story_id
                from deliveries
                where subscriber_id = $1
                    and {waiting}
            )
    )
order by id
