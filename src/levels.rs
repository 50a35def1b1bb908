//! How loudly each finding speaks. Decided after the rules, which know nothing of it.

use std::fmt;

use crate::report::Level;
use crate::rules::{RULES, Rule};

/// What a user wants of the rules a selector names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// This level, unless a later wish says otherwise.
    Set(Level),
    /// Deny, whatever else is said.
    Forbid,
}

impl Wish {
    const fn level(self) -> Level {
        match self {
            Self::Set(level) => level,
            Self::Forbid => Level::Deny,
        }
    }
}

/// Which findings a wish is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Selector {
    /// One rule.
    Rule(&'static str),
    /// `group::*`
    Group(&'static str),
    /// Advice that has to be asked for.
    Pedantic,
    /// What would otherwise be reported at this level: `notes`, `warnings`.
    At(Level),
}

/// The wishes of a run, in the order they were uttered.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    wishes: Vec<(Wish, Selector)>,
}

impl Levels {
    /// Adds a wish about a rule id, `group::*`, `notes`, `warnings` or `pedantic`.
    ///
    /// # Errors
    /// If no rule is meant, with the names that come nearest.
    pub fn push(&mut self, wish: Wish, selector: &str) -> Result<(), UnknownRule> {
        self.wishes.push((wish, parse(selector)?));
        Ok(())
    }

    /// The level of a finding of `rule` that speaks at `default` unless the user says otherwise.
    #[must_use]
    pub fn resolve(&self, rule: &Rule, default: Level) -> Level {
        if self.wishes.is_empty() {
            return default;
        }
        let (mut level, mut forbidden) = (default, false);
        for &(wish, _) in self.wishes.iter().filter(|(_, selector)| selector.names(rule)) {
            level = wish.level();
            forbidden |= wish == Wish::Forbid;
        }
        // `-D warnings` is about what is a warning in the end, so it comes after the names.
        for &(wish, selector) in &self.wishes {
            if selector == Selector::At(level) {
                level = wish.level();
                forbidden |= wish == Wish::Forbid;
            }
        }
        if forbidden { Level::Deny } else { level }
    }
}

impl Selector {
    fn names(self, rule: &Rule) -> bool {
        match self {
            Self::Rule(id) => rule.id == id,
            Self::Group(group) => rule.group() == group,
            Self::Pedantic => rule.front().groups.contains(&"pedantic"),
            Self::At(_) => false,
        }
    }
}

fn parse(text: &str) -> Result<Selector, UnknownRule> {
    let found = match text {
        "notes" => Some(Selector::At(Level::Note)),
        "warnings" => Some(Selector::At(Level::Warn)),
        "pedantic" => Some(Selector::Pedantic),
        _ => match text.strip_suffix("::*") {
            Some(name) => {
                let mut groups = RULES.iter().map(|rule| rule.group());
                groups.find(|group| *group == name).map(Selector::Group)
            }
            None => return find_rule(text).map(|rule| Selector::Rule(rule.id)),
        },
    };
    found.ok_or_else(|| UnknownRule::new(text))
}

/// The rule of an id, or of an id it once had.
///
/// # Errors
/// If there is none, with the names that come nearest.
pub fn find_rule(id: &str) -> Result<&'static Rule, UnknownRule> {
    let former = |rule: &&&'static Rule| rule.front().renamed_from.contains(&id);
    Rule::find(id)
        .or_else(|| RULES.iter().find(former).copied())
        .ok_or_else(|| UnknownRule::new(id))
}

/// A name that is no rule's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownRule {
    name: String,
    near: Vec<String>,
}

impl UnknownRule {
    fn new(name: &str) -> Self {
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
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
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

    static PEDANTIC: Rule = Rule {
        id: "syntax::advice",
        page: "+++\nid = \"syntax::advice\"\nlevel = \"allow\"\ngroups = [\"pedantic\"]\n+++\n",
        check: |_, _| {},
    };

    fn level(rule: &Rule, default: Level, wishes: &[(char, &str)]) -> Level {
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
        levels.resolve(rule, default)
    }

    #[test]
    fn the_last_wish_wins() {
        let rule = Rule::find("syntax::unclosed").unwrap();
        let check = |wishes: &[_]| level(rule, Warn, wishes);
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
        let rule = Rule::find("syntax::unclosed").unwrap();
        let check = |default, wishes: &[_]| level(rule, default, wishes);
        assert_eq!(check(Warn, &[('D', "warnings")]), Deny);
        assert_eq!(check(Note, &[('D', "warnings")]), Note);
        assert_eq!(check(Note, &[('D', "warnings"), ('W', "syntax::unclosed")]), Deny);
        assert_eq!(check(Warn, &[('D', "warnings"), ('A', "syntax::unclosed")]), Allow);
        assert_eq!(check(Note, &[('W', "notes"), ('D', "warnings")]), Deny);
        assert_eq!(check(Note, &[('A', "notes")]), Allow);
        assert_eq!(check(Warn, &[('F', "warnings"), ('A', "warnings")]), Deny);
    }

    #[test]
    fn advice_is_asked_for() {
        assert_eq!(level(&PEDANTIC, Allow, &[]), Allow);
        assert_eq!(level(&PEDANTIC, Allow, &[('W', "pedantic")]), Warn);
    }

    #[test]
    fn near_names_are_offered() {
        let text = |name| parse(name).unwrap_err().to_string();
        assert!(text("syntax::unclosd").contains("`syntax::unclosed`"));
        assert!(text("unclosed").contains("`syntax::unclosed`"));
        assert!(text("syntax").contains("`syntax::*`"));
        assert!(text("warning").contains("`warnings`"));
        assert!(text("zzz").ends_with("lists them all"));
    }
}
