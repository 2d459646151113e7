-- Every chat that subscribes or is blocked, with the sums over its forum topics.
select
    c.platform,
    c.chat,
    (
        select count(*)
        from rules r
        join subscribers s on s.id = r.subscriber_id
        where s.platform = c.platform
            and s.chat = c.chat
    ) as rules,
    (
        select count(*)
        from mutes m
        join subscribers s on s.id = m.subscriber_id
        where s.platform = c.platform
            and s.chat = c.chat
    ) as mutes,
    (
        select count(*)
        from chat_feeds f
        join subscribers s on s.id = f.subscriber_id
        where s.platform = c.platform
            and s.chat = c.chat
    ) as feeds,
    (
        select b.blocked_at
        from blocked_chats b
        where b.platform = c.platform
            and b.chat = c.chat
    ) as blocked_at
from (
    select platform, chat
    from subscribers
    union
    select platform, chat
    from blocked_chats
) c
order by c.platform, c.chat
