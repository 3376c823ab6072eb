//! One connection to a real Dovecot, and to servers that misbehave.

use sagspost::mailbox::{
    ClientCredentials, FetchedBatch, IdleOutcome, ImapClient, Limits, Listing, Login, MailboxError,
    Secret, Security, Server, SpecialUse, TokenCache, Waker, connect,
};
use std::time::Duration;

use crate::support::certificates::Certificates;
use crate::support::dovecot::{Dovecot, DovecotOptions, PASSWORD};
use crate::support::oauth::{CLIENT_SECRET, OAuthServer};
use crate::support::wire::{CuttingProxy, ScriptedServer};

const USER: &str = "birthe.lund";

type Client = Box<dyn ImapClient>;

/// A way to a server, with everything at its usual setting.
struct Way {
    server: Server,
    login: Login,
    limits: Limits,
    waker: Waker,
    tokens: TokenCache,
    _runtime: Option<tokio::runtime::Runtime>,
}

impl Way {
    fn to(port: u16) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        Self {
            server: Server {
                host: "localhost".into(),
                port,
                security: Security::Plain,
                ca_file: None,
            },
            login: Login::Password {
                user: USER.into(),
                password: Secret::new(PASSWORD),
            },
            limits: Limits {
                silence: Duration::from_secs(5),
                ..Limits::default()
            },
            waker: Waker::new().unwrap(),
            tokens: TokenCache::new(runtime.handle().clone()),
            _runtime: Some(runtime),
        }
    }

    fn connect(&self) -> Result<Client, MailboxError> {
        connect(
            &self.server,
            &self.login,
            &self.tokens,
            self.limits,
            &self.waker,
        )
    }

    fn refused(&self) -> MailboxError {
        self.connect().map(drop).unwrap_err()
    }
}

fn mail(number: usize, size: usize) -> Vec<u8> {
    let mut mail =
        format!("Subject: Mail {number}\r\nMessage-ID: <{number}@example.dk>\r\n\r\n").into_bytes();
    while mail.len() < size {
        mail.extend_from_slice(format!("Linje {} (med \"tegn\") {{7}}\r\n", mail.len()).as_bytes());
    }
    mail
}

fn bytes_of(batch: &FetchedBatch, uid: u32) -> &[u8] {
    let mail = batch.mails.iter().find(|mail| mail.uid == uid).unwrap();
    &batch.bytes[mail.range.clone()]
}

fn uids(client: &mut Client) -> Vec<u32> {
    client
        .list(Listing::UidsFrom(1))
        .unwrap()
        .iter()
        .map(|mail| mail.uid)
        .collect()
}

#[test]
fn a_batch_brings_the_exact_bytes_and_leaves_every_mail_unseen() {
    let dovecot = Dovecot::start();
    let mails: Vec<Vec<u8>> = [60, 3_000, 40_000, 1_000_000]
        .iter()
        .enumerate()
        .map(|(n, size)| mail(n, *size))
        .collect();
    for mail in &mails {
        dovecot.deliver(USER, "INBOX", mail);
    }
    let mut client = Way::to(dovecot.port).connect().unwrap();
    let opened = client.examine("INBOX").unwrap();
    assert!(
        (
            opened.exists,
            opened.read_only,
            opened.highestmodseq.is_some()
        ) == (4, true, true)
    );
    let listed = client.list(Listing::Places { from: 1, to: 4 }).unwrap();
    let sizes: Vec<usize> = listed.iter().map(|mail| mail.size as usize).collect();
    let planned: usize = sizes.iter().sum();
    let mut wanted: Vec<u32> = listed.iter().map(|mail| mail.uid).collect();
    wanted.push(4711);
    let batch = client.fetch(&wanted, planned as u64).unwrap();
    assert_eq!(batch.missing, [4711]);
    assert_eq!(batch.bytes.len(), planned);
    // A mailbox that was delivered to in one second is numbered in any order.
    let mut got: Vec<&[u8]> = batch
        .mails
        .iter()
        .map(|mail| &batch.bytes[mail.range.clone()])
        .collect();
    got.sort_by_key(|bytes| bytes.len());
    assert_eq!(got, mails);
    assert!(
        batch
            .mails
            .iter()
            .all(|mail| mail.internal_date.is_some() && !mail.flags.has("\\Seen"))
    );
    let headers = client.fetch_headers(&wanted[..1]).unwrap();
    assert!(bytes_of(&headers, wanted[0]).ends_with(b"@example.dk>\r\n\r\n"));
    let again = client.list(Listing::UidsFrom(1)).unwrap();
    assert!(again.iter().all(|mail| !mail.flags.has("\\Seen")));
    client.logout().unwrap();
}

