//! A rule's page: front matter between two `+++`, a summary, prose, and examples that run.

use crate::report::{Impact, Level};
use crate::version::Version;

/// The front matter of a page: lines of `key = "text"` or `key = ["text", …]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Front<'a> {
    /// `group::name`.
    pub id: &'a str,
    /// Its level unless the user says otherwise.
    pub level: Level,
    /// The levels it had, each with the version of bklint that ended it: `warn before 0.3.0`.
    pub was: Vec<(Level, Version)>,
    /// When its faults bite, unless a finding narrows it.
    pub impact: Impact,
    /// Further groups, like `pedantic`.
    pub groups: Vec<&'a str>,
    /// The version of bklint that brought it.
    pub since: &'a str,
    /// The best fix it offers: `safe`, `unsafe` or `none`.
    pub fix: &'a str,
    /// What it has to know: `files`, `clock`, `deployment`, `release`.
    pub needs: Vec<&'a str>,
    /// Ids it once had.
    pub renamed_from: Vec<&'a str>,
}

impl Default for Front<'_> {
    fn default() -> Self {
        Self {
            id: "",
            level: Level::Warn,
            was: Vec::new(),
            impact: Impact::Ignored,
            groups: Vec::new(),
            since: "",
            fix: "none",
            needs: Vec::new(),
            renamed_from: Vec::new(),
        }
    }
}

impl<'a> Front<'a> {
    /// Reads the front matter of a page.
    ///
    /// # Errors
    /// The line that cannot be read, or what is missing.
    pub fn read(page: &'a str) -> Result<Self, String> {
        let missing = "no front matter between two lines of `+++`";
        let mut lines = page.strip_prefix("+++\n").ok_or(missing)?.lines();
        let mut read = Self::default();
        loop {
            let line = lines.next().ok_or(missing)?;
            match line.trim_ascii() {
                "+++" => break,
                "" => continue,
                _ => {}
            }
            let wrong = || format!("cannot read `{line}`");
            let (key, value) = line.split_once('=').ok_or_else(wrong)?;
            let value = value.trim_ascii();
            let text = || unquote(value).ok_or_else(wrong);
            let list = || list(value).ok_or_else(wrong);
            match key.trim_ascii() {
                "id" => read.id = text()?,
                "level" => read.level = level(text()?).ok_or_else(wrong)?,
                "was" => {
                    let was: Option<_> = list()?.into_iter().map(was).collect();
                    read.was = was.ok_or_else(wrong)?;
                }
                "impact" => read.impact = impact(text()?).ok_or_else(wrong)?,
                "groups" => read.groups = list()?,
                "since" => read.since = text()?,
                "fix" => read.fix = text()?,
                "needs" => read.needs = list()?,
                "renamed_from" => read.renamed_from = list()?,
                _ => return Err(wrong()),
            }
        }
        if read.id.is_empty() { Err("no `id`".into()) } else { Ok(read) }
    }

    /// The level it had in a version of bklint; none if that version did not have the rule.
    #[must_use]
    pub fn level_at(&self, version: Version) -> Option<Level> {
        let since = Version::parse(self.since)?;
        let was = self.was.iter().filter(|(_, end)| version < *end).min_by_key(|(_, end)| *end);
        (since <= version).then(|| was.map_or(self.level, |(level, _)| *level))
    }
}

fn split(page: &str) -> Option<(&str, &str)> {
    page.strip_prefix("+++\n")?.split_once("\n+++\n")
}

