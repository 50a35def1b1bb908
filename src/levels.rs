//! How loudly each finding speaks. Decided after the rules, which know nothing of it.
//!
//! Who says later says better: a rule's default, a preset, `bklint.toml` (nearer files later), the
//! command line, a comment in the file. Then `-D warnings` and its like lift what is still at that
//! level and was not silenced by a comment. `forbid` and what a `--policy` file says is beaten by
//! none of them.

use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::hash::HashMap;
use crate::order::Order;
use crate::page::Front;
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

/// Wishes, those of the weakest source first.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// What is wanted.
    pub entries: Vec<Entry>,
    /// The version of bklint that they were written for, if their preset is pinned to one: rules
    /// that came later are silent unless an entry has their very id, and the others have the level
    /// that they had.
    pub pin: Option<Version>,
}

/// The wishes about a file.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    wishes: Wishes,
    /// What a `--policy` file says: below this level nothing falls.
    floor: Wishes,
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
        let selector = Selector::parse(selector)?;
        self.wishes.entries.push(Entry { wish, selector, cause: None });
        Ok(())
    }

    /// These wishes after those of files, above the floor of a policy.
    #[must_use]
    pub fn after(&self, mut wishes: Wishes, floor: Wishes) -> Self {
        wishes.entries.extend(self.wishes.entries.iter().cloned());
        Self { wishes, floor }
    }

    /// The level of a finding of the rule `id` that speaks at `default` unless somebody says
    /// otherwise; `inline` if a comment in the file silences it.
    #[must_use]
    pub fn decide(&self, id: &str, default: Level, inline: bool) -> Decision {
        let floor = self.floor.resolve(id, default, false);
        let found = self.wishes.resolve(id, default, inline);
        // What a policy leaves out, or allows, it does not hold up.
        let least = floor.by.map_or(Level::Allow, |_| floor.level);
        let level = found.level.max(least);
        let by = found.by.filter(|_| level == Level::Allow);
        let cause = by.and_then(|by| self.wishes.cause(by)).cloned();
        Decision { level, bound: found.bound || least > Level::Allow, cause }
    }

    /// How many wishes there are; those of the command line come last.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.wishes.entries.len()
    }

    /// The rule that the wish at that place would bring below what holds, and whose word that is.
    /// Nothing can weaken `demands`.
    #[must_use]
    pub fn in_vain(&self, at: usize, demands: &[Held]) -> Option<Held> {
        let entry = self.wishes.entries.get(at)?;
        let is_forbidden = || self.wishes.entries.iter().any(|entry| entry.wish == Wish::Forbid);
        if demands.is_empty() && self.floor.entries.is_empty() && !is_forbidden() {
            return None;
        }
        let Wish::Set(level) = entry.wish else { return None };
        let names = |id: &str, default: &dyn Fn() -> Level| match entry.selector {
            Selector::At(level) => default() == level,
            _ => entry.selector.names(id),
        };
        let is_lower = |held: &&Held| level < held.level && names(&held.rule, &|| held.level);
        let by_level = || {
            let named = RULES.iter().filter(|rule| names(rule.id, &|| rule.front().level));
            named.filter_map(|rule| self.held(rule, at)).find(|held| level < held.level)
        };
        demands.iter().find(is_lower).cloned().or_else(by_level)
    }

    /// Below which level the wish at that place cannot bring a rule: by a policy, or by a `forbid`
    /// before it or on the command line.
    fn held(&self, rule: &Rule, at: usize) -> Option<Held> {
        let default = rule.front().level;
        let own = self.wishes.resolve(rule.id, default, false);
        let own = Some(own).filter(|own| own.bound).and_then(|own| {
            let by = own.by?;
            let cause = self.wishes.cause(by);
            (by < at || cause.is_none()).then_some((own.level, cause))
        });
        let floor = self.floor.resolve(rule.id, default, false);
        let floor = floor.by.map(|by| (floor.level, self.floor.cause(by)));
        let (level, by) = own.into_iter().chain(floor).max_by_key(|(level, _)| *level)?;
        let by = by.map_or_else(|| "the command line".to_owned(), |by| by.place.clone());
        Some(Held { rule: rule.id.to_owned(), level, by })
    }
}

