//! Takes the add-in's built files into the program: lists them for `src/addin/files.rs`.
//!
//! Without them it builds all the same, and the served page says how to build them. Nothing is run here: Node is not needed
//! to build the service.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let built = root.join("addin-ui/dist");
    // Cargo would run this at every build if what it watches were missing.
    let _ = fs::create_dir_all(&built);
    println!("cargo::rerun-if-changed=addin-ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    collect(&built, &mut files);
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let path = file.strip_prefix(&built).unwrap_or(file);
        let path = path.to_string_lossy().replace('\\', "/");
        let file = file.to_string_lossy();
        let _ = writeln!(list, "    ({path:?}, include_bytes!({file:?})),");
    }
    list.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    if let Err(error) = fs::write(out.join("addin_files.rs"), list) {
        println!("cargo::error=the list of the add-in's files cannot be written: {error}");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_none_or(|kind| kind != "map") {
            files.push(path);
        }
    }
}
