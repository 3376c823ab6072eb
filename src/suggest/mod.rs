//! The suggestion engine.
