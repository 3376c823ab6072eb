//! The built-in case store as a case system: what was committed is already where it belongs.

use futures::future::{BoxFuture, FutureExt, ready};

use super::{CaseSystem, DeliveryError};
use crate::store::Entry;

pub struct BuiltIn;

impl CaseSystem for BuiltIn {
    fn name(&self) -> &'static str {
        "built-in"
    }

    fn deliver<'a>(&'a self, _entry: &'a Entry) -> BoxFuture<'a, Result<(), DeliveryError>> {
        ready(Ok(())).boxed()
    }
}
