//! A signed-in IMAP connection, through the `imap` crate and our transport.
//!
//! Any panic inside the crate ends the session, never the thread. After anything but a tagged NO or BAD the session is
//! gone: a connection that may be out of step is not used again.

use chrono::{DateTime, Utc};
use imap::types::{Fetches, UnsolicitedResponse};
use imap_proto::NameAttribute;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::client::{
    FetchedBatch, FetchedMail, Flags, FolderInfo, IdleOutcome, ImapClient, ListedMail, Listing,
    Selected, SpecialUse,
};
use super::error::{MailboxError, clean};
use super::login::{Conversation, Login, Sasl};
use super::oauth::TokenCache;
use super::tls::{Stream, handshake};
use super::transport::{Fault, Piece, SharedLifted, Transport};
use super::wire::{Pace, Waker, Wire};
use super::{Secret, folder_name};

/// Where a mailbox is served.
#[derive(Clone, Debug)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Trusted beside the machine's own roots.
    pub ca_file: Option<PathBuf>,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    Tls,
    StartTls,
    /// No protection at all. Only ever by name, or to the own machine.
    Plain,
}

/// What a server may cost us.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A mail above this is not fetched.
    pub literal_bytes: u64,
    pub connect_time: Duration,
    /// Silence in the middle of something that is longer than this ends the connection.
    pub silence: Duration,
    /// A command that transfers little.
    pub command_time: Duration,
    /// A transfer slower than this is given up.
    pub bytes_per_second: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            literal_bytes: 150_000_000,
            connect_time: Duration::from_secs(15),
            silence: Duration::from_mins(1),
            command_time: Duration::from_mins(3),
            bytes_per_second: 32 << 10,
        }
    }
}

/// A header block longer than this is cut.
const HEADER_BYTES: u64 = 256 << 10;
/// A batch may turn out larger than its mails were listed by this much.
const BATCH_SLACK_BYTES: u64 = 4 << 20;
/// UIDs in one command: a server need not take longer lines than 8,000 bytes or so.
const UID_SET_BYTES: usize = 6000;
const GREETING_BYTES: usize = 8 << 10;
const LISTED: &str = "(UID RFC822.SIZE INTERNALDATE FLAGS)";

type ImapSession = imap::Session<Transport<Stream>>;
type ImapConnection = imap::Client<Transport<Stream>>;

/// Connects and signs in. Blocks; must not be called on the runtime of `tokens`.
pub fn connect(
    server: &Server,
    login: &Login,
    tokens: &TokenCache,
    limits: Limits,
    waker: &Waker,
) -> Result<Box<dyn ImapClient>, MailboxError> {
    let connected =
        Connected::open(server, limits, waker).and_then(|open| open.sign_in(server, login, tokens));
    match connected {
        Err(_) if waker.is_cut() => Err(MailboxError::Cancelled),
        Ok(session) => Ok(Box::new(session)),
        Err(error) => Err(error),
    }
}

/// Connected, encrypted where asked for, greeted, and not signed in.
struct Connected {
    stream: Stream,
    pace: Arc<Pace>,
    limits: Limits,
    waker: Waker,
}

impl Connected {
    fn open(server: &Server, limits: Limits, waker: &Waker) -> Result<Self, MailboxError> {
        let socket = reach(server, limits.connect_time)?;
        let wire = Wire::new(socket, waker, limits.silence).map_err(|error| lost(&error))?;
        let pace = wire.pace();
        pace.allow(limits.connect_time);
        let ca_file = server.ca_file.as_deref();
        let mut stream = match server.security {
            Security::Tls => Stream::Tls(Box::new(handshake(wire, &server.host, ca_file)?)),
            Security::StartTls | Security::Plain => Stream::Plain(wire),
        };
        check_greeting(&read_line(&mut stream)?)?;
        if server.security == Security::StartTls
            && let Stream::Plain(mut wire) = stream
        {
            ask_for_tls(&mut wire)?;
            stream = Stream::Tls(Box::new(handshake(wire, &server.host, ca_file)?));
        }
        Ok(Self {
            stream,
            pace,
            limits,
            waker: waker.clone(),
        })
    }

