//! A key that the other side finds too small, too large, or of no use.

use crate::cert::{Algorithm, Key};
use crate::report::Level;
use crate::rules::certificate::shared::{more, report, show, which};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "weak_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.tls().live() {
        let ca = file.role.is_ca();
        let weak = file.judged().iter().filter_map(|one| Some((one, judge(&one.key, ca)?)));
        let count = weak.clone().count();
        // The worst of them, and of those the first.
        let worst = weak.min_by_key(|(_, (level, ..))| std::cmp::Reverse(*level));
        let Some((certificate, (level, expected, note))) = worst else { continue };
        let (name, key) = (file.role.name(), &certificate.key);
        let message = format!("key of the {name} is {key}, expected {expected}");
        let finding = report(sink, file, message);
        finding.level(level).label(which(file, certificate));
        show(finding, context, file, certificate);
        more(finding, count - 1);
        finding.note(note).help("issue it with a new key: ECDSA P-256, or RSA with 2048 bits");
    }
}

fn judge(key: &Key, ca: bool) -> Option<(Level, &'static str, &'static str)> {
    Some(match (&key.algorithm, key.bits) {
        (Algorithm::Rsa, 0..1024) => (
            Level::Deny,
            "at least 2048 bits",
            "Go 1.24 and later refuse it with \"crypto/rsa: … keys are insecure\"",
        ),
        (Algorithm::Rsa, 1024..2048) if ca => (
            Level::Note,
            "at least 2048 bits",
            "Go accepts it; keys of that size are within reach of those who can spend much",
        ),
        (Algorithm::Rsa, 1024..2048) => (
            Level::Warn,
            "at least 2048 bits",
            "Go accepts it; others do not, such as OpenSSL from level 2 on, the default of Debian",
        ),
        (Algorithm::Rsa, 8193..) if !ca => (
            Level::Deny,
            "at most 8192 bits",
            "Go refuses it with \"certificate containing RSA key larger than 8192 bits\"",
        ),
        (Algorithm::Ecdsa, 224) if !ca => {
            (Level::Deny, "P-256", "TLS has no signatures by keys of that curve")
        }
        (Algorithm::Other(_), _) if !ca => {
            (Level::Deny, "RSA, ECDSA or Ed25519", "Go's TLS has no use for keys of that kind")
        }
        _ => return None,
    })
}
