//! Made certificates and keys, with the facts that are read from them and the findings that they
//! give where they are used.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test")]

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bklint::cert::{CertFile, Trouble, read};
use bklint::clock::parse_rfc3339;
use bklint::levels::Levels;
use bklint::report::{FileReport, Impact, Level, Unchecked};
use bklint::session::Session;
use bklint::settings::{Files, Settings};
use bklint::source::Source;
use bklint::world::Memory;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose as Eku, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose as Usage, NameConstraints, PublicKeyData, SanType, SerialNumber,
    SignatureAlgorithm, date_time_ymd,
};

/// What a case is used as. `/t/it` is the file; the others are in order.
#[derive(Clone, Copy, PartialEq)]
enum As {
    Ca,
    Client,
    ClientKey,
    Server,
    ServerKey,
    ClientCa,
}

impl As {
    fn config(self) -> &'static str {
        match self {
            Self::Ca => "[registry.\"reg.test\"]\nca = [\"/t/it\"]\n",
            Self::Client => {
                "[registry.\"reg.test\"]\n[[registry.\"reg.test\".keypair]]\n\
                 cert = \"/t/it\"\nkey = \"/t/ec.key\"\n"
            }
            Self::ClientKey => {
                "[registry.\"reg.test\"]\n[[registry.\"reg.test\".keypair]]\n\
                 cert = \"/t/ec.crt\"\nkey = \"/t/it\"\n"
            }
            Self::Server => {
                "[grpc]\naddress = [\"tcp://0.0.0.0:1234\"]\n[grpc.tls]\n\
                 cert = \"/t/it\"\nkey = \"/t/ec.key\"\nca = \"/t/ca.crt\"\n"
            }
            Self::ServerKey => {
                "[grpc]\naddress = [\"tcp://0.0.0.0:1234\"]\n[grpc.tls]\n\
                 cert = \"/t/ec.crt\"\nkey = \"/t/it\"\nca = \"/t/ca.crt\"\n"
            }
            Self::ClientCa => {
                "[grpc]\naddress = [\"tcp://0.0.0.0:1234\"]\n[grpc.tls]\n\
                 cert = \"/t/ec.crt\"\nkey = \"/t/ec.key\"\nca = \"/t/it\"\n"
            }
        }
    }
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/certs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// A root made here, and all that it issues.
struct Pki {
    /// The key of `ec.key`, which the configurations name.
    own: KeyPair,
    other: KeyPair,
    root: KeyPair,
    middle: KeyPair,
}

impl Pki {
    fn new() -> Self {
        let new = || KeyPair::generate().unwrap();
        let own = KeyPair::from_pem(&text("ec.key")).unwrap();
        Self { own, other: new(), root: new(), middle: new() }
    }

    fn issuer(&self) -> Issuer<'static, &KeyPair> {
        Issuer::new(authority("Made Root"), &self.root)
    }

    /// Issued by the root, for the key in `ec.key`.
    fn leaf(&self, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut params = leaf();
        change(&mut params);
        params.signed_by(&self.own, &self.issuer()).unwrap().pem()
    }

    fn root(&self, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut params = authority("Made Root");
        change(&mut params);
        params.self_signed(&self.root).unwrap().pem()
    }

    fn middle(&self) -> String {
        authority("Made Middle").signed_by(&self.middle, &self.issuer()).unwrap().pem()
    }

    fn below_middle(&self) -> String {
        let issuer = Issuer::new(authority("Made Middle"), &self.middle);
        leaf().signed_by(&self.own, &issuer).unwrap().pem()
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&[0x5a, 1, 2, 3]));
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

fn leaf() -> CertificateParams {
    let mut params = named("made.test");
    params.subject_alt_names = vec![dns("buildkitd.test")];
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn ip(address: [u8; 4]) -> SanType {
    SanType::IpAddress(address.into())
}

/// An RSA key of that many bits, whose numbers but the modulus are nonsense.
struct Rsa(Vec<u8>);

impl Rsa {
    fn new(bits: usize) -> Self {
        let mut modulus = vec![0xc0; bits / 8];
        modulus.insert(0, 0);
        Self(tlv(0x30, &[&tlv(2, &[&modulus]), b"\x02\x03\x01\x00\x01"]))
    }

    fn cert(&self, pki: &Pki) -> String {
        leaf().signed_by(self, &pki.issuer()).unwrap().pem()
    }
}

impl PublicKeyData for Rsa {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=127 => vec![tag, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content].concat()
}

fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with('-'));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The certificate with some bytes of it changed.
fn edit(cert: &str, from: &[u8], to: &[u8]) -> String {
    let mut der = der(cert);
    let at = der.windows(from.len()).position(|window| window == from).unwrap();
    der.splice(at..at + from.len(), to.iter().copied());
    pem("CERTIFICATE", &der)
}

/// The facts of a file in a line.
fn facts(file: &CertFile) -> String {
    let mut out = file.kind.to_string();
    for one in &file.certificates {
        let name = one.common_name.as_deref().unwrap_or("?");
        _ = write!(out, "; {name} {}", one.key);
        out.push_str(if one.is_ca() { " CA" } else { "" });
    }
    for key in &file.keys {
        _ = match &key.key {
            Some(key) => write!(out, "; key {key}"),
            None if key.encrypted => write!(out, "; key encrypted"),
            None => write!(out, "; key unreadable"),
        };
    }
    for problem in &file.problems {
        _ = match &problem.trouble {
            Trouble::Block(fault) => write!(out, "; {fault}"),
            Trouble::Label(label) => write!(out, "; {label}"),
            Trouble::Certificate(refusal) => write!(out, "; {refusal}"),
            Trouble::Headers => write!(out, "; headers"),
        };
    }
    out
}

