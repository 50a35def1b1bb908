//! What a value must be.

use std::fmt;

use super::normal;
use super::pattern::{Facet, Target};
use crate::config::document::{Data as Toml, Value as TomlValue};
use crate::decode::scalar;
use crate::effective::gc::{DETECTED_BOUNDS, DETECTED_MAX};
use crate::model::{Bytes, Data, Nanos};
use crate::schema::Kind;

/// Tests that must all hold.
#[derive(Clone, Debug, Default)]
pub struct Condition(pub Vec<Test>);

/// One test.
#[derive(Clone, Debug)]
pub enum Test {
    /// Is this.
    Is(Operand),
    /// Is one of these.
    OneOf(Vec<Operand>),
    /// Is none of these.
    NotOneOf(Vec<Operand>),
    /// Matches one of these globs.
    Like(Vec<Glob>),
    /// Matches none of these globs.
    Unlike(Vec<Glob>),
    /// Is at least this.
    Min(Operand),
    /// Is at most this.
    Max(Operand),
    /// Is written, or is not.
    Set(bool),
    /// Holds nothing twice.
    Unique,
}

/// A pattern in which `*` stops at a dot, colon or slash, and `**` does not.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    /// It is about `host:port/path`: without a slash about the host, without a colon not about the
    /// port, and never about letter case.
    of_host: bool,
}

/// What a value is compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text, which may be a size or duration.
    Text(String),
    /// Texts in order.
    List(Vec<String>),
    /// A size, and how it is written.
    Size(Bytes, String),
    /// A duration, and how it is written.
    Duration(Nanos, String),
}

/// The answer of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Cannot be told.
    Unknown,
}

impl Answer {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Whether one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

impl Condition {
    /// Reads a plain value, or a table of tests.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(value: &TomlValue) -> Result<Self, String> {
        let Some(table) = value.table() else {
            return Ok(Self(vec![Test::Is(Operand::read(value)?)]));
        };
        let tests = table.items().iter().map(|item| {
            let operands = || -> Result<Vec<Operand>, String> {
                let items = item.value.array().ok_or(format!("`{}` takes an array", item.name))?;
                items.iter().map(Operand::read).collect()
            };
            let globs = || -> Result<Vec<Glob>, String> {
                let all: &[TomlValue] =
                    item.value.array().unwrap_or(std::slice::from_ref(&item.value));
                let text = |item: &TomlValue| item.text().map(Glob::from);
                let globs: Option<_> = all.iter().map(text).collect();
                globs.ok_or_else(|| "globs are strings".to_owned())
            };
            Ok(match (item.name.as_str(), &item.value.data) {
                ("one-of", _) => Test::OneOf(operands()?),
                ("not-one-of", _) => Test::NotOneOf(operands()?),
                ("like", _) => Test::Like(globs()?),
                ("unlike", _) => Test::Unlike(globs()?),
                ("min", _) => Test::Min(Operand::read(&item.value)?),
                ("max", _) => Test::Max(Operand::read(&item.value)?),
                ("set", Toml::Bool(set)) => Test::Set(*set),
                ("unique", Toml::Bool(true)) => Test::Unique,
                (name, _) => {
                    return Err(format!("`{name}` is not a condition, or not with that value"));
                }
            })
        });
        let tests = tests.collect::<Result<Vec<_>, String>>()?;
        if tests.is_empty() { Err("there is no condition in it".into()) } else { Ok(Self(tests)) }
    }

    /// Brings what values are compared with into the form of the values.
    ///
    /// # Errors
    /// Why it can never hold there.
    pub fn settle(&mut self, target: &Target) -> Result<(), String> {
        self.0.iter_mut().try_for_each(|test| test.settle(target))?;
        self.contradiction().map_or(Ok(()), Err)
    }

    fn contradiction(&self) -> Option<String> {
        let unset = self.0.iter().any(|test| matches!(test, Test::Set(false)));
        if unset && self.0.len() > 1 {
            return Some("what is not set cannot be anything else".into());
        }
        let bound = |min: bool| {
            self.0.iter().find_map(|test| match test {
                Test::Min(operand) if min => Some(operand),
                Test::Max(operand) if !min => Some(operand),
                _ => None,
            })
        };
        let (min, max) = (bound(true)?, bound(false)?);
        min.is_more_than(max).then(|| format!("`{min}` is more than `{max}`"))
    }
}

impl From<&str> for Glob {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), of_host: false }
    }
}

