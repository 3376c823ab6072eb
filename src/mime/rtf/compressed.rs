//! RTF as Exchange keeps it: compressed by repeating what stood before (MS-OXRTFCP).

/// What comes out; a mail's text is far smaller, pictures in it are not.
const MAX_RTF_BYTES: usize = 64 * 1024 * 1024;

const COMPRESSED: u32 = 0x7546_5a4c;
const UNCOMPRESSED: u32 = 0x414c_454d;

/// What both sides know before the first byte.
const KNOWN: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\
\\tab\\tx";
const WINDOW_BYTES: usize = 4_096;

#[derive(Debug, PartialEq)]
pub(crate) struct Decompressed {
    pub rtf: Vec<u8>,
    /// Ends too early, is too large, or its checksum is wrong.
    pub damaged: bool,
}

/// `None` when it is not such a text at all.
pub(crate) fn decompressed(bytes: &[u8]) -> Option<Decompressed> {
    let (header, content) = bytes.split_first_chunk::<16>()?;
    let number = |at: usize| {
        let four = header.get(at..at + 4)?;
        Some(u32::from_le_bytes(four.try_into().ok()?))
    };
    let (size, raw_size) = (
        usize::try_from(number(0)?).ok()?,
        usize::try_from(number(4)?).ok()?,
    );
    let (kind, checksum) = (number(8)?, number(12)?);
    // The size counts the header but for itself.
    let claimed = size.saturating_sub(12);
    let content_or_less = content.get(..claimed).unwrap_or(content);
    match kind {
        UNCOMPRESSED => {
            let rtf = content.get(..raw_size).unwrap_or(content);
            let rtf = rtf.get(..MAX_RTF_BYTES).unwrap_or(rtf);
            Some(Decompressed {
                rtf: rtf.to_vec(),
                damaged: rtf.len() < raw_size,
            })
        }
        COMPRESSED => {
            let (rtf, whole) = unpacked(content);
            Some(Decompressed {
                damaged: !whole || content.len() < claimed || crc(content_or_less) != checksum,
                rtf,
            })
        }
        _ => None,
    }
}

/// The text, and whether its end was reached.
fn unpacked(content: &[u8]) -> (Vec<u8>, bool) {
    let mut window = [0; WINDOW_BYTES];
    for (place, byte) in window.iter_mut().zip(KNOWN) {
        *place = *byte;
    }
    let mut at = KNOWN.len();
    let mut rtf = Vec::new();
    let mut write = |byte: u8, window: &mut [u8; WINDOW_BYTES], at: &mut usize| {
        if let Some(place) = window.get_mut(*at) {
            *place = byte;
        }
        *at = (*at + 1) % WINDOW_BYTES;
        rtf.push(byte);
        rtf.len() < MAX_RTF_BYTES
    };
    let mut bytes = content.iter().copied();
    let mut whole = false;
    'all: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            let Some(byte) = bytes.next() else {
                break 'all;
            };
            if control & (1 << bit) == 0 {
                if !write(byte, &mut window, &mut at) {
                    break 'all;
                }
                continue;
            }
            let Some(second) = bytes.next() else {
                break 'all;
            };
            let reference = usize::from(u16::from_be_bytes([byte, second]));
            let (offset, length) = (reference >> 4, (reference & 0xf) + 2);
            if offset == at {
                whole = true;
                break 'all;
            }
            for step in 0..length {
                let byte = window
                    .get((offset + step) % WINDOW_BYTES)
                    .copied()
                    .unwrap_or_default();
                if !write(byte, &mut window, &mut at) {
                    break 'all;
                }
            }
        }
    }
    (rtf, whole)
}

/// CRC-32 that begins at zero and is not inverted (MS-OXRTFCP 2.1.3.2).
fn crc(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |crc, _| {
            if crc & 1 == 0 {
                crc >> 1
            } else {
                (crc >> 1) ^ POLYNOMIAL
            }
        })
    });
    bytes.iter().fold(0, |crc: u32, byte| {
        let index = usize::from((crc & 0xff) as u8 ^ byte);
        table.get(index).copied().unwrap_or_default() ^ (crc >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(kind: u32, content: &[u8], raw_size: u32, checksum: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [content.len() as u32 + 12, raw_size, kind, checksum] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(content);
        bytes
    }

    /// Letters as they are, then the end.
    fn literal(text: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        for eight in text.chunks(8) {
            if eight.len() == 8 {
                content.push(0);
                content.extend(eight);
            } else {
                content.push(1 << eight.len());
                content.extend(eight);
                let end = ((KNOWN.len() + text.len()) % WINDOW_BYTES) as u16;
                content.extend((end << 4).to_be_bytes());
            }
        }
        content
    }

    #[test]
    fn the_example_of_the_format_document_is_read() {
        let bytes = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let text = decompressed(bytes).unwrap();
        assert_eq!(
            text.rtf,
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        assert!(!text.damaged);
    }

    #[test]
    fn repetitions_may_overlap_themselves() {
        let bytes = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\x04 WXYZ\x0dn}\x01\x0e\xb0";
        assert_eq!(
            decompressed(bytes).unwrap().rtf,
            b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
        );
    }

    #[test]
    fn what_is_damaged_is_read_and_said() {
        let content = literal(b"{\\rtf1 hej}");
        let whole = packed(COMPRESSED, &content, 11, crc(&content));
        assert_eq!(
            decompressed(&whole),
            Some(Decompressed {
                rtf: b"{\\rtf1 hej}".to_vec(),
                damaged: false
            })
        );
        let wrong_checksum = packed(COMPRESSED, &content, 11, 1);
        let cut = whole.get(..whole.len() - 4).unwrap();
        assert_eq!(decompressed(&wrong_checksum).unwrap().rtf, b"{\\rtf1 hej}");
        assert!(decompressed(&wrong_checksum).unwrap().damaged);
        assert_eq!(
            decompressed(cut).unwrap().rtf,
            b"{\\rtf1 hej"[..decompressed(cut).unwrap().rtf.len()]
        );
        assert!(decompressed(cut).unwrap().damaged);
        assert_eq!(
            decompressed(&packed(UNCOMPRESSED, b"{\\rtf1 hej}", 11, 0))
                .unwrap()
                .rtf,
            b"{\\rtf1 hej}"
        );
        assert_eq!(decompressed(&packed(7, b"x", 1, 0)), None);
        assert_eq!(decompressed(b"LZFu"), None);
    }

    #[test]
    fn what_grows_without_end_is_cut() {
        // Each reference repeats 16 letters.
        let content = [&[0xff][..], &[0x00, 0x0e].repeat(8)]
            .concat()
            .repeat(600_000);
        let text = decompressed(&packed(COMPRESSED, &content, 1, 0)).unwrap();
        assert_eq!((text.rtf.len(), text.damaged), (MAX_RTF_BYTES, true));
    }
}