/// A machine with the fixtures that configurations name, on 2026-06-01.
fn machine() -> Memory {
    let files = ["ca.crt", "ec.crt", "ec.key"];
    let files = files.map(|name| (format!("/t/{name}").into(), fixture(name))).into();
    Memory { files, now: parse_rfc3339("2026-06-01").unwrap(), ..Memory::default() }
}

fn check(config: &str, world: &Memory) -> FileReport {
    let settings = Settings { files: Files::Check, ..Settings::default() };
    let session = Session::new(settings, Levels::default(), world);
    session.check(Source::new("/src/buildkitd.toml", config.into()))
}

/// The findings of the group above `allow`, sorted: `deny name`.
fn findings(report: &FileReport) -> Vec<String> {
    let mut found = Vec::new();
    for finding in &report.findings {
        let word = match finding.level {
            Level::Deny => "deny",
            Level::Warn => "warn",
            Level::Note => "note",
            Level::Allow => continue,
        };
        found.extend(
            finding.rule.strip_prefix("certificate::").map(|name| format!("{word} {name}")),
        );
    }
    found.sort();
    found
}

struct Case {
    name: &'static str,
    role: As,
    bytes: Vec<u8>,
    facts: &'static str,
    findings: &'static [&'static str],
}

fn case(
    name: &'static str,
    role: As,
    bytes: impl Into<Vec<u8>>,
    facts: &'static str,
    findings: &'static [&'static str],
) -> Case {
    Case { name, role, bytes: bytes.into(), facts, findings }
}

const LEAF: &str = "PEM; made.test ECDSA P-256";
const ROOT: &str = "PEM; Made Root ECDSA P-256 CA";

/// Files that are no certificate at all, in one place or another.
fn kinds() -> Vec<Case> {
    let utf16: Vec<u8> =
        "-----BEGIN CERTIFICATE-----".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [b"\xff\xfe".to_vec(), utf16].concat();
    vec![
        case("empty CA", As::Ca, "", "empty", &["deny not_pem"]),
        case("blank CA", As::Ca, " \r\n\n", "empty", &["deny not_pem"]),
        case("text", As::Ca, "<html>", "plain text", &["deny not_pem"]),
        case("binary", As::Ca, b"\x7fELF\0\0", "binary data", &["deny not_pem"]),
        case("UTF-16", As::Ca, utf16, "text in UTF-16", &["deny not_pem"]),
        case("DER as CA", As::Ca, fixture("ec.der"), "a DER certificate", &["deny not_pem"]),
        case(
            "DER key",
            As::ClientKey,
            fixture("ec-key.der"),
            "a DER private key",
            &["deny not_pem"],
        ),
        case(
            "DER as server",
            As::Server,
            fixture("ec.der"),
            "a DER certificate",
            &["deny not_pem"],
        ),
        case("PKCS#7 in DER", As::Ca, fixture("bundle.p7b"), "a PKCS#7 bundle", &["deny not_pem"]),
        case(
            "PKCS#7 in PEM",
            As::Ca,
            fixture("bundle-p7b.pem"),
            "PEM; PKCS7",
            &["deny no_certificate"],
        ),
        case("PKCS#12", As::Client, fixture("store.p12"), "a PKCS#12 archive", &["deny not_pem"]),
        case(
            "PKCS#12 as key",
            As::ServerKey,
            fixture("store.p12"),
            "a PKCS#12 archive",
            &["deny not_pem"],
        ),
        case("Java", As::Ca, b"\xfe\xed\xfe\xed\0\0\0\x02", "a Java key store", &["deny not_pem"]),
        case(
            "ssh public key",
            As::Ca,
            fixture("ec.pub"),
            "an OpenSSH public key",
            &["deny not_pem"],
        ),
        case(
            "key as CA",
            As::Ca,
            fixture("ec.key"),
            "PEM; key ECDSA P-256",
            &["deny no_certificate"],
        ),
        case(
            "key as client CA",
            As::ClientCa,
            fixture("ec.key"),
            "PEM; key ECDSA P-256",
            &["deny no_certificate"],
        ),
        case(
            "key as certificate",
            As::Server,
            fixture("ec.key"),
            "PEM; key ECDSA P-256",
            &["deny no_certificate"],
        ),
        case(
            "certificate as key",
            As::ServerKey,
            fixture("ec.crt"),
            "PEM; client.test ECDSA P-256",
            &["deny no_key"],
        ),
        case(
            "request",
            As::Client,
            pem("CERTIFICATE REQUEST", b"0"),
            "PEM; CERTIFICATE REQUEST",
            &["deny no_certificate"],
        ),
        case(
            "parameters as key",
            As::ClientKey,
            pem("EC PARAMETERS", b"0"),
            "PEM; EC PARAMETERS",
            &["deny no_key"],
        ),
        case("empty client CA", As::ClientCa, "", "empty", &["deny not_pem"]),
    ]
}

