//! Certificate and key files: what is in them, and what Go's TLS makes of them inside buildkitd.

mod chain;
pub mod key;
mod oid;
pub mod pem;
pub mod x509;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use chain::{Issued, issued};
pub use key::{Algorithm, Key, PrivateKey};
pub use pem::Place;
use pem::{Block, Fault};
pub use x509::{Certificate, KeyUsage, NameConstraints, Purpose, Refusal};
use x509_parser::asn1_rs::Tag;

use crate::clock::DAY;
use crate::hash::HashMap;
use crate::order::Order;
use crate::world::{Failure, World};

/// The largest file that is read. The bundle of a system's roots is a fifth of it.
pub const LIMIT: u64 = 1 << 20;

/// What kind of file it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// At least one PEM block, whatever is in it.
    Pem,
    /// PEM was meant, and no block of it can be read.
    BrokenPem,
    /// A certificate in DER.
    Der,
    /// A private key in DER.
    DerKey,
    /// PKCS#7, often named `.p7b`.
    Pkcs7,
    /// PKCS#12, often named `.p12` or `.pfx`.
    Pkcs12,
    /// A public key of OpenSSH.
    OpenSshKey,
    /// A Java key store.
    JavaKeyStore,
    /// Nothing, or blanks.
    Empty,
    /// Text in UTF-16, as some Windows programs write it.
    Utf16,
    /// Any other text.
    Text,
    /// Anything else.
    Binary,
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pem => "PEM",
            Self::BrokenPem => "damaged PEM",
            Self::Der => "a DER certificate",
            Self::DerKey => "a DER private key",
            Self::Pkcs7 => "a PKCS#7 bundle",
            Self::Pkcs12 => "a PKCS#12 archive",
            Self::OpenSshKey => "an OpenSSH public key",
            Self::JavaKeyStore => "a Java key store",
            Self::Empty => "empty",
            Self::Utf16 => "text in UTF-16",
            Self::Text => "plain text",
            Self::Binary => "binary data",
        })
    }
}

/// A part of a file that Go skips, or stumbles over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub trouble: Trouble,
}

/// What is the matter with a part of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// A block that cannot be read.
    Block(Fault),
    /// A block that is neither a certificate nor a private key; its label.
    Label(String),
    /// A certificate that Go refuses.
    Certificate(Refusal),
    /// A certificate with header lines, which a CA file may not have.
    Headers,
}

/// What is in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertFile {
    /// Its kind.
    pub kind: FileKind,
    /// The certificates that Go can read, in their order.
    pub certificates: Vec<Certificate>,
    /// The private keys, readable or not, in their order.
    pub keys: Vec<PrivateKey>,
    /// What else there is, in its order.
    pub problems: Vec<Problem>,
}

/// What came of reading a file.
pub type Loaded = Arc<Result<CertFile, Failure>>;

/// Files by path, each read once, whoever asks and from however many threads.
#[derive(Debug, Default)]
pub struct Store(Mutex<HashMap<PathBuf, Arc<OnceLock<Loaded>>>>);

impl Store {
    /// Reads a file, unless that was done before: a [`Failure`] if it is missing, not readable,
    /// not a file, or larger than [`LIMIT`].
    pub fn load(&self, world: &dyn World, path: &Path) -> Loaded {
        let cell = {
            let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(files.entry(path.to_owned()).or_default())
        };
        // Outside the lock, so that only those wait who want this file.
        let load = || Arc::new(world.read(path, LIMIT).map(|bytes| read(&bytes)));
        Arc::clone(cell.get_or_init(load))
    }
}

/// Looks at the bytes of a file.
#[must_use]
pub fn read(bytes: &[u8]) -> CertFile {
    let (blocks, faults) = pem::decode(bytes);
    let mut file = CertFile {
        kind: kind(bytes, &blocks, &faults),
        certificates: Vec::new(),
        keys: Vec::new(),
        problems: Vec::new(),
    };
    let mut note = |place, trouble| file.problems.push(Problem { place, trouble });
    for (place, fault) in faults {
        note(place, Trouble::Block(fault));
    }
    for block in blocks {
        if PrivateKey::is_label(&block.label) {
            file.keys.push(PrivateKey::of(&block));
        } else if block.label == "CERTIFICATE" {
            match Certificate::parse(&block) {
                Ok(certificate) => {
                    if certificate.headers {
                        note(block.place, Trouble::Headers);
                    }
                    file.certificates.push(certificate);
                }
                Err(refusal) => note(block.place, Trouble::Certificate(refusal)),
            }
        } else {
            note(block.place, Trouble::Label(block.label));
        }
    }
    file.problems.order_by_key(|problem| problem.place.span.start);
    file
}

/// Guesses, from the first bytes if there is no PEM.
fn kind(bytes: &[u8], blocks: &[Block], faults: &[(Place, Fault)]) -> FileKind {
    if !blocks.is_empty() {
        return FileKind::Pem;
    }
    if !faults.is_empty() {
        return FileKind::BrokenPem;
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return FileKind::Utf16;
    }
    if bytes.starts_with(b"\xfe\xed\xfe\xed") {
        return FileKind::JavaKeyStore;
    }
    if let Some(kind) = der_kind(bytes) {
        return kind;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => FileKind::Empty,
        Ok(text) if text.starts_with("ssh-") || text.starts_with("ecdsa-sha2-") => {
            FileKind::OpenSshKey
        }
        Ok(text) if text.bytes().all(|byte| byte >= b' ' || byte.is_ascii_whitespace()) => {
            FileKind::Text
        }
        _ => FileKind::Binary,
    }
}

