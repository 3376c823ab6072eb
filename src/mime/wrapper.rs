//! x
use super::contents::Contents;
use crate::domain::mail::Warning;
use mail_parser::MessagePart;
use std::borrow::Cow;
pub(super) fn open_multipart<'m>(
    _part: &MessagePart<'m>,
    _contents: &mut Contents<'m>,
    _w: &mut Vec<Warning>,
) -> bool {
    false
}
pub(super) fn open<'m>(
    _part: &MessagePart<'m>,
    _contents: &mut Contents<'m>,
    _w: &mut Vec<Warning>,
) -> bool {
    false
}
pub(super) fn decoded<'m>(part: &MessagePart<'m>) -> Cow<'m, [u8]> {
    part.decoded()
}
