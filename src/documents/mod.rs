//! What documents that strangers sent say: the text of attachments, for search, names and suggestions.
//!
//! [`text`] reads bytes and nothing else; [`reader`] has that done in a child process with limits, because the formats
//! are intricate and the files hostile: a crash, a hang or a bomb costs the text of one file.

pub mod child;
pub mod reader;
pub mod text;