impl Test {
    /// Matches one of these globs.
    #[must_use]
    pub fn like(globs: &[String]) -> Self {
        Self::Like(globs.iter().map(|glob| glob.as_str().into()).collect())
    }

    /// Matches none of these globs.
    #[must_use]
    pub fn unlike(globs: &[String]) -> Self {
        Self::Unlike(globs.iter().map(|glob| glob.as_str().into()).collect())
    }

    /// Whether it is about a whole list, and not about each of its elements.
    #[must_use]
    pub fn is_of_lists(&self) -> bool {
        let is_list = |operand: &Operand| matches!(operand, Operand::List(_));
        match self {
            Self::Is(operand) => is_list(operand),
            Self::OneOf(operands) | Self::NotOneOf(operands) => operands.iter().any(is_list),
            _ => false,
        }
    }

    fn settle(&mut self, target: &Target) -> Result<(), String> {
        let wanted = target.kind.wanted();
        match self {
            Self::Is(operand) | Self::Min(operand) | Self::Max(operand) => operand.settle(target),
            Self::OneOf(operands) | Self::NotOneOf(operands) => {
                operands.iter_mut().try_for_each(|operand| operand.settle(target))
            }
            Self::Like(_) | Self::Unlike(_) if !matches!(target.kind, Kind::Str | Kind::Strs) => {
                Err(format!("a glob is for strings, and this is {wanted}"))
            }
            Self::Like(globs) | Self::Unlike(globs) => globs.iter_mut().try_for_each(|glob| {
                if glob.text.len() > LONGEST {
                    return Err(format!("a glob has at most {LONGEST} bytes"));
                }
                glob.text = normal::glob(target, &glob.text)?;
                glob.of_host = normal::is_host(target);
                Ok(())
            }),
            Self::Unique if !matches!(target.kind, Kind::Strs) => {
                Err("`unique` is for an array of strings".to_owned())
            }
            Self::Unique | Self::Set(_) => Ok(()),
        }
    }
}

impl Operand {
    fn settle(&mut self, target: &Target) -> Result<(), String> {
        if let (Some(Facet::Port), Self::Int(port)) = (target.facet, &*self) {
            *self = Self::Text(port.to_string());
        }
        let fits = match (target.kind, &*self) {
            (Kind::Bool, Self::Bool(_))
            | (Kind::Int, Self::Int(_))
            | (Kind::Str | Kind::Strs, Self::Text(_))
            | (Kind::Strs, Self::List(_)) => true,
            (Kind::Size, operand) => operand.size().is_some(),
            (Kind::Duration, operand) => operand.duration().is_some(),
            _ => false,
        };
        if !fits {
            let wanted = target.kind.wanted();
            return Err(format!("`{self}` is compared with {wanted}, and never fits"));
        }
        // Read once, and compared often.
        if let (Kind::Size, Some(size)) = (target.kind, self.size()) {
            *self = Self::Size(size, self.to_string());
        }
        if let (Kind::Duration, Some(duration)) = (target.kind, self.duration()) {
            *self = Self::Duration(duration, self.to_string());
        }
        let texts = match self {
            Self::Text(text) if matches!(target.kind, Kind::Str | Kind::Strs) => {
                std::slice::from_mut(text)
            }
            Self::List(texts) => texts,
            _ => return Ok(()),
        };
        texts.iter_mut().try_for_each(|text| {
            *text = normal::operand(target, text)?;
            Ok(())
        })
    }

