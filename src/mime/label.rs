//! Names of character sets, also as software misspells them.

use mail_parser::Charset;

/// Whether the label names a character set.
pub(super) fn is_known(label: &str) -> bool {
    known(label).is_some()
}

/// The character set of a label, also as software misspells it.
pub(super) fn known(label: &str) -> Option<Charset> {
    let label = label
        .split('*')
        .next()
        .unwrap_or_default()
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ','));
    if let Some(charset) = Charset::from_label(label.as_bytes()) {
        return Some(charset);
    }
    let compact: String = label
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let name = match compact.as_str() {
        "utf8" | "utf8mb4" | "unicode11utf8" | "xutf8" | "charsetutf8" => "utf-8",
        "utf7" | "unicode11utf7" | "xunicode20utf7" => "utf-7",
        "ansi" | "cp1252" | "win1252" | "windows1252" | "xansi" | "iso88591windows" | "88591"
        | "iso885911" | "latin" | "charsetiso88591" => "windows-1252",
        "iso885915" | "latin9" | "885915" => "iso-8859-15",
        "win1251" | "cp1251" | "windows1251" => "windows-1251",
        "koi8" | "koi8r" => "koi8-r",
        "gb18030" => "gb18030",
        "gb2312" | "gbk" | "cp936" | "xgbk" | "gb231280" => "gbk",
        "sjis" | "xsjis" | "cp932" | "ms932" | "shiftjis" | "xmscp932" | "windows31j" => {
            "shift_jis"
        }
        "iso2022jp" | "iso2022jp1" | "iso2022jp2" | "iso2022jpms" | "cp50220" | "cp50221" => {
            "iso-2022-jp"
        }
        "ksc56011987" | "ksc5601" | "cp949" | "uhc" => "euc-kr",
        "big5hkscs" | "cp950" => "big5",
        _ => return None,
    };
    Charset::from_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_counts_however_it_is_spelled() {
        for label in [
            "UTF8",
            "utf_8",
            "\"utf-8\"",
            "iso8859-1",
            "cp1252",
            "x-sjis",
            "utf-8*da",
        ] {
            assert!(is_known(label), "{label}");
        }
        assert!(!is_known("x-ukendt"));
    }
}
