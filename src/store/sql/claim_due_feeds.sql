-- The condition on the lease stands in the outer query too: of two nodes that read the same rows, only one gets them.
update feeds
set lease_until = $2
where id in (
        select id
        from feeds
        where active
            and origin {is_of_lane}
            and next_poll_at <= $1
            and (lease_until <= $1 or lease_until > $3)
        order by next_poll_at
        limit $4
        for update skip locked
    )
    and (lease_until <= $1 or lease_until > $3)
returning *
