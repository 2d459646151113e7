-- The sizes of the articles of the subscriber's waiting deliveries, and of others of their stories that its rules
-- matched, after the article $2.
select id, cast(octet_length(title) + octet_length(text) as bigint)
from articles
where id > $2
    and (
        id in (
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
    )
order by id
limit $3
