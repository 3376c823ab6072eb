//! Logs and metrics. Neither ever holds mail content, names, CPR numbers, tokens or passwords: ids and counts only.

use std::{any::Any, io::IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// Starts logging to standard error. A second call changes nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let human = match log.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if human {
        builder.with_target(false).try_init()
    } else {
        builder.json().try_init()
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, reason = reason(panic.payload()), "a panic");
    }));
}

/// What a panic says, where its words stand in the program: others may be those of a mail.
fn reason(payload: &(dyn Any + Send)) -> &'static str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("not told, since it may hold content")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_tells_no_words_but_its_own() {
        assert_eq!(super::reason(&"slice too short"), "slice too short");
        let content = String::from("byte 3 is within a letter of `Kære kommune`");
        assert!(!super::reason(&content).contains("kommune"));
    }
}
