insert into meetings (
    id, article_id, participants, place, time_zone, first_day, last_day, starts_at, status, sequence,
    remind_day_at, remind_hour_at, created_at, updated_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
on conflict (id) do update set
    article_id = excluded.article_id,
    participants = excluded.participants,
    place = excluded.place,
    time_zone = excluded.time_zone,
    first_day = excluded.first_day,
    last_day = excluded.last_day,
    starts_at = excluded.starts_at,
    status = excluded.status,
    sequence = excluded.sequence,
    remind_day_at = excluded.remind_day_at,
    remind_hour_at = excluded.remind_hour_at,
    updated_at = excluded.updated_at
