-- Stories are told apart in memory; an article says with which revision of the stories it was committed, so that a
-- process reads what others have added since it last looked.
alter table articles add column revision bigint not null default 0;
create index articles_revision on articles (revision);
drop table story_keys;
-- Id of the agency whose copy it is, if it credits one.
alter table articles add column credit text;
-- What it says to have happened, with the facts (JSON).
alter table articles add column events text not null default '[]';

-- Meetings that were announced, each once however many articles tell of it.
create table meetings (
    id uuid primary key,
    article_id uuid not null references articles (id),
    participants text not null,
    place text,
    time_zone text,
    -- Days as 2020-10-23, in the place's own time; null where no article says.
    first_day text,
    last_day text,
    starts_at bigint,
    status text not null,
    -- Grows whenever the date, the place or the status changes.
    sequence bigint not null,
    -- When who asked for it is reminded; null where that is not known, or has come to nothing.
    remind_day_at bigint,
    remind_hour_at bigint,
    created_at bigint not null,
    updated_at bigint not null
);
create index meetings_last_day on meetings (last_day);

-- Which articles tell of which meetings.
create table article_meetings (
    meeting_id uuid not null references meetings (id) on delete cascade,
    article_id uuid not null references articles (id) on delete cascade,
    primary key (meeting_id, article_id)
);
create index article_meetings_article on article_meetings (article_id);

-- Whether the chat wants to be reminded of meetings, and to hear a sound when a story turns.
alter table subscribers add column reminders boolean not null default false;
alter table subscribers add column loud_turns boolean not null default false;

-- The outbox, which also tells of what turned a story and reminds of meetings. One row is one message to one subscriber:
-- an alert of a story (subject is the story), a turn of it (number says which), a reminder (subject is the meeting, number
-- the time at which it was due).
create table deliveries_4 (
    id uuid primary key,
    subscriber_id uuid not null references subscribers (id) on delete cascade,
    story_id uuid not null references stories (id),
    article_id uuid not null references articles (id),
    kind text not null default 'alert',
    subject uuid not null,
    number bigint not null default 0,
    state text not null,
    attempts bigint not null,
    due_at bigint not null,
    lease_until bigint not null,
    message text,
    last_error text,
    sent_at bigint,
    created_at bigint not null,
    edit_due_at bigint,
    burst uuid,
    unique (subscriber_id, subject, kind, number)
);
insert into deliveries_4 (id, subscriber_id, story_id, article_id, subject, state, attempts, due_at, lease_until, message,
    last_error, sent_at, created_at, edit_due_at, burst)
    select id, subscriber_id, story_id, article_id, story_id, state, attempts, due_at, lease_until, message, last_error,
    sent_at, created_at, edit_due_at, burst from deliveries;
drop table deliveries;
alter table deliveries_4 rename to deliveries;
create index deliveries_due on deliveries (due_at) where state = 'pending';
create index deliveries_message on deliveries (subscriber_id, message) where message is not null;
create index deliveries_edit on deliveries (edit_due_at) where edit_due_at is not null;
create index deliveries_state on deliveries (state);
create index deliveries_article on deliveries (article_id);
create index deliveries_story on deliveries (story_id);
create index deliveries_burst on deliveries (burst, subscriber_id) where burst is not null;
