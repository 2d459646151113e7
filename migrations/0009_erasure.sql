-- The articles of one feed: those of a day count against its budget, and all of them go with the feed.
create index articles_feed on articles (feed_id, seen_at);

-- Changes that deleted subscribers made. A process that reads the log after this step reads every rule anyway.
delete from rule_changes where not exists (select 1 from subscribers s where s.id = rule_changes.subscriber_id);
