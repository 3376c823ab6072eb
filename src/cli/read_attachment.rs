//! `sagspost read-attachment`: the child that reads one attachment. Started by the service itself, not by people.

use crate::documents::child;

pub(super) fn run() -> anyhow::Result<()> {
    Ok(child::run()?)
}
