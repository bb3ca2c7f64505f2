//! Names that somebody may have meant.

/// Returns the names that are nearly a word, the nearest first: those a slip or two away, and those it is a part of.
pub(crate) fn near<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let word = word.to_lowercase();
    let slips = 1 + word.chars().count() / 6;
    let distance = |name: &str| {
        let part = word.len() >= 3 && name.contains(&word);
        Some(distance(&word, name)).filter(|&distance| part || distance <= slips)
    };
    let mut near: Vec<(usize, &str)> = names.into_iter().filter_map(|name| Some((distance(name)?, name))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).collect()
}

/// How many letters must be put in, left out or changed to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (above, letter) in a.chars().take(64).enumerate() {
        let mut next = vec![above + 1];
        for ((pair, other), left) in row.windows(2).zip(&b).zip(0..) {
            let [diagonal, up] = pair else { continue };
            let before = next.get(left).copied().unwrap_or(usize::MAX - 1);
            next.push((diagonal + usize::from(letter != *other)).min(up + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_a_part_of_a_name_is_near() {
        assert_eq!(["", "unit", "units", "kitten"].map(|word| distance(word, "sitting")), [7, 6, 6, 3]);
        assert_eq!(near("units", ["title", "unit", "daily"]), ["unit"]);
        assert_eq!(near("Googel", ["google", "generic"]), ["google"]);
        assert_eq!(
            near("google", ["x-ads-ui", "google-ads-ui", "google-ads-api"]),
            ["google-ads-ui", "google-ads-api"]
        );
        assert!(near("banana", ["title", "unit"]).is_empty());
    }
}