    /// Reads a plain value.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(value: &TomlValue) -> Result<Self, String> {
        Ok(match &value.data {
            Toml::Bool(value) => Self::Bool(*value),
            Toml::Integer(value) => Self::Int(*value),
            Toml::Text(text) => Self::Text(text.clone()),
            Toml::Array(items) => {
                let texts: Option<Vec<_>> =
                    items.iter().map(|item| item.text().map(str::to_owned)).collect();
                Self::List(texts.ok_or("a list is one of strings")?)
            }
            _ => return Err(format!("nothing is compared with {}", value.kind())),
        })
    }

    /// Whether nothing is at least this and at most the other.
    #[must_use]
    pub fn is_more_than(&self, other: &Self) -> bool {
        let ints = || Some(self.int()?.cmp(&other.int()?));
        let sizes = || compare_sizes(self.size()?, other.size()?);
        let durations = || Some(self.duration()?.cmp(&other.duration()?));
        ints().or_else(sizes).or_else(durations).is_some_and(std::cmp::Ordering::is_gt)
    }

    fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// As a size.
    #[must_use]
    pub fn size(&self) -> Option<Bytes> {
        match self {
            Self::Int(bytes) => Some(Bytes { bytes: *bytes, percentage: 0 }),
            Self::Text(text) => scalar::size(text).ok(),
            Self::Size(size, _) => Some(*size),
            _ => None,
        }
    }

    fn duration(&self) -> Option<Nanos> {
        match self {
            Self::Int(seconds) => scalar::duration(&seconds.to_string()).ok(),
            Self::Text(text) => scalar::duration(text).ok(),
            Self::Duration(duration, _) => Some(*duration),
            _ => None,
        }
    }

    /// Whether a value is this; none if that cannot be told.
    fn is(&self, data: &Data<'_>) -> Option<bool> {
        Some(match (data, self) {
            (Data::Bool(a), Self::Bool(b)) => a == b,
            (Data::Int(a), Self::Int(b)) => a == b,
            (Data::Text(a), Self::Text(b)) => a == b,
            (Data::List(a), Self::List(b)) => a == b,
            (Data::Size(a), b) => compare_sizes(*a, b.size()?)?.is_eq(),
            (Data::Duration(a), b) => *a == b.duration()?,
            (Data::Words(_), _) => return None,
            _ => false,
        })
    }

    fn order(&self, data: &Data<'_>) -> Option<std::cmp::Ordering> {
        match data {
            Data::Int(value) => Some(value.cmp(&self.int()?)),
            Data::Size(value) => compare_sizes(*value, self.size()?),
            Data::Duration(value) => Some(value.cmp(&self.duration()?)),
            _ => None,
        }
    }
}

/// A percentage cannot be compared with bytes.
fn compare_sizes(a: Bytes, b: Bytes) -> Option<std::cmp::Ordering> {
    match (a.percentage, b.percentage) {
        (0, 0) => Some(a.bytes.cmp(&b.bytes)),
        (_, 0) | (0, _) => None,
        (a, b) => Some(a.cmp(&b)),
    }
}

impl Test {
    /// Whether a value passes; `written` if the file or a flag says it.
    #[must_use]
    pub fn holds(&self, data: &Data<'_>, written: bool) -> Answer {
        let answer = |found: Option<bool>| match found {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Unknown,
        };
        match self {
            Self::Set(set) => answer(Some(*set == written)),
            Self::Unique => match data {
                Data::List(items) => {
                    let all: crate::hash::HashSet<_> = items.iter().collect();
                    answer(Some(all.len() == items.len()))
                }
                _ => Answer::Yes,
            },
            // What is neither written nor has a default is nothing that could be compared.
            Self::NotOneOf(_) | Self::Unlike(_) if *data == Data::Unset => Answer::Yes,
            _ if *data == Data::Unset => Answer::No,
            Self::Is(operand) => answer(operand.is(data)),
            Self::OneOf(operands) => answer(any(operands.iter().map(|one| one.is(data)))),
            Self::NotOneOf(operands) => {
                answer(any(operands.iter().map(|one| one.is(data))).map(|found| !found))
            }
            // Nobody can say of these what they match.
            Self::Like(_) | Self::Unlike(_) if is_long(data) => Answer::No,
            Self::Like(globs) => answer(like(globs, data)),
            Self::Unlike(globs) => answer(like(globs, data).map(|found| !found)),
            Self::Min(operand) => answer(operand.order(data).map(std::cmp::Ordering::is_ge)),
            Self::Max(operand) => match operand.order(data) {
                // What buildkitd detects on a disk is below each of two bounds.
                None => answer(at_most(data).iter().find_map(|bound| {
                    let order = operand.order(&Data::Size(*bound))?;
                    order.is_le().then_some(true)
                })),
                order => answer(order.map(std::cmp::Ordering::is_le)),
            },
        }
    }
}

/// What a value that only the machine can tell will not exceed.
fn at_most(data: &Data<'_>) -> &'static [Bytes] {
    match data {
        Data::Words(words) if *words == DETECTED_MAX => &DETECTED_BOUNDS,
        _ => &[],
    }
}

fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(false);
    for one in all {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = None,
        }
    }
    known
}

fn like(globs: &[Glob], data: &Data<'_>) -> Option<bool> {
    match data {
        Data::Text(text) => Some(globs.iter().any(|glob| glob.matches(text))),
        Data::Words(_) => None,
        _ => Some(false),
    }
}