    fn sign_in(
        self,
        server: &Server,
        login: &Login,
        tokens: &TokenCache,
    ) -> Result<Session, MailboxError> {
        let Self {
            stream,
            pace,
            limits,
            waker,
        } = self;
        let lifted = SharedLifted::new(limits.literal_bytes, rand::random());
        let transport = Transport::new(
            stream,
            Arc::clone(&pace),
            limits.command_time,
            lifted.clone(),
        );
        pace.allow(limits.command_time);
        let mut client = imap::Client::new(transport);
        let offered =
            contained(|| client.capabilities())?.map_err(|error| translate(&error, None))?;
        let offers = |name: &str| offered.has_str(name);
        let imap = match login {
            Login::Password { user, password } if offers("AUTH=PLAIN") => {
                let sasl = Sasl::Plain {
                    user: user.clone(),
                    password: password.clone(),
                };
                authenticate(client, &sasl).map_err(|(error, _)| login_refused(&error))?
            }
            Login::Password { .. } if offers("LOGINDISABLED") => {
                return Err(MailboxError::LoginNotOffered);
            }
            Login::Password { user, password } => contained(|| {
                client
                    .login(user, password.expose())
                    .map_err(|(error, _)| error)
            })?
            .map_err(|error| login_refused(&error))?,
            Login::Token { user, source } => {
                let sasl = |token: Secret| {
                    if offers("AUTH=OAUTHBEARER") {
                        let (host, port) = (server.host.clone(), server.port);
                        Some(Sasl::OAuthBearer {
                            user: user.clone(),
                            host,
                            port,
                            token,
                        })
                    } else {
                        offers("AUTH=XOAUTH2").then(|| Sasl::XOAuth2 {
                            user: user.clone(),
                            token,
                        })
                    }
                };
                let token = tokens.token(source)?;
                pace.allow(limits.command_time);
                let first = sasl(token.clone()).ok_or(MailboxError::LoginNotOffered)?;
                match authenticate(client, &first) {
                    Ok(session) => session,
                    // It may have been withdrawn before its time: once more with a new one.
                    Err((imap::Error::No(_), Some(client))) => {
                        tokens.forget(source, &token);
                        let again =
                            sasl(tokens.token(source)?).ok_or(MailboxError::LoginNotOffered)?;
                        authenticate(*client, &again).map_err(|(error, _)| login_refused(&error))?
                    }
                    Err((error, _)) => return Err(login_refused(&error)),
                }
            }
        };
        let mut session = Session {
            imap: Some(imap),
            pace,
            lifted,
            limits,
            waker,
            capabilities: Vec::new(),
            writable: false,
        };
        session.capabilities = session.ask_capabilities()?;
        if session.has("ENABLE") && session.has("CONDSTORE") {
            // Else Dovecot tells no HIGHESTMODSEQ before something has asked for changes.
            session.command(|session| session.run_command_and_check_ok("ENABLE CONDSTORE"))?;
        }
        Ok(session)
    }
}

fn reach(server: &Server, time: Duration) -> Result<TcpStream, MailboxError> {
    let unknown = || MailboxError::HostUnknown(server.host.clone());
    let addresses = (server.host.as_str(), server.port)
        .to_socket_addrs()
        .map_err(|_| unknown())?;
    let mut failure = unknown();
    for address in addresses {
        match TcpStream::connect_timeout(&address, time) {
            Ok(socket) => {
                let keepalive = socket2::TcpKeepalive::new().with_time(Duration::from_mins(2));
                // Without it a dead peer is only noticed later.
                let _ = socket2::SockRef::from(&socket).set_tcp_keepalive(&keepalive);
                return Ok(socket);
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                failure = MailboxError::Timeout;
            }
            Err(_) => {
                failure = MailboxError::ConnectRefused(format!("{}:{}", server.host, server.port));
            }
        }
    }
    Err(failure)
}

