-- A rule that both chats have takes the old chat's attention where the new one has chosen none.
update rules
set attention = mine.attention
from rules mine
join subscribers here on here.id = mine.subscriber_id
join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread
where here.platform = $1
    and here.chat = $2
    and rules.subscriber_id = there.id
    and rules.text = mine.text
    and rules.attention is null
    and mine.attention is not null
returning rules.id, rules.subscriber_id, rules.text, rules.attention