#[test]
fn folders_with_danish_letters_are_listed_opened_and_filled() {
    let dovecot = Dovecot::start();
    let mut client = Way::to(dovecot.port).connect().unwrap();
    client
        .create_folder("Afgørelser/Ålborgvej & Østergade")
        .unwrap();
    client
        .append("Afgørelser/Ålborgvej & Østergade", &mail(1, 100), None)
        .unwrap();
    let folders = client.folders().unwrap();
    assert!(
        folders
            .iter()
            .any(|folder| folder.name == "Afgørelser/Ålborgvej & Østergade" && folder.selectable)
    );
    let sent = folders
        .iter()
        .find(|folder| folder.special_use == Some(SpecialUse::Sent))
        .unwrap();
    assert_eq!(
        (&*sent.name, sent.delimiter.as_deref()),
        ("Sent", Some("/"))
    );
    assert_eq!(
        client
            .examine("Afgørelser/Ålborgvej & Østergade")
            .unwrap()
            .exists,
        1
    );
    assert_eq!(
        client.examine("Findes ikke æ").unwrap_err(),
        MailboxError::NoSuchFolder("Findes ikke æ".into())
    );
    // And the session goes on.
    client
        .delete_folder("Afgørelser/Ålborgvej & Østergade")
        .unwrap();
    client.noop().unwrap();
}

#[test]
fn tls_and_starttls_work_and_a_bad_certificate_says_what_is_wrong_with_it() {
    let dovecot = Dovecot::start();
    let mut way = Way::to(dovecot.tls_port);
    way.server.security = Security::Tls;
    assert_eq!(way.refused().code(), "certificate_unknown_issuer");
    way.server.ca_file = Some(dovecot.ca_file());
    way.connect().unwrap().noop().unwrap();
    way.server.port = dovecot.port;
    assert!(matches!(way.refused(), MailboxError::TlsFailed(_)));
    way.server.security = Security::StartTls;
    let mut client = way.connect().unwrap();
    client.append("INBOX", &mail(1, 2_000_000), None).unwrap();
    client.examine("INBOX").unwrap();
    assert_eq!(
        client.fetch(&[1], 2_000_000).unwrap().bytes,
        mail(1, 2_000_000)
    );
    way.server.host = "127.0.0.1".into();
    assert_eq!(way.refused().code(), "certificate_wrong_name");
    way.server.ca_file = Some("/nonexistent/ca.pem".into());
    assert_eq!(way.refused().code(), "ca_file_invalid");
}

#[test]
fn an_expired_certificate_is_refused() {
    let certificates = Some(Certificates::expired_for("localhost"));
    let dovecot = Dovecot::with(DovecotOptions {
        certificates,
        ..DovecotOptions::default()
    });
    let mut way = Way::to(dovecot.tls_port);
    way.server.security = Security::Tls;
    way.server.ca_file = Some(dovecot.ca_file());
    assert_eq!(way.refused().code(), "certificate_expired");
}

#[test]
fn a_wrong_password_host_or_port_says_so() {
    let dovecot = Dovecot::start();
    let mut way = Way::to(dovecot.port);
    way.login = Login::Password {
        user: USER.into(),
        password: Secret::new("forkert-æøå \"\\"),
    };
    let refused = way.refused();
    assert!(
        matches!(&refused, MailboxError::LoginRefused(words) if !words.contains("forkert")),
        "{refused:?}"
    );
    assert!(!refused.is_transient());
    way.server.host = "post.invalid".into();
    assert_eq!(
        way.refused(),
        MailboxError::HostUnknown("post.invalid".into())
    );
    let closed = Way::to(crate::support::free_port()).refused();
    assert!(matches!(closed, MailboxError::ConnectRefused(_)) && closed.is_transient());
}

