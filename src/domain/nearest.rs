//! The known name that somebody who wrote another one probably meant.

/// Longer names are no slip of a key.
const MAX_CHARS: usize = 40;

pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name: Vec<char> = name.to_lowercase().replace('-', "_").chars().collect();
    if name.len() > MAX_CHARS {
        return None;
    }
    let (distance, near) = known
        .iter()
        .map(|known| (distance(&name, &known.chars().collect::<Vec<_>>()), *known))
        .min()?;
    (distance <= 1 + name.len() / 4).then_some(near)
}

/// Letters to put in, take out or change (Levenshtein).
fn distance(one: &[char], two: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in two.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[two.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_a_key_is_known_and_another_word_is_not() {
        let known = ["subject", "body", "attachment_name"];
        assert_eq!(nearest("subjet", &known), Some("subject"));
        assert_eq!(nearest("Attachment-Name", &known), Some("attachment_name"));
        assert_eq!(nearest("farve", &known), None);
    }
}
