-- Moves the rows of a table from chat $2 to the subscribers at chat $3 that have no such row. A forum topic keeps to
-- its counterpart.
update {table}
set subscriber_id = (
    select there.id
    from subscribers here
    join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread
    where here.id = {table}.subscriber_id
)
where subscriber_id in (select id from subscribers where platform = $1 and chat = $2)
    and not exists (
        select 1
        from {table} same
        join subscribers there on there.id = same.subscriber_id
        where there.platform = $1
            and there.chat = $3
            and {same}
            and there.thread = (
                select thread
                from subscribers here
                where here.id = {table}.subscriber_id
            )
    )
