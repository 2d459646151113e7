-- Deliveries in one state at a time, since the index orders each state by time. The deliveries of a story with a
-- meeting ahead stay: they name the subscribers to remind.
select d.id
from deliveries d
where d.state <> {pending}
    and d.state = $1
    and d.created_at < $2
    and coalesce(d.sent_at, d.created_at) < $2
    and d.story_id not in (
        select story_id
        from articles
        where id in (
            select article_id
            from article_meetings
            where meeting_id in (select id from meetings where last_day >= $3)
        )
    )
order by d.created_at
limit $4
