//! Sign-in and access; its first part, the API tokens, is in `api/viewer.rs`.
