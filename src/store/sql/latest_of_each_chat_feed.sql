a.id in (
        select id
        from (
            select
                p.id,
                row_number() over (partition by p.feed_id order by p.revision desc, p.id desc) as place
            from articles p
            join feeds c on c.id = p.feed_id
            where p.seen_at >= $1
                and p.revision <= $2
                and c.origin = {chat_feed}
        ) latest
        where place <= $3
        order by place
        limit $4
    )
order by a.revision, a.id
