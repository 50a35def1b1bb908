//! `bklint certs`: the certificates of a configuration.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Answer;
use super::args::parse_time;
use super::look::Look;
use crate::cert;
use crate::clock::DAY;
use crate::inventory::{Inventory, Row};
use crate::levels::Levels;
use crate::render::inventory::{csv, table};
use crate::session::Session;
use crate::settings::{Files, Settings};
use crate::source::{MAX_FILE, Source};
use crate::world::World;

/// What `bklint certs` is asked.
#[derive(Args, Debug)]
pub struct Certs {
    /// The configuration, or a file of certificates
    pub file: PathBuf,
    /// How to print them
    #[arg(long, default_value = "human")]
    pub format: Format,
    /// Exit with 1 if one has expired or will within that time, like 60d or 8w
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub expires_within: Option<i64>,
    /// Whether to look at the files that it names
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub files: Files,
    /// The folder that stands for / when they are looked at
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The time to judge by, like 2027-01-31 or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Csv,
}

/// Lists the certificates, the soonest to expire first.
pub fn certs(certs: Certs, look: &Look, world: &dyn World) -> Result<Answer, String> {
    let name = certs.file.display().to_string();
    let bytes =
        world.read(&certs.file, MAX_FILE).map_err(|failure| format!("{name}: {failure}"))?;
    let settings = Settings {
        files: certs.files,
        root: certs.root,
        now: certs.now,
        expires_within: certs.expires_within,
        ..Settings::default()
    };
    let content = cert::read(&bytes);
    let inventory = if content.certificates.is_empty() {
        let session = Session::new(settings, Levels::default(), world);
        Inventory::of(&session, &Source::new(name, bytes))
    } else {
        Inventory::of_file(name, content.certificates, &settings, world)
    };

    let mut answer = Answer::print(match certs.format {
        Format::Human => table(&inventory, look.width()),
        Format::Json => format!("{:#}\n", inventory.json()),
        Format::Csv => csv(&inventory),
    });
    if certs.expires_within.is_some() && inventory.rows.iter().any(Row::is_due) {
        answer.code = 1;
    }
    if inventory.rows.is_empty() && inventory.unchecked.is_empty() {
        answer.say(&format!("{} names no certificates", inventory.name));
    }
    if !inventory.unchecked.is_empty() && certs.files == Files::Auto {
        answer.say("paths of another machine are looked at with --root or --files check");
    }
    for one in &inventory.unchecked {
        let text = format!("not looked at: {} ({})", one.what, one.reason);
        // A job that watches dates must not take silence for an answer.
        if certs.expires_within.is_some() {
            answer.fail(text);
        } else {
            answer.say(&text);
        }
    }
    for row in inventory.rows.iter().filter(|row| row.certificate.is_none()) {
        if certs.expires_within.is_some() {
            answer.fail(format!("{}: {}", row.file, row.verdict()));
        }
    }
    Ok(answer)
}

/// Reads `60d` or `8w`, or days alone; in seconds.
fn parse_span(text: &str) -> Result<i64, String> {
    let (number, days) = match text.strip_suffix('w') {
        Some(number) => (number, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let number: u32 = number.parse().map_err(|_| format!("`{text}` is not a time like 60d"))?;
    Ok(i64::from(number) * days * DAY)
}