/// A level below which a rule does not fall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// The rule.
    pub rule: String,
    /// The level.
    pub level: Level,
    /// Who says so.
    pub by: String,
}

/// What a list of wishes comes to.
struct Found {
    level: Level,
    bound: bool,
    /// The place of the wish that says so; none if it is the default, or a comment.
    by: Option<usize>,
}

impl Wishes {
    fn cause(&self, at: usize) -> Option<&Arc<Suppression>> {
        self.entries.get(at)?.cause.as_ref()
    }

    fn resolve(&self, id: &str, default: Level, inline: bool) -> Found {
        // A policy is asked for by its name, and so is as it is.
        let rule = self.pin.and_then(|_| Rule::find(id)).filter(|rule| !rule.is_policy());
        self.resolve_by(rule.map(Rule::front).as_ref(), id, default, inline)
    }

    /// The same for a rule with that front matter, which is needed only under a pin.
    fn resolve_by(
        &self,
        front: Option<&Front<'_>>,
        id: &str,
        default: Level,
        inline: bool,
    ) -> Found {
        let past = self.pin.zip(front).map(|(pin, front)| (front.level_at(pin), front.level));
        let level = match past {
            Some((None, _)) => Level::Allow,
            // A finding that has a level of its own keeps it.
            Some((Some(level), now)) if default == now => level,
            _ => default,
        };
        let names = |broad: &Selector| match past {
            Some((None, _)) => false,
            Some((Some(level), _)) if *broad == Selector::Pedantic => level == Level::Allow,
            _ => broad.names(id),
        };
        let mut found = Found { level, bound: false, by: None };
        for (at, entry) in self.entries.iter().enumerate() {
            let is_meant = match &entry.selector {
                Selector::Rule(rule) => rule == id,
                // What is forbidden cannot be lowered afterwards.
                Selector::At(level) => entry.wish == Wish::Forbid && found.level == *level,
                broad => names(broad),
            };
            if is_meant {
                found.take(at, entry.wish);
            }
        }
        if inline && !found.bound {
            (found.level, found.by) = (Level::Allow, None);
        }
        // `-D warnings` is about what is a warning in the end, so it comes after the names.
        for level in [Level::Note, Level::Warn] {
            let entries = self.entries.iter().enumerate();
            let mut such = entries.filter(|(_, entry)| entry.selector == Selector::At(level));
            let forbids = such.clone().find(|(_, entry)| entry.wish == Wish::Forbid);
            if found.level == level
                && let Some((at, entry)) = forbids.or_else(|| such.next_back())
            {
                found.take(at, entry.wish);
            }
        }
        found
    }
}

impl Found {
    fn take(&mut self, at: usize, wish: Wish) {
        if !self.bound {
            *self = Self { level: wish.level(), bound: wish == Wish::Forbid, by: Some(at) };
        }
    }
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
    /// The first of them comes nearer than the others.
    has_nearest: bool,
}