fn unquote(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

fn list(value: &str) -> Option<Vec<&str>> {
    let items = value.strip_prefix('[')?.strip_suffix(']')?.split(',').map(str::trim_ascii);
    items.filter(|item| !item.is_empty()).map(unquote).collect()
}

fn level(word: &str) -> Option<Level> {
    Some(match word {
        "allow" => Level::Allow,
        "note" => Level::Note,
        "warn" => Level::Warn,
        "deny" => Level::Deny,
        _ => return None,
    })
}

fn was(text: &str) -> Option<(Level, Version)> {
    let (word, end) = text.split_once(" before ")?;
    level(word).zip(Version::parse(end))
}

fn impact(word: &str) -> Option<Impact> {
    Some(match word {
        "load" => Impact::Load,
        "start" => Impact::Start,
        "build" => Impact::Build,
        "ignored" => Impact::Ignored,
        "exposure" => Impact::Exposure,
        "resource" => Impact::Resource,
        "upkeep" => Impact::Upkeep,
        "policy" => Impact::Policy,
        _ => return None,
    })
}

/// The page without its front matter.
#[must_use]
pub fn body(page: &str) -> &str {
    split(page).map_or(page, |(_, body)| body.trim_start())
}

/// The sentence a page begins with.
#[must_use]
pub fn summary(page: &str) -> &str {
    body(page).lines().next().unwrap_or_default()
}

/// The first paragraph below a heading, on one line.
#[must_use]
pub fn paragraph(page: &str, heading: &str) -> Option<String> {
    let mut sections = body(page).split("\n## ");
    let section = sections.find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))?;
    let paragraph = section.trim_start().split("\n\n").next()?;
    Some(paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// A fenced block of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fence<'a> {
    /// What stands behind the three backticks.
    pub info: &'a str,
    /// What stands between the fences, with its last line end.
    pub text: &'a str,
}

impl<'a> Fence<'a> {
    /// Whether a word stands among its attributes.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.info.split_whitespace().any(|other| other == word)
    }

    /// The value of an attribute `name=value`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'a str> {
        let mut words = self.info.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}

/// The fenced blocks of a page, in order.
pub fn fences(page: &str) -> impl Iterator<Item = Fence<'_>> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let at = if rest.starts_with("```") { 0 } else { rest.find("\n```")? + 1 };
        let (info, behind) = rest.get(at + 3..)?.split_once('\n')?;
        // Of an empty block the fences stand on lines in a row.
        let end = if behind.starts_with("```") { 0 } else { behind.find("\n```")? + 1 };
        let text = behind.get(..end)?;
        rest = behind.get(end + 3..)?;
        Some(Fence { info: info.trim(), text })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\nid = \"a::b\"\nlevel = \"note\"\nimpact = \"start\"\n\
        groups = [\"x\", \"pedantic\"]\n+++\n\nOne sentence.\n\n```toml bad now=2026-01-01\n\
        a = 1\n```\ntext\n```toml good\n```\n";

    #[test]
    fn front_matter() {
        let front = Front::read(PAGE).unwrap();
        assert_eq!((front.id, front.level, front.impact), ("a::b", Level::Note, Impact::Start));
        assert_eq!(front.groups, ["x", "pedantic"]);
        assert_eq!(summary(PAGE), "One sentence.");
        assert!(Front::read("# no\n").is_err());
        assert!(Front::read("+++\nid = \"a\"\nlevel = \"loud\"\n+++\n").is_err());
    }

    #[test]
    fn levels_of_old() {
        let page = "+++\nid = \"a::b\"\nlevel = \"deny\"\nsince = \"0.2.0\"\n\
            was = [\"warn before 0.5.1\", \"allow before 0.3.0\"]\n+++\n";
        let front = Front::read(page).unwrap();
        for (version, level) in [
            ("0.1.9", None),
            ("0.2", Some(Level::Allow)),
            ("0.2.9", Some(Level::Allow)),
            ("0.3", Some(Level::Warn)),
            ("0.5.0", Some(Level::Warn)),
            ("0.5.1", Some(Level::Deny)),
            ("1", Some(Level::Deny)),
        ] {
            assert_eq!(front.level_at(Version::parse(version).unwrap()), level, "{version}");
        }
        for wrong in ["warn", "warn before", "loud before 1", "warn before x", "warn until 1"] {
            let page = format!("+++\nid = \"a::b\"\nwas = [\"{wrong}\"]\n+++\n");
            assert!(Front::read(&page).is_err(), "{wrong}");
        }
    }

    #[test]
    fn paragraphs() {
        let page = "+++\nid = \"a::b\"\n+++\n\nOne.\n\n## What happens\n\nTwo\nlines.\n\nMore.\n";
        assert_eq!(paragraph(page, "What happens").as_deref(), Some("Two lines."));
        assert_eq!(paragraph(page, "What"), None);
    }

    #[test]
    fn fenced_blocks() {
        let fences: Vec<_> = fences(PAGE).collect();
        assert_eq!(fences.len(), 2);
        assert_eq!((fences[0].text, fences[0].value("now")), ("a = 1\n", Some("2026-01-01")));
        assert!(fences[1].has("good") && fences[1].text.is_empty());
    }
}
