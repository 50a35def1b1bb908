use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm,
    date_time_ymd,
};

use super::*;
use crate::clock::parse_rfc3339;
use crate::world::Memory;

fn params() -> CertificateParams {
    let mut params = CertificateParams::new(["registry.test".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params.distinguished_name.push(DnType::CommonName, "registry.test");
    params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0xff]));
    params
}

fn ca() -> CertificateParams {
    let mut params = params();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A certificate and its key.
fn pair(params: &CertificateParams) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn file(text: &str) -> CertFile {
    read(text.as_bytes())
}

fn only(params: &CertificateParams) -> Certificate {
    file(&pair(params).0).certificates.remove(0)
}

fn troubles(text: &str) -> Vec<Trouble> {
    file(text).problems.into_iter().map(|problem| problem.trouble).collect()
}

fn keypair(cert: &str, key: &str) -> Result<Match, PairProblem> {
    load_keypair(&file(cert), &file(key))
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = ::base64::Engine::encode(&::base64::engine::general_purpose::STANDARD, der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

fn der(pem_text: &str) -> Vec<u8> {
    pem::decode(pem_text.as_bytes()).0.remove(0).der
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=127 => vec![tag, length[1]],
        128..=255 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content].concat()
}

const EC_OID: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const P256_OID: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const RSA_OID: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const ED25519_OID: &[u8] = b"\x06\x03\x2b\x65\x70";
const ONE: &[u8] = b"\x02\x01\x01";
const ZERO: &[u8] = b"\x02\x01\x00";
const NULL: &[u8] = b"\x05\x00";

fn sec1(curve: &[u8], public: Option<&[u8]>) -> Vec<u8> {
    let curve = if curve.is_empty() { Vec::new() } else { tlv(0xa0, &[curve]) };
    let public = public.map_or(Vec::new(), |key| tlv(0xa1, &[&tlv(0x03, &[&[0], key])]));
    tlv(0x30, &[ONE, &tlv(0x04, &[&[7; 32]]), &curve, &public])
}

fn pkcs8(oid: &[u8], parameters: &[u8], inner: &[u8]) -> Vec<u8> {
    tlv(0x30, &[ZERO, &tlv(0x30, &[oid, parameters]), &tlv(0x04, &[inner])])
}

/// An RSA key of the right shape, made of a modulus; its other numbers are nonsense.
struct Rsa(Vec<u8>);

impl Rsa {
    fn new(fill: u8, bytes: usize) -> Self {
        let modulus = tlv(0x02, &[&[0], &vec![fill; bytes]]);
        Self(tlv(0x30, &[&modulus, b"\x02\x03\x01\x00\x01"]))
    }

    fn pkcs1(&self) -> Vec<u8> {
        let mut public = self.0.as_slice();
        let public = key::take(&mut public, Tag::Sequence).unwrap();
        tlv(0x30, &[ZERO, public, ONE, ONE, ONE])
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

fn rsa_cert(key: &Rsa) -> String {
    let issuer = Issuer::new(ca(), KeyPair::generate().unwrap());
    params().signed_by(key, &issuer).unwrap().pem()
}

#[test]
fn facts() {
    let mut params = params();
    params.distinguished_name.push(DnType::OrganizationName, " A+B, \"C\"\n ");
    params.subject_alt_names.push(SanType::IpAddress([10, 0, 0, 1].into()));
    params.subject_alt_names.push(SanType::IpAddress("fd00::1".parse().unwrap()));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::CodeSigning];
    let text = format!("junk\n{}", pair(&params).0);
    let file = file(&text);
    assert_eq!(file.kind, FileKind::Pem);
    assert_eq!(file.problems, []);
    let cert = &file.certificates[0];
    assert_eq!(cert.place.line, 2);
    assert_eq!(cert.place.span, 5..text.len());
    assert_eq!(cert.version, 3);
    assert_eq!(cert.serial, "0A:FF");
    assert_eq!(cert.subject, "O=\\ A\\+B\\, \\\"C\\\"\\0A\\ ,CN=registry.test");
    assert_eq!(cert.issuer, cert.subject);
    assert!(cert.is_self_issued());
    assert_eq!(Some(cert.not_before), parse_rfc3339("2026-01-01"));
    assert_eq!(Some(cert.not_after), parse_rfc3339("2027-01-01"));
    assert!(!cert.is_ca());
    assert_eq!(cert.key_usage, Some(vec![KeyUsage::DigitalSignature, KeyUsage::CrlSign]));
    let other = Purpose::Other("1.3.6.1.5.5.7.3.3".to_owned());
    assert_eq!(cert.purposes, Some(vec![Purpose::ServerAuth, other]));
    assert_eq!(cert.dns, ["registry.test"]);
    assert_eq!(
        cert.ip,
        ["10.0.0.1".parse::<std::net::IpAddr>(), "fd00::1".parse()].map(Result::unwrap)
    );
    assert_eq!(cert.signature, "ecdsa-with-SHA256");
    assert_eq!(cert.key.to_string(), "ECDSA P-256");
    assert_eq!(cert.sha256.len(), 32 * 3 - 1);
}

#[test]
fn a_certificate_that_says_little() {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let cert = only(&params);
    assert_eq!(cert.subject, "");
    assert_eq!((cert.key_usage, cert.purposes, cert.basic_constraints), (None, None, None));
    assert!(only(&ca()).is_ca());
}

#[test]
fn names_of_every_string_type() {
    for value in [
        DnValue::PrintableString("Straight".try_into().unwrap()),
        DnValue::TeletexString("Straight".try_into().unwrap()),
        DnValue::Ia5String("Straight".try_into().unwrap()),
        DnValue::BmpString("Straight".try_into().unwrap()),
    ] {
        let mut params = params();
        params.distinguished_name.push(DnType::CommonName, value);
        assert_eq!(only(&params).subject, "CN=Straight");
    }
}

#[test]
fn keys_and_sizes() {
    for (algorithm, text) in [
        (&rcgen::PKCS_ECDSA_P256_SHA256, "ECDSA P-256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "ECDSA P-384"),
        (&rcgen::PKCS_ED25519, "Ed25519"),
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let cert = params().self_signed(&key).unwrap().pem();
        assert_eq!(file(&cert).certificates[0].key.to_string(), text);
        let key = key.serialize_pem();
        assert_eq!(file(&key).keys[0].key.as_ref().map(ToString::to_string).as_deref(), Some(text));
        assert_eq!(keypair(&cert, &key), Ok(Match::Proven), "{text}");
    }
    let rsa = file(&rsa_cert(&Rsa::new(0xc0, 256))).certificates.remove(0);
    assert_eq!(rsa.key.to_string(), "RSA 2048");
    let small = file(&rsa_cert(&Rsa::new(0x01, 128))).certificates.remove(0);
    assert_eq!(small.key.bits, 1017);
}

#[test]
fn ca_pools() {
    let (good, key) = pair(&ca());
    let header = good.replacen("-----\n", "-----\nA: b\n\n", 1);
    let broken = pem("CERTIFICATE", b"nonsense");
    let trusted = good.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    for (text, usable, found) in [
        (good.clone(), true, vec![]),
        (good.replace('\n', "\r\n"), true, vec![]),
        (format!("text\n{key}{good}"), true, vec![]),
        (key, false, vec![]),
        (header, false, vec![Trouble::Headers]),
        (trusted, false, vec![Trouble::Label("TRUSTED CERTIFICATE".to_owned())]),
        (broken.clone(), false, vec![Trouble::Certificate(Refusal::Truncated)]),
        (broken + &good, true, vec![Trouble::Certificate(Refusal::Truncated)]),
        (format!("\u{feff}{good}"), false, vec![Trouble::Block(Fault::Indented)]),
        (format!("\u{feff}{good}{good}"), true, vec![Trouble::Block(Fault::Indented)]),
        (good[..good.len() / 2].to_owned(), false, vec![Trouble::Block(Fault::Unfinished)]),
        (String::new(), false, vec![]),
    ] {
        assert_eq!(file(&text).usable_as_ca_pool(), usable, "{text}");
        assert_eq!(troubles(&text), found, "{text}");
    }
}

#[test]
fn certificates_that_go_refuses() {
    let mut params = params();
    params.serial_number = Some(SerialNumber::from_slice(b"\x5a\x5a\x5a\x5a"));
    params.subject_alt_names.push(SanType::IpAddress([10, 9, 8, 7].into()));
    let printable = DnValue::PrintableString("a-b".try_into().unwrap());
    params.distinguished_name.push(DnType::LocalityName, printable);
    let good = der(&pair(&params).0);
    let edit = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|window| window == from).unwrap();
        let der = [&good[..at], to, &good[at + from.len()..]].concat();
        match troubles(&pem("CERTIFICATE", &der)).as_slice() {
            [Trouble::Certificate(refusal)] => refusal.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(edit(b"\x5a\x5a\x5a\x5a", b"\x9a\x5a\x5a\x5a"), Refusal::NegativeSerial);
    assert_eq!(edit(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x03"), Refusal::Version);
    assert_eq!(edit(b"\x13\x03a-b", b"\x13\x03a_b"), Refusal::Name);
    // The first of the two names of the signature algorithm.
    assert_eq!(
        edit(b"\x86\x48\xce\x3d\x04\x03\x02", b"\x86\x48\xce\x3d\x04\x03\x03"),
        Refusal::Signature
    );
    let curve = edit(b"\x86\x48\xce\x3d\x03\x01\x07", b"\x86\x48\xce\x3d\x03\x01\x01");
    assert_eq!(curve, Refusal::Key("unsupported elliptic curve"));
    let compressed = edit(b"\x03\x42\x00\x04", b"\x03\x42\x00\x02");
    assert_eq!(compressed, Refusal::Key("failed to unmarshal elliptic curve point"));
    // The tag of the address made the one of a host name, which is not ASCII then.
    let host = edit(b"\x87\x04\x0a\x09\x08\x07", b"\x82\x04\xff\x09\x08\x07");
    assert_eq!(host, Refusal::Extension("SAN dNSName is malformed"));
    let trailing = pem("CERTIFICATE", &[&good[..], b"\0"].concat());
    assert_eq!(troubles(&trailing), [Trouble::Certificate(Refusal::Trailing)]);

    let twice = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 17], tlv(0x30, &[]));
    params.custom_extensions.push(twice);
    let duplicate = Refusal::Duplicate("2.5.29.17".to_owned());
    assert_eq!(troubles(&pair(&params).0), [Trouble::Certificate(duplicate)]);
}

#[test]
fn pairs() {
    let (cert, key) = pair(&params());
    let (other, other_key) = pair(&params());
    let broken = pem("CERTIFICATE", b"nonsense");
    assert_eq!(keypair(&cert, &key), Ok(Match::Proven));
    assert_eq!(keypair(&format!("{key}{cert}"), &format!("{cert}{key}")), Ok(Match::Proven));
    assert_eq!(keypair(&format!("{cert}{other}"), &key), Ok(Match::Proven));
    assert_eq!(keypair(&format!("{other}{cert}"), &key), Err(PairProblem::Mismatch));
    assert_eq!(keypair(&cert, &other_key), Err(PairProblem::Mismatch));
    assert_eq!(keypair(&cert, &format!("{other_key}{key}")), Err(PairProblem::Mismatch));
    assert_eq!(keypair(&key, &cert), Err(PairProblem::NoCertificate));
    assert_eq!(keypair(&cert, &cert), Err(PairProblem::NoKey));
    assert_eq!(keypair(&broken, &cert), Err(PairProblem::NoKey));
    assert_eq!(keypair(&format!("{broken}{cert}"), &key), Err(PairProblem::CertUnparsable));
    assert_eq!(keypair(&format!("{cert}{broken}"), &key), Ok(Match::Proven));
    // Header lines matter to CA files only.
    assert_eq!(keypair(&cert.replacen("-----\n", "-----\nA: b\n\n", 1), &key), Ok(Match::Proven));
    // The label does not count, as long as it is a private key's.
    assert_eq!(keypair(&cert, &key.replace("PRIVATE", "DSA PRIVATE")), Ok(Match::Proven));
    assert_eq!(keypair(&cert, &key.replace("PRIVATE", "MYPRIVATE")), Err(PairProblem::NoKey));
    assert_eq!(keypair(&cert, &pem("PRIVATE KEY", b"nonsense")), Err(PairProblem::KeyUnparsable));
    let ed25519 = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem();
    assert_eq!(keypair(&cert, &ed25519), Err(PairProblem::OtherKind));
}

#[test]
fn encrypted_keys() {
    let (cert, key) = pair(&params());
    let legacy = "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
    let ssh = b"openssh-key-v1\0\0\0\0\x0aaes256-ctr";
    for text in [
        key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        key.replacen("PRIVATE KEY-----\n", legacy, 1).replace("END PRIVATE", "END RSA PRIVATE"),
        pem("OPENSSH PRIVATE KEY", ssh),
    ] {
        assert!(file(&text).keys[0].encrypted, "{text}");
        assert_eq!(keypair(&cert, &text), Err(PairProblem::KeyIsEncrypted), "{text}");
    }
    let open = pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x04none");
    assert_eq!(keypair(&cert, &open), Err(PairProblem::KeyUnparsable));
}

#[test]
fn rsa_pairs() {
    let (key, other) = (Rsa::new(0xc0, 256), Rsa::new(0xc1, 256));
    let cert = rsa_cert(&key);
    let pkcs8 = |key: &Rsa| pkcs8(RSA_OID, NULL, &key.pkcs1());
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
        assert_eq!(keypair(&cert, &pem(label, &key.pkcs1())), Ok(Match::Proven));
        assert_eq!(keypair(&cert, &pem(label, &pkcs8(&key))), Ok(Match::Proven));
        assert_eq!(keypair(&cert, &pem(label, &other.pkcs1())), Err(PairProblem::Mismatch));
        assert_eq!(keypair(&cert, &pem(label, &pkcs8(&other))), Err(PairProblem::Mismatch));
    }
    assert_eq!(keypair(&cert, &pair(&params()).1), Err(PairProblem::OtherKind));
    let public = pem("RSA PRIVATE KEY", &key.0);
    assert_eq!(keypair(&cert, &public), Err(PairProblem::KeyUnparsable));
}

#[test]
fn elliptic_pairs() {
    let key = KeyPair::generate().unwrap();
    let point = key.public_key_raw();
    let cert = params().self_signed(&key).unwrap().pem();
    let p384 = b"\x06\x05\x2b\x81\x04\x00\x22";
    for (der, expected) in [
        (sec1(P256_OID, Some(point)), Ok(Match::Proven)),
        (sec1(P256_OID, None), Ok(Match::Unproven)),
        (sec1(P256_OID, Some(&point[..33])), Ok(Match::Unproven)),
        (sec1(p384, None), Err(PairProblem::Mismatch)),
        (sec1(b"", Some(point)), Err(PairProblem::KeyUnparsable)),
        (sec1(RSA_OID, Some(point)), Err(PairProblem::KeyUnparsable)),
        (pkcs8(EC_OID, P256_OID, &sec1(b"", Some(point))), Ok(Match::Proven)),
        (pkcs8(EC_OID, P256_OID, &sec1(b"", None)), Ok(Match::Unproven)),
        (pkcs8(EC_OID, b"", &sec1(P256_OID, None)), Err(PairProblem::KeyUnparsable)),
    ] {
        assert_eq!(keypair(&cert, &pem("EC PRIVATE KEY", &der)), expected);
    }
}

#[test]
fn ed25519_pairs() {
    let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let cert = params().self_signed(&key).unwrap().pem();
    let seed = tlv(0x04, &[&[7; 32]]);
    for (der, expected) in [
        (pkcs8(ED25519_OID, b"", &seed), Err(PairProblem::Mismatch)),
        (pkcs8(ED25519_OID, NULL, &seed), Err(PairProblem::KeyUnparsable)),
        (pkcs8(ED25519_OID, b"", &seed[1..]), Err(PairProblem::KeyUnparsable)),
        (pkcs8(b"\x06\x03\x2b\x65\x6e", b"", &seed), Err(PairProblem::KeyUnparsable)),
    ] {
        assert_eq!(keypair(&cert, &pem("PRIVATE KEY", &der)), expected);
    }
}

#[test]
fn kinds() {
    let (cert, key) = pair(&params());
    let signed = tlv(0x30, &[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", NULL]);
    let data = tlv(0x30, &[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"]);
    for (bytes, expected) in [
        (cert.clone().into_bytes(), FileKind::Pem),
        (pem("X", b"").into_bytes(), FileKind::Pem),
        (b"-----BEGIN CERTIFICATE-----\n".to_vec(), FileKind::BrokenPem),
        (der(&cert), FileKind::Der),
        (der(&key), FileKind::DerKey),
        (signed, FileKind::Pkcs7),
        (tlv(0x30, &[b"\x02\x01\x03", &data]), FileKind::Pkcs12),
        (pem("OPENSSH PRIVATE KEY", b"").into_bytes(), FileKind::Pem),
        (b"ssh-ed25519 AAAA me@here\n".to_vec(), FileKind::OpenSshKey),
        (b"".to_vec(), FileKind::Empty),
        (b" \r\n".to_vec(), FileKind::Empty),
        (b"\xff\xfe-\0-\0".to_vec(), FileKind::Utf16),
        (b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(), FileKind::JavaKeyStore),
        (b"not a certificate\n".to_vec(), FileKind::Text),
        (b"0123456789".to_vec(), FileKind::Text),
        (b"\x7fELF\x02\x01\x01\0".to_vec(), FileKind::Binary),
        (b"\x30\x82\xff\xff\0".to_vec(), FileKind::Binary),
    ] {
        let file = read(&bytes);
        assert_eq!(file.kind, expected);
        let usable = bytes == cert.as_bytes();
        assert_eq!(file.usable_as_ca_pool(), usable, "{expected}");
    }
}

#[test]
fn lifetimes() {
    let at = |text: &str| parse_rfc3339(text).unwrap();
    // A year: a fifth of it is 73 days.
    let leaf = only(&params());
    let until = at("2027-01-01");
    let from = at("2026-01-01");
    assert_eq!(validity(&leaf, from - 1, None), Validity::NotYet { from });
    assert_eq!(validity(&leaf, from, None), Validity::Valid);
    assert_eq!(validity(&leaf, at("2026-12-02"), None), Validity::Valid);
    assert_eq!(validity(&leaf, at("2026-12-03"), None), Validity::Expiring { until });
    assert_eq!(validity(&leaf, until, None), Validity::Expiring { until });
    assert_eq!(validity(&leaf, until + 1, None), Validity::Expired { since: until });
    let ca_cert = only(&ca());
    assert_eq!(validity(&ca_cert, at("2026-10-20"), None), Validity::Valid);
    assert_eq!(validity(&ca_cert, at("2026-10-21"), None), Validity::Expiring { until });

    let mut long = ca();
    long.not_after = date_time_ymd(2036, 1, 1);
    let long = only(&long);
    assert_eq!(validity(&long, at("2035-10-03"), None), Validity::Valid);
    assert!(matches!(validity(&long, at("2035-10-04"), None), Validity::Expiring { .. }));

    // Ten days: short-lived on purpose, and renewed in time.
    let mut short = params();
    short.not_after = date_time_ymd(2026, 1, 11);
    let short = only(&short);
    assert_eq!(validity(&short, at("2026-01-08"), None), Validity::Valid);
    assert!(matches!(validity(&short, at("2026-01-10"), None), Validity::Expiring { .. }));
    assert_eq!(validity(&short, i64::MAX, None), Validity::Expired { since: at("2026-01-11") });
    assert_eq!(validity(&short, i64::MIN, None), Validity::NotYet { from });
}

#[test]
fn loading() {
    let path = PathBuf::from("/etc/certs/ca.pem");
    let mut world = Memory::default();
    let load = |world: &Memory, path: &Path| (*Store::default().load(world, path)).clone();
    assert_eq!(load(&world, &path), Err(Failure::Missing));
    world.files.insert(path.clone(), pair(&ca()).0.into_bytes());
    assert!(load(&world, &path).unwrap().usable_as_ca_pool());
    let folder = Err(Failure::NotAFile(crate::world::Kind::Folder));
    assert_eq!(load(&world, Path::new("/etc/certs")), folder);
    let large = vec![b'x'; usize::try_from(LIMIT).unwrap() + 1];
    world.files.insert(path.clone(), large);
    assert_eq!(load(&world, &path), Err(Failure::TooLarge(LIMIT)));
}

#[test]
fn a_file_is_read_once() {
    let path = PathBuf::from("/etc/certs/ca.pem");
    let mut world = Memory::default();
    world.files.insert(path.clone(), pair(&ca()).0.into_bytes());
    let store = Store::default();
    let first = store.load(&world, &path);
    world.files.clear();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(Arc::ptr_eq(&first, &store.load(&world, &path))));
        }
    });
}

#[test]
fn issuers() {
    let (old, new) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let root = |key: &KeyPair| file(&ca().self_signed(key).unwrap().pem()).certificates.remove(0);
    let mut leaf = params();
    leaf.distinguished_name.push(DnType::CommonName, "other");
    let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &Issuer::new(ca(), &old)).unwrap();
    let leaf = file(&leaf.pem()).certificates.remove(0);
    assert_eq!(issued(&root(&old), &leaf), Issued::Yes);
    assert_eq!(issued(&root(&new), &leaf), Issued::OtherKey);
    assert_eq!(issued(&leaf, &root(&old)), Issued::No);
    // The signature is by an ECDSA key, and the issuer's name on an RSA one.
    let rsa = file(&rsa_cert(&Rsa::new(0xc0, 256))).certificates.remove(0);
    assert_eq!(issued(&rsa, &leaf), Issued::ByName);
}

#[test]
fn names() {
    let mut params = params();
    params.subject_alt_names = ["Reg.test", "*.corp.test", "*", "fo*.test"]
        .map(|name| SanType::DnsName(name.try_into().unwrap()))
        .into();
    params.subject_alt_names.push(SanType::IpAddress([10, 0, 0, 1].into()));
    params.subject_alt_names.push(SanType::IpAddress("fd00::1".parse().unwrap()));
    let cert = only(&params);
    for (host, covered) in [
        ("reg.TEST", true),
        ("reg.test.", true),
        ("a.corp.test", true),
        ("a.b.corp.test", false),
        ("corp.test", false),
        (".corp.test", false),
        ("10.0.0.1", true),
        ("::ffff:10.0.0.1", true),
        ("10.0.0.2", false),
        ("fd00:0::1", true),
        ("foo.test", false),
        ("", false),
    ] {
        assert_eq!(cert.covers(host), covered, "{host}");
    }
}

#[test]
fn name_constraints() {
    let dns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let constraints = NameConstraints {
        permitted_dns: dns(&["corp.test", ".lab.test"]),
        excluded_dns: dns(&["bad.corp.test"]),
        permitted_ip: vec![vec![10, 0, 0, 0, 255, 0, 0, 0]],
        excluded_ip: vec![vec![10, 9, 0, 0, 255, 255, 0, 0]],
    };
    for (host, permitted) in [
        ("corp.test", true),
        ("a.CORP.test", true),
        ("xcorp.test", false),
        ("a.bad.corp.test", false),
        ("lab.test", false),
        ("a.lab.test", true),
        ("10.1.2.3", true),
        ("10.9.2.3", false),
        ("11.1.2.3", false),
        ("fd00::1", false),
    ] {
        assert_eq!(constraints.permit(host), permitted, "{host}");
    }
    assert!(NameConstraints::default().permit("any.test"));
    let all = NameConstraints { excluded_dns: dns(&[""]), ..NameConstraints::default() };
    assert!(!all.permit("any.test"));
}

#[test]
fn secrets_are_not_kept() {
    let seed = [0x5a; 32];
    let key = pkcs8(ED25519_OID, b"", &tlv(0x04, &[&seed]));
    let shown = format!("{:?}", file(&pem("PRIVATE KEY", &key)));
    assert!(!shown.contains("90, 90") && !shown.to_lowercase().contains("5a5a"), "{shown}");
    assert!(shown.contains("Key(Ed25519)"), "{shown}");
}

/// Every truncation and every flipped byte, in DER and inside PEM.
#[test]
fn damage_does_no_harm() {
    let mut params = ca();
    params.subject_alt_names.push(SanType::IpAddress([10, 0, 0, 1].into()));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let (cert, key) = pair(&params);
    for whole in [der(&cert), der(&key), sec1(P256_OID, None), Rsa::new(0xc0, 64).pkcs1()] {
        for at in 0..whole.len() {
            for value in [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                let _ = read(&damaged);
                for label in ["CERTIFICATE", "PRIVATE KEY"] {
                    let text = pem(label, &damaged);
                    let _ = keypair(&text, &text);
                }
            }
            let _ = read(&whole[..at]);
        }
    }
}

#[test]
fn hostile_sizes() {
    let start = std::time::Instant::now();
    let many = |part: &[u8]| part.repeat(usize::try_from(LIMIT).unwrap() / part.len().max(1));
    let _ = read(&many(pair(&ca()).0.as_bytes()));
    let _ = read(&many(pem("CERTIFICATE", b"0").as_bytes()));
    let _ = read(&many(pem("PRIVATE KEY", b"0").as_bytes()));
    // Deep nesting, as DER and as base64.
    let deep = many(b"\x30\x80");
    let _ = read(&deep);
    let _ = read(pem("CERTIFICATE", &deep[..deep.len() / 2]).as_bytes());
    let mut nested = Vec::new();
    while nested.len() < 60_000 {
        nested = tlv(0x30, &[&nested]);
    }
    for label in ["CERTIFICATE", "PRIVATE KEY"] {
        let _ = read(pem(label, &nested).as_bytes());
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
