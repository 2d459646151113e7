-- Chats that the operator has blocked: their updates are ignored, their feeds rest, their rules and deliveries pause.
create table blocked_chats (
    platform text not null,
    chat text not null,
    blocked_at bigint not null,
    primary key (platform, chat)
);

-- Updates that outlive a process: commands in hand, and updates that still waited when the process stopped.
create table kept_updates (
    account text not null,
    number bigint not null,
    holder uuid not null,
    chat text not null,
    -- The name of the command in hand; after a crash it is not tried again. Null for an update that waited.
    command text,
    -- The update that waited; null for a command in hand.
    body text,
    kept_at bigint not null,
    primary key (account, number)
);
