//! The certificates that a configuration relies on, a row each: `bklint certs`.

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::cert::{Certificate, Validity, validity};
use crate::clock;
use crate::hash::HashMap;
use crate::order::Order;
use crate::report::{Finding, Level, Unchecked};
use crate::rules::{Check, Context, RULES, Sink};
use crate::session::Session;
use crate::settings::Settings;
use crate::source::Source;
use crate::tls::{Role, TlsFile};
use crate::world::World;

/// A place that names a certificate's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The line of the configuration, from 1.
    pub line: usize,
    /// The key there.
    pub key: String,
    /// What for.
    pub role: Role,
    /// The registry; none for the listener.
    pub host: Option<String>,
}

/// A certificate, or a file that should hold one.
#[derive(Clone, Debug)]
pub struct Row {
    /// The path as the configuration has it.
    pub file: String,
    /// Which of the certificates of the file it is, and how many there are.
    pub block: (usize, usize),
    /// The certificate; none if there is none.
    pub certificate: Option<Certificate>,
    /// Who uses it, in the order of the configuration.
    pub uses: Vec<Rc<Use>>,
    /// Where in its life it is; none without a certificate.
    pub validity: Option<Validity>,
    /// The rules that say more of it than its dates do, the worst first.
    pub rules: Vec<(Cow<'static, str>, Level)>,
    /// Another certificate of the same CA file counts in its place.
    replaced: bool,
}

/// What `bklint certs` prints.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The name of the configuration.
    pub name: String,
    /// The time it was made, in seconds since 1970.
    pub now: i64,
    /// The soonest to expire first; before them files without a certificate.
    pub rows: Vec<Row>,
    /// What was not looked at, and why.
    pub unchecked: Vec<Unchecked>,
}

/// Where the rows of a file are, by its place and what it is for.
type Seen = HashMap<(Option<PathBuf>, Role), Range<usize>>;

impl Row {
    /// In a word or two: the gravest that is known of it.
    #[must_use]
    pub fn verdict(&self) -> String {
        let word = |level| {
            let (rule, _) = self.rules.iter().find(|(_, at)| *at == level)?;
            Some(rule.rsplit("::").next()?.replace('_', " "))
        };
        match self.validity {
            Some(Validity::Expired { .. }) => "expired".into(),
            Some(Validity::NotYet { .. }) => "not yet valid".into(),
            life => word(Level::Deny)
                .or_else(|| {
                    matches!(life, Some(Validity::Expiring { .. })).then(|| "expiring".into())
                })
                .or_else(|| word(Level::Warn))
                .unwrap_or_else(|| if life.is_some() { "ok".into() } else { "not read".into() }),
        }
    }

    /// Whole days until it expires, negative afterwards.
    #[must_use]
    pub fn days(&self, now: i64) -> Option<i64> {
        self.certificate.as_ref().map(|one| clock::days_between(now, one.not_after))
    }

    /// Host names and addresses.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = |one: &Certificate| {
            one.dns.iter().cloned().chain(one.ip.iter().map(ToString::to_string)).collect()
        };
        self.certificate.as_ref().map(names).unwrap_or_default()
    }

    /// Whether somebody should renew it: it has expired or is about to, and nothing in its file
    /// stands in for it.
    #[must_use]
    pub const fn is_due(&self) -> bool {
        matches!(self.validity, Some(Validity::Expired { .. } | Validity::Expiring { .. }))
            && !self.replaced
    }

    fn rank(&self) -> i64 {
        self.certificate.as_ref().map_or(i64::MIN, |one| one.not_after)
    }
}

impl Inventory {
    /// Of the files that a configuration names.
    #[must_use]
    pub fn of(session: &Session<'_>, source: &Source) -> Self {
        session.look(source, |context, _| {
            let (mut findings, mut unchecked) = (Vec::new(), Vec::new());
            for rule in RULES.iter().filter(|rule| rule.group() == "certificate") {
                if let Check::File(check) = rule.check {
                    check(context, &mut Sink::new(rule, &mut findings, &mut unchecked));
                }
            }
            Unchecked::tidy(&mut unchecked);
            let mut all = Self {
                name: source.name().to_owned(),
                now: context.now(),
                rows: Vec::new(),
                unchecked,
            };
            let mut seen = Seen::default();
            for file in context.tls().files.iter().filter(|file| !file.role.is_key()) {
                all.add(context, file, &findings, &mut seen);
            }
            all.rows.order_by_key(Row::rank);
            all
        })
    }

    /// Of a file of certificates that nobody has named.
    #[must_use]
    pub fn of_file(
        name: String,
        certificates: Vec<Certificate>,
        settings: &Settings,
        world: &dyn World,
    ) -> Self {
        let now = settings.time(world);
        let count = certificates.len();
        let replaced: Vec<_> =
            certificates.iter().map(|one| is_replaced(one, &certificates, now)).collect();
        let rows = certificates.into_iter().zip(replaced).enumerate();
        let rows = rows.map(|(at, (one, replaced))| Row {
            file: name.clone(),
            block: (at + 1, count),
            uses: Vec::new(),
            validity: Some(validity(&one, now, settings.expires_within)),
            rules: Vec::new(),
            replaced,
            certificate: Some(one),
        });
        let mut rows: Vec<_> = rows.collect();
        rows.order_by_key(Row::rank);
        Self { name, now, rows, unchecked: Vec::new() }
    }