/// What a file in DER is.
fn der_kind(bytes: &[u8]) -> Option<FileKind> {
    let mut body = key::take(&mut &*bytes, Tag::Sequence)?;
    let block = Block {
        label: String::new(),
        headers: Vec::new(),
        der: bytes.to_vec(),
        place: Place { span: 0..bytes.len(), line: 1 },
    };
    if Certificate::parse(&block).is_ok() {
        return Some(FileKind::Der);
    }
    if Key::of_private(bytes).is_some() {
        return Some(FileKind::DerKey);
    }
    // 1.2.840.113549.1.7.2, signed data.
    if key::take(&mut &*body, Tag::Oid) == Some(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02") {
        return Some(FileKind::Pkcs7);
    }
    let pkcs12 = key::take(&mut body, Tag::Integer)? == [3]
        && key::take(&mut key::take(&mut body, Tag::Sequence)?, Tag::Oid)?
            .starts_with(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07");
    pkcs12.then_some(FileKind::Pkcs12)
}

impl CertFile {
    /// Whether Go's `AppendCertsFromPEM` finds anything in it. Registries' `ca` files without are
    /// accepted in silence; the one of the listener ends the daemon.
    #[must_use]
    pub fn usable_as_ca_pool(&self) -> bool {
        self.certificates.iter().any(|certificate| !certificate.headers)
    }

    /// The first certificate block, whether or not Go can read it.
    fn leaf(&self) -> Option<Result<&Certificate, PairProblem>> {
        let refused = self.problems.iter().find_map(|problem| match problem.trouble {
            Trouble::Certificate(_) => Some(problem.place.span.start),
            _ => None,
        });
        let taken = self.certificates.first();
        let start = taken.map_or(usize::MAX, |certificate| certificate.place.span.start);
        if refused.is_some_and(|refused| refused < start) {
            return Some(Err(PairProblem::CertUnparsable));
        }
        taken.map(Ok)
    }
}

/// How sure it is that key and certificate belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Match {
    /// The public keys are the same.
    Proven,
    /// Both are of one kind, and the key's file does not hold its public half to compare.
    Unproven,
}

/// Why Go refuses a pair of files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PairProblem {
    /// No certificate in the certificate's file.
    NoCertificate,
    /// No private key in the key's file.
    NoKey,
    /// The first certificate is malformed; the others do not help.
    CertUnparsable,
    /// The first key is malformed, or of a kind that Go's TLS does not use.
    KeyUnparsable,
    /// The first key needs a passphrase.
    KeyIsEncrypted,
    /// The certificate's key is of a kind that Go's TLS does not use.
    CertUnsupported,
    /// The first key is of another kind than the first certificate's.
    OtherKind,
    /// The first key is not the first certificate's.
    Mismatch,
}

/// What Go's `tls.X509KeyPair` does with two files; a mismatch is never guessed.
///
/// # Errors
/// With the first thing Go stumbles over.
pub fn load_keypair(cert: &CertFile, key: &CertFile) -> Result<Match, PairProblem> {
    let leaf = cert.leaf().ok_or(PairProblem::NoCertificate)?;
    let key = key.keys.first().ok_or(PairProblem::NoKey)?;
    let leaf = leaf?;
    if key.encrypted {
        return Err(PairProblem::KeyIsEncrypted);
    }
    let key = key.key.as_ref().ok_or(PairProblem::KeyUnparsable)?;
    if matches!(leaf.key.algorithm, Algorithm::Other(_)) {
        return Err(PairProblem::CertUnsupported);
    }
    match leaf.key.pairs(key) {
        Some(true) => Ok(Match::Proven),
        Some(false) if leaf.key.algorithm != key.algorithm => Err(PairProblem::OtherKind),
        Some(false) => Err(PairProblem::Mismatch),
        None => Ok(Match::Unproven),
    }
}

/// Where in its life a certificate is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Validity {
    /// Valid, and for some time.
    Valid,
    /// Not valid before this instant.
    NotYet {
        /// When it becomes valid.
        from: i64,
    },
    /// Not valid after this instant.
    Expired {
        /// When it was valid for the last time.
        since: i64,
    },
    /// Valid, and not for long.
    Expiring {
        /// When it is valid for the last time.
        until: i64,
    },
}

/// Where in its life a certificate is at `now`. It is expiring in the last `within` seconds of its
/// life, or else in its last 30 days, a CA in its last 90, and then not before its last fifth.
#[must_use]
pub fn validity(certificate: &Certificate, now: i64, within: Option<i64>) -> Validity {
    let Certificate { not_before, not_after, .. } = *certificate;
    let days = if certificate.is_ca() { 90 } else { 30 };
    let fifth = not_after.saturating_sub(not_before) / 5;
    let window = within.unwrap_or(fifth.min(days * DAY));
    if now < not_before {
        Validity::NotYet { from: not_before }
    } else if now > not_after {
        Validity::Expired { since: not_after }
    } else if not_after.saturating_sub(now) < window {
        Validity::Expiring { until: not_after }
    } else {
        Validity::Valid
    }
}

#[cfg(test)]
mod tests;