#[test]
fn tokens_are_fetched_kept_and_renewed_when_refused() {
    let oauth = OAuthServer::start(3600);
    let introspection_url = Some(oauth.introspection_url());
    let dovecot = Dovecot::with(DovecotOptions {
        introspection_url,
        ..DovecotOptions::default()
    });
    let mut way = Way::to(dovecot.port);
    let source = ClientCredentials {
        token_url: oauth.token_url(),
        client_id: USER.into(),
        client_secret: Secret::new(CLIENT_SECRET),
        scope: None,
    };
    way.login = Login::Token {
        user: USER.into(),
        source: source.clone(),
    };
    way.connect().unwrap().noop().unwrap();
    way.connect().unwrap().noop().unwrap();
    assert_eq!(oauth.issued(), 1);
    // Withdrawn before its time: refused once, fetched anew, and the same connection goes on.
    oauth.withdraw_all();
    way.connect().unwrap().noop().unwrap();
    assert_eq!(oauth.issued(), 2);
    way.login = Login::Token {
        user: "en.anden".into(),
        source: source.clone(),
    };
    assert!(matches!(way.refused(), MailboxError::LoginRefused(_)));
    let wrong = ClientCredentials {
        client_secret: Secret::new("forkert"),
        scope: Some("andet".into()),
        ..source
    };
    way.login = Login::Token {
        user: USER.into(),
        source: wrong,
    };
    assert_eq!(
        way.refused(),
        MailboxError::TokenRefused("invalid_client".into())
    );
}

#[test]
fn a_token_near_its_end_is_renewed_and_xoauth2_serves_where_there_is_no_oauthbearer() {
    let oauth = OAuthServer::start(0);
    let server = ScriptedServer::start("* OK ready\r\n", |line| {
        if line.ends_with("CAPABILITY") {
            return Some("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n".into());
        }
        if line.ends_with("AUTHENTICATE XOAUTH2") {
            return Some("+ \r\n".into());
        }
        // user=birthe.lund^Aauth=Bearer token-1^A^A
        Some(
            if line.starts_with("dXNlcj1iaXJ0aGUubHVuZAFhdXRoPUJlYXJlciB0b2tlbi0") {
                "a2 OK in\r\n"
            } else {
                "a2 NO out\r\n"
            }
            .into(),
        )
    });
    let mut way = Way::to(server.port);
    let source = ClientCredentials {
        token_url: oauth.token_url(),
        client_id: USER.into(),
        client_secret: Secret::new(CLIENT_SECRET),
        scope: Some("https://outlook.office365.com/.default".into()),
    };
    way.login = Login::Token {
        user: USER.into(),
        source,
    };
    for issued in [1, 2] {
        let _ = way.connect();
        assert_eq!(oauth.issued(), issued);
    }
}

#[test]
fn marking_and_moving_work_with_move_and_with_copy_and_uidplus() {
    for without_move in [false, true] {
        let dovecot = Dovecot::with(DovecotOptions {
            without_move,
            ..DovecotOptions::default()
        });
        for number in 0..3 {
            dovecot.deliver(USER, "INBOX", &mail(number, 500));
        }
        let mut client = Way::to(dovecot.port).connect().unwrap();
        assert_eq!(client.has("MOVE"), !without_move);
        let opened = client.select("INBOX").unwrap();
        assert!(!opened.read_only && opened.keeps("$Journaliseret") && opened.keeps("\\Flagged"));
        let all = uids(&mut client);
        client.add_flag(&all[..1], "$Journaliseret").unwrap();
        let before = opened.highestmodseq.unwrap();
        let changed = client.list(Listing::ChangedSince(before)).unwrap();
        assert!(
            changed.len() == 1
                && changed[0].flags.has("$Journaliseret")
                && !changed[0].flags.has("\\Seen")
        );
        client.remove_flag(&all[..1], "$Journaliseret").unwrap();
        // Another client's own \Deleted mail must stay where it is.
        client.add_flag(&all[2..], "\\Deleted").unwrap();
        assert_eq!(
            client
                .move_to(&all[..1], "Journaliseret")
                .unwrap_err()
                .code(),
            "no_such_folder"
        );
        client.create_folder("Journaliseret æ").unwrap();
        client.move_to(&all[..2], "Journaliseret æ").unwrap();
        assert_eq!(uids(&mut client), all[2..]);
        assert_eq!(client.examine("Journaliseret æ").unwrap().exists, 2);
        assert!(client.add_flag(&[1], "\\Flagged").is_err());
    }
}