    fn add(
        &mut self,
        context: &Context<'_>,
        file: &TlsFile<'_>,
        findings: &[Finding],
        seen: &mut Seen,
    ) {
        let certificates = if file.misordered { file.certificates() } else { file.judged() };
        let own = about(file, findings);
        let used = Rc::new(Use {
            line: context.source.line_index(file.span.start) + 1,
            key: file.key.clone(),
            role: file.role,
            host: file.host().map(|(_, name)| name.to_owned()),
        });
        // The same file may serve several registries, and be wrong for one of them.
        if let Some(known) = seen.get(&(file.place.clone(), file.role)) {
            for row in self.rows.get_mut(known.clone()).unwrap_or_default() {
                row.uses.push(Rc::clone(&used));
                row.rules.extend(rules(file, row.certificate.as_ref(), &own));
                sort(&mut row.rules);
            }
            return;
        }
        // What is not looked at is listed on its own.
        if certificates.is_empty() && file.content().is_none() && file.failure().is_none() {
            return;
        }
        let now = context.now();
        let within = context.settings.expires_within;
        let row = |certificate: Option<&Certificate>, at| Row {
            file: file.path.to_string(),
            block: (at, file.certificates().len()),
            certificate: certificate.cloned(),
            uses: vec![Rc::clone(&used)],
            validity: certificate.map(|one| validity(one, now, within)),
            rules: rules(file, certificate, &own),
            replaced: certificate.is_some_and(|one| is_replaced(one, certificates, now)),
        };
        let start = self.rows.len();
        if certificates.is_empty() {
            self.rows.push(row(None, 0));
        }
        let rows = certificates.iter().enumerate().map(|(at, one)| row(Some(one), at + 1));
        self.rows.extend(rows);
        seen.insert((file.place.clone(), file.role), start..self.rows.len());
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let uses = row.uses.iter().map(|one| json!({ "line": one.line, "key": one.key }));
            let rules = row.rules.iter().map(|(rule, _)| rule);
            json!({
                "file": row.file,
                "used": uses.collect::<Vec<_>>(),
                "verdict": row.verdict(),
                "rules": rules.collect::<Vec<_>>(),
                "days": row.days(self.now),
                "certificate": row.certificate.as_ref().map(|one| one.json(row.block)),
            })
        });
        json!({
            "version": 1,
            "file": self.name,
            "now": clock::instant(self.now),
            "certificates": rows.collect::<Vec<_>>(),
            "unchecked": self.unchecked,
        })
    }
}

/// A CA file with another certificate that is good for longer: of the same name, or any once this
/// one has expired, as in a bundle of many.
fn is_replaced(one: &Certificate, all: &[Certificate], now: i64) -> bool {
    all.iter().any(|other| {
        let good = other.not_before <= now && other.not_after >= now;
        let later = other.not_after > one.not_after;
        good && later && (other.subject_der == one.subject_der || one.not_after < now)
    })
}

/// The findings at the place of a file that say more than its dates do.
fn about<'f>(file: &TlsFile<'_>, findings: &'f [Finding]) -> Vec<&'f Finding> {
    let dates = ["certificate::expired", "certificate::expiring", "certificate::not_yet_valid"];
    // What is wrong with a pair may be said at its key.
    let key = file.key.strip_suffix(".cert").map(|pair| format!("{pair}.key"));
    let here = |finding: &&Finding| {
        let at = finding.key.as_deref();
        at == Some(&file.key) || (at.is_some() && at == key.as_deref())
    };
    let grave = |finding: &&Finding| {
        finding.level >= Level::Warn && !dates.contains(&finding.rule.as_ref())
    };
    findings.iter().filter(grave).filter(here).collect()
}

/// The rules that fired for a certificate, or for its file as a whole, dates aside.
fn rules(
    file: &TlsFile<'_>,
    certificate: Option<&Certificate>,
    findings: &[&Finding],
) -> Vec<(Cow<'static, str>, Level)> {
    let own = |finding: &&&Finding| {
        let about = finding
            .data
            .get("certificate")
            .and_then(|data| Some((data.get("file")?, data.get("line")?)));
        match (about, certificate) {
            (Some((path, line)), Some(one)) => {
                *path == file.path.as_ref() && *line == one.place.line
            }
            // Of a folder's files, those that are about one say so only in words.
            (Some(_), None) => false,
            (None, _) => !file.listed,
        }
    };
    let own = findings.iter().filter(own);
    let mut rules: Vec<_> = own.map(|finding| (finding.rule.clone(), finding.level)).collect();
    sort(&mut rules);
    rules
}

/// The worst first, each once.
fn sort(rules: &mut Vec<(Cow<'static, str>, Level)>) {
    rules.order_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    rules.dedup();
}
