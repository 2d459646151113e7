-- Doubt in validators, and waits that a server or a death of the program demands.

-- When the last whole body came. Its validators stand in etag and last_modified.
alter table feeds add column body_read_at bigint;
-- When the server answered 304 although the feed had changed.
alter table feeds add column distrusted_at bigint;
-- The end of a server's Retry-After, or of the wait after a death of the program: next_poll_at may lie beyond the longest
-- interval until then.
alter table feeds add column held_until bigint;
