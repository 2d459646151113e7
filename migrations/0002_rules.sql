-- Each insertion and deletion of a rule or a mute, numbered by the revision `rules` that it made: a process that holds an
-- index of them applies what is new instead of reading everything. Old changes are dropped; a reader who is further behind
-- reads everything.
create table rule_changes (
    revision bigint primary key,
    rule_id uuid not null,
    subscriber_id uuid not null,
    text text not null,
    added boolean not null,
    mute boolean not null
);

-- What subscribers do not want to be alerted of, whatever their rules say.
create table mutes (
    id uuid primary key,
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    text text not null,
    created_at bigint not null,
    unique (subscriber_id, text)
);

-- Whether the article was matched at all; at a feed's first fetch what is there is stored silently.
alter table articles add column alerting boolean not null default true;
-- Whether the match was kept from alerting by a mute.
alter table matches add column muted boolean not null default false;

create index deliveries_message on deliveries (subscriber_id, message) where message is not null;
