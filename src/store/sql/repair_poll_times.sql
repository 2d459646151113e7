-- Times ahead of now become now: feeds are due, and waits begin anew. A last whole answer is then doubted at once.
update feeds
set next_poll_at = case when next_poll_at > $4 then $4 else next_poll_at end,
    scheduled_at = $4,
    last_success_at = case when last_success_at > $4 then $4 else last_success_at end,
    last_new_at = case when last_new_at > $4 then $4 else last_new_at end,
    last_match_at = case when last_match_at > $4 then null else last_match_at end,
    failing_since = case when failing_since > $4 then $4 else failing_since end,
    moved_at = case when moved_at > $4 then $4 else moved_at end,
    moving_since = case when moving_since > $4 then $4 else moving_since end,
    old_polled_at = case when old_polled_at > $4 then $4 else old_polled_at end,
    held_until = null,
    body_read_at = case when body_read_at > $4 then null else body_read_at end,
    distrusted_at = case when distrusted_at > $4 then $4 else distrusted_at end,
    crashed_at = case when crashed_at > $4 then $4 else crashed_at end
where {is_wrong}
