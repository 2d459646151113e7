-- Columns and values take the terms of the glossary in ARCHITECTURE.md. No row changes its meaning.

alter table feeds rename column wish_secs to hint_secs;

-- Why an article was stored without alerting.
alter table articles rename column held_back to silent_reason;
update articles set silent_reason = case silent_reason
    when 'first' then 'first-fetch'
    when 'old' then 'too-old'
    else silent_reason
end where silent_reason is not null;

-- The platform asked for silence until then.
alter table subscribers rename column held_until to blocked_until;
-- The chat's own rate limit allows the next message then.
alter table subscribers rename column paced_until to next_slot_at;
-- Updates of a story make a sound.
alter table subscribers rename column loud_turns to loud_updates;

alter table senders rename column held_until to blocked_until;
-- Messages in a thousand seconds: the highest rate that the platform accepted, and the lowest that it refused.
alter table senders rename column rate_good to rate_accepted;
alter table senders rename column rate_bad to rate_refused;

-- Since when the chat's settings allow the delivery; null means since it was created.
alter table deliveries rename column waits_since to queued_since;
-- Claimed, and its message may have left.
alter table deliveries rename column under_way to in_flight;
-- Attempts that may have arrived although no answer came.
alter table deliveries rename column unsure to possible_duplicates;
update deliveries set kind = 'update' where kind = 'turn';
update deliveries set state = 'cancelled' where state = 'withdrawn';

update delivery_attempts set verdict = case verdict
    when 'again' then 'retry'
    when 'again-marked' then 'retry-as-possible-duplicate'
    when 'again-marked-proxy' then 'retry-as-possible-duplicate-proxy'
    when 'unconfirmed' then 'give-up-unconfirmed'
    when 'wait' then 'slow-down'
    when 'no-rights' then 'pause-chat'
    when 'stop' then 'pause-all'
    when 'moved' then 'migrate-chat'
    when 'suspended' then 'suspend'
    when 'given-up' then 'give-up'
    else verdict
end;
