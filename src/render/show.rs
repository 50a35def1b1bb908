//! The configuration in effect, for people.

use std::fmt::Write as _;

use super::escape;
use crate::show::{Show, written};

/// A key, its value and where that comes from.
type Line<'a> = (&'a str, String, &'a str);

/// Keys by table with where each value comes from, then what has no effect, then what is collected.
#[must_use]
pub fn human(show: &Show, width: usize) -> String {
    let mut out = String::new();
    let mut tables: Vec<(&str, Vec<Line<'_>>)> = Vec::new();
    for row in &show.rows {
        let Some(value) = written(&row.data) else { continue };
        let (above, name) = split(&row.key);
        let at = tables.iter().position(|(table, _)| *table == above).unwrap_or_else(|| {
            tables.push((above, Vec::new()));
            tables.len() - 1
        });
        if let Some((_, rows)) = tables.get_mut(at) {
            rows.push((name, value, &row.from));
        }
    }
    for (above, rows) in &tables {
        if !above.is_empty() {
            push(&mut out, &format!("\n{}", header(above)));
        }
        for (name, value, from) in rows {
            let indent = if above.is_empty() { "" } else { "  " };
            let text = format!("{indent}{name} = {value}");
            let room = width.saturating_sub(from.len() + 2);
            if text.chars().count() <= room {
                let pad = room.min(50).max(text.chars().count());
                push(&mut out, &format!("{text:pad$}  {from}"));
            } else {
                push(&mut out, &text);
                push(&mut out, &format!("{:50}  {from}", ""));
            }
        }
    }
    if !show.dropped.is_empty() {
        push(&mut out, "\nDropped, because buildkitd knows no such key here");
        for (line, key) in &show.dropped {
            push(&mut out, &format!("  line {line}: {key}"));
        }
    }
    if !show.idle.is_empty() {
        push(&mut out, "\nRead, and without the effect it seems to have");
        for (line, what) in &show.idle {
            wrapped(&mut out, &format!("  line {line}: "), what, width);
        }
    }
    for (worker, rules) in &show.collected {
        push(&mut out, &format!("\nGarbage collection of [{worker}], after builds"));
        if rules.is_empty() {
            push(&mut out, "  off: nothing is deleted, and the disk fills");
        }
        for ((line, words), number) in rules.iter().zip(1..) {
            let from = line.map_or_else(|| "built in".to_owned(), |line| format!("line {line}"));
            wrapped(&mut out, &format!("  {number}. "), &format!("{words} ({from})"), width);
        }
    }
    out.trim_start_matches('\n').to_owned()
}

/// A table as TOML heads it; one of several has a number in the path.
fn header(table: &str) -> String {
    match table.rsplit_once('.') {
        Some((list, at)) if at.bytes().all(|byte| byte.is_ascii_digit()) => format!("[[{list}]]"),
        _ => format!("[{table}]"),
    }
}

/// The table and the last part of a dotted path.
fn split(path: &str) -> (&str, &str) {
    let mut quoted = false;
    let dot = path.char_indices().filter(|(_, c)| {
        quoted ^= *c == '"';
        *c == '.' && !quoted
    });
    let at = dot.last().map(|(at, _)| at);
    match at.and_then(|at| path.split_at_checked(at)) {
        Some((above, name)) => (above, name.get(1..).unwrap_or_default()),
        None => ("", path),
    }
}

fn push(out: &mut String, line: &str) {
    let (gap, text) = match line.strip_prefix('\n') {
        Some(rest) => ("\n", rest),
        None => ("", line),
    };
    // Writing to a `String` cannot fail.
    _ = writeln!(out, "{gap}{}", escape(text).trim_end());
}

/// Breaks words into lines that stand below each other.
pub(super) fn wrapped(out: &mut String, lead: &str, text: &str, width: usize) {
    let mut line = lead.to_owned();
    for word in text.split(' ') {
        let long = line.chars().count() + 1 + word.chars().count() > width;
        if long && line.len() > lead.len() {
            push(out, &line);
            line = " ".repeat(lead.len());
        }
        if line.len() > lead.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    push(out, &line);
}
