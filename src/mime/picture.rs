//! Pictures that decorate a text told from those that were sent to be looked at.
//!
//! A logo offered as a document is a nuisance, a photo taken for a logo is a lost document: in doubt it is a document.

use super::media_type;

/// A picture above this size was put there to be seen: a photo or a screenshot.
const MAX_LOGO_BYTES: usize = 100 * 1024;
/// Likewise one of more pixels; a wide banner in double resolution has fewer.
const MAX_LOGO_PIXELS: u64 = 500_000;
/// How cameras, telephones and screenshots name their pictures.
const PHOTO_NAMES: [&str; 9] = [
    "img_",
    "img-",
    "dsc",
    "dcim",
    "pxl_",
    "skærmbillede",
    "skærmklip",
    "screenshot",
    "screen shot",
];

/// Whether the picture may be a signature's logo or the like, from its bytes and the name it was sent under.
pub(super) fn may_be_logo(bytes: &[u8], name: &str) -> bool {
    bytes.len() <= MAX_LOGO_BYTES
        && media_type::by_magic(bytes).is_none_or(|kind| kind.starts_with("image/"))
        && !is_photo_name(&name.to_lowercase())
        && !is_from_camera(bytes)
        && pixels(bytes).is_none_or(|pixels| pixels <= MAX_LOGO_PIXELS)
}

fn is_photo_name(name: &str) -> bool {
    PHOTO_NAMES.iter().any(|photo| name.starts_with(photo)) || is_from_iphone(name)
}

/// `image0.jpeg` as an iPhone names what is put into a mail; Outlook's logos are `image001.jpg`.
fn is_from_iphone(name: &str) -> bool {
    name.strip_prefix("image")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(number, extension)| {
            matches!(number.len(), 1 | 2)
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && matches!(extension, "jpeg" | "jpg" | "heic" | "png")
        })
}

/// Cameras write Exif; programs that draw logos do not.
fn is_from_camera(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    head.starts_with(b"\xff\xd8") && head.windows(6).any(|window| window == b"Exif\0\0")
}

/// Width times height, where the format is known.
fn pixels(bytes: &[u8]) -> Option<u64> {
    let be = |at: usize, length: usize| number(bytes.get(at..at + length)?.iter());
    let le = |at: usize| number(bytes.get(at..at + 2)?.iter().rev());
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(be(16, 4)? * be(20, 4)?)
    } else if bytes.starts_with(b"GIF8") {
        Some(le(6)? * le(8)?)
    } else if bytes.starts_with(b"\xff\xd8") {
        jpeg_pixels(bytes)
    } else {
        None
    }
}

/// From the frame header of a JPEG, found by going from segment to segment.
fn jpeg_pixels(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes.get(2..)?;
    loop {
        let &[0xff, marker, high, low, ..] = rest else {
            return None;
        };
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return Some(number(rest.get(5..7)?.iter())? * number(rest.get(7..9)?.iter())?);
        }
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low])).max(2)..)?;
    }
}

fn number<'b>(digits: impl Iterator<Item = &'b u8>) -> Option<u64> {
    digits
        .map(|byte| u64::from(*byte))
        .reduce(|number, byte| number << 8 | byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn jpeg(head: &[u8], width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8".to_vec();
        bytes.extend(head);
        bytes.extend(b"\xff\xc0\0\x11\x08");
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn a_small_drawing_may_be_a_logo() {
        for bytes in [
            png(180, 60),
            png(1200, 400),
            b"GIF89a\x40\0\x20\0".to_vec(),
            jpeg(b"\xff\xe0\0\x04JF", 300, 100),
            b"unknown".to_vec(),
        ] {
            assert!(may_be_logo(&bytes, "image001.png"), "{bytes:?}");
        }
    }

    #[test]
    fn a_photo_or_a_screenshot_may_not() {
        assert!(!may_be_logo(b"%PDF-1.7", "image001.png"));
        assert!(!may_be_logo(&png(1280, 800), "image001.png"));
        assert!(!may_be_logo(b"GIF89a\0\x10\0\x10", "image001.gif"));
        assert!(!may_be_logo(&jpeg(b"", 1280, 960), "image001.jpg"));
        assert!(!may_be_logo(
            &jpeg(b"\xff\xe1\0\x08Exif\0\0", 320, 240),
            "a.jpg"
        ));
        assert!(!may_be_logo(&vec![0; 200_000], "logo.png"));
        for name in [
            "IMG_0412.jpeg",
            "image0.jpeg",
            "Skærmbillede 2026.png",
            "DSC0001.JPG",
        ] {
            assert!(!may_be_logo(&png(10, 10), name), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(head in 0usize..3, tail in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let mut bytes = [&b"\xff\xd8"[..], b"GIF8", b"\x89PNG\r\n\x1a\n"][head].to_vec();
            bytes.extend(tail);
            may_be_logo(&bytes, "a");
        }
    }
}
