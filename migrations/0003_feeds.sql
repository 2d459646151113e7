-- Who named the feed: 'config' (the settings or the profile), 'operator' (the command line) or 'chat'.
alter table feeds add column origin text not null default 'config';
-- What it calls itself.
alter table feeds add column title text;
-- Where its address has moved for good; polled instead of url.
alter table feeds add column moved_to text;
-- Whether its articles' pages are read, since the feed itself carries only their beginnings.
alter table feeds add column full_text boolean not null default false;
-- What its polls have shown: the mean time between new articles, and when the last one came and the last one matched.
alter table feeds add column new_every_secs bigint;
alter table feeds add column last_new_at bigint;
alter table feeds add column last_match_at bigint;
-- What its publisher asks for: seconds between polls, and the hours (bit 0 is 00:00-00:59 UTC) and weekdays (bit 0 is
-- Monday) without any.
alter table feeds add column wish_secs bigint;
alter table feeds add column skip_hours bigint not null default 0;
alter table feeds add column skip_days bigint not null default 0;
-- Since when every poll has failed, and of what its operator has been told: 'failing', 'silent' or nothing.
alter table feeds add column failing_since bigint;
alter table feeds add column reported text;

-- The feeds that chats have added; their articles are for these chats alone.
create table chat_feeds (
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    feed_id uuid not null references feeds (id) on delete cascade,
    created_at bigint not null,
    primary key (subscriber_id, feed_id)
);
create index chat_feeds_feed on chat_feeds (feed_id);

-- What is odd about an article's date: 'future' (it was clamped to when it was seen) or 'zoneless' (taken for UTC).
alter table articles add column date_note text;
-- Why an article is stored silently (alerting is false): 'first' (its feed's first fetch) or 'old' (the age gate).
alter table articles add column held_back text;

-- What changed materially in an article after it was stored: the title that it had, and figures (JSON).
create table article_changes (
    id uuid primary key,
    article_id uuid not null references articles (id) on delete cascade,
    old_title text,
    figures text not null,
    created_at bigint not null
);
create index article_changes_article on article_changes (article_id);

-- The lines that an outlet repeats in its articles, as hashes with counts (JSON).
create table outlet_lines (
    outlet text primary key,
    memory text not null
);

-- When a sent alert is to be brought up to date in place; null when it says what there is to say.
alter table deliveries add column edit_due_at bigint;
create index deliveries_edit on deliveries (edit_due_at) where edit_due_at is not null;
create index deliveries_state on deliveries (state);
create index deliveries_article on deliveries (article_id);
-- The fetch whose articles are told of in one message, where one feed brought many at once.
alter table deliveries add column burst uuid;
create index deliveries_burst on deliveries (burst, subscriber_id) where burst is not null;
