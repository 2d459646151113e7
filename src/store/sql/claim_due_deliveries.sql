-- The chosen rows are locked and fixed before the update: two nodes never get the same rows, and PostgreSQL does not
-- choose again while it updates. The cross join keeps SQLite to the order of the outbox.
with due as materialized (
    select d.id
    from deliveries d
    cross join subscribers s
    where s.id = d.subscriber_id
        and d.state = {pending}
        and d.attention = $5
        and d.due_at <= $1
        and (d.lease_until <= $1 or d.lease_until > $3)
        and s.platform = $4
        and s.paused_at is null
        and s.suspended_at is null
        and (s.blocked_until <= $1 or s.blocked_until > $6)
        and (s.next_slot_at <= $7 or s.next_slot_at > $8)
        {not_busy}
    order by d.due_at, d.id
    limit $9
    {lock}
)
update deliveries
set {take_over} $2,
    attempts = attempts + 1
where id in (select id from due)
{returning}