#[test]
fn a_full_archive_refuses_the_move_and_nothing_is_lost() {
    for without_move in [false, true] {
        let options = DovecotOptions {
            archive_quota_kb: Some(3),
            without_move,
            ..DovecotOptions::default()
        };
        let dovecot = Dovecot::with(options);
        dovecot.deliver(USER, "INBOX", &mail(1, 50_000));
        let mut client = Way::to(dovecot.port).connect().unwrap();
        client.create_folder("Fjernarkiv/2024").unwrap();
        client.select("INBOX").unwrap();
        let all = uids(&mut client);
        assert_eq!(
            client.move_to(&all, "Fjernarkiv/2024").unwrap_err(),
            MailboxError::QuotaFull
        );
        assert_eq!(uids(&mut client), all);
    }
}

#[test]
fn an_idle_ends_on_a_delivery_on_the_bell_on_time_and_on_a_cut() {
    let dovecot = Dovecot::start();
    dovecot.maildir(USER, "INBOX");
    let way = Way::to(dovecot.port);
    let mut client = way.connect().unwrap();
    client.examine("INBOX").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| dovecot.deliver(USER, "INBOX", &mail(1, 500)));
        assert_eq!(
            client.idle(Duration::from_mins(1)).unwrap(),
            IdleOutcome::Changed
        );
        assert_eq!(uids(&mut client).len(), 1);
        assert_eq!(
            client.idle(Duration::from_millis(20)).unwrap(),
            IdleOutcome::TimedOut
        );
        scope.spawn(|| way.waker.wake());
        assert_eq!(
            client.idle(Duration::from_mins(1)).unwrap(),
            IdleOutcome::Woken
        );
        client.noop().unwrap();
        scope.spawn(|| way.waker.cut());
        assert_eq!(
            client.idle(Duration::from_mins(1)).unwrap_err(),
            MailboxError::Cancelled
        );
        assert_eq!(way.refused(), MailboxError::Cancelled);
    });
}

#[test]
fn a_connection_cut_within_a_literal_is_an_error_and_never_a_short_mail() {
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, "INBOX", &mail(1, 300_000));
    let proxy = CuttingProxy::to(dovecot.port);
    for after in [3_000, 9_000, 100_000, 299_000] {
        proxy.cut_after(after);
        let mut client = Way::to(proxy.port).connect().unwrap();
        client.examine("INBOX").unwrap();
        assert_eq!(
            client.fetch(&[1], 300_000).unwrap_err(),
            MailboxError::ConnectionLost,
            "cut after {after}"
        );
        assert_eq!(client.noop().unwrap_err(), MailboxError::ConnectionLost);
    }
    assert_eq!(proxy.connections(), 4);
}

#[test]
fn a_mail_above_the_limit_is_told_and_its_neighbours_come() {
    let dovecot = Dovecot::start();
    let mut way = Way::to(dovecot.port);
    way.limits.literal_bytes = 10_000;
    let mut client = way.connect().unwrap();
    for size in [500, 30_000, 600] {
        client.append("INBOX", &mail(size, size), None).unwrap();
    }
    client.examine("INBOX").unwrap();
    let batch = client.fetch(&[1, 2, 3], 40_000).unwrap();
    assert_eq!(
        (
            batch.mails.len(),
            batch.too_large.len(),
            batch.too_large[0].0
        ),
        (2, 1, 2)
    );
    assert_eq!(bytes_of(&batch, 3), mail(600, 600));
    // Far above it the connection is the price.
    way.limits.literal_bytes = 1000;
    let mut client = way.connect().unwrap();
    client.examine("INBOX").unwrap();
    assert!(matches!(
        client.fetch(&[2], 1).unwrap_err(),
        MailboxError::TooLarge { uid: Some(2), .. }
    ));
}

#[test]
fn bad_servers_get_a_clear_error() {
    for (greeting, code) in [
        ("* BYE too many connections\r\n", "goodbye"),
        ("* PREAUTH welcome\r\n", "protocol_garbage"),
        ("220 smtp.example.dk ESMTP\r\n", "protocol_garbage"),
        ("\u{0}\u{1}\u{2}\r\n", "protocol_garbage"),
    ] {
        let server = ScriptedServer::start(greeting, |_| None);
        assert_eq!(Way::to(server.port).refused().code(), code, "{greeting:?}");
    }
    let silent = ScriptedServer::start("", |_| None);
    let mut way = Way::to(silent.port);
    way.limits.silence = Duration::from_millis(50);
    assert_eq!(way.refused(), MailboxError::Timeout);
}