/// The crate takes a BYE, or anything else, for a greeting.
fn check_greeting(line: &str) -> Result<(), MailboxError> {
    let garbage = |why: &'static str| Err(MailboxError::ProtocolGarbage(Cow::Borrowed(why)));
    let Some(rest) = line.strip_prefix("* ") else {
        return garbage("it does not greet as an IMAP server does");
    };
    let (word, text) = rest.split_once(' ').unwrap_or((rest, ""));
    match word.to_ascii_uppercase().as_str() {
        "OK" => Ok(()),
        "BYE" => Err(MailboxError::Goodbye(clean(text))),
        "PREAUTH" => garbage("it takes us for signed in before we have told who we are"),
        _ => garbage("it does not greet as an IMAP server does"),
    }
}

/// Reads byte by byte, so that nothing said before the encryption can be taken for said under it.
fn ask_for_tls(wire: &mut Wire) -> Result<(), MailboxError> {
    wire.write_all(b"s1 STARTTLS\r\n")
        .map_err(|error| lost(&error))?;
    for _ in 0..32 {
        let line = read_line(wire)?;
        if let Some(answer) = line.strip_prefix("s1 ") {
            let agreed = answer
                .get(..2)
                .is_some_and(|word| word.eq_ignore_ascii_case("OK"));
            return agreed.then_some(()).ok_or(MailboxError::StartTlsNotOffered);
        }
    }
    Err(MailboxError::ProtocolGarbage(Cow::Borrowed(
        "no answer to STARTTLS",
    )))
}

fn read_line(stream: &mut impl Read) -> Result<String, MailboxError> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\n") {
        match stream.read(&mut byte) {
            Ok(0) => return Err(MailboxError::ConnectionLost),
            Ok(_) => line.push(byte[0]),
            Err(error) => return Err(lost(&error)),
        }
        if line.len() > GREETING_BYTES {
            return Err(MailboxError::ProtocolGarbage(Cow::Borrowed(
                "a line without end",
            )));
        }
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

type AuthenticateError = (imap::Error, Option<Box<ImapConnection>>);

fn authenticate(client: ImapConnection, sasl: &Sasl) -> Result<ImapSession, AuthenticateError> {
    let conversation = Conversation::new(sasl);
    let said = contained(|| {
        client
            .authenticate(sasl.mechanism(), &conversation)
            .map_err(|(error, client)| (error, Box::new(client)))
    });
    match said {
        Ok(Ok(session)) => Ok(session),
        Ok(Err((error, client))) => Err((error, Some(client))),
        Err(_) => Err((imap::Error::ConnectionLost, None)),
    }
}

fn login_refused(error: &imap::Error) -> MailboxError {
    match translate(error, None) {
        MailboxError::Refused(words) => MailboxError::LoginRefused(words),
        MailboxError::NoSuchFolder(_) | MailboxError::ReadOnly => {
            MailboxError::LoginRefused(String::new())
        }
        other => other,
    }
}

struct Session {
    /// `None` once it is out of step.
    imap: Option<ImapSession>,
    pace: Arc<Pace>,
    lifted: SharedLifted,
    limits: Limits,
    waker: Waker,
    capabilities: Vec<String>,
    /// Whether the open folder may be changed; Dovecot answers a STORE that it ignores with OK.
    writable: bool,
}

