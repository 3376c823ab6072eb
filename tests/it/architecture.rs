//! The dependency rule of `ARCHITECTURE.md` holds in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// What only tests are built with, they may use wherever they stand.
const FOR_TESTS: &str = "growth";

#[test]
fn modules_use_only_what_the_architecture_allows() {
    let rules = rules();
    let mut wrong = Vec::new();
    for (module, allowed) in &rules {
        for used in uses(module) {
            if used != *module && used != FOR_TESTS && !allowed.contains(&used) {
                wrong.push(format!("{module} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against ARCHITECTURE.md: {wrong:#?}");
}

#[test]
fn every_module_stands_in_the_architecture() {
    let told: BTreeSet<String> = rules().into_keys().collect();
    let there: BTreeSet<String> = fs::read_dir(Path::new(ROOT).join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "lib" && name != "main")
        .collect();
    assert_eq!(told, there);
}

/// The table of modules: what each may use. A row may use "all of the above", and `cli` uses everything.
fn rules() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let rows: Vec<(Vec<String>, String)> = text
        .lines()
        .skip_while(|line| !line.starts_with("| module of `src/`"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let names = cells[0].split(", ").map(|name| {
                name.trim_matches(['`', '/'])
                    .trim_end_matches(".rs")
                    .to_owned()
            });
            (names.collect(), cells[2].to_owned())
        })
        .collect();
    assert!(rows.len() > 8, "the table of modules is not where it was");
    let mut above: BTreeSet<String> = BTreeSet::new();
    let mut rules = BTreeMap::new();
    for (names, may) in rows {
        let allowed: BTreeSet<String> = match may.as_str() {
            "nothing of ours" => BTreeSet::new(),
            "all of the above" => above.clone(),
            list => list.split(", ").map(str::to_owned).collect(),
        };
        for name in &names {
            rules.insert(name.clone(), allowed.clone());
        }
        above.extend(names);
    }
    rules
}

/// The modules that the files of a module name after `crate::`.
fn uses(module: &str) -> BTreeSet<String> {
    let src = Path::new(ROOT).join("src");
    let mut found = BTreeSet::new();
    let mut waiting = vec![src.join(module), src.join(format!("{module}.rs"))];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|kind| kind == "rs") && path.is_file() {
            let text = fs::read_to_string(path).unwrap();
            text.split("crate::")
                .skip(1)
                .for_each(|rest| found.extend(first_names(rest)));
        }
    }
    found
}

/// `a::b` is `a`; `{a::b, c::{d, e}}` is `a` and `c`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(list) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let (mut depth, mut start, mut names) = (0, true, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if c.is_whitespace() => {}
            _ if start => {
                names.push(name(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}
