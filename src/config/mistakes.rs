//! Mistakes in the configuration, told all at once.

use std::fmt;

/// One mistake; never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    pub file: String,
    pub key: String,
    pub wrong: String,
    pub example: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub fn one(file: &str, key: &str, wrong: &str, example: &str) -> Self {
        let mut mistakes = Self::default();
        mistakes.add(file, key, wrong, example);
        mistakes
    }

    pub fn add(&mut self, file: &str, key: &str, wrong: &str, example: &str) {
        self.0.push(Mistake {
            file: file.to_owned(),
            key: key.to_owned(),
            wrong: wrong.to_owned(),
            example: example.to_owned(),
        });
    }

    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }

    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        writeln!(
            f,
            "the configuration has {count} {}:",
            if count == 1 { "mistake" } else { "mistakes" }
        )?;
        for mistake in &self.0 {
            let key = if mistake.key.is_empty() {
                String::new()
            } else {
                format!("{}: ", mistake.key)
            };
            writeln!(
                f,
                "  {}: {key}{}\n      right would be: {}",
                mistake.file, mistake.wrong, mistake.example
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