impl Session {
    /// Runs one command under a deadline, keeps panics in, and drops the session after anything but NO and BAD.
    fn run<T>(
        &mut self,
        time: Duration,
        folder: Option<&str>,
        command: impl FnOnce(&mut ImapSession) -> imap::Result<T>,
    ) -> Result<T, MailboxError> {
        let session = self.imap.as_mut().ok_or(MailboxError::ConnectionLost)?;
        self.pace.set_waiting(false);
        self.pace.allow(time);
        self.lifted.begin_command();
        let result = contained(|| {
            let result = command(session);
            session.take_all_unsolicited().for_each(drop);
            result
        });
        let error = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => translate(&error, folder),
            Err(error) => error,
        };
        if !error.leaves_session_usable() {
            self.imap = None;
        }
        Err(if self.waker.is_cut() {
            MailboxError::Cancelled
        } else {
            error
        })
    }

    fn command<T>(
        &mut self,
        command: impl FnOnce(&mut ImapSession) -> imap::Result<T>,
    ) -> Result<T, MailboxError> {
        self.run(self.limits.command_time, None, command)
    }

    fn in_folder<T>(
        &mut self,
        folder: &str,
        command: impl FnOnce(&mut ImapSession, &str) -> imap::Result<T>,
    ) -> Result<T, MailboxError> {
        let wire_name = folder_name::encode(folder);
        self.run(self.limits.command_time, Some(folder), |session| {
            command(session, &wire_name)
        })
    }

    fn ask_capabilities(&mut self) -> Result<Vec<String>, MailboxError> {
        self.command(|session| {
            let capabilities = session.capabilities()?;
            Ok(capabilities
                .iter()
                .filter_map(|capability| match capability {
                    imap_proto::Capability::Atom(name) => Some(name.to_ascii_uppercase()),
                    imap_proto::Capability::Auth(_) | imap_proto::Capability::Imap4rev1 => None,
                })
                .collect())
        })
    }

    fn open_folder(&mut self, folder: &str, for_writing: bool) -> Result<Selected, MailboxError> {
        self.lifted.take_news();
        self.writable = false;
        let opened = self.in_folder(folder, |session, name| {
            if for_writing {
                session.select(name)
            } else {
                session.examine(name)
            }
        })?;
        self.lifted.take_news();
        let Some(uidvalidity) = opened.uid_validity else {
            return Err(MailboxError::Refused(
                "the folder has no UIDVALIDITY, so its mails cannot be told apart".into(),
            ));
        };
        self.writable = for_writing && !opened.is_read_only;
        Ok(Selected {
            uidvalidity,
            uidnext: opened.uid_next,
            exists: opened.exists,
            highestmodseq: opened.highest_mod_seq,
            read_only: opened.is_read_only,
            permanent_flags: opened
                .permanent_flags
                .iter()
                .map(ToString::to_string)
                .collect(),
        })
    }

    /// Fetches with literals lifted; accounts for every UID asked for.
    fn fetch_lifted(
        &mut self,
        uids: &[u32],
        query: &str,
        part: fn(&Raw<'_>) -> Option<Vec<u8>>,
        room: Room,
    ) -> Result<FetchedBatch, MailboxError> {
        let lifted = self.lifted.clone();
        lifted.begin_capture(to_usize(room.planned), to_usize(room.limit));
        let time = self.limits.command_time
            + Duration::from_secs(room.limit / self.limits.bytes_per_second.max(1));
        let mut told = Vec::new();
        let mut result = Ok(());
        for set in uid_sets(uids) {
            result = self
                .run(time, None, |session| {
                    session
                        .uid_fetch(&set, query)
                        .map(|fetches| raw_mails(&fetches, part))
                })
                .map(|raw| told.extend(raw));
            if result.is_err() {
                break;
            }
        }
        let (bytes, pieces) = lifted.end_capture();
        result?;
        let mut batch = FetchedBatch {
            bytes,
            ..FetchedBatch::default()
        };
        let mut wanted: HashMap<u32, bool> = uids.iter().map(|&uid| (uid, false)).collect();
        for RawMail {
            uid,
            internal_date,
            flags,
            body,
        } in told
        {
            match wanted.get_mut(&uid) {
                Some(answered @ false) => *answered = true,
                _ => continue,
            }
            let range = match lifted.piece_of_key(&body).map(|index| pieces.get(index)) {
                Some(Some(Piece::Kept(range))) => range.clone(),
                Some(Some(Piece::TooLarge(bytes))) => {
                    batch.too_large.push((uid, *bytes));
                    continue;
                }
                Some(_) => {
                    batch.left_over.push(uid);
                    continue;
                }
                // Sent as a quoted string instead.
                None => {
                    let start = batch.bytes.len();
                    batch.bytes.extend_from_slice(&unquoted(&body));
                    start..batch.bytes.len()
                }
            };
            batch.mails.push(FetchedMail {
                uid,
                internal_date,
                flags,
                range,
            });
        }
        batch.missing = uids
            .iter()
            .copied()
            .filter(|uid| wanted.get(uid) == Some(&false))
            .collect();
        Ok(batch)
    }

    fn check_writable(&self) -> Result<(), MailboxError> {
        if self.writable {
            Ok(())
        } else {
            Err(MailboxError::ReadOnly)
        }
    }

    fn change_flags(&mut self, uids: &[u32], what: &str) -> Result<(), MailboxError> {
        self.check_writable()?;
        for set in uid_sets(uids) {
            self.command(|session| session.uid_store(&set, what).map(drop))?;
        }
        Ok(())
    }
}