impl UnknownRule {
    /// As written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule that was probably meant.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        self.near.first().filter(|_| self.has_nearest).map(String::as_str)
    }

    /// Some that may have been meant, the nearest first.
    #[must_use]
    pub fn near(&self) -> &[String] {
        &self.near
    }

    /// Of that name, without a search for what was meant.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), near: Vec::new(), has_nearest: false }
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
            // Many know the name and not the group, or the group and not how it is written.
            let (group, own) = candidate.split_once("::").unwrap_or((candidate, candidate));
            let own = if own == "*" { group } else { own };
            strsim::jaro_winkler(own, name).max(strsim::jaro_winkler(candidate, name))
        };
        let candidates = words.chain(groups).chain(ids);
        let mut near: Vec<_> = candidates.map(|text| (alike(&text), text)).collect();
        near.order_by(|a, b| b.0.total_cmp(&a.0));
        // Ids of a group begin alike, so a common beginning alone says little.
        let best = near.first().map_or(0.0, |(alike, _)| *alike);
        near.retain(|(alike, _)| *alike > 0.8 && *alike > best - 0.05);
        // Who names a group means it, whatever rules elsewhere have that name.
        let is_group = near.first().is_some_and(|(_, text)| text.ends_with("::*"));
        let has_nearest = is_group || near.get(1).is_none_or(|(alike, _)| *alike < best);
        let near = near.into_iter().take(3).map(|(_, text)| text).collect();
        Self { name: name.to_owned(), near, has_nearest }
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
        assert_eq!(check(Note, &[('D', "warnings"), ('W', "notes")]), Deny);
        assert_eq!(check(Note, &[('A', "notes")]), Allow);
        assert_eq!(check(Warn, &[('D', "warnings"), ('N', "warnings")]), Note);
        assert_eq!(check(Warn, &[('N', "warnings"), ('D', "notes")]), Note);
        assert_eq!(check(Warn, &[('F', "warnings"), ('A', "warnings")]), Deny);
    }

    fn wishes(said: &[(Wish, &str)], pin: &str) -> Wishes {
        use crate::report::SuppressedBy::Config;

        let cause = Suppression { kind: Config, place: "x".into(), reason: None, until: None };
        let cause = Some(Arc::new(cause));
        let entry = |&(wish, selector)| {
            let selector = Selector::parse(selector).unwrap();
            Entry { wish, selector, cause: cause.clone() }
        };
        Wishes { entries: said.iter().map(entry).collect(), pin: Version::parse(pin) }
    }

    #[test]
    fn what_is_forbidden_cannot_be_lowered_afterwards() {
        let check = |wishes: &[_]| level("syntax::unclosed", Warn, wishes);
        assert_eq!(check(&[('F', "warnings"), ('A', "syntax::unclosed")]), Deny);
        assert_eq!(check(&[('A', "syntax::unclosed"), ('F', "warnings")]), Allow);
        assert_eq!(check(&[('N', "syntax::*"), ('F', "warnings")]), Note);
    }

    #[test]
    fn what_a_policy_says_is_the_least() {
        let id = "syntax::unclosed";
        // Asked for, the policy's floor; the level, whether it is bound, and the same if a comment
        // silences it.
        for (asked, floor, wanted, silenced) in [
            (Note, None, (Note, false), Allow),
            (Allow, None, (Allow, false), Allow),
            (Allow, Some(Allow), (Allow, false), Allow),
            (Warn, Some(Allow), (Warn, false), Allow),
            (Allow, Some(Note), (Note, true), Note),
            (Deny, Some(Note), (Deny, true), Note),
        ] {
            let floor: Vec<_> = floor.map(|level| (Wish::Set(level), id)).into_iter().collect();
            let asked = wishes(&[(Wish::Set(asked), id)], "");
            let levels = Levels::default().after(asked, wishes(&floor, ""));
            let Decision { level, bound, cause } = levels.decide(id, Warn, false);
            assert_eq!((level, bound), wanted);
            // Only what is silent has somebody who silenced it.
            assert_eq!(cause.is_some(), level == Allow);
            assert_eq!(levels.decide(id, Warn, true).level, silenced);
        }
    }

    #[test]
    fn a_pin_silences_what_came_later() {
        for (pin, level) in [("0.0.9", Allow), ("0.1.0", Warn), ("0.2.0", Warn)] {
            let pinned = Levels::default().after(wishes(&[], pin), Wishes::default());
            assert_eq!(pinned.decide("syntax::unclosed", Warn, false).level, level, "{pin}");
            // These were asked for by name.
            for own in ["policy::mirrors", "policy::key_mode", "corp::x"] {
                assert_eq!(pinned.decide(own, Warn, false).level, Warn, "{own}");
            }
        }
    }

    #[test]
    fn only_its_own_id_wakes_a_rule_that_came_after_the_pin() {
        let id = "log::verbose_level";
        let deny = Wish::Set(Deny);
        for (said, older, newer) in [
            (&[(deny, "log::*")][..], Deny, Allow),
            (&[(deny, "warnings")], Deny, Allow),
            (&[(deny, "pedantic")], Warn, Allow),
            (&[(Wish::Forbid, "log::*")], Deny, Allow),
            (&[(Wish::Forbid, "warnings")], Deny, Allow),
            (&[(deny, id)], Deny, Deny),
            (&[(Wish::Set(Note), id), (deny, "log::*")], Deny, Note),
            (&[(Wish::Set(Warn), id), (deny, "warnings")], Deny, Deny),
            (&[(Wish::Forbid, id), (Wish::Set(Allow), "log::*")], Deny, Deny),
        ] {
            for (pin, wanted) in [("", older), ("0.1", older), ("0.0.9", newer)] {
                let file = Levels::default().after(wishes(said, pin), Wishes::default());
                assert_eq!(file.decide(id, Warn, false).level, wanted, "{said:?} in a file, {pin}");
                // The command line of a gate is as old as its pin.
                let mut run = Levels::default();
                for &(wish, selector) in said {
                    run.push(wish, selector).unwrap();
                }
                let run = run.after(wishes(&[], pin), Wishes::default());
                assert_eq!(run.decide(id, Warn, false).level, wanted, "{said:?} of the run, {pin}");
            }
        }
    }

    #[test]
    fn a_pin_keeps_the_levels_that_there_were() {
        let rule = |level: &str, was: &str| {
            let page = format!(
                "+++\nid = \"log::x\"\nlevel = \"{level}\"\nwas = [\"{was}\"]\nsince = \"0.1.0\"\n+++\n"
            );
            Front::read(page.leak()).unwrap()
        };
        let louder = rule("deny", "warn before 0.3.0");
        let shown = rule("warn", "allow before 0.3.0");
        let advice = rule("allow", "warn before 0.3.0");
        let (note, deny) = (Wish::Set(Note), Wish::Set(Deny));
        for (front, said, then, now) in [
            (&louder, &[][..], Warn, Deny),
            (&louder, &[(deny, "warnings")], Deny, Deny),
            (&louder, &[(note, "log::*")], Note, Note),
            (&shown, &[], Allow, Warn),
            (&shown, &[(note, "pedantic")], Note, Warn),
            (&shown, &[(note, "pedantic"), (deny, "warnings")], Note, Deny),
            (&advice, &[], Warn, Allow),
            (&advice, &[(deny, "warnings")], Deny, Allow),
        ] {
            for (pin, wanted) in [("0.2.9", then), ("0.3", now)] {
                let wishes = wishes(said, pin);
                let level =
                    |default| wishes.resolve_by(Some(front), "log::x", default, false).level;
                assert_eq!(level(front.level), wanted, "{front:?} {said:?} {pin}");
            }
        }
        // What one finding has of its own is no level of the rule.
        let wishes = wishes(&[], "0.2");
        assert_eq!(wishes.resolve_by(Some(&louder), "log::x", Note, false).level, Note);
    }

    #[test]
    fn advice_is_what_is_allowed_unless_asked_for() {
        for rule in RULES {
            let front = rule.front();
            let is_pedantic = Selector::Pedantic.names(rule.id);
            assert_eq!(is_pedantic, front.level == Allow, "{}", rule.id);
        }
    }

    #[test]
    fn a_pin_keeps_no_policy_away() {
        let id = "log::verbose_level";
        let deny = Wish::Set(Deny);
        for said in [
            (deny, id),
            (deny, "log::*"),
            (deny, "warnings"),
            (Wish::Forbid, "log::*"),
            (Wish::Forbid, "warnings"),
        ] {
            for (pin, of_policy, wanted) in [
                ("", "", (Deny, true)),
                ("0.0.9", "", (Deny, true)),
                ("0.0.9", "0.1", (Deny, true)),
                // A policy has a pin of its own.
                ("0.0.9", "0.0.9", if said.1 == id { (Deny, true) } else { (Allow, false) }),
                ("", "0.0.9", if said.1 == id { (Deny, true) } else { (Warn, false) }),
            ] {
                let levels = Levels::default().after(wishes(&[], pin), wishes(&[said], of_policy));
                let Decision { level, bound, .. } = levels.decide(id, Warn, false);
                assert_eq!((level, bound), wanted, "{said:?} {pin} {of_policy}");
            }
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
        assert_eq!(Selector::parse("gc").unwrap_err().nearest(), Some("gc::*"));
        // The name of several says of none that it was meant.
        let several = Selector::parse("disabled").unwrap_err();
        assert_eq!((several.nearest(), several.near().len()), (None, 3));
        assert!(text("warning").contains("`warnings`"));
        assert!(text("zzz").ends_with("lists them all"));
    }
}
