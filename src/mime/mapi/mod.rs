pub(super) fn is_msg(_: &[u8]) -> bool {
    false
}
pub(super) fn as_mail(_: &[u8]) -> Option<Vec<u8>> {
    None
}
