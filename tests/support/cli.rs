//! The `sagspost` command with a configuration, a database and blobs of its own.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

pub struct Cli {
    home: tempfile::TempDir,
}

/// What a command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_default()
    }
}

impl Cli {
    pub fn new() -> Self {
        let cli = Self {
            home: tempfile::tempdir().unwrap(),
        };
        let home = cli.home.path().display();
        cli.write(
            "sagspost.toml",
            &format!("[database]\nurl = \"sqlite://{home}/sagspost.db\"\n[blobs]\nurl = \"file:{home}/blobs\"\n[suggestions]\nsnapshot = \"{home}/suggestions.index\"\n[audit]\nkey_file = \"{home}/audit.key\"\n"),
        );
        cli
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(&[], arguments)
    }

    /// With these variables in the environment.
    pub fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_sagspost"))
            .arg("--config")
            .arg(self.path("sagspost.toml"))
            .args(arguments)
            .envs(variables.iter().copied())
            .current_dir(self.home.path())
            .output()
            .unwrap();
        Said {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}
