-- One text for SQLite and PostgreSQL. SQLite takes a column's declared type as a hint only: uuid and bytea hold blobs
-- there, bigint and boolean integers. Times are Unix milliseconds; ids are made by the program.

create table feeds (
    id uuid primary key,
    url text not null unique,
    outlet text not null,
    language text,
    interval_secs bigint,
    active boolean not null,
    etag text,
    last_modified text,
    body_hash bytea,
    failures bigint not null,
    seeded_at bigint,
    last_success_at bigint,
    last_error text,
    next_poll_at bigint not null,
    lease_until bigint not null,
    created_at bigint not null
);
create index feeds_due on feeds (next_poll_at) where active;

create table stories (
    id uuid primary key,
    created_at bigint not null
);

create table articles (
    id uuid primary key,
    story_id uuid not null references stories (id),
    feed_id uuid not null references feeds (id),
    outlet text not null,
    title text not null,
    text text not null,
    url text,
    language text,
    topics text not null,
    published_at bigint,
    seen_at bigint not null
);
create index articles_seen on articles (seen_at);
create index articles_story on articles (story_id);

-- The keys by which an entry is recognised as an article that is already here.
create table article_keys (
    key bytea primary key,
    article_id uuid not null references articles (id) on delete cascade
);
create index article_keys_article on article_keys (article_id);

-- The fingerprints by which an article finds the stories that it may belong to.
create table story_keys (
    key bigint not null,
    article_id uuid not null references articles (id) on delete cascade,
    seen_at bigint not null,
    primary key (key, article_id)
);
create index story_keys_article on story_keys (article_id);

create table subscribers (
    id uuid primary key,
    platform text not null,
    chat text not null,
    thread bigint not null,
    paused_at bigint,
    suspended_at bigint,
    held_until bigint not null,
    created_at bigint not null,
    unique (platform, chat, thread)
);

create table rules (
    id uuid primary key,
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    topic text,
    text text not null,
    created_at bigint not null,
    unique (subscriber_id, text)
);

create table matches (
    article_id uuid not null references articles (id) on delete cascade,
    rule_id uuid not null references rules (id) on delete cascade,
    created_at bigint not null,
    primary key (article_id, rule_id)
);
create index matches_rule on matches (rule_id);

-- The outbox. One row is one alert: what one subscriber is told about one story.
create table deliveries (
    id uuid primary key,
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    story_id uuid not null references stories (id),
    article_id uuid not null references articles (id),
    state text not null,
    attempts bigint not null,
    due_at bigint not null,
    lease_until bigint not null,
    message text,
    last_error text,
    sent_at bigint,
    created_at bigint not null,
    unique (subscriber_id, story_id)
);
create index deliveries_due on deliveries (due_at) where state = 'pending';

-- Which process receives a bot's updates, and the last one that was handled.
create table receivers (
    account text primary key,
    holder uuid not null,
    lease_until bigint not null,
    handled bigint,
    handled_at bigint
);

-- Numbers that move whenever something changes: `rules` tells matchers to read the rules again, `stories` lets two
-- processes notice that the other has stored an article since they looked.
create table revisions (
    name text primary key,
    value bigint not null
);
insert into revisions (name, value) values ('rules', 0), ('stories', 0);