/// How much a fetch may bring.
#[derive(Clone, Copy)]
struct Room {
    planned: u64,
    limit: u64,
}

impl ImapClient for Session {
    fn has(&self, capability: &str) -> bool {
        self.capabilities
            .iter()
            .any(|have| have.eq_ignore_ascii_case(capability))
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, MailboxError> {
        self.command(|session| {
            let names = session.list(Some(""), Some("*"))?;
            Ok(names.iter().map(folder_info).collect())
        })
    }

    fn examine(&mut self, folder: &str) -> Result<Selected, MailboxError> {
        self.open_folder(folder, false)
    }

    fn select(&mut self, folder: &str) -> Result<Selected, MailboxError> {
        self.open_folder(folder, true)
    }

    fn list(&mut self, which: Listing) -> Result<Vec<ListedMail>, MailboxError> {
        self.lifted.take_news();
        let (lowest, highest) = match which {
            Listing::UidsFrom(from) => (from, u32::MAX),
            Listing::Uids { from, to } => (from, to),
            Listing::Places { .. } | Listing::ChangedSince(_) => (0, u32::MAX),
        };
        let mut mails = self.command(|session| {
            let fetches = match which {
                Listing::Places { from, to } => session.fetch(format!("{from}:{to}"), LISTED),
                Listing::UidsFrom(from) => session.uid_fetch(format!("{from}:*"), LISTED),
                Listing::Uids { from, to } => session.uid_fetch(format!("{from}:{to}"), LISTED),
                Listing::ChangedSince(modseq) => {
                    session.uid_fetch("1:*", format!("{LISTED} (CHANGEDSINCE {modseq})"))
                }
            }?;
            Ok(fetches.iter().filter_map(listed_mail).collect::<Vec<_>>())
        })?;
        // `n:*` always names the last mail, and changes of others are told at any time.
        mails.retain(|mail| (lowest..=highest).contains(&mail.uid));
        Ok(mails)
    }

    fn fetch(&mut self, uids: &[u32], planned_bytes: u64) -> Result<FetchedBatch, MailboxError> {
        let limit = match uids {
            [_] => self.limits.literal_bytes,
            _ => planned_bytes.saturating_add(planned_bytes / 4),
        };
        let room = Room {
            planned: planned_bytes,
            limit: limit.saturating_add(BATCH_SLACK_BYTES),
        };
        self.fetch_lifted(
            uids,
            "(UID INTERNALDATE FLAGS BODY.PEEK[])",
            |raw| raw.body().map(<[u8]>::to_vec),
            room,
        )
    }

    fn fetch_headers(&mut self, uids: &[u32]) -> Result<FetchedBatch, MailboxError> {
        let planned = uids.len() as u64 * (8 << 10);
        let room = Room {
            planned,
            limit: planned + HEADER_BYTES * uids.len() as u64,
        };
        let query = format!("(UID INTERNALDATE FLAGS BODY.PEEK[HEADER]<0.{HEADER_BYTES}>)");
        self.fetch_lifted(uids, &query, |raw| raw.header().map(<[u8]>::to_vec), room)
    }

    fn add_flag(&mut self, uids: &[u32], flag: &str) -> Result<(), MailboxError> {
        self.change_flags(uids, &format!("+FLAGS.SILENT ({})", flag_atom(flag)?))
    }

    fn find(&mut self, message_id: &str) -> Result<Vec<u32>, MailboxError> {
        // A search matches parts of the header's text: only whole ids, in their brackets.
        let sayable = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\');
        if message_id.is_empty() || !message_id.bytes().all(sayable) {
            return Ok(Vec::new());
        }
        let query = format!("HEADER MESSAGE-ID \"<{message_id}>\"");
        let mut uids: Vec<u32> = self
            .command(|session| session.uid_search(&query))?
            .into_iter()
            .collect();
        uids.sort_unstable();
        Ok(uids)
    }

    fn remove_flag(&mut self, uids: &[u32], flag: &str) -> Result<(), MailboxError> {
        self.change_flags(uids, &format!("-FLAGS.SILENT ({})", flag_atom(flag)?))
    }

    fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), MailboxError> {
        self.check_writable()?;
        if !self.has("MOVE") && !self.has("UIDPLUS") {
            return Err(MailboxError::MoveNotOffered);
        }
        for set in uid_sets(uids) {
            if self.has("MOVE") {
                self.in_folder(folder, |session, name| session.uid_mv(&set, name))?;
            } else {
                self.in_folder(folder, |session, name| session.uid_copy(&set, quoted(name)))?;
                self.command(|session| {
                    session
                        .uid_store(&set, "+FLAGS.SILENT (\\Deleted)")
                        .map(drop)
                })?;
                self.command(|session| session.uid_expunge(&set).map(drop))?;
            }
        }
        Ok(())
    }

