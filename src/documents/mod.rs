//! Documents: what those that strangers sent say, and Word documents that are filled in or made here.
//!
//! [`text`] reads bytes and nothing else; [`reader`] has that done in a child process with limits, because the formats
//! are intricate and the files hostile: a crash, a hang or a bomb costs the text of one file. [`package`] is what is
//! read and written of a Word document where it is changed, [`template`] fills one in, [`made`] writes one from nothing.

pub mod child;
pub mod letter;
pub mod made;
pub mod package;
pub mod reader;
pub mod template;
pub mod text;
