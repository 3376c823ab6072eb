//! Plain types and rules of case work. No I/O, no async, no database, no clock.

pub mod access;
pub mod attachment_path;
pub mod case;
pub mod case_number;
pub mod contact;
pub mod cpr;
pub mod cvr;
pub mod deadline;
pub mod delivery;
pub mod digital_post;
pub mod direction;
pub mod document_date;
pub mod document_type;
pub mod file_name;
pub mod kle;
pub mod mail;
pub mod mail_text;
pub mod media_type;
pub mod naming;
pub mod nearest;
pub mod property;
pub mod role;
pub mod title;
pub mod user_name;
pub mod working_days;
pub mod written_date;