    fn append(
        &mut self,
        folder: &str,
        mail: &[u8],
        received: Option<DateTime<Utc>>,
    ) -> Result<(), MailboxError> {
        self.in_folder(folder, |session, name| {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            let mut append = session.append(&name, mail);
            if let Some(received) = received {
                append.internal_date(received.fixed_offset());
            }
            append.finish().map(drop)
        })
    }

    fn create_folder(&mut self, folder: &str) -> Result<(), MailboxError> {
        self.in_folder(folder, |session, name| session.create(name))
    }

    fn delete_folder(&mut self, folder: &str) -> Result<(), MailboxError> {
        self.in_folder(folder, |session, name| session.delete(name))
    }

    fn idle(&mut self, at_most: Duration) -> Result<IdleOutcome, MailboxError> {
        if self.lifted.has_news() {
            return Ok(IdleOutcome::Changed);
        }
        self.pace.take_woken();
        let outcome = self.run(self.limits.silence, None, |session| {
            let mut idle = session.idle();
            idle.timeout(at_most).keepalive(false);
            idle.wait_while(|response| {
                !matches!(
                    response,
                    UnsolicitedResponse::Exists(_)
                        | UnsolicitedResponse::Expunge(_)
                        | UnsolicitedResponse::Vanished { .. }
                        | UnsolicitedResponse::Bye { .. }
                )
            })
        })?;
        if self.waker.is_cut() {
            return Err(MailboxError::Cancelled);
        }
        Ok(match outcome {
            imap::extensions::idle::WaitOutcome::MailboxChanged => IdleOutcome::Changed,
            imap::extensions::idle::WaitOutcome::TimedOut if self.pace.take_woken() => {
                IdleOutcome::Woken
            }
            imap::extensions::idle::WaitOutcome::TimedOut => IdleOutcome::TimedOut,
        })
    }

    fn noop(&mut self) -> Result<(), MailboxError> {
        self.command(imap::Session::noop)
    }

    fn logout(&mut self) -> Result<(), MailboxError> {
        let result = self.run(self.limits.connect_time, None, imap::Session::logout);
        self.imap = None;
        result
    }
}

/// The `imap` crate panics where it is surprised; here that becomes an error.
fn contained<T>(call: impl FnOnce() -> T) -> Result<T, MailboxError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        MailboxError::ProtocolGarbage(Cow::Borrowed("an answer that makes no sense here"))
    })
}

fn translate(error: &imap::Error, folder: Option<&str>) -> MailboxError {
    let garbage = |why: &'static str| MailboxError::ProtocolGarbage(Cow::Borrowed(why));
    match error {
        imap::Error::Io(error) => lost(error),
        imap::Error::No(no) => refusal(no.code.as_ref(), &no.information, folder),
        imap::Error::Bad(bad) => MailboxError::Refused(clean(&bad.information)),
        // The crate's way of saying that it could not parse a tagged line.
        imap::Error::Bye(bye) if bye.information == "no explanation given" => {
            garbage("an unreadable answer")
        }
        imap::Error::Bye(bye) => MailboxError::Goodbye(clean(&bye.information)),
        imap::Error::ConnectionLost => MailboxError::ConnectionLost,
        imap::Error::Append => MailboxError::Refused("it does not take the mail".to_owned()),
        imap::Error::Validate(_) => MailboxError::Refused("a name with a line break".to_owned()),
        imap::Error::TagMismatch(_) => garbage("an answer to something else"),
        _ => garbage("an unreadable answer"),
    }
}

