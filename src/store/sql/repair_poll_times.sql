-- Times ahead of now become now: feeds are due, and waits begin anew.
update feeds
set next_poll_at = case when next_poll_at > $1 then $1 else next_poll_at end,
    scheduled_at = $1,
    last_success_at = case when last_success_at > $1 then $1 else last_success_at end,
    last_new_at = case when last_new_at > $1 then $1 else last_new_at end,
    last_match_at = case when last_match_at > $1 then null else last_match_at end,
    failing_since = case when failing_since > $1 then $1 else failing_since end,
    moved_at = case when moved_at > $1 then $1 else moved_at end,
    moving_since = case when moving_since > $1 then $1 else moving_since end,
    old_polled_at = case when old_polled_at > $1 then $1 else old_polled_at end
where active
    and (scheduled_at > $2 or next_poll_at > $3)
