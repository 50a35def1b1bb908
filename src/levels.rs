//! How loudly each finding speaks. Decided after the rules, which know nothing of it.
//!
//! Who says later says better: a rule's default, a preset, `bklint.toml` (nearer files later), the
//! command line, a comment in the file. Then `-D warnings` and its like lift what is still at that
//! level and was not silenced by a comment. `forbid` and what a `--policy` file says is beaten by
//! none of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::order::Order;
use crate::report::{Level, Suppression};
use crate::rules::{RULES, Rule};
use crate::version::Version;

/// What a user wants of the rules a selector names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// This level, unless a later wish says otherwise.
    Set(Level),
    /// Deny, whatever else is said.
    Forbid,
}

impl Wish {
    /// The level it asks for.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Set(level) => level,
            Self::Forbid => Level::Deny,
        }
    }

    /// Reads `allow`, `note`, `warn`, `deny` or `forbid`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "allow" => Self::Set(Level::Allow),
            "note" => Self::Set(Level::Note),
            "warn" => Self::Set(Level::Warn),
            "deny" => Self::Set(Level::Deny),
            "forbid" => Self::Forbid,
            _ => return None,
        })
    }
}

/// Which findings a wish is about; the broad come before the narrow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Selector {
    /// What would otherwise be reported at this level: `notes`, `warnings`.
    At(Level),
    /// Advice that has to be asked for.
    Pedantic,
    /// `group::*`
    Group(String),
    /// One rule.
    Rule(String),
}

/// A wish with what it is about and where it comes from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is wanted.
    pub wish: Wish,
    /// Of which rules.
    pub selector: Selector,
    /// If it stands in a file: how it is named where it silences something.
    pub cause: Option<Arc<Suppression>>,
}

/// The wishes about a file, those of the weakest source first.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    entries: Vec<Entry>,
    /// What a `--policy` file says: below this level nothing falls.
    floor: Vec<Entry>,
    /// Rules that came with a later version of bklint are silent.
    pin: Option<Version>,
}

/// What is to happen to a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// How loudly it speaks.
    pub level: Level,
    /// Nothing may silence it.
    pub bound: bool,
    /// The entry of a file that silences it.
    pub cause: Option<Arc<Suppression>>,
}

impl Levels {
    /// Adds a wish of the command line about a rule id, `group::*`, `notes`, `warnings` or
    /// `pedantic`.
    ///
    /// # Errors
    /// If no rule is meant, with the names that come nearest.
    pub fn push(&mut self, wish: Wish, selector: &str) -> Result<(), UnknownRule> {
        self.entries.push(Entry { wish, selector: Selector::parse(selector)?, cause: None });
        Ok(())
    }

    /// These wishes after those; `pin` is the version that a preset was pinned to.
    #[must_use]
    pub fn after(&self, mut entries: Vec<Entry>, floor: Vec<Entry>, pin: Option<Version>) -> Self {
        entries.extend(self.entries.iter().cloned());
        Self { entries, floor, pin }
    }

    /// All wishes, the weakest first, a policy's floor aside.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The level of a finding of the rule `id` that speaks at `default` unless somebody says
    /// otherwise; `inline` if a comment in the file silences it.
    #[must_use]
    pub fn decide(&self, id: &str, default: Level, inline: bool) -> Decision {
        let default = match self.pin {
            Some(pin) if is_newer(id, pin) => Level::Allow,
            _ => default,
        };
        let floor = resolve(&self.floor, id, default, false).filter(|found| found.said);
        let found = resolve(&self.entries, id, default, inline && floor.is_none());
        let (mut level, mut bound, mut cause) =
            found.map_or((default, false, None), |found| (found.level, found.bound, found.cause));
        if bound {
            level = Level::Deny;
        }
        if let Some(floor) = floor {
            let least = if floor.bound { Level::Deny } else { floor.level };
            // What a policy leaves out it does not hold up either.
            bound |= least > Level::Allow;
            level = level.max(least);
        }
        if level > Level::Allow {
            cause = None;
        }
        Decision { level, bound, cause }
    }
}

