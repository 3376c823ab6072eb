//! The demo does what it promises: it tries its own four commands and checks what they answer.

use std::process::{Command, Output};

fn demo(without_dovecot: bool) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("scripts/demo");
    command
        .arg("--once")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("DEMO_BINARY", env!("CARGO_BIN_EXE_sagspost"))
        .env("DEMO_HOME", home.path().join("demo"));
    if without_dovecot {
        command.env("DEMO_WITHOUT_DOVECOT", "1");
    }
    command.output().unwrap()
}

#[test]
fn every_invented_mail_comes_in_and_is_suggested_and_journaled() {
    let demo = demo(false);
    let said = String::from_utf8_lossy(&demo.stdout);
    let all = format!("{said}{}", String::from_utf8_lossy(&demo.stderr));
    assert!(demo.status.success(), "{all}");
    assert!(said.contains("83 of 83 mails"), "{all}");
    assert!(said.contains("the new mail has its suggestion"), "{all}");
    assert!(said.contains("leads to the provider's page"), "{all}");
}

#[test]
fn without_a_mail_server_the_mails_are_imported_and_it_says_so() {
    let demo = demo(true);
    let said = String::from_utf8_lossy(&demo.stdout);
    let all = format!("{said}{}", String::from_utf8_lossy(&demo.stderr));
    assert!(demo.status.success(), "{all}");
    assert!(
        said.contains("Dovecot is not here") && said.contains("2. journaled: 2024-00204"),
        "{all}"
    );
}