/// How PEM is written.
fn blocks(pki: &Pki) -> Vec<Case> {
    let root = pki.root(|_| {});
    let ssh = root.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    vec![
        case("plain", As::Ca, root.clone(), ROOT, &[]),
        case("text before", As::Ca, format!("subject=x\n{root}"), ROOT, &[]),
        case("CRLF", As::Ca, root.replace('\n', "\r\n"), ROOT, &[]),
        case("no last line end", As::Ca, root.trim_end(), ROOT, &[]),
        case(
            "several",
            As::Ca,
            pki.middle() + &root,
            "PEM; Made Middle ECDSA P-256 CA; Made Root ECDSA P-256 CA",
            &[],
        ),
        case("junk behind", As::Ca, format!("{root}\0\x1b[31m"), ROOT, &[]),
        case(
            "trusted label",
            As::Ca,
            ssh.clone(),
            "PEM; TRUSTED CERTIFICATE",
            &["deny no_certificate"],
        ),
        case(
            "trusted label beside",
            As::Ca,
            format!("{root}{}", ssh.replace("TRUSTED", "X509")),
            "PEM; Made Root ECDSA P-256 CA; X509 CERTIFICATE",
            &["warn skipped_block"],
        ),
        case(
            "byte-order mark",
            As::Ca,
            format!("\u{feff}{root}"),
            "damaged PEM; `-----BEGIN` is not at the start of its line",
            &["deny not_pem"],
        ),
        case(
            "byte-order mark before the first",
            As::Ca,
            format!("\u{feff}{root}{root}"),
            "PEM; Made Root ECDSA P-256 CA; `-----BEGIN` is not at the start of its line",
            &["warn skipped_block"],
        ),
        case(
            "indented",
            As::ClientCa,
            root.replace("-----BEGIN", "  -----BEGIN"),
            "damaged PEM; `-----BEGIN` is not at the start of its line",
            &["deny not_pem"],
        ),
        case(
            "four dashes",
            As::Ca,
            root.replace("CERTIFICATE-----", "CERTIFICATE----"),
            "damaged PEM; the `BEGIN` line does not end with `-----`",
            &["deny not_pem"],
        ),
        case(
            "no end",
            As::Server,
            root.replace("-----END", "END"),
            "damaged PEM; the `END` line is missing",
            &["deny not_pem"],
        ),
        case(
            "not base64",
            As::Ca,
            root.replacen('M', "-", 1),
            "damaged PEM; the content is not base64",
            &["deny not_pem"],
        ),
        case(
            "header lines",
            As::Ca,
            root.replacen("-----\n", "-----\nX: y\n\n", 1),
            "PEM; Made Root ECDSA P-256 CA; headers",
            &["warn skipped_block"],
        ),
        case(
            "header lines in a pair",
            As::Client,
            pki.leaf(|_| {}).replacen("-----\n", "-----\nX: y\n\n", 1),
            "PEM; made.test ECDSA P-256; headers",
            &[],
        ),
        case(
            "key in a CA file",
            As::Ca,
            format!("{}{root}", text("ec.key")),
            "PEM; Made Root ECDSA P-256 CA; key ECDSA P-256",
            &["warn key_in_ca_file"],
        ),
        case(
            "combined pair",
            As::Server,
            pki.leaf(|_| {}) + &text("ec.key"),
            "PEM; made.test ECDSA P-256; key ECDSA P-256",
            &[],
        ),
        case(
            "parameters before",
            As::Server,
            pem("DH PARAMETERS", b"0") + &pki.leaf(|_| {}),
            "PEM; made.test ECDSA P-256; DH PARAMETERS",
            &[],
        ),
    ]
}

/// What Go refuses to parse.
fn refused(pki: &Pki) -> Vec<Case> {
    let root = pki.root(|_| {});
    let serial = b"\x02\x04\x5a\x01\x02\x03";
    let negative = edit(&root, serial, b"\x02\x04\x9a\x01\x02\x03");
    let own = pki.leaf(|_| {});
    let twice = CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 0]);
    let short = {
        let der = der(&root);
        pem("CERTIFICATE", &der[..der.len() / 2])
    };
    let name = b"\x0c\x09Made Root";
    vec![
        case(
            "negative serial",
            As::Ca,
            negative.clone(),
            "PEM; x509: negative serial number",
            &["deny malformed"],
        ),
        case(
            "negative serial beside",
            As::Ca,
            format!("{negative}{root}"),
            "PEM; Made Root ECDSA P-256 CA; x509: negative serial number",
            &["warn malformed"],
        ),
        case(
            "negative serial shown",
            As::Client,
            edit(&own, serial, b"\x02\x04\x9a\x01\x02\x03"),
            "PEM; x509: negative serial number",
            &["deny malformed"],
        ),
        case(
            "negative serial in a chain",
            As::Client,
            format!("{own}{negative}"),
            "PEM; made.test ECDSA P-256; x509: negative serial number",
            &["warn malformed"],
        ),
        case(
            "negative serial of a client CA",
            As::ClientCa,
            negative,
            "PEM; x509: negative serial number",
            &["deny malformed"],
        ),
        case("cut off", As::Server, short, "PEM; x509: malformed certificate", &["deny malformed"]),
        case(
            "trailing data",
            As::Ca,
            pem("CERTIFICATE", &[der(&root), vec![0]].concat()),
            "PEM; x509: trailing data",
            &["deny malformed"],
        ),
        case(
            "version 4",
            As::Ca,
            edit(&root, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x03"),
            "PEM; x509: invalid version",
            &["deny malformed"],
        ),
        case(
            "string type",
            As::Ca,
            edit(&root, name, b"\x13\x09Made_Root"),
            "PEM; x509: invalid RDNSequence: invalid attribute value",
            &["deny malformed"],
        ),
        case(
            "extension twice",
            As::Client,
            pki.leaf(|params| params.custom_extensions.push(twice)),
            "PEM; x509: certificate contains duplicate extension with OID \"2.5.29.17\"",
            &["deny malformed"],
        ),
        case(
            "two algorithms",
            As::Ca,
            edit(&root, b"\xce\x3d\x04\x03\x02", b"\xce\x3d\x04\x03\x03"),
            "PEM; x509: inner and outer signature algorithm identifiers don't match",
            &["deny malformed"],
        ),
        case(
            "unknown curve",
            As::Ca,
            edit(&root, b"\xce\x3d\x03\x01\x07", b"\xce\x3d\x03\x01\x01"),
            "PEM; x509: unsupported elliptic curve",
            &["deny malformed"],
        ),
        case(
            "compressed point",
            As::Ca,
            edit(&root, b"\x03\x42\x00\x04", b"\x03\x42\x00\x02"),
            "PEM; x509: failed to unmarshal elliptic curve point",
            &["deny malformed"],
        ),
    ]
}

