-- Cancels the waiting deliveries of the stories that rule $1 matched and no other rule of its subscriber, mutes aside.
update deliveries
set state = {cancelled},
    {take_over} 0
where {waiting}
    and subscriber_id = (select subscriber_id from rules where id = $1)
    and exists (
        select 1
        from articles a
        join matches m on m.article_id = a.id
        where a.story_id = deliveries.story_id
            and m.rule_id = $1
    )
    and not exists (
        select 1
        from articles a
        join matches m on m.article_id = a.id
        join rules r on r.id = m.rule_id
        where a.story_id = deliveries.story_id
            and r.subscriber_id = deliveries.subscriber_id
            and r.id <> $1
            and not m.muted
    )
