-- Feeds that a process polls. A lease that outlives its process shows that the process died.
create index feeds_leased on feeds (lease_until) where lease_until > 0;

-- The page of an article that a process reads for a feed, and the page that a process died of.
alter table feeds add column page_in_hand text;
alter table feeds add column page_set_aside text;

-- Why a rule matches nothing, and whether its chat is still to be informed.
alter table rules add column trouble text;
alter table rules add column notice_due boolean not null default false;
alter table mutes add column trouble text;
alter table mutes add column notice_due boolean not null default false;
create index rules_trouble on rules (id) where trouble is not null;
create index mutes_trouble on mutes (id) where trouble is not null;

-- Rules that a process evaluates for a suspect feed.
create table rules_in_hand (
    rule_id uuid not null,
    holder uuid not null,
    since bigint not null,
    primary key (rule_id, holder)
);