/// Private keys, beside a certificate of theirs or another's.
fn keys(pki: &Pki) -> Vec<Case> {
    let own = "PEM; key ECDSA P-256";
    let ed25519 = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    vec![
        case("PKCS#8", As::ClientKey, fixture("ec.key"), own, &[]),
        case("SEC 1", As::ClientKey, fixture("ec-sec1.key"), own, &[]),
        case("SEC 1 without public key", As::ClientKey, fixture("ec-no-public.key"), own, &[]),
        case(
            "key behind a certificate",
            As::ClientKey,
            text("ec.crt") + &text("ec.key"),
            "PEM; client.test ECDSA P-256; key ECDSA P-256",
            &[],
        ),
        case(
            "another label",
            As::ClientKey,
            text("ec.key").replace("PRIVATE", "DSA PRIVATE"),
            own,
            &[],
        ),
        case("another key", As::ClientKey, pki.other.serialize_pem(), own, &["deny pair_mismatch"]),
        case(
            "another key first",
            As::ServerKey,
            pki.other.serialize_pem() + &text("ec.key"),
            "PEM; key ECDSA P-256; key ECDSA P-256",
            &["deny pair_mismatch"],
        ),
        case(
            "RSA key for ECDSA",
            As::ServerKey,
            fixture("rsa.key"),
            "PEM; key RSA 2048",
            &["deny pair_mismatch"],
        ),
        case(
            "RSA in PKCS#1",
            As::ClientKey,
            fixture("rsa-pkcs1.key"),
            "PEM; key RSA 2048",
            &["deny pair_mismatch"],
        ),
        case(
            "P-521",
            As::ClientKey,
            fixture("p521.key"),
            "PEM; key ECDSA P-521",
            &["deny pair_mismatch"],
        ),
        case(
            "Ed25519",
            As::ClientKey,
            ed25519.serialize_pem(),
            "PEM; key Ed25519",
            &["deny pair_mismatch"],
        ),
        case(
            "encrypted PKCS#8",
            As::ServerKey,
            fixture("ec-encrypted.key"),
            "PEM; key encrypted",
            &["deny encrypted_key"],
        ),
        case(
            "encrypted as of old",
            As::ClientKey,
            fixture("rsa-legacy.key"),
            "PEM; key encrypted",
            &["deny encrypted_key"],
        ),
        case(
            "OpenSSH",
            As::ClientKey,
            fixture("ec-openssh.key"),
            "PEM; key unreadable",
            &["deny malformed_key"],
        ),
        case(
            "cut off key",
            As::ServerKey,
            pem("PRIVATE KEY", &der(&text("ec.key"))[..40]),
            "PEM; key unreadable",
            &["deny malformed_key"],
        ),
        case(
            "nonsense",
            As::ClientKey,
            pem("PRIVATE KEY", b"0"),
            "PEM; key unreadable",
            &["deny malformed_key"],
        ),
        case(
            "encrypted behind a plain one",
            As::ClientKey,
            text("ec.key") + &text("ec-encrypted.key"),
            "PEM; key ECDSA P-256; key encrypted",
            &[],
        ),
    ]
}

