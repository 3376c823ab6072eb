//! Where a virus scanner is, and which protocol it speaks.

use std::path::PathBuf;

/// Port of clamd, and of ICAP (RFC 3507, 4.2), when none is told.
const CLAMD_PORT: u16 = 3310;
const ICAP_PORT: u16 = 1344;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAt {
    Clamd(Endpoint),
    Icap {
        at: Endpoint,
        /// As the Host header names it.
        host: String,
        /// As the scanner knows its service.
        url: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Tcp(String, u16),
    Unix(PathBuf),
}

impl ScannerAt {
    /// `clamd://HOST:PORT`, `clamd:/PATH/OF/SOCKET` or `icap://HOST:PORT/SERVICE`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_path = |rest: &&str| rest.starts_with('/') && !rest.starts_with("//");
        if let Some(path) = text.strip_prefix("clamd:").filter(is_path) {
            return Some(Self::Clamd(Endpoint::Unix(path.into())));
        }
        if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return None;
        }
        let url = reqwest::Url::parse(text).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_bare {
            return None;
        }
        let on = |port: u16| {
            let name = host.trim_start_matches('[').trim_end_matches(']');
            Endpoint::Tcp(name.to_owned(), url.port().unwrap_or(port))
        };
        match url.scheme() {
            "clamd" if matches!(url.path(), "" | "/") => Some(Self::Clamd(on(CLAMD_PORT))),
            "icap" => Some(Self::Icap {
                at: on(ICAP_PORT),
                host: host.to_owned(),
                url: text.to_owned(),
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_is_named_by_its_protocol_and_place() {
        let tcp = |host: &str, port| Endpoint::Tcp(host.to_owned(), port);
        let unix = Endpoint::Unix("/run/clamav/clamd.ctl".into());
        assert_eq!(
            ScannerAt::parse("clamd:/run/clamav/clamd.ctl"),
            Some(ScannerAt::Clamd(unix))
        );
        assert_eq!(
            ScannerAt::parse("clamd://scan.example"),
            Some(ScannerAt::Clamd(tcp("scan.example", 3310)))
        );
        assert_eq!(
            ScannerAt::parse("clamd://[::1]:99"),
            Some(ScannerAt::Clamd(tcp("::1", 99)))
        );
        let icap = ScannerAt::parse("icap://scan.example/avscan").unwrap();
        assert!(matches!(icap, ScannerAt::Icap { at, .. } if at == tcp("scan.example", 1344)));
        for wrong in [
            "",
            "clamd",
            "clamd:",
            "clamd://",
            "clamd://scan.example/x",
            "clamd:run/clamd.ctl",
            "icap://scan.example/a\r\nX: y",
            "icap://user:word@scan.example/a",
            "http://scan.example/a",
        ] {
            assert_eq!(ScannerAt::parse(wrong), None, "{wrong}");
        }
    }
}