/// What a list of wishes comes to.
struct Found {
    level: Level,
    bound: bool,
    said: bool,
    cause: Option<Arc<Suppression>>,
}

fn resolve(entries: &[Entry], id: &str, default: Level, inline: bool) -> Option<Found> {
    if entries.is_empty() && !inline {
        return None;
    }
    let mut found = Found { level: default, bound: false, said: false, cause: None };
    for entry in entries.iter().filter(|entry| entry.selector.names(id)) {
        found.take(entry);
    }
    if inline && !found.bound {
        found.level = Level::Allow;
        found.cause = None;
    }
    // `-D warnings` is about what is a warning in the end, so it comes after the names.
    for entry in entries {
        if entry.selector == Selector::At(found.level) {
            found.take(entry);
        }
    }
    Some(found)
}

impl Found {
    fn take(&mut self, entry: &Entry) {
        self.level = entry.wish.level();
        self.bound |= entry.wish == Wish::Forbid;
        self.said = true;
        self.cause.clone_from(&entry.cause);
    }
}

/// Whether a rule came with a later version than that.
fn is_newer(id: &str, pin: Version) -> bool {
    let since = Rule::find(id).and_then(|rule| Version::parse(rule.front().since));
    since.is_some_and(|since| since > pin)
}

impl Selector {
    /// Whether it is about the rule.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        match self {
            Self::Rule(rule) => rule == id,
            Self::Group(group) => id.split("::").next() == Some(group),
            Self::Pedantic => {
                Rule::find(id).is_some_and(|rule| rule.front().groups.contains(&"pedantic"))
            }
            Self::At(_) => false,
        }
    }

    /// Reads a rule id, `group::*`, `notes`, `warnings` or `pedantic`. An id of a group that
    /// bklint does not have is taken for a rule of the user's own.
    ///
    /// # Errors
    /// If no rule is meant, with the names that come nearest.
    pub fn parse(text: &str) -> Result<Self, UnknownRule> {
        Self::known(text).ok_or_else(|| UnknownRule::new(text))
    }

    /// The same without a search for names that come near.
    #[must_use]
    pub fn known(text: &str) -> Option<Self> {
        let (group, name) = text.split_once("::").unwrap_or((text, ""));
        match text {
            "notes" => Some(Self::At(Level::Note)),
            "warnings" => Some(Self::At(Level::Warn)),
            "pedantic" => Some(Self::Pedantic),
            _ if name == "*" && (is_group(group) || is_own_group(group)) => {
                Some(Self::Group(group.to_owned()))
            }
            // Names of rules first: to tell an own one takes a comparison with each group.
            _ if Rule::find(text).is_some() => Some(Self::Rule(text.to_owned())),
            _ if is_own_id(text) => Some(Self::Rule(text.to_owned())),
            _ => former(text).map(|rule| Self::Rule(rule.id.to_owned())),
        }
    }

    /// Whether it names a rule or group of the user's own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        match self {
            Self::Rule(id) => is_own_id(id),
            Self::Group(group) => !is_group(group),
            Self::Pedantic | Self::At(_) => false,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(id) => f.write_str(id),
            Self::Group(group) => write!(f, "{group}::*"),
            Self::Pedantic => f.write_str("pedantic"),
            Self::At(Level::Note) => f.write_str("notes"),
            Self::At(_) => f.write_str("warnings"),
        }
    }
}

fn is_group(name: &str) -> bool {
    RULES.iter().any(|rule| rule.group() == name)
}

/// Whether an organisation may use it for rules of its own: it is a name, and not one of bklint's
/// or nearly so.
fn is_own_group(name: &str) -> bool {
    static GROUPS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut groups: Vec<_> = RULES.iter().map(|rule| rule.group()).collect();
        groups.dedup();
        groups
    });
    is_name(name) && !GROUPS.iter().any(|group| strsim::jaro_winkler(group, name) > 0.85)
}

