-- Reads the oldest due edits only: a breaking story has one for each of its chats.
with oldest as materialized (
    select d.id, d.edit_due_at, s.chat
    from deliveries d
    cross join subscribers s
    where s.id = d.subscriber_id
        and d.edit_due_at <= $1
        and d.state = {sent}
        and d.kind = {alert}
        and d.burst is null
        and d.message is not null
        and s.platform = $3
        and s.paused_at is null
        and s.suspended_at is null
        and (s.blocked_until <= $1 or s.blocked_until > $5)
        and (s.next_slot_at <= $1 or s.next_slot_at > $6)
        {not_busy}
    order by d.edit_due_at
    limit $4
),
ranked as (
    select id, row_number() over (partition by chat order by edit_due_at, id) as rank
    from oldest
),
due as materialized (
    select id
    from deliveries
    where id in (select id from ranked where rank = 1)
    {lock}
)
update deliveries
set edit_due_at = $2
where id in (select id from due)
    and edit_due_at <= $1
{returning}, message, sent_at
