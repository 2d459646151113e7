-- Stories whose articles and deliveries are gone.
select s.id
from stories s
where s.created_at < $1
    and not exists (select 1 from articles a where a.story_id = s.id)
    and not exists (select 1 from deliveries d where d.story_id = s.id)
order by s.created_at
limit $2