fn is_name(text: &str) -> bool {
    let good =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(good)
}

/// Whether a rule of an organisation's own may have that id.
#[must_use]
pub fn is_own_id(id: &str) -> bool {
    id.split_once("::").is_some_and(|(group, name)| is_own_group(group) && is_name(name))
}

/// The rule of an id, or of an id it once had.
///
/// # Errors
/// If there is none, with the names that come nearest.
pub fn find_rule(id: &str) -> Result<&'static Rule, UnknownRule> {
    Rule::find(id).or_else(|| former(id)).ok_or_else(|| UnknownRule::new(id))
}

/// The rule that once had that id.
fn former(id: &str) -> Option<&'static Rule> {
    // All pages are read for it, once.
    static FORMER: LazyLock<HashMap<&str, &Rule>> = LazyLock::new(|| {
        let names = |rule: &&'static Rule| {
            let rule = *rule;
            rule.front().renamed_from.into_iter().map(move |name| (name, rule))
        };
        RULES.iter().flat_map(names).collect()
    });
    FORMER.get(id).copied()
}

/// A name that is no rule's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownRule {
    name: String,
    near: Vec<String>,
}

impl UnknownRule {
    /// As written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule that was probably meant.
    #[must_use]
    pub fn near(&self) -> Option<&str> {
        self.near.first().map(String::as_str)
    }