fn lost(error: &io::Error) -> MailboxError {
    match error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Fault>())
    {
        Some(Fault::LiteralTooLarge { uid, bytes }) => MailboxError::TooLarge {
            uid: *uid,
            bytes: *bytes,
        },
        Some(fault) => MailboxError::ProtocolGarbage(Cow::Owned(fault.to_string())),
        None if error.kind() == io::ErrorKind::TimedOut => MailboxError::Timeout,
        None => MailboxError::ConnectionLost,
    }
}

/// A tagged NO, by its response code (RFC 5530) or, from servers without, by its words.
fn refusal(
    code: Option<&imap_proto::ResponseCode<'_>>,
    words: &str,
    folder: Option<&str>,
) -> MailboxError {
    let no_such_folder = || MailboxError::NoSuchFolder(folder.unwrap_or_default().to_owned());
    match code {
        Some(imap_proto::ResponseCode::TryCreate) => return no_such_folder(),
        Some(imap_proto::ResponseCode::ReadOnly) => return MailboxError::ReadOnly,
        _ => {}
    }
    let code = words
        .strip_prefix('[')
        .and_then(|rest| rest.split([']', ' ']).next())
        .unwrap_or_default();
    let words_say = |any: &[&str]| {
        let words = words.to_ascii_lowercase();
        any.iter().any(|some| words.contains(some))
    };
    match code.to_ascii_uppercase().as_str() {
        "NONEXISTENT" => no_such_folder(),
        "OVERQUOTA" => MailboxError::QuotaFull,
        "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" => MailboxError::Unavailable(clean(words)),
        "" if words_say(&["quota", "mailbox is full"]) => MailboxError::QuotaFull,
        "" if folder.is_some()
            && words_say(&["exist", "not found", "unknown mailbox", "no such"]) =>
        {
            no_such_folder()
        }
        "" if words_say(&["read-only", "read only", "readonly"]) => MailboxError::ReadOnly,
        _ => MailboxError::Refused(clean(words)),
    }
}

fn folder_info(name: &imap::types::Name<'_>) -> FolderInfo {
    let special_use = name
        .attributes()
        .iter()
        .find_map(|attribute| match attribute {
            NameAttribute::All => Some(SpecialUse::All),
            NameAttribute::Archive => Some(SpecialUse::Archive),
            NameAttribute::Drafts => Some(SpecialUse::Drafts),
            NameAttribute::Flagged => Some(SpecialUse::Flagged),
            NameAttribute::Junk => Some(SpecialUse::Junk),
            NameAttribute::Sent => Some(SpecialUse::Sent),
            NameAttribute::Trash => Some(SpecialUse::Trash),
            _ => None,
        });
    let selectable = !name.attributes().iter().any(|attribute| match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(other) => other.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    });
    FolderInfo {
        name: folder_name::decode(name.name()),
        delimiter: name.delimiter().map(str::to_owned),
        special_use,
        selectable,
    }
}

type Raw<'a> = imap::types::Fetch<'a>;

fn listed_mail(fetch: &Raw<'_>) -> Option<ListedMail> {
    Some(ListedMail {
        uid: fetch.uid?,
        size: fetch.size?,
        internal_date: fetch.internal_date().map(|date| date.to_utc()),
        flags: flags_of(fetch),
    })
}

struct RawMail {
    uid: u32,
    internal_date: Option<DateTime<Utc>>,
    flags: Flags,
    /// A key, or the content itself.
    body: Vec<u8>,
}

fn raw_mails(fetches: &Fetches, part: fn(&Raw<'_>) -> Option<Vec<u8>>) -> Vec<RawMail> {
    let raw = |fetch: &Raw<'_>| {
        Some(RawMail {
            uid: fetch.uid?,
            internal_date: fetch.internal_date().map(|date| date.to_utc()),
            flags: flags_of(fetch),
            body: part(fetch)?,
        })
    };
    fetches.iter().filter_map(raw).collect()
}

