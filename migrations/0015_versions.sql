-- The publisher's own id of the entry, as evidence of identity. Unknown for articles of earlier versions.
alter table articles add column guid text;

-- The fingerprint of the entry as its feed had it last: an equal one is no new version, however the program reads it.
-- Unknown for articles of earlier versions, whose first entry is taken for theirs.
alter table articles add column entry_form bigint;

-- The article that took over the page, where its publisher wrote it anew about another event.
alter table articles add column succeeded_by uuid;

-- The versions before the present one. `number` is the revision of the stories that ended the version; `sentences` has
-- fingerprints of eight bytes each; `news` lists in JSON the sentences that the next version brought.
create table article_versions (
    article_id uuid not null references articles (id) on delete cascade,
    number bigint not null,
    title text not null,
    sentences bytea not null,
    news text not null,
    ended_at bigint not null,
    primary key (article_id, number)
);