/// Dates, with 2026-06-01 as today.
fn dates(pki: &Pki) -> Vec<Case> {
    let until =
        |year, month, day| pki.leaf(|params| params.not_after = date_time_ymd(year, month, day));
    let root = |name: &str, from: i32, to: i32| {
        let mut params = authority(name);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    };
    let two = "PEM; Old ECDSA P-256 CA; New ECDSA P-256 CA";
    let soon = {
        let mut params = authority("Made Root");
        params.not_after = date_time_ymd(2026, 8, 1);
        params.self_signed(&pki.root).unwrap().pem()
    };
    vec![
        case("expired client", As::Client, until(2026, 5, 31), LEAF, &["deny expired"]),
        case("expired server", As::Server, until(2026, 5, 31), LEAF, &["deny expired"]),
        case(
            "expired CA",
            As::Ca,
            root("Old", 2010, 2020),
            "PEM; Old ECDSA P-256 CA",
            &["deny expired"],
        ),
        case(
            "expired beside valid",
            As::Ca,
            root("Old", 2010, 2020) + &root("New", 2020, 2040),
            two,
            &["note expired"],
        ),
        case(
            "old and new of one name",
            As::Ca,
            root("Old", 2010, 2020) + &root("Old", 2020, 2040),
            "PEM; Old ECDSA P-256 CA; Old ECDSA P-256 CA",
            &["note expired"],
        ),
        case(
            "not yet valid",
            As::Client,
            pki.leaf(|params| params.not_before = date_time_ymd(2026, 7, 1)),
            LEAF,
            &["deny not_yet_valid"],
        ),
        case(
            "not yet valid CA",
            As::Ca,
            root("Old", 2027, 2040),
            "PEM; Old ECDSA P-256 CA",
            &["deny not_yet_valid"],
        ),
        case(
            "new root in waiting",
            As::Ca,
            root("Old", 2020, 2040) + &root("New", 2027, 2047),
            two,
            &["note not_yet_valid"],
        ),
        case("expires in 29 days", As::Client, until(2026, 6, 30), LEAF, &["note expiring"]),
        case("expires in 31 days", As::Client, until(2026, 7, 2), LEAF, &[]),
        case("CA expires in 61 days", As::Ca, soon, ROOT, &["note expiring"]),
        case(
            "short-lived",
            As::Client,
            pki.leaf(|params| {
                params.not_before = date_time_ymd(2026, 5, 28);
                params.not_after = date_time_ymd(2026, 6, 7);
            }),
            LEAF,
            &[],
        ),
    ]
}

/// What a certificate is good for.
fn purposes(pki: &Pki) -> Vec<Case> {
    let eku = |purposes: &[Eku]| pki.leaf(|params| params.extended_key_usages = purposes.to_vec());
    let ca_eku = |purpose| pki.root(|params| params.extended_key_usages = vec![purpose]);
    let constrained = |permitted: &[&str], excluded: &[&str]| {
        let trees = |names: &[&str]| {
            names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect()
        };
        let name_constraints = NameConstraints {
            permitted_subtrees: trees(permitted),
            excluded_subtrees: trees(excluded),
        };
        pki.root(|params| params.name_constraints = Some(name_constraints))
    };
    let own_root = |change: &dyn Fn(&mut CertificateParams)| {
        let mut params = authority("made.test");
        change(&mut params);
        params.self_signed(&pki.own).unwrap().pem()
    };
    let ca = "PEM; made.test ECDSA P-256 CA";
    vec![
        case("leaf as CA", As::Ca, pki.leaf(|_| {}), LEAF, &["warn not_a_ca"]),
        case(
            "leaf beside a CA",
            As::Ca,
            pki.leaf(|_| {}) + &pki.root(|_| {}),
            "PEM; made.test ECDSA P-256; Made Root ECDSA P-256 CA",
            &["note not_a_ca"],
        ),
        case(
            "CA for clients beside another",
            As::Ca,
            ca_eku(Eku::ClientAuth) + &pki.middle(),
            "PEM; Made Root ECDSA P-256 CA; Made Middle ECDSA P-256 CA",
            &["note ca_purpose"],
        ),
        case("leaf as client CA", As::ClientCa, pki.leaf(|_| {}), LEAF, &["warn not_a_ca"]),
        case(
            "CA that may not sign",
            As::Ca,
            pki.root(|params| params.key_usages = vec![Usage::CrlSign]),
            ROOT,
            &["warn not_a_ca"],
        ),
        case(
            "CA with its usage",
            As::Ca,
            pki.root(|params| params.key_usages = vec![Usage::KeyCertSign]),
            ROOT,
            &[],
        ),
        case("CA as client", As::Client, own_root(&|_| {}), ca, &["warn ca_as_leaf"]),
        case(
            "self-signed server",
            As::Server,
            own_root(&|params| params.subject_alt_names = vec![dns("made.test")]),
            ca,
            &["note ca_as_leaf"],
        ),
        case(
            "CA for clients at a registry",
            As::Ca,
            ca_eku(Eku::ClientAuth),
            ROOT,
            &["deny ca_purpose"],
        ),
        case(
            "CA for servers for clients",
            As::ClientCa,
            ca_eku(Eku::ServerAuth),
            ROOT,
            &["deny ca_purpose"],
        ),
        case("CA for any", As::Ca, ca_eku(Eku::Any), ROOT, &[]),
        case("names within", As::Ca, constrained(&["test"], &[]), ROOT, &[]),
        case(
            "names without",
            As::Ca,
            constrained(&["corp.example"], &[]),
            ROOT,
            &["deny name_constraints"],
        ),
        case(
            "names shut out",
            As::Ca,
            constrained(&[], &["reg.test"]),
            ROOT,
            &["deny name_constraints"],
        ),
        case(
            "server without names",
            As::Server,
            pki.leaf(|params| params.subject_alt_names.clear()),
            LEAF,
            &["deny no_san"],
        ),
        case(
            "server with an address",
            As::Server,
            pki.leaf(|params| params.subject_alt_names = vec![ip([10, 0, 0, 5])]),
            LEAF,
            &[],
        ),
        case(
            "client without names",
            As::Client,
            pki.leaf(|params| params.subject_alt_names.clear()),
            LEAF,
            &[],
        ),
        case(
            "server for clients",
            As::Server,
            eku(&[Eku::ClientAuth]),
            LEAF,
            &["deny wrong_purpose"],
        ),
        case("server for both", As::Server, eku(&[Eku::ClientAuth, Eku::ServerAuth]), LEAF, &[]),
        case(
            "client for servers",
            As::Client,
            eku(&[Eku::ServerAuth]),
            LEAF,
            &["deny wrong_purpose"],
        ),
        case(
            "client for code",
            As::Client,
            eku(&[Eku::CodeSigning]),
            LEAF,
            &["deny wrong_purpose"],
        ),
        case("client for any", As::Client, eku(&[Eku::Any]), LEAF, &[]),
        case(
            "the registry's own pair",
            As::Client,
            pki.leaf(|params| params.subject_alt_names = vec![dns("reg.test")]),
            LEAF,
            &["warn registry_server_pair"],
        ),
        case(
            "the registry's own by a star",
            As::Client,
            pki.leaf(|params| params.subject_alt_names = vec![dns("*.test")]),
            LEAF,
            &["warn registry_server_pair"],
        ),
    ]
}