fn flags_of(fetch: &Raw<'_>) -> Flags {
    fetch
        .flags()
        .iter()
        .filter(|flag| **flag != imap::types::Flag::Recent)
        .map(ToString::to_string)
        .collect()
}

/// The content of a quoted string, whose escapes the parser leaves in.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut escaped = false;
    for &byte in text {
        if byte == b'\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(byte);
        }
    }
    out
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A flag or keyword that may stand in a command as it is.
fn flag_atom(flag: &str) -> Result<&str, MailboxError> {
    let name = flag.strip_prefix('\\').unwrap_or(flag);
    let legal = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !br#"(){}%*"\]"#.contains(&byte));
    if legal {
        Ok(flag)
    } else {
        Err(MailboxError::FlagNotKept(clean(flag)))
    }
}

/// UIDs as sequence sets, runs joined, each short enough for a command line.
fn uid_sets(uids: &[u32]) -> Vec<String> {
    use std::fmt::Write as _;
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut sets = Vec::new();
    let mut set = String::new();
    for run in sorted.chunk_by(|a, b| a + 1 == *b) {
        if set.len() > UID_SET_BYTES {
            sets.push(std::mem::take(&mut set));
        }
        if !set.is_empty() {
            set.push(',');
        }
        match run {
            [first, .., last] => drop(write!(set, "{first}:{last}")),
            [only] => drop(write!(set, "{only}")),
            [] => {}
        }
    }
    if !set.is_empty() {
        sets.push(set);
    }
    sets
}

fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_uids_are_joined_and_long_sets_split() {
        assert_eq!(uid_sets(&[5, 3, 4, 9, 4]), ["3:5,9"]);
        assert!(uid_sets(&[]).is_empty());
        let sparse: Vec<u32> = (0..10_000).map(|n| n * 2 + 1_000_000).collect();
        let sets = uid_sets(&sparse);
        assert!(sets.len() > 5 && sets.iter().all(|set| set.len() < UID_SET_BYTES + 20));
    }

    #[test]
    fn a_refusal_is_known_by_its_code_or_its_words() {
        let told = |words: &str| refusal(None, words, Some("Arkiv"));
        assert_eq!(told("[OVERQUOTA] Fuld"), MailboxError::QuotaFull);
        assert_eq!(
            told("Quota exceeded (mailbox for user is full)"),
            MailboxError::QuotaFull
        );
        assert_eq!(
            told("[NONEXISTENT] hm"),
            MailboxError::NoSuchFolder("Arkiv".into())
        );
        assert_eq!(
            told("Mailbox doesn't exist: Arkiv"),
            MailboxError::NoSuchFolder("Arkiv".into())
        );
        assert!(matches!(
            told("[UNAVAILABLE] later"),
            MailboxError::Unavailable(_)
        ));
        assert!(matches!(told("no"), MailboxError::Refused(_)));
    }

    #[test]
    fn a_greeting_is_an_ok_and_nothing_else() {
        assert!(check_greeting("* OK [CAPABILITY IMAP4rev1] ready").is_ok());
        assert_eq!(
            check_greeting("* BYE too many").unwrap_err(),
            MailboxError::Goodbye("too many".into())
        );
        for other in ["* PREAUTH hello", "220 smtp.example.dk ESMTP", "", "* FOO"] {
            assert_eq!(
                check_greeting(other).unwrap_err().code(),
                "protocol_garbage"
            );
        }
    }

    #[test]
    fn a_flag_cannot_smuggle_in_a_command() {
        assert!(flag_atom("$Journaliseret").is_ok() && flag_atom("\\Flagged").is_ok());
        assert!(flag_atom("a)\r\na2 DELETE INBOX").is_err() && flag_atom("").is_err());
    }

    #[test]
    fn escapes_are_taken_out_of_a_quoted_string() {
        assert_eq!(unquoted(br#"a \"b\" \\c"#), br#"a "b" \c"#);
    }
}
