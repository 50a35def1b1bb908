//! The arguments of buildkitd and of `docker buildx create`, as their users would type them.

pub mod buildx;
pub mod daemon;

/// Splits a line as a shell does, without variables: quotes, backslashes and comments as in
/// `github.com/google/shlex`, which buildx splits `--buildkitd-flags` with.
///
/// # Errors
/// If a quote is not closed or nothing follows a backslash.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '#' if word.is_none() => _ = chars.by_ref().find(|c| *c == '\n'),
            '\'' | '"' => quoted(c, &mut chars, word.get_or_insert_default())
                .ok_or_else(|| format!("a quote is not closed in `{line}`"))?,
            '\\' => {
                let escaped = chars.next().ok_or_else(|| format!("`{line}` ends with `\\`"))?;
                word.get_or_insert_default().push(escaped);
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Up to the closing quote; none if there is none.
fn quoted(quote: char, chars: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            c if c == quote => return Some(()),
            '\\' if quote == '"' => word.push(chars.next()?),
            c => word.push(c),
        }
    }
}

/// Go's `strconv.ParseBool`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_does() {
        for (line, words) in [
            ("", &[][..]),
            ("  a\t b\n", &["a", "b"]),
            ("a='b c' \"d \\\" e\"", &["a=b c", "d \" e"]),
            ("a\\ b '' # c", &["a b", ""]),
            ("a#b", &["a#b"]),
            ("# a\nb", &["b"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for wrong in ["'a", "\"a", "a\\", "\"a\\"] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