/// Sizes, signatures and chains.
fn strength(pki: &Pki) -> Vec<Case> {
    let rsa = |bits| Rsa::new(bits).cert(pki);
    let anew = authority("Test Root").self_signed(&KeyPair::generate().unwrap()).unwrap().pem();
    let own = pki.leaf(|_| {});
    let stranger = authority("Stranger").self_signed(&pki.other).unwrap().pem();
    let false_root = authority("Made Root").self_signed(&pki.other).unwrap().pem();
    vec![
        case(
            "RSA 1000",
            As::Ca,
            rsa(1000),
            "PEM; made.test RSA 1000",
            &["deny weak_key", "warn not_a_ca"],
        ),
        case(
            "RSA 1024",
            As::Client,
            rsa(1024),
            "PEM; made.test RSA 1024",
            &["deny pair_mismatch", "warn weak_key"],
        ),
        case(
            "RSA 2048",
            As::Client,
            fixture("rsa.crt"),
            "PEM; rsa.test RSA 2048",
            &["deny pair_mismatch"],
        ),
        case(
            "RSA 9216",
            As::Client,
            rsa(9216),
            "PEM; made.test RSA 9216",
            &["deny pair_mismatch", "deny weak_key"],
        ),
        case(
            "P-224",
            As::Client,
            fixture("p224.crt"),
            "PEM; p224.test ECDSA P-224",
            &["deny pair_mismatch", "deny weak_key"],
        ),
        case(
            "P-521",
            As::Client,
            fixture("p521.crt"),
            "PEM; p521.test ECDSA P-521",
            &["deny pair_mismatch"],
        ),
        case(
            "DSA",
            As::Client,
            fixture("dsa.crt"),
            "PEM; dsa.test 1.2.840.10040.4.1",
            &["deny weak_key"],
        ),
        case(
            "Ed25519 certificate",
            As::Client,
            fixture("ed25519.crt"),
            "PEM; ed25519.test Ed25519",
            &["deny pair_mismatch"],
        ),
        case(
            "SHA-1",
            As::Client,
            fixture("sha1.crt"),
            "PEM; old.test ECDSA P-256",
            &["deny weak_signature"],
        ),
        case(
            "MD5",
            As::Client,
            fixture("md5.crt"),
            "PEM; old.test ECDSA P-256",
            &["deny weak_signature"],
        ),
        case(
            "chain",
            As::Client,
            pki.below_middle() + &pki.middle(),
            "PEM; made.test ECDSA P-256; Made Middle ECDSA P-256 CA",
            &[],
        ),
        case(
            "chain with its root",
            As::Client,
            pki.below_middle() + &pki.middle() + &pki.root(|_| {}),
            "PEM; made.test ECDSA P-256; Made Middle ECDSA P-256 CA; Made Root ECDSA P-256 CA",
            &[],
        ),
        case(
            "chain out of order",
            As::Client,
            pki.below_middle() + &pki.root(|_| {}) + &pki.middle(),
            "PEM; made.test ECDSA P-256; Made Root ECDSA P-256 CA; Made Middle ECDSA P-256 CA",
            &[],
        ),
        case(
            "issuer first",
            As::Server,
            pki.middle() + &pki.below_middle(),
            "PEM; Made Middle ECDSA P-256 CA; made.test ECDSA P-256",
            &["deny pair_mismatch"],
        ),
        case(
            "chain with a stranger",
            As::Client,
            own.clone() + &stranger,
            "PEM; made.test ECDSA P-256; Stranger ECDSA P-256 CA",
            &["warn chain_broken"],
        ),
        case(
            "chain with a false issuer",
            As::Client,
            own + &false_root,
            "PEM; made.test ECDSA P-256; Made Root ECDSA P-256 CA",
            &["warn chain_broken"],
        ),
        case(
            "CA made anew",
            As::ClientCa,
            anew,
            "PEM; Test Root ECDSA P-256 CA",
            &["warn ca_renewed"],
        ),
        case(
            "CA of the pair",
            As::ClientCa,
            fixture("ca.crt"),
            "PEM; Test Root ECDSA P-256 CA",
            &[],
        ),
    ]
}

