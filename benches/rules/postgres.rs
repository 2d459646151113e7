//! PostgreSQL's stored queries: a table of `tsquery`, asked which of them an article's `tsvector` satisfies.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;

use crate::engines::{ChangeTimes, Engine, Number};
use crate::workload::{Article, Rule, Term, words};

/// Rules that one statement stores.
const AT_ONCE: usize = 10_000;
/// Empty positions between title and text, so that no phrase reaches from one to the other.
const FIELD_GAP: usize = 1_000;

/// A connection with the rules in a table of its own, which goes when the connection does.
pub struct StoredQueries {
    runtime: Runtime,
    connection: PgConnection,
    rules: Vec<String>,
    backend: i32,
    bytes: u64,
}

impl StoredQueries {
    pub fn new(url: &str, rules: &[Rule]) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let rules: Vec<String> = rules.iter().map(tsquery).collect();
        let (connection, backend, bytes) = runtime
            .block_on(async {
                let mut connection = PgConnection::connect(url).await?;
                for statement in [
                    // The article is cut into words once, not once a rule.
                    "set plan_cache_mode = force_custom_plan",
                    "create temp table rules (id int primary key, query tsquery not null)",
                ] {
                    sqlx::query(statement).execute(&mut connection).await?;
                }
                for (chunk, start) in rules.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
                    let insert = "insert into rules select $1 + number - 1, query::tsquery \
                                  from unnest($2::text[]) with ordinality as given (query, number)";
                    sqlx::query(insert).bind(start).bind(chunk).execute(&mut connection).await?;
                }
                for statement in ["create index on rules using gist (query)", "analyze rules"] {
                    sqlx::query(statement).execute(&mut connection).await?;
                }
                let (backend, bytes): (i32, i64) =
                    sqlx::query_as("select pg_backend_pid(), pg_total_relation_size('rules')")
                        .fetch_one(&mut connection)
                        .await?;
                anyhow::Ok((connection, backend, u64::try_from(bytes)?))
            })
            .context("PostgreSQL at TEST_DATABASE_URL")?;
        Ok(Self { runtime, connection, rules, backend, bytes })
    }
}

impl Engine for StoredQueries {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        let query = sqlx::query_scalar::<_, i32>("select id from rules where $1::tsvector @@ query");
        let found = self.runtime.block_on(query.bind(tsvector(article)).fetch_all(&mut self.connection))?;
        Ok(found.into_iter().map(|id| id as Number).collect())
    }

    /// That of the server's process, if it runs on this machine; its clock ticks a hundred times a second.
    fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.backend)).ok()?;
        // The name may have blanks in it; user and system time are the 12th and 13th field after it.
        let (name, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
        name.contains("(postgres").then_some(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.bytes)
    }

    fn change(&mut self, rules: &[usize]) -> anyhow::Result<Option<ChangeTimes>> {
        let Self { runtime, connection, rules: queries, .. } = self;
        let mut changes = ChangeTimes::default();
        for &number in rules {
            let delete = sqlx::query("delete from rules where id = $1").bind(number as i32);
            ChangeTimes::note(&mut changes.remove, || runtime.block_on(delete.execute(&mut *connection)))?;
        }
        for &number in rules {
            let insert = sqlx::query("insert into rules values ($1, $2::tsquery)");
            let insert = insert.bind(number as i32).bind(queries[number].as_str());
            ChangeTimes::note(&mut changes.add, || runtime.block_on(insert.execute(&mut *connection)))?;
        }
        Ok(Some(changes))
    }
}

/// An article as PostgreSQL's 'simple' configuration sees it, spelt out.
fn tsvector(article: &Article) -> String {
    let mut positions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let title: Vec<String> = words(&article.title).collect();
    let start = if title.is_empty() { 1 } else { title.len() + FIELD_GAP };
    for (word, position) in title.into_iter().zip(1..).chain(words(&article.text).zip(start..)) {
        positions.entry(word).or_default().push(position);
    }
    let mut vector = String::new();
    for (word, positions) in positions {
        let positions: Vec<String> = positions.iter().map(usize::to_string).collect();
        // Writing to a string does not fail.
        let _ = write!(vector, "'{word}':{} ", positions.join(","));
    }
    vector
}

fn tsquery(rule: &Rule) -> String {
    let term = |term: &Term| {
        let words: Vec<String> = term.words.iter().map(|word| format!("'{word}'")).collect();
        format!("({}{})", words.join(" <-> "), if term.prefix { ":*" } else { "" })
    };
    let join = |terms: &[Term], between: &str| terms.iter().map(term).collect::<Vec<_>>().join(between);
    match rule {
        Rule::All { with, without } if without.is_empty() => join(with, " & "),
        Rule::All { with, without } => format!("{} & !({})", join(with, " & "), join(without, " | ")),
        Rule::Any(terms) => join(terms, " | "),
    }
}
