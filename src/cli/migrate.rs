//! `sagspost migrate`: bring the database up to this version.

use super::Context;

pub(super) async fn run(context: &Context) -> anyhow::Result<()> {
    let store = context.store().await?;
    store.close().await;
    if context.json {
        return super::print_json(&serde_json::json!({ "migrated": true }));
    }
    println!("The database is up to date.");
    Ok(())
}