#[test]
fn facts_and_findings() {
    let pki = Pki::new();
    let cases: Vec<_> = [
        kinds(),
        blocks(&pki),
        refused(&pki),
        keys(&pki),
        dates(&pki),
        purposes(&pki),
        strength(&pki),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(cases.len() >= 80, "{}", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let seen = facts(&read(&case.bytes));
        if seen != case.facts {
            _ = writeln!(wrong, "{}: {seen}\n  expected {}", case.name, case.facts);
        }
        let mut world = machine();
        world.files.insert("/t/it".into(), case.bytes.clone());
        let seen = findings(&check(case.role.config(), &world));
        if seen != case.findings {
            _ = writeln!(wrong, "{}: {seen:?}\n  expected {:?}", case.name, case.findings);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A configuration with files of several kinds, what is there besides, and what is found.
type Several<'a> = (&'a str, String, Vec<(&'a str, Vec<u8>)>, &'a [&'a str]);

#[test]
fn several_files() {
    let pki = Pki::new();
    let registry = |keys: &str| format!("[registry.\"reg.test\"]\n{keys}\n");
    let ca = |path: &str| registry(&format!("ca = [\"{path}\"]"));
    let folder = registry("tlsconfigdir = [\"/d\"]");
    let pair = |cert: &str, key: &str| {
        registry(&format!("[[registry.\"reg.test\".keypair]]\ncert = \"{cert}\"\nkey = \"{key}\""))
    };
    let grpc = |address: &str, cert: &str, ca: &str| {
        format!(
            "[grpc]\naddress = [\"tcp://{address}:1234\"]\n[grpc.tls]\ncert = \"{cert}\"\n\
             key = \"/t/ec.key\"\nca = \"{ca}\"\n"
        )
    };
    let (root, own, key) = (pki.root(|_| {}).into_bytes(), fixture("ec.crt"), fixture("ec.key"));
    let old = pki.leaf(|params| params.not_after = date_time_ymd(2026, 5, 31)).into_bytes();
    let address = pki.leaf(|params| params.subject_alt_names = vec![ip([10, 0, 0, 5])]);
    let bundle = pki.middle().into_bytes();
    let short = pki.below_middle().into_bytes();
    let long = pki.leaf(|params| params.not_after = date_time_ymd(2036, 1, 1)).into_bytes();
    let cases: Vec<Several<'_>> = vec![
        ("missing CA", ca("/none"), vec![], &["deny missing"]),
        ("missing client CA", grpc("0.0.0.0", "/t/ec.crt", "/none"), vec![], &["deny missing"]),
        ("missing certificate", pair("/none", "/t/ec.key"), vec![], &["deny missing"]),
        ("missing key", pair("/t/ec.crt", "/none"), vec![], &["deny missing"]),
        ("missing folder", folder.clone(), vec![], &["warn missing"]),
        ("a folder as CA", ca("/t"), vec![], &["deny not_a_file"]),
        ("a folder as certificate", pair("/t", "/t/ec.key"), vec![], &["deny not_a_file"]),
        ("a file as folder", folder.clone(), vec![("/d", root.clone())], &["deny not_a_file"]),
        ("half a pair", pair("/t/ec.crt", ""), vec![], &["deny pair_incomplete"]),
        (
            "a full folder",
            folder.clone(),
            vec![
                ("/d/a.crt", root.clone()),
                ("/d/b.cert", own.clone()),
                ("/d/b.key", key.clone()),
                ("/d/README", Vec::new()),
            ],
            &[],
        ),
        (
            "expired in a folder",
            folder.clone(),
            vec![("/d/b.cert", old), ("/d/b.key", key.clone())],
            &["deny expired"],
        ),
        (
            "half a pair in a folder",
            folder.clone(),
            vec![("/d/b.cert", own.clone())],
            &["deny pair_incomplete"],
        ),
        (
            "another key in a folder",
            folder.clone(),
            vec![("/d/b.cert", own.clone()), ("/d/b.key", pki.other.serialize_pem().into())],
            &["deny pair_mismatch"],
        ),
        (
            "strays in a folder",
            folder.clone(),
            vec![("/d/a.pem", root.clone()), ("/d/c.CRT", root.clone()), ("/d/d.key", key.clone())],
            &["warn stray_file", "warn stray_file", "warn stray_file"],
        ),
        ("text in a folder", folder, vec![("/d/a.crt", b"x".to_vec())], &["deny not_pem"]),
        ("its own name", grpc("buildkitd.test", "/t/ec.crt", "/t/ca.crt"), vec![], &[]),
        (
            "another name",
            grpc("other.test", "/t/ec.crt", "/t/ca.crt"),
            vec![],
            &["warn wrong_address"],
        ),
        (
            "an address beside names",
            grpc("10.0.0.5", "/t/ec.crt", "/t/ca.crt"),
            vec![],
            &["note wrong_address"],
        ),
        (
            "another address",
            grpc("10.0.0.6", "/a", "/t/ca.crt"),
            vec![("/a", address.into())],
            &["warn wrong_address"],
        ),
        ("loopback", grpc("127.0.0.1", "/t/ec.crt", "/t/ca.crt"), vec![], &[]),
        (
            "without its intermediate",
            grpc("0.0.0.0", "/a", "/b"),
            vec![("/a", short), ("/b", [root.clone(), bundle].concat())],
            &["warn chain_incomplete"],
        ),
        (
            "one key for both",
            grpc("0.0.0.0", "/t/ec.crt", "/t/ca.crt") + &pair("/t/ec.crt", "/t/ec.key"),
            vec![],
            &["warn key_shared"],
        ),
        ("ten years", grpc("0.0.0.0", "/a", "/t/ca.crt"), vec![("/a", long)], &[]),
        (
            "a key in the work tree",
            pair("/t/ec.crt", "/src/ec.key"),
            vec![("/src/.git/HEAD", Vec::new()), ("/src/ec.key", key.clone())],
            &["warn key_in_work_tree"],
        ),
        (
            "an ignored key in the work tree",
            pair("/t/ec.crt", "/src/k/ec.key"),
            vec![
                ("/src/.git/HEAD", Vec::new()),
                ("/src/.gitignore", b"k/\n".to_vec()),
                ("/src/k/ec.key", key.clone()),
            ],
            &[],
        ),
        (
            "relative, in the work tree",
            ca("certs/ca.crt"),
            vec![("/src/.git/HEAD", Vec::new()), ("/src/certs/ca.crt", b"x".to_vec())],
            &["deny not_pem"],
        ),
        ("relative, and not there", ca("certs/ca.crt"), vec![("/src/.git/HEAD", Vec::new())], &[]),
        ("not verified", registry("insecure = true\nca = [\"/t/ec.crt\"]"), vec![], &[]),
        ("too large", ca("/a"), vec![("/a", vec![b'x'; (1 << 20) + 1])], &["warn unreadable"]),
    ];
    let mut wrong = String::new();
    for (name, config, files, expected) in &cases {
        let mut world = machine();
        world.files.extend(files.iter().map(|(path, bytes)| (path.into(), bytes.clone())));
        let seen = findings(&check(config, &world));
        if seen != *expected {
            _ = writeln!(wrong, "{name}: {seen:?}\n  expected {expected:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_thousand_files_are_enough() {
    let names: Vec<_> = (0..1100).map(|at| format!("\"/n/{at}\"")).collect();
    let config = format!("[registry.\"reg.test\"]\nca = [{}]\n", names.join(","));
    let report = check(&config, &machine());
    assert_eq!(findings(&report).len(), 1000);
    let far = |one: &&Unchecked| one.reason == "only the first 1000 files are looked at";
    assert_eq!(report.unchecked.iter().filter(far).count(), 100);
}

#[test]
fn keys_that_others_may_read() {
    let mut world = machine();
    let config = As::Client.config().replace("/t/it", "/t/ec.crt");
    assert_eq!(findings(&check(&config, &world)), [""; 0]);
    world.modes.insert("/t/ec.key".into(), 0o644);
    assert_eq!(findings(&check(&config, &world)), ["warn key_readable"]);
}

/// Go 1.22, whose ways older releases keep, took it.
#[test]
fn negative_serials_by_release() {
    let pki = Pki::new();
    let root = pki.root(|_| {});
    let cert = edit(&root, b"\x02\x04\x5a\x01\x02\x03", b"\x02\x04\x9a\x01\x02\x03");
    let mut world = machine();
    world.files.insert("/t/it".into(), cert.into());
    for (release, found) in [("0.20", 0), ("0.21", 1), ("0.13..0.32", 1)] {
        let settings = Settings {
            files: Files::Check,
            buildkit: release.parse().unwrap(),
            ..Settings::default()
        };
        let session = Session::new(settings, Levels::default(), &world);
        let report = session.check(Source::new("/src/buildkitd.toml", As::Ca.config().into()));
        assert_eq!(findings(&report).len(), found, "{release}");
    }
}

/// Whose fault ends the daemon, and whose only a request.
#[test]
fn impacts() {
    for (role, starts) in [(As::ServerKey, false), (As::ClientKey, true)] {
        let mut world = machine();
        world.files.insert("/t/it".into(), fixture("ec-encrypted.key"));
        let report = check(role.config(), &world);
        assert_eq!(report.starts.as_bool(), Some(starts));
        let start = report.findings.iter().any(|finding| finding.impact == Impact::Start);
        assert_eq!(start, !starts);
    }
}

/// The recorded starts of the real daemon that are about `[grpc.tls]`: it ends if and only if a
/// finding says so.
#[test]
fn starts_equal_the_real_daemons() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/startup");
    let mut world = machine();
    for entry in std::fs::read_dir(format!("{folder}/certs")).unwrap() {
        let entry = entry.unwrap();
        let path = format!("/certs/{}", entry.file_name().to_str().unwrap());
        world.files.insert(path.into(), std::fs::read(entry.path()).unwrap());
    }
    world.files.insert("/etc/hostname".into(), Vec::new());
    let verdicts = std::fs::read_to_string(format!("{folder}/verdicts.jsonl")).unwrap();
    let mut judged = 0;
    for line in verdicts.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = case["case"].as_str().unwrap();
        // That one ends for want of a socket.
        if !name.contains("-tls-") || name.ends_with("-tls-fd") {
            continue;
        }
        let text = std::fs::read_to_string(format!("{folder}/cases/{name}.toml")).unwrap();
        let report = check(&text.replace("@CERTS@", "/certs"), &world);
        let start = report.findings.iter().any(|finding| finding.impact == Impact::Start);
        assert_eq!(start, case["verdict"] == "startup-error", "{name}: {:?}", findings(&report));
        judged += 1;
    }
    assert!(judged > 30, "{judged}");
}
