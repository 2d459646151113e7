-- An identity key holds within an outlet: an entry of one outlet that links to another's page claims no article there.
create table article_keys_10 (
    key bytea not null,
    outlet text not null,
    article_id uuid not null references articles (id) on delete cascade,
    primary key (key, outlet)
);
insert into article_keys_10 (key, outlet, article_id)
    select k.key, a.outlet, k.article_id
    from article_keys k
    join articles a on a.id = k.article_id;
drop table article_keys;
alter table article_keys_10 rename to article_keys;
create index article_keys_article on article_keys (article_id);

-- The outlet whose page the article links to, where it is not the article's own: the article is no source of its own.
alter table articles add column links_to text;

-- The public story of the event, for a story that only a chat's own feed reported before.
alter table stories add column public_story_id uuid;
create index stories_public on stories (public_story_id) where public_story_id is not null;
