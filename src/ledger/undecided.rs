//! What a merge of two branches left undecided in a file.

use super::{Place, Problem};

/// What version control writes at the beginning of a line around each side of a conflict.
const BEGINS: &str = "<<<<<<<";
const BASE: &str = "|||||||";
const BETWEEN: &str = "=======";
const ENDS: &str = ">>>>>>>";

/// Returns whether a line is one of those.
pub(super) fn is_mark(line: &str) -> bool {
    line.trim_end() == BETWEEN || [BEGINS, BASE, ENDS].iter().any(|mark| begins(line, mark))
}

fn begins(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\r']))
}

/// Returns a problem for every conflict that is left in a file: what stands in it is then not read.
pub(super) fn conflicts(file: &str, bytes: &[u8]) -> Vec<Problem> {
    let text = String::from_utf8_lossy(bytes);
    let mut problems = Vec::new();
    let (mut begun, mut is_between) = (None, false);
    for (line, at) in text.split('\n').zip(1_u64..) {
        if begins(line, BEGINS) {
            (begun, is_between) = (Some(at), false);
        } else if line.trim_end() == BETWEEN {
            is_between = true;
        } else if begins(line, ENDS)
            && let (Some(first), true) = (begun.take(), is_between)
        {
            problems.push(Problem {
                place: Place { line: first, ..Place::top_of(file) },
                what: format!("a merge of two branches left lines {first} to {at} undecided"),
                mend: format!(
                    "keep the rows of either side that belong here, and remove the lines that begin with `{BEGINS}`, `{BASE}`, `{BETWEEN}` and `{ENDS}`"
                ),
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_has_two_sides() {
        let places = |text: &str| {
            let found = conflicts("f", text.as_bytes());
            found.into_iter().map(|problem| problem.place.line).collect::<Vec<_>>()
        };
        assert_eq!(places("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd\n"), [2]);
        assert_eq!(
            places("<<<<<<<\r\nb\r\n||||||| 12ab\r\n=======\r\n>>>>>>>\r\n<<<<<<< a\n=======\n>>>>>>> b"),
            [1, 6]
        );
        assert!(places("a\n<<<<<<< HEAD\nb\n").is_empty() && places("=======\n>>>>>>> b\n").is_empty());
        assert!(is_mark("=======\r") && is_mark("<<<<<<< HEAD") && !is_mark("<<<<<<<<") && !is_mark("======= a"));
    }
}