/// What the session makes of an answer to SELECT, LIST, FETCH and IDLE.
fn after(
    answer: &'static str,
    act: impl FnOnce(&mut Client) -> Result<(), MailboxError>,
) -> Result<(), MailboxError> {
    let server = ScriptedServer::after_login(move |line| {
        if line.ends_with("EXAMINE \"INBOX\"") && !answer.contains("EXAMINE") {
            Some("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n{tag} OK [READ-ONLY] done\r\n".into())
        } else {
            Some(answer.trim_start_matches("EXAMINE").into())
        }
    });
    let mut way = Way::to(server.port);
    way.limits.silence = Duration::from_millis(500);
    let mut client = way.connect()?;
    client.examine("INBOX")?;
    act(&mut client)
}

#[test]
fn a_warning_during_select_is_no_failure() {
    after("EXAMINE* NO Disken er næsten fuld\r\n* OK [UIDVALIDITY 1] ok\r\n* X-UKENDT (1 2)\r\n{tag} OK done\r\n", |_| Ok(())).unwrap();
}

#[test]
fn garbage_ends_the_session_and_never_the_thread() {
    let list = |client: &mut Client| client.list(Listing::UidsFrom(1)).map(drop);
    for garbage in [
        "\u{7f}ELF\r\n\r\n",
        "{tag} \r\n",
        "x9 OK done\r\n",
        "* 1 FETCH (UID\r\n{tag} OK done\r\n",
        "* 1 FETCH (UID 1 BODY[] {5}\r\nab)\r\n{tag} OK done\r\n",
        "* 1 FETCH (BODYSTRUCTURE ((((((((((((((((((((((((((((((((\r\n",
        "+ go on\r\n+ go on\r\n",
    ] {
        let error = after(garbage, list).unwrap_err();
        assert!(
            matches!(
                error.code(),
                "protocol_garbage" | "timeout" | "connection_lost"
            ),
            "{garbage:?}: {error:?}"
        );
    }
    // IDLE answered by a tagged OK, which the crate holds impossible.
    let error = after("{tag} OK done\r\n", |client| {
        client.idle(Duration::from_mins(1)).map(drop)
    })
    .unwrap_err();
    assert_eq!(error.code(), "protocol_garbage");
}

#[test]
fn a_literal_that_lies_about_its_length_yields_no_mail() {
    let fetch = |client: &mut Client| {
        client
            .fetch(&[1, 2], 100)
            .map(|batch| assert!(batch.mails.is_empty(), "{batch:?}"))
    };
    let short = after(
        "* 1 FETCH (UID 1 BODY[] {500}\r\nkort)\r\n{tag} OK done\r\n",
        fetch,
    )
    .unwrap_err();
    assert_eq!(short, MailboxError::Timeout);
    let long = after(
        "* 1 FETCH (UID 1 BODY[] {2}\r\nlang)\r\n{tag} OK done\r\n",
        fetch,
    )
    .unwrap_err();
    assert_eq!(long.code(), "protocol_garbage");
    let absurd = after("* 1 FETCH (UID 1 BODY[] {99999999999}\r\nx", fetch).unwrap_err();
    assert_eq!(
        absurd,
        MailboxError::TooLarge {
            uid: Some(1),
            bytes: 99_999_999_999
        }
    );
}

#[test]
fn a_fetch_that_is_cut_short_with_success_accounts_for_every_mail() {
    after(
        "* 1 FETCH (FLAGS (\\Answered))\r\n* 2 FETCH (UID 2 BODY[] \"Hej \\\"du\\\"\")\r\n\
         * 3 FETCH (UID 3 BODY[] NIL)\r\n* 9 FETCH (UID 9 BODY[] {1}\r\nx)\r\n{tag} OK done\r\n",
        |client| {
            let batch = client.fetch(&[1, 2, 3], 100)?;
            assert_eq!(bytes_of(&batch, 2), b"Hej \"du\"");
            assert_eq!((batch.mails.len(), &*batch.missing), (1, &[1, 3][..]));
            Ok(())
        },
    )
    .unwrap();
}

#[test]
fn an_endless_line_ends_the_connection_before_it_fills_the_memory() {
    let endless: &'static str = Box::leak("x".repeat(4 << 20).into_boxed_str());
    let error = after(endless, |client| client.noop()).unwrap_err();
    assert_eq!(error.code(), "protocol_garbage");
}
