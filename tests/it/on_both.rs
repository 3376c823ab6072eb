//! What is promised of a store holds on both databases.

/// Runs a test on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident($store:ident) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn test($store: &Store) $body

            #[tokio::test]
            async fn sqlite() {
                let store = crate::support::store::sqlite().await;
                test(&store).await;
            }

            #[tokio::test]
            async fn postgres() {
                let database = crate::support::postgres::database().await;
                let store = crate::support::store::open(database.url(), tempfile::tempdir().unwrap()).await;
                test(&store).await;
                store.close().await;
            }
        })*
    };
}
