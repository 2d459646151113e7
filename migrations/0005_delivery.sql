-- When a chat wants to hear of things. Minutes count from midnight by the clock of its time zone (IANA; null is UTC).
alter table subscribers add column time_zone text;
alter table subscribers add column quiet_from bigint;
alter table subscribers add column quiet_until bigint;
-- Whether what is urgent is told in the quiet hours too.
alter table subscribers add column quiet_lets_urgent boolean not null default true;
-- 'off', 'hourly' or 'daily', and the minute of the day at which the daily digest comes.
alter table subscribers add column digest text not null default 'off';
alter table subscribers add column digest_minute bigint not null default 480;
-- Messages an hour, beyond which alerts are told together; null is no cap.
alter table subscribers add column hourly_cap bigint;

-- Until when the messages to a chat would have lasted at its pace; a few may be ahead of that.
alter table subscribers add column paced_until bigint not null default 0;

-- How urgent what a rule finds is: 'urgent', 'normal', 'digest'; null is what its topic and its chat make of it.
alter table rules add column attention text;
alter table rule_changes add column attention text;

-- Stories of which a chat wants to hear no more.
create table story_mutes (
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    story_id uuid not null references stories (id) on delete cascade,
    created_at bigint not null,
    primary key (subscriber_id, story_id)
);
create index story_mutes_story on story_mutes (story_id);
create index story_mutes_created on story_mutes (created_at);

-- How urgent it is: 0 urgent, 1 normal, 2 for the digest.
alter table deliveries add column attention bigint not null default 1;
-- Since when what its chat has said lets it be told; null: since it came.
alter table deliveries add column waits_since bigint;
-- Whether its message may have left in the hands of whoever has claimed it.
alter table deliveries add column under_way boolean not null default false;
-- Attempts that may have arrived without anybody having heard of it: an answer that was lost, a process that died.
alter table deliveries add column unsure bigint not null default 0;
drop index deliveries_due;
create index deliveries_due on deliveries (attention, due_at, id) where state = 'pending';
create index deliveries_pending on deliveries (subscriber_id) where state = 'pending';
drop index deliveries_state;
create index deliveries_state on deliveries (state, created_at) where state <> 'pending';

-- What was answered to attempts that did not succeed.
create table delivery_attempts (
    id uuid primary key,
    delivery_id uuid not null references deliveries (id) on delete cascade,
    verdict text not null,
    error text not null,
    created_at bigint not null
);
create index delivery_attempts_delivery on delivery_attempts (delivery_id);

-- Which process may send for a bot, since its rate is one; what was learned of that rate, and until when nothing may be sent.
create table senders (
    account text primary key,
    holder uuid not null,
    -- Counts the processes that have sent, one after another.
    term bigint not null default 1,
    lease_until bigint not null,
    held_until bigint not null default 0,
    -- Messages in a thousand seconds that are known to be allowed and to be too many; null where that is not known.
    rate_good bigint,
    rate_bad bigint
);

-- What is old is deleted in small steps, which these find it by.
create index stories_created on stories (created_at);
create index meetings_article on meetings (article_id);