impl Glob {
    fn matches(&self, text: &str) -> bool {
        let glob = self.text.as_str();
        if !self.of_host {
            return full_match(glob.as_bytes(), text.as_bytes(), |a, b| a == b);
        }
        let authority = text.split('/').next().unwrap_or(text);
        let subject = match (glob.contains('/'), glob.contains(':')) {
            (true, _) => text,
            (false, true) => authority,
            (false, false) => crate::effective::split_port(authority).0,
        };
        full_match(glob.as_bytes(), subject.as_bytes(), |a, b| a.eq_ignore_ascii_case(&b))
    }
}

/// Longer texts are not held against globs, and no glob is longer: no host or reference is, and the
/// time stays bounded.
const LONGEST: usize = 1024;

fn is_long(data: &Data<'_>) -> bool {
    matches!(data, Data::Text(text) if text.len() > LONGEST)
}

/// `*` stops at a dot, colon or slash, `**` does not; `?` is one character.
fn full_match(glob: &[u8], text: &[u8], same: fn(u8, u8) -> bool) -> bool {
    // Most globs have one star, or none.
    let (mut glob, mut text) = (glob, text);
    let fits = |glob: u8, text: u8| glob == b'?' || same(glob, text);
    while let ([c, glob_rest @ ..], [next, text_rest @ ..]) = (glob, text)
        && *c != b'*'
        && fits(*c, *next)
    {
        (glob, text) = (glob_rest, text_rest);
    }
    while let ([glob_rest @ .., c], [text_rest @ .., next]) = (glob, text)
        && *c != b'*'
        && fits(*c, *next)
    {
        (glob, text) = (glob_rest, text_rest);
    }
    match (glob, text) {
        ([], _) => return text.is_empty(),
        (b"*", _) => return !text.iter().any(|c| b".:/".contains(c)),
        (b"**", _) => return true,
        ([b'*', ..], _) => {}
        // The first one does not fit.
        _ => return false,
    }
    // The places in the glob that the text so far may lead to. Going back to the last star, as with
    // stars of one sort, would take the cube of the length.
    let mut places = vec![false; glob.len() + 1];
    let width = |at| 1 + usize::from(glob.get(at + 1) == Some(&b'*'));
    let pass_stars = |places: &mut [bool]| {
        for at in 0..glob.len() {
            if places[at] && glob[at] == b'*' {
                places[at + width(at)] = true;
            }
        }
    };
    places[0] = true;
    pass_stars(&mut places);
    for next in text {
        let mut after = vec![false; places.len()];
        for (at, c) in glob.iter().enumerate().filter(|(at, _)| places[*at]) {
            if *c == b'*' {
                after[at] |= width(at) == 2 || !b".:/".contains(next);
            } else {
                after[at + 1] |= fits(*c, *next);
            }
        }
        pass_stars(&mut after);
        places = after;
    }
    places.last() == Some(&true)
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) | Self::Size(_, text) | Self::Duration(_, text) => f.write_str(text),
            Self::List(items) => write!(f, "{items:?}"),
        }
    }
}

