//! Globs over paths, as a shell and git write them: `*` and `?` stay within a name, `**/` leads
//! through folders, `[a-z]` and `[!a-z]` are sets.
//!
//! Patterns come from files of strangers. Matching goes back to the last star alone, so it takes
//! at most the product of both lengths, where trying all stars would be exponential.

use std::path::Path;

/// A pattern.
#[derive(Debug)]
pub struct Glob(Vec<Part>);

/// What stands between slashes.
#[derive(Debug)]
enum Part {
    /// Any folders, or none.
    Folders,
    Name(Vec<Token>),
}

#[derive(Debug)]
enum Token {
    Any,
    One,
    Char(char),
    Set { not: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Reads a pattern; none if a set is not closed. With `escapes` a backslash takes the next
    /// character for what it is, as in a `.gitignore`; elsewhere it may part folders.
    #[must_use]
    pub fn new(text: &str, escapes: bool) -> Option<Self> {
        let mut parts = Vec::new();
        let names = text.split('/').filter(|name| !name.is_empty());
        for name in names {
            if name != "**" {
                parts.push(Part::Name(tokens(name, escapes)?));
            } else if !matches!(parts.last(), Some(Part::Folders)) {
                parts.push(Part::Folders);
            }
        }
        if let Some(Part::Folders) = parts.last() {
            // What is in a folder, and not the folder itself.
            parts.push(Part::Name(vec![Token::Any]));
        }
        Some(Self(parts))
    }

    /// Whether it matches all of a relative path.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
        wild(
            &self.0,
            &names,
            |part| matches!(part, Part::Folders),
            |part, name| match part {
                Part::Folders => false,
                Part::Name(tokens) => fits(tokens, name),
            },
        )
    }
}

/// Whether a name is one that the tokens describe.
fn fits(tokens: &[Token], name: &str) -> bool {
    let chars: Vec<_> = name.chars().collect();
    wild(
        tokens,
        &chars,
        |token| matches!(token, Token::Any),
        |token, c| match token {
            Token::Any | Token::One => true,
            Token::Char(known) => known == c,
            Token::Set { not, ranges } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&c)) != *not
            }
        },
    )
}

/// Matches a row of patterns, of which some take any number of items, with a row of items. Going
/// back to the last of those is enough: an earlier one could only give away what the later one
/// reaches as well.
fn wild<P, T>(
    patterns: &[P],
    items: &[T],
    is_star: impl Fn(&P) -> bool,
    fits: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut star = None;
    loop {
        match (patterns.get(at), items.get(item)) {
            (Some(pattern), _) if is_star(pattern) => {
                at += 1;
                star = Some((at, item));
            }
            (Some(pattern), Some(next)) if fits(pattern, next) => {
                at += 1;
                item += 1;
            }
            (None, None) => return true,
            _ => match star {
                Some((behind, from)) if from < items.len() => {
                    (at, item) = (behind, from + 1);
                    star = Some((at, item));
                }
                _ => return false,
            },
        }
    }
}

fn tokens(name: &str, escapes: bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' if matches!(tokens.last(), Some(Token::Any)) => continue,
            '*' => Token::Any,
            '?' => Token::One,
            '[' => set(&mut chars, escapes)?,
            '\\' if escapes => Token::Char(chars.next()?),
            c => Token::Char(c),
        });
    }
    Some(tokens)
}

/// What stands between brackets; a bracket that comes first does not close it.
fn set(chars: &mut std::str::Chars<'_>, escapes: bool) -> Option<Token> {
    let rest = chars.as_str();
    let inner = rest.strip_prefix(['!', '^']);
    let not = inner.is_some();
    *chars = inner.unwrap_or(rest).chars();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Set { not, ranges }),
            '\\' if escapes => chars.next()?,
            c => c,
        };
        let mut ahead = chars.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) if high != ']' => {
                *chars = ahead;
                if high == '\\' && escapes { chars.next()? } else { high }
            }
            _ => low,
        };
        ranges.push((low, high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &str) -> bool {
        Glob::new(glob, false).unwrap().matches(Path::new(path))
    }

    #[test]
    fn as_a_shell_matches() {
        for (glob, path) in [
            ("*.toml", "a.toml"),
            ("*.toml", ".toml"),
            ("a?c", "aäc"),
            ("ci/*.toml", "ci/x.toml"),
            ("**/x", "x"),
            ("**/x", "a/b/x"),
            ("a/**/x", "a/x"),
            ("a/**/x", "a/b/c/x"),
            ("a/**", "a/b/c"),
            ("**", "a/b"),
            ("**/**/a/**/b", "a/c/a/b"),
            ("a**c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[]-]", "]"),
            ("[]-]", "-"),
            ("*a*b", "xaxab"),
            ("", ""),
        ] {
            assert!(matches(glob, path), "{glob} {path}");
        }
        for (glob, path) in [
            ("*.toml", "ci/x.toml"),
            ("ci/*", "ci/a/b"),
            ("a/**", "a"),
            ("a/**/x", "b/a/x"),
            ("?", ""),
            ("[a-c]x", "dx"),
            ("[!a-c]x", "ax"),
            ("A", "a"),
            ("*a*b", "xbxa"),
            ("", "a"),
        ] {
            assert!(!matches(glob, path), "{glob} {path}");
        }
        assert!(Glob::new("[", false).is_none() && Glob::new("a[!]", false).is_none());
    }

    /// The `glob` crate tries all stars, and is right.
    #[test]
    fn as_the_crate_matches() {
        let exact = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        // A small generator, always the same.
        let mut seed = 7_u32;
        let mut roll = |sides: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % sides
        };
        let pieces = ["a", "b", ".", "*", "?", "[ab]", "[!a]", "[a-c.]", "/", "/**/", "é"];
        let letters = ["a", "b", ".", "c", "é", "/"];
        let (mut compared, mut matched) = (0, 0);
        while compared < 20_000 {
            let mut any = |from: &[&str]| (0..=roll(7)).map(|_| from[roll(from.len())]).collect();
            let (text, path): (String, String) = (any(&pieces), any(&letters));
            let plain =
                |text: &str| !text.starts_with('/') && !text.ends_with('/') && !text.contains("//");
            // A path is taken apart before it is matched, so `a/.` is `a`.
            let known = plain(&text) && plain(&path) && !path.split('/').any(|name| name == ".");
            let Ok(crates) = glob::Pattern::new(&text) else { continue };
            if !known {
                continue;
            }
            let wanted = crates.matches_with(&path, exact);
            assert_eq!(matches(&text, &path), wanted, "{text} {path}");
            compared += 1;
            matched += usize::from(wanted);
        }
        assert!(matched > 1_000, "only {matched} match");
    }

    #[test]
    fn as_git_escapes() {
        let matches = |glob, path| Glob::new(glob, true).unwrap().matches(Path::new(path));
        assert!(matches("\\*.toml", "*.toml") && !matches("\\*.toml", "a.toml"));
        assert!(matches("[\\]a]", "]") && matches("[^a]", "b") && matches("\\[", "["));
        assert!(Glob::new("a\\", true).is_none());
    }

    #[test]
    fn no_pattern_takes_long() {
        let stars = "*a".repeat(2_000) + "b";
        let folders = "**/a/".repeat(1_000) + "b";
        let start = std::time::Instant::now();
        assert!(!matches(&stars, &"a".repeat(4_000)));
        assert!(!matches(&(stars.clone() + "/x"), &("a".repeat(4_000) + "/y")));
        assert!(!matches(&folders, &"a/".repeat(2_000)));
        assert!(start.elapsed().as_secs() < 5);
    }
}
