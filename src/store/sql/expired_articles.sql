-- Articles without deliveries and meetings. An article without a date, or with one in the future, stays: were it
-- deleted while its feed still has it, nothing would show that it is old.
select a.id
from articles a
where a.seen_at < $1
    and a.published_at is not null
    and coalesce(a.date_note, '') <> {future}
    and not exists (select 1 from deliveries d where d.article_id = a.id)
    and not exists (select 1 from article_meetings l where l.article_id = a.id)
    and not exists (select 1 from meetings m where m.article_id = a.id)
order by a.seen_at
limit $2
