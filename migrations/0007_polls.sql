-- Polls that no process finished, redirects to another host, and clocks that were wrong.

-- When next_poll_at was computed. A time in the future shows that the clock was ahead then.
alter table feeds add column scheduled_at bigint;

-- Since when a process reads a body of the feed. The record of the poll clears it: where it stays, the process died.
alter table feeds add column reading_since bigint;
-- The deaths of a process while it read the feed, and the time of the last one.
alter table feeds add column crashes bigint not null default 0;
alter table feeds add column crashed_at bigint;
create index feeds_reading on feeds (reading_since) where reading_since is not null;

-- When the feed moved to moved_to, and when its old address was polled since.
alter table feeds add column moved_at bigint;
alter table feeds add column old_polled_at bigint;
-- The address on another host that a permanent redirect leads to, the first poll that found it, and the number of polls.
alter table feeds add column moving_to text;
alter table feeds add column moving_since bigint;
alter table feeds add column moving_polls bigint not null default 0;

-- The times by which retention judges the clock.
create table retention_clock (
    id bigint primary key,
    trusted_at bigint not null,
    ahead_from bigint,
    ahead_until bigint
);
