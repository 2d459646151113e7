-- The matches of a rule that both chats have go to the new chat's rule.
insert into matches (article_id, rule_id, created_at, muted)
select found.article_id, theirs.id, found.created_at, found.muted
from matches found
join rules mine on mine.id = found.rule_id
join subscribers here on here.id = mine.subscriber_id
join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread
join rules theirs on theirs.subscriber_id = there.id and theirs.text = mine.text
where here.platform = $1
    and here.chat = $2
on conflict (article_id, rule_id) do nothing
