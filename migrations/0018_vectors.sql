-- The vectors of articles that somebody may want, a byte a component. Only vectors of one model can be compared. It is no
-- column of `articles`: most statements read whole rows of that table.
create table article_vectors (
    article_id uuid primary key not null references articles (id) on delete cascade,
    model text not null,
    vector bytea not null
);
