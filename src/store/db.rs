//! Two databases behind one SQL text.
//!
//! `read!` and `write!` run the same body against whichever database is open; `sqlx` encodes UUIDs, times and JSON
//! natively for both and both accept `$1`. SQLite allows one writer at a time, so its writes go through a pool of
//! one connection and wait their turn there instead of failing as "locked"; readers never wait for it (WAL). A commit
//! returns when it is on disk; those that wait for the disk at the same time wait together (`wal.rs`).

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::{StoreError, wal::Wal};

/// Readers of an embedded database; more than the cores of a small server only queue up in it.
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;
/// How long a query waits for a connection before the caller is told that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) enum Db {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        wal: Arc<Wal>,
    },
    Postgres(PgPool),
}

/// A write transaction; dropped without `commit`, it never happened.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Arc<Wal>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// `sqlite://PATH` (created when missing) or `postgres://…`.
    pub(crate) async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?.application_name("sagspost");
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options.clone())
                .await;
            return match pool {
                Err(sqlx::Error::PoolTimedOut) => Err(why_unreachable(&options).await.into()),
                pool => Ok(Self::Postgres(pool?)),
            };
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The log is put on disk by `Wal`, after each commit and before anybody hears of it.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory")
            // Pages: pages that many batches change are copied into the database once for all of them.
            .pragma("wal_autocheckpoint", "4000")
            .pragma("mmap_size", "67108864");
        // An embedded database does not go away, so its connections need no test before each use.
        let wal = Arc::new(Wal::of(options.get_filename()));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self::Sqlite {
            readers,
            writer,
            wal,
        })
    }

    /// Begins a write. On SQLite the write lock is taken at once, so that nothing read inside can be outdated.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, wal, .. } => {
                Tx::Sqlite(writer.begin_with("begin immediate").await?, Arc::clone(wal))
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Runs the embedded migrations that this database has not had yet.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => sqlx::migrate!("migrations/sqlite").run(writer).await?,
            Self::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite {
                readers, writer, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The pool has tried for as long as it may and kept the cause to itself: one more look tells it.
async fn why_unreachable(options: &PgConnectOptions) -> sqlx::Error {
    match tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await {
        Ok(Err(error)) => error,
        Ok(Ok(_)) | Err(_) => sqlx::Error::PoolTimedOut,
    }
}

impl Tx {
    /// When this returns, it is on disk.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, wal) => {
                tx.commit().await?;
                wal.sync().await.map_err(sqlx::Error::Io)?;
            }
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Runs a query on a reader's connection: `read!(store, |c| sqlx::query(…).fetch_all(c).await?)`.
macro_rules! read {
    ($store:expr, |$c:ident| $body:expr) => {
        match &*$store.db {
            $crate::store::db::Db::Sqlite { readers, .. } => {
                let mut connection = readers.acquire().await?;
                let $c = &mut *connection;
                $body
            }
            $crate::store::db::Db::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                let $c = &mut *connection;
                $body
            }
        }
    };
}

/// Runs a query inside a write transaction; `$db` names the database type, for `QueryBuilder`.
macro_rules! write {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut *$tx {
            $crate::store::db::Tx::Sqlite(tx, _) => {
                let $c = &mut **tx;
                $body
            }
            $crate::store::db::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
    ($tx:expr, |$c:ident, $db:ident| $body:expr) => {
        match &mut *$tx {
            $crate::store::db::Tx::Sqlite(tx, _) => {
                type $db = sqlx::Sqlite;
                let $c = &mut **tx;
                $body
            }
            $crate::store::db::Tx::Postgres(tx) => {
                type $db = sqlx::Postgres;
                let $c = &mut **tx;
                $body
            }
        }
    };
}

pub(crate) use {read, write};