/// What is wanted, behind "must".
impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: &mut dyn Iterator<Item = String>| {
            items.map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Is(operand) => write!(f, "be `{operand}`"),
            Self::OneOf(operands) if operands.is_empty() => {
                f.write_str("be on the list of what is allowed, which is empty")
            }
            Self::OneOf(operands) => {
                write!(f, "be one of {}", list(&mut operands.iter().map(ToString::to_string)))
            }
            Self::NotOneOf(operands) => {
                write!(f, "not be {}", list(&mut operands.iter().map(ToString::to_string)))
            }
            Self::Like(globs) if globs.is_empty() => {
                f.write_str("be on the list of what is allowed, which is empty")
            }
            Self::Like(globs) => {
                write!(f, "match {}", list(&mut globs.iter().map(|glob| glob.text.clone())))
            }
            Self::Unlike(globs) => {
                write!(f, "not match {}", list(&mut globs.iter().map(|glob| glob.text.clone())))
            }
            Self::Min(operand) => write!(f, "be at least `{operand}`"),
            Self::Max(operand) => write!(f, "be at most `{operand}`"),
            Self::Set(true) => f.write_str("be set"),
            Self::Set(false) => f.write_str("not be set"),
            Self::Unique => f.write_str("hold nothing twice"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (glob, text, fits) in [
            ("quay.io", "quay.io", true),
            ("quay.io", "quay.io:443/x", true),
            ("quay.io", "quay.io.evil.example", false),
            ("*.corp.example", "harbor.corp.example:5000/hub", true),
            ("*.corp.example", "a.b.corp.example", false),
            ("**.corp.example", "a.b.corp.example", true),
            ("harbor:5000", "harbor:5000/hub", true),
            ("harbor:5000", "harbor", false),
            ("harbor/hub/*", "harbor/hub/x", true),
            ("harbor/hub/*", "harbor/hub/x/y", false),
            ("HARBOR", "harbor", true),
            ("", "x", false),
            ("v?", "v1", true),
            ("*a*b.c", "xaxab.c", true),
            ("**a*b", "a.a.axb", true),
            ("**a*b", "a.a.ax.b", false),
            ("a**", "a", true),
        ] {
            let of_host = Glob { text: glob.to_owned(), of_host: true };
            assert_eq!(of_host.matches(text), fits, "{glob} {text}");
        }
        for (glob, text, fits) in [
            ("team", "team", true),
            ("team", "team/x", false),
            ("team", "team:1", false),
            ("team", "Team", false),
            ("/var/*", "/var/lib", true),
            ("/var/*", "/var/lib/x", false),
            ("fd00:**", "fd00::1", true),
            ("fd00:*", "fd00::1", false),
            ("type==*", "type==source.local", false),
        ] {
            assert_eq!(Glob::from(glob).matches(text), fits, "{glob} {text}");
        }
    }

    #[test]
    fn a_text_too_long_for_globs_slips_past_none() {
        for (length, like, unlike) in
            [(LONGEST, Answer::Yes, Answer::No), (LONGEST + 1, Answer::No, Answer::No)]
        {
            let text = Data::Text("x".repeat(length).into());
            assert_eq!(Test::like(&["**".to_owned()]).holds(&text, true), like);
            assert_eq!(Test::unlike(&["x**".to_owned()]).holds(&text, true), unlike);
        }
    }

    #[test]
    fn values_are_ordered_in_any_form() {
        let size = |text: &str| Data::Size(scalar::size(text).unwrap());
        let time = |text: &str| Data::Duration(scalar::duration(text).unwrap());
        let text = |text: &str| Operand::Text(text.into());
        let max = |data: &Data<'_>, operand: Operand| Test::Max(operand).holds(data, true);
        let min = |data: &Data<'_>, operand: Operand| Test::Min(operand).holds(data, true);
        for (data, most, answer) in [
            (size("100GB"), text("200GB"), Answer::Yes),
            (size("200GB"), text("200GB"), Answer::Yes),
            (size("201GB"), text("200GB"), Answer::No),
            (size("200GB"), text("200G"), Answer::Yes),
            (size("2000"), Operand::Int(2000), Answer::Yes),
            (size("2001"), text("2000"), Answer::No),
            (size("20%"), text("30%"), Answer::Yes),
            (size("30%"), text("20%"), Answer::No),
            (size("20%"), text("200GB"), Answer::Unknown),
            (size("200GB"), text("20%"), Answer::Unknown),
            (size("20%"), Operand::Int(2000), Answer::Unknown),
            (time("48h"), Operand::Int(172_800), Answer::Yes),
            (time("48h1s"), Operand::Int(172_800), Answer::No),
            (time("172800"), text("48h"), Answer::Yes),
            (time("2880m"), text("172800s"), Answer::Yes),
            (time("2881m"), text("48h"), Answer::No),
            (Data::Int(8), Operand::Int(8), Answer::Yes),
            (Data::Int(9), Operand::Int(8), Answer::No),
            (Data::Words(DETECTED_MAX.into()), text("100GB"), Answer::Yes),
            (Data::Words(DETECTED_MAX.into()), text("93GB"), Answer::Unknown),
            (Data::Words(DETECTED_MAX.into()), text("80%"), Answer::Yes),
            (Data::Words(DETECTED_MAX.into()), text("79%"), Answer::Unknown),
            (Data::Words("10% of disk".into()), text("200GB"), Answer::Unknown),
            (Data::Unset, text("200GB"), Answer::No),
        ] {
            assert_eq!(max(&data, most.clone()), answer, "{data:?} {most}");
            let turned = match answer {
                Answer::Yes if min(&data, most.clone()) == Answer::Yes => continue,
                Answer::Yes if matches!(data, Data::Words(_)) => Answer::Unknown,
                Answer::Yes => Answer::No,
                Answer::No if data == Data::Unset => Answer::No,
                Answer::No => Answer::Yes,
                Answer::Unknown => Answer::Unknown,
            };
            assert_eq!(min(&data, most.clone()), turned, "{data:?} {most}");
        }
    }
}
