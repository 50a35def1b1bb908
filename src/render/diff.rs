//! The difference of two texts as `diff -u` prints it, for people and for `git apply`.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer as theme;

use super::{Style, escape};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Lines that differ; of more, the whole stretch counts as changed.
const MOST: usize = 500;

/// The unified diff; empty if the texts are the same. Tabs and line ends are what they are in the
/// texts, so that it can be applied; other hidden characters are made visible.
#[must_use]
pub fn diff(name: &str, old: &str, new: &str, style: &Style) -> String {
    let mut out = String::new();
    let (a, b) = (lines(old), lines(new));
    let changes = changes(&a, &b);
    let near = |one: &Change, next: &Change| next.0.start - one.0.end <= 2 * CONTEXT;
    let mut print = |color, line: &str| {
        let color = if style.color { color } else { theme::Style::new() };
        // Writing to a `String` cannot fail.
        _ = writeln!(out, "{color}{line}{color:#}");
    };
    for (index, hunk) in changes.chunk_by(near).enumerate() {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        if index == 0 {
            // An absolute path is not below anything.
            let (from, to) = if name.starts_with('/') { ("", "") } else { ("a/", "b/") };
            print(theme::DEFAULT_EMPHASIS_STYLE, &format!("--- {from}{}", escape(name)));
            print(theme::DEFAULT_EMPHASIS_STYLE, &format!("+++ {to}{}", escape(name)));
        }
        let before = first.0.start.min(CONTEXT);
        let after = (a.len() - last.0.end).min(CONTEXT);
        let from = first.0.start - before..last.0.end + after;
        let to = first.1.start - before..last.1.end + after;
        let head = format!("@@ -{} +{} @@", numbers(&from), numbers(&to));
        print(theme::DEFAULT_LINE_NUM_STYLE, &head);
        let mut at = from.start;
        for (gone, come) in hunk {
            for line in &a[at..gone.start] {
                print(theme::Style::new(), &shown(' ', line));
            }
            for line in &a[gone.clone()] {
                print(theme::DEFAULT_REMOVAL_STYLE, &shown('-', line));
            }
            for line in &b[come.clone()] {
                print(theme::DEFAULT_ADDITION_STYLE, &shown('+', line));
            }
            at = gone.end;
        }
        for line in &a[at..from.end] {
            print(theme::Style::new(), &shown(' ', line));
        }
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// First line and count, as a hunk's head has them.
fn numbers(range: &Range<usize>) -> String {
    let start = if range.is_empty() { range.start } else { range.start + 1 };
    if range.len() == 1 { start.to_string() } else { format!("{start},{}", range.len()) }
}

/// A line with its sign, without its line feed.
fn shown(sign: char, line: &str) -> String {
    let (text, note) = match line.strip_suffix('\n') {
        Some(text) => (text, ""),
        None => (line, "\n\\ No newline at end of file"),
    };
    let (text, cr) = text.strip_suffix('\r').map_or((text, ""), |text| (text, "\r"));
    // The mark belongs to the first line, where it is nothing but the encoding.
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |text| ("\u{feff}", text));
    let text: Vec<_> = text.split('\t').map(escape).collect();
    format!("{sign}{mark}{}{cr}{note}", text.join("\t"))
}

/// Lines that go and lines that come in their place.
type Change = (Range<usize>, Range<usize>);

/// The fewest changes that make one text of the other, by Myers's greedy algorithm.
fn changes(a: &[&str], b: &[&str]) -> Vec<Change> {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (mut rest_a, mut rest_b) = (&a[head..], &b[head..]);
    let tail = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    rest_a = &rest_a[..rest_a.len() - tail];
    rest_b = &rest_b[..rest_b.len() - tail];

    let mut changes: Vec<Change> = Vec::new();
    let mut add = |gone: Range<usize>, come: Range<usize>| {
        if let Some(last) = changes.last_mut()
            && (last.0.end, last.1.end) == (gone.start, come.start)
        {
            (last.0.end, last.1.end) = (gone.end, come.end);
        } else {
            changes.push((gone, come));
        }
    };
    match steps(rest_a, rest_b) {
        Some(steps) => {
            for (x, y, goes) in steps {
                let (x, y) = (head + x, head + y);
                if goes { add(x..x + 1, y..y) } else { add(x..x, y..y + 1) }
            }
        }
        None => add(head..head + rest_a.len(), head..head + rest_b.len()),
    }
    changes
}

/// Where a line of `a` goes (true) or one of `b` comes, in order; none if there are too many.
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "counts of lines")]
fn steps(a: &[&str], b: &[&str]) -> Option<Vec<(usize, usize, bool)>> {
    let most = MOST.min(a.len() + b.len()) as isize;
    let at = |diagonal: isize| (diagonal + most + 1) as usize;
    // How far in `a` each diagonal has come, before the round of that number.
    let mut far = vec![0_isize; at(most) + 2];
    let mut rounds: Vec<Vec<isize>> = Vec::new();
    let comes = |far: &[isize], round: isize, diagonal: isize| {
        diagonal == -round || (diagonal != round && far[at(diagonal - 1)] < far[at(diagonal + 1)])
    };
    for round in 0..=most {
        rounds.push(far.clone());
        for diagonal in (-round..=round).step_by(2) {
            let mut x = if comes(&far, round, diagonal) {
                far[at(diagonal + 1)]
            } else {
                far[at(diagonal - 1)] + 1
            } as usize;
            let y = |x: usize| (x as isize - diagonal) as usize;
            while a.get(x).is_some_and(|line| b.get(y(x)) == Some(line)) {
                x += 1;
            }
            far[at(diagonal)] = x as isize;
            if x < a.len() || y(x) < b.len() {
                continue;
            }
            // Both ends are reached: back the way that led here.
            let (mut steps, mut diagonal) = (Vec::new(), diagonal);
            for (round, far) in rounds.iter().enumerate().skip(1).rev() {
                let comes = comes(far, round as isize, diagonal);
                diagonal += if comes { 1 } else { -1 };
                let x = far[at(diagonal)];
                steps.push((x as usize, (x - diagonal) as usize, !comes));
            }
            steps.reverse();
            return Some(steps);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { color: false, width: 80, verbose: false, links: false };

    #[test]
    fn a_diff_as_git_prints_it() {
        let text = |lines: &[&str]| lines.join("\n") + "\n";
        let old = text(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
        let new = text(&["a", "B", "c", "d", "e", "f", "g", "h", "i", "j", "l", "m"]);
        let expected = "--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n\
            @@ -8,5 +8,5 @@\n h\n i\n j\n-k\n l\n+m\n";
        assert_eq!(diff("x", &old, &new, &PLAIN), expected);
        assert_eq!(diff("x", &old, &old, &PLAIN), "");
        let expected = "--- /x\n+++ /x\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n";
        assert_eq!(diff("/x", "", "a", &PLAIN), expected);
    }

    #[test]
    fn only_tabs_and_line_ends_stay_hidden() {
        let shown = diff("x", "\u{feff}a\t\x1b[0m\r\n", "", &PLAIN);
        assert!(shown.ends_with("\n-\u{feff}a\t\\x1b[0m\r\n"), "{shown:?}");
    }

    /// Carries a diff out.
    fn patched(a: &[&str], b: &[&str]) -> Vec<String> {
        let (mut out, mut at) = (Vec::new(), 0);
        for (gone, come) in changes(a, b) {
            out.extend_from_slice(&a[at..gone.start]);
            out.extend_from_slice(&b[come]);
            at = gone.end;
        }
        out.extend_from_slice(&a[at..]);
        out.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn any_text_becomes_any_other() {
        // A small generator, always the same.
        let mut seed = 1_u32;
        let mut roll = |sides: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % sides
        };
        for _ in 0..2_000 {
            let mut text = || -> Vec<&str> {
                (0..roll(12)).map(|_| ["a", "b", "c"][roll(3) as usize]).collect()
            };
            let (a, b) = (text(), text());
            assert_eq!(patched(&a, &b), b, "{a:?}");
            // As few lines as the longest common part leaves.
            let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
            for (i, x) in a.iter().enumerate() {
                for (j, y) in b.iter().enumerate() {
                    common[i + 1][j + 1] = if x == y {
                        common[i][j] + 1
                    } else {
                        common[i][j + 1].max(common[i + 1][j])
                    };
                }
            }
            let least = a.len() + b.len() - 2 * common[a.len()][b.len()];
            let lines: usize = changes(&a, &b).iter().map(|c| c.0.len() + c.1.len()).sum();
            assert_eq!(lines, least, "{a:?} {b:?}");
        }
        let long: Vec<_> = vec!["x"; 2 * MOST];
        assert_eq!(patched(&long, &["y"]), ["y"]);
    }
}