    /// Of that name, without a search for what was meant.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), near: Vec::new() }
    }

    /// Of that name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        // No name of a rule is nearly as long.
        if name.len() > 128 {
            return Self::plain(name);
        }
        let words = ["notes", "warnings", "pedantic"].map(str::to_owned).into_iter();
        let mut groups: Vec<_> = RULES.iter().map(|rule| format!("{}::*", rule.group())).collect();
        groups.dedup();
        let ids = RULES.iter().map(|rule| rule.id.to_owned());
        let alike = |candidate: &str| {
            // Many know the name and not the group.
            let own = candidate.rsplit("::").next().filter(|own| *own != "*");
            let own = own.map_or(0.0, |own| strsim::jaro_winkler(own, name));
            own.max(strsim::jaro_winkler(candidate, name))
        };
        let candidates = words.chain(groups).chain(ids);
        let mut near: Vec<_> = candidates.map(|text| (alike(&text), text)).collect();
        near.order_by(|a, b| b.0.total_cmp(&a.0));
        // Ids of a group begin alike, so a common beginning alone says little.
        let best = near.first().map_or(0.0, |(alike, _)| *alike);
        near.retain(|(alike, _)| *alike > 0.8 && *alike > best - 0.05);
        let near = near.into_iter().take(3).map(|(_, text)| text).collect();
        Self { name: name.to_owned(), near }
    }
}

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a rule", self.name)?;
        match &*self.near {
            [] => f.write_str("; `bklint rules` lists them all"),
            [one] => write!(f, "; did you mean `{one}`?"),
            many => write!(f, "; did you mean `{}`?", many.join("` or `")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Allow, Deny, Note, Warn};

    fn level(id: &str, default: Level, wishes: &[(char, &str)]) -> Level {
        let mut levels = Levels::default();
        for &(flag, selector) in wishes {
            let wish = match flag {
                'A' => Wish::Set(Allow),
                'N' => Wish::Set(Note),
                'W' => Wish::Set(Warn),
                'D' => Wish::Set(Deny),
                _ => Wish::Forbid,
            };
            levels.push(wish, selector).unwrap();
        }
        levels.decide(id, default, false).level
    }

    #[test]
    fn the_last_wish_wins() {
        let check = |wishes: &[_]| level("syntax::unclosed", Warn, wishes);
        assert_eq!(check(&[]), Warn);
        assert_eq!(check(&[('A', "syntax::*"), ('N', "syntax::unclosed")]), Note);
        assert_eq!(check(&[('N', "syntax::unclosed"), ('A', "syntax::*")]), Allow);
        assert_eq!(
            check(&[('F', "syntax::*"), ('A', "syntax::unclosed"), ('A', "warnings")]),
            Deny
        );
    }

    #[test]
    fn warnings_are_what_is_a_warning_in_the_end() {
        let check = |default, wishes: &[_]| level("syntax::unclosed", default, wishes);
        assert_eq!(check(Warn, &[('D', "warnings")]), Deny);
        assert_eq!(check(Note, &[('D', "warnings")]), Note);
        assert_eq!(check(Note, &[('D', "warnings"), ('W', "syntax::unclosed")]), Deny);
        assert_eq!(check(Warn, &[('D', "warnings"), ('A', "syntax::unclosed")]), Allow);
        assert_eq!(check(Note, &[('W', "notes"), ('D', "warnings")]), Deny);
        assert_eq!(check(Note, &[('A', "notes")]), Allow);
        assert_eq!(check(Warn, &[('F', "warnings"), ('A', "warnings")]), Deny);
    }

    #[test]
    fn what_a_policy_says_is_the_least() {
        use crate::report::SuppressedBy::Config;

        let cause = Suppression { kind: Config, place: "x".into(), reason: None, until: None };
        let entry = |level| {
            let selector = Selector::Rule("syntax::unclosed".into());
            Entry { wish: Wish::Set(level), selector, cause: Some(Arc::new(cause.clone())) }
        };
        // Asked for, the policy's floor; the level, whether it is bound.
        for (asked, floor, wanted) in [
            (Note, None, (Note, false)),
            (Allow, None, (Allow, false)),
            (Allow, Some(Allow), (Allow, false)),
            (Warn, Some(Allow), (Warn, false)),
            (Allow, Some(Note), (Note, true)),
            (Deny, Some(Note), (Deny, true)),
        ] {
            let floor = floor.map(&entry).into_iter().collect();
            let levels = Levels::default().after(vec![entry(asked)], floor, None);
            let Decision { level, bound, cause } = levels.decide("syntax::unclosed", Warn, false);
            assert_eq!((level, bound), wanted);
            // Only what is silent has somebody who silenced it.
            assert_eq!(cause.is_some(), level == Allow);
        }
    }

    #[test]
    fn a_pin_silences_what_came_later() {
        for (pin, level) in [("0.0.9", Allow), ("0.1.0", Warn), ("0.2.0", Warn)] {
            let pinned = Levels::default().after(Vec::new(), Vec::new(), Version::parse(pin));
            assert_eq!(pinned.decide("syntax::unclosed", Warn, false).level, level, "{pin}");
        }
    }

    #[test]
    fn selectors_are_read_and_printed() {
        for (text, own) in [
            ("notes", false),
            ("warnings", false),
            ("pedantic", false),
            ("syntax::*", false),
            ("syntax::unclosed", false),
            ("acme::*", true),
            ("acme-2_x::a", true),
        ] {
            let selector = Selector::parse(text).unwrap();
            assert_eq!((selector.to_string().as_str(), selector.is_own()), (text, own));
        }
        let long = "a".repeat(64);
        assert!(is_own_id(&format!("{long}::{long}")));
        for bad in ["acme", "acme::", "::x", "acme::X", "Acme::x", "a b::x", "syntaxes::*"] {
            assert!(Selector::parse(bad).is_err(), "{bad}");
        }
        assert!(!is_own_id(&format!("{long}a::x")) && !is_own_id("syntax::x"));
    }

    #[test]
    fn near_names_are_offered() {
        let text = |name| Selector::parse(name).unwrap_err().to_string();
        assert!(text("syntax::unclosd").contains("`syntax::unclosed`"));
        assert!(text("unclosed").contains("`syntax::unclosed`"));
        assert!(text("syntax").contains("`syntax::*`"));
        assert!(text("warning").contains("`warnings`"));
        assert!(text("zzz").ends_with("lists them all"));
    }
}
