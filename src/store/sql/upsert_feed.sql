insert into feeds (
    id, url, outlet, language, interval_secs, full_text, origin, title, active, failures,
    next_poll_at, lease_until, created_at, scheduled_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, $10, $10)
on conflict (url) do update
set {kept_state},
    {kept_if_active},
    {settings},
    failures = case when feeds.active then feeds.failures else 0 end,
    next_poll_at = case when feeds.active then feeds.next_poll_at else excluded.next_poll_at end,
    scheduled_at = case when feeds.active then feeds.scheduled_at else excluded.scheduled_at end,
    active = excluded.active
returning *
