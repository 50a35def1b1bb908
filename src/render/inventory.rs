//! The certificates of a configuration as a table, and as CSV.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::escape;
use crate::clock;
use crate::inventory::{Inventory, Row, Use};
use crate::tls::Role;

/// A column: its title, and how narrow it may become.
const COLUMNS: [(&str, usize); 9] = [
    ("EXPIRES", 10),
    ("DAYS", 6),
    ("VERDICT", 16),
    ("LINE", 4),
    ("USED BY", 18),
    ("SUBJECT", 16),
    ("KEY", 11),
    ("SHA256", 9),
    ("NAMES", 12),
];

/// Between two columns.
const GAP: usize = 2;

/// A line a certificate. In a given width the last columns are shortened, then left out.
#[must_use]
pub fn table(inventory: &Inventory, width: Option<usize>) -> String {
    if inventory.rows.is_empty() {
        return String::new();
    }
    let head = COLUMNS.map(|(title, _)| title.to_owned());
    let mut lines = vec![head];
    lines.extend(inventory.rows.iter().map(|row| cells(row, inventory.now)));
    let widths = fit(&lines, width);
    let mut out = String::new();
    for line in lines {
        let mut text = String::new();
        for (at, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let cell = shorten(cell, width);
            let blank = " ".repeat(width - cell.width());
            // Numbers stand under each other.
            match at {
                1 | 3 => _ = write!(text, "{blank}{cell}"),
                _ => _ = write!(text, "{cell}{blank}"),
            }
            text.push_str(&" ".repeat(GAP));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

/// The widths of the columns that are shown: as many as fit at their narrowest, the widest of
/// which give way.
fn fit(lines: &[[String; 9]], width: Option<usize>) -> Vec<usize> {
    let natural = |at: usize| {
        lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.width()).max().unwrap_or(0)
    };
    let mut widths: Vec<_> = (0..COLUMNS.len()).map(natural).collect();
    let Some(width) = width else { return widths };
    let mut least: Vec<_> =
        widths.iter().zip(COLUMNS).map(|(&natural, (_, least))| natural.min(least)).collect();
    let total = |widths: &[usize]| widths.iter().map(|width| width + GAP).sum::<usize>();
    while total(&least) > width + GAP && least.len() > 3 {
        least.pop();
    }
    widths.truncate(least.len());
    while let Some(over) = total(&widths).checked_sub(width + GAP).filter(|over| *over > 0) {
        let spare = widths.iter_mut().zip(&least).map(|(width, &least)| (*width - least, width));
        let Some((spare, widest)) = spare.max_by_key(|(spare, _)| *spare) else { break };
        if spare == 0 {
            break;
        }
        *widest -= over.min(spare);
    }
    widths
}

fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for char in text.chars() {
        out.push(char);
        if out.width() + 1 > width {
            out.pop();
            break;
        }
    }
    out.push('…');
    // A wide character may have left a column free, never one too many.
    if out.width() > width { String::new() } else { out }
}

fn cells(row: &Row, now: i64) -> [String; 9] {
    let one = row.certificate.as_ref();
    let lines = few(row.uses.iter().map(|one| one.line.to_string()), ",");
    let used = few(row.uses.iter().map(|one| user(one)), ", ");
    let hash: String = one.map(|one| one.sha256.split(':').take(4).collect()).unwrap_or_default();
    [
        one.map_or_else(|| "-".into(), |one| clock::date(one.not_after)),
        row.days(now).map_or_else(|| "-".into(), |days| days.to_string()),
        row.verdict(),
        lines,
        escape(&used).into_owned(),
        one.map_or_else(|| escape(&row.file), |one| escape(&one.subject)).into_owned(),
        one.map(|one| one.key.to_string()).unwrap_or_default(),
        match hash.split_at_checked(4) {
            Some((first, second)) => format!("{first} {second}"),
            None => hash,
        },
        escape(&row.names().join(",")).into_owned(),
    ]
}

/// The first of several.
fn few(all: impl ExactSizeIterator<Item = String>, between: &str) -> String {
    let more = if all.len() > 3 { between.to_owned() + "…" } else { String::new() };
    all.take(3).collect::<Vec<_>>().join(between) + &more
}

/// Who uses it, and as what.
fn user(one: &Use) -> String {
    let role = match one.role {
        Role::RegistryCa | Role::ClientCa => "CA",
        _ => "pair",
    };
    format!("{} {role}", one.host.as_deref().unwrap_or("grpc.tls"))
}

/// All that is known, a line a certificate, after RFC 4180.
#[must_use]
pub fn csv(inventory: &Inventory) -> String {
    let mut out = String::from(
        "expires,days,verdict,lines,keys,file,block,subject,issuer,serial,names,not_before,key,\
         signature,sha256\r\n",
    );
    for row in &inventory.rows {
        let one = row.certificate.as_ref();
        let text = |pick: fn(&crate::cert::Certificate) -> &str| one.map(pick).unwrap_or_default();
        let lines: Vec<_> = row.uses.iter().map(|one| one.line.to_string()).collect();
        let keys: Vec<_> = row.uses.iter().map(|one| one.key.as_str()).collect();
        let fields = [
            one.map(|one| clock::instant(one.not_after)).unwrap_or_default(),
            row.days(inventory.now).map(|days| days.to_string()).unwrap_or_default(),
            row.verdict(),
            lines.join(" "),
            field(&keys.join(" ")),
            field(&row.file),
            row.block.0.to_string(),
            field(text(|one| &one.subject)),
            field(text(|one| &one.issuer)),
            field(text(|one| &one.serial)),
            field(&row.names().join(" ")),
            one.map(|one| clock::instant(one.not_before)).unwrap_or_default(),
            one.map(|one| one.key.to_string()).unwrap_or_default(),
            field(text(|one| &one.signature)),
            field(text(|one| &one.sha256)),
        ];
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

/// Text from outside. A spreadsheet takes what begins with one of these signs for a formula.
fn field(text: &str) -> String {
    let text = escape(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"']) {
        return text.into_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
