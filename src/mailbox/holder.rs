//! Who holds a lease: a name for this process that tells others on the same machine whether it still runs.
//!
//! After a crash the restarted process need not wait for its own old leases to run out. Where there is any doubt
//! (another machine, another container) the holder counts as alive and time decides.

use uuid::Uuid;

/// What is told of a process.
#[derive(Debug, PartialEq, Eq)]
struct Process<'a> {
    /// Host name, boot and process namespace: where its number means something.
    place: &'a str,
    pid: u32,
    /// In clock ticks since boot: a number is given out again, this is not.
    started: u64,
}

/// A name for this process, different each time.
pub(crate) fn name() -> String {
    let unique = Uuid::now_v7();
    match (place(), started(std::process::id())) {
        (Some(place), Some(started)) => {
            format!("{place}/{}/{started}/{unique}", std::process::id())
        }
        _ => unique.to_string(),
    }
}

/// Whether the process of that name certainly runs no more.
pub(super) fn is_dead(name: &str) -> bool {
    let (Some(process), Some(here)) = (parse(name), place()) else {
        return false;
    };
    process.place == here && started(process.pid) != Some(process.started)
}

fn parse(name: &str) -> Option<Process<'_>> {
    let (rest, _unique) = name.rsplit_once('/')?;
    let (rest, started) = rest.rsplit_once('/')?;
    let (place, pid) = rest.rsplit_once('/')?;
    Some(Process {
        place,
        pid: pid.parse().ok()?,
        started: started.parse().ok()?,
    })
}

fn place() -> Option<String> {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!(
        "{}/{}/{}",
        host.trim(),
        boot.trim(),
        namespace.display()
    ))
}

/// When a process was started; `None` when there is none of that number.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name stands in parentheses and may hold anything; the start is the 20th word after it.
    let (_, words) = stat.rsplit_once(')')?;
    let mut words = words.split_whitespace();
    // A zombie has ended; only its parent has not asked yet.
    if words.next()? == "Z" {
        return None;
    }
    words.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_alive_until_it_certainly_is_not() {
        let me = name();
        assert!(!is_dead(&me));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let ended = me.replace(
            &format!(
                "/{}/{}/",
                std::process::id(),
                started(std::process::id()).unwrap()
            ),
            &format!("/{}/1/", child.id()),
        );
        child.wait().unwrap();
        assert!(is_dead(&ended));
        assert!(!is_dead(&format!("elsewhere/{ended}")));
        assert!(!is_dead("0198c0de-0000-7000-8000-000000000000") && !is_dead(""));
    }
}
