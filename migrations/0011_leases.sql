-- Tables and columns by their terms: who leads, who receives, and the trouble of a feed.
alter table senders rename to leader_leases;
alter table receivers rename to receiver_leases;
alter table feeds rename column reported to trouble;

-- New entries that were too old to alert of: all of them, and those since the last one that was not.
alter table feeds add column too_old bigint not null default 0;
alter table feeds add column too_old_in_a_row bigint not null default 0;
