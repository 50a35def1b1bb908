//! The facts of one certificate, and whether Go's `x509.ParseCertificate` takes it.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, FromDer, Oid, Tag};
use x509_parser::certificate::{TbsCertificate, X509Certificate};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::objects::{oid_registry, oid2abbrev, oid2sn};
use x509_parser::x509::X509Name;

use super::key::Key;
use super::pem::{Block, Place};

/// What a certificate's key may be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyUsage {
    /// To sign what is not a certificate: TLS handshakes.
    DigitalSignature,
    /// To commit to content.
    NonRepudiation,
    /// To encrypt keys: TLS 1.2 with RSA key exchange.
    KeyEncipherment,
    /// To encrypt data.
    DataEncipherment,
    /// To agree on keys.
    KeyAgreement,
    /// To sign certificates.
    CertSign,
    /// To sign revocation lists.
    CrlSign,
    /// Key agreement to encrypt only.
    EncipherOnly,
    /// Key agreement to decrypt only.
    DecipherOnly,
}

impl KeyUsage {
    /// In the order of their bits.
    const ALL: [Self; 9] = [
        Self::DigitalSignature,
        Self::NonRepudiation,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::CertSign,
        Self::CrlSign,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];
}

/// What a certificate is for: its extended key usage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Anything.
    Any,
    /// TLS servers.
    ServerAuth,
    /// TLS clients.
    ClientAuth,
    /// Something that is not TLS; its object identifier, if it is not one of the common ones.
    Other(String),
}

/// A certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// Where its block is.
    pub place: Place,
    /// Header lines stand in its block: good in a key pair, skipped in a CA file.
    pub headers: bool,
    /// The whole, encoded.
    pub der: Vec<u8>,
    /// 1, 2 or 3. Go takes extensions from version 3 only.
    pub version: u32,
    /// Like `0A:FF`.
    pub serial: String,
    /// Like `CN=registry.corp.example,O=Corp`, after RFC 4514.
    pub subject: String,
    /// Written as the subject is.
    pub issuer: String,
    /// Subject and issuer are the same. The signature is not verified.
    pub self_signed: bool,
    /// The first second of its life.
    pub not_before: i64,
    /// The last second of its life.
    pub not_after: i64,
    /// Its basic constraints say it is a CA; none if it lacks them.
    pub basic_constraints: Option<bool>,
    /// None if it does not say, and then all are allowed.
    pub key_usage: Option<Vec<KeyUsage>>,
    /// None if it does not say, and then all are allowed.
    pub purposes: Option<Vec<Purpose>>,
    /// Host names it is for. Go does not look at the subject for one.
    pub dns: Vec<String>,
    /// Addresses it is for.
    pub ip: Vec<IpAddr>,
    /// Like `ecdsa-with-SHA256`.
    pub signature: String,
    /// Its key.
    pub key: Key,
    /// Its key, encoded (`SubjectPublicKeyInfo`).
    pub spki: Vec<u8>,
    /// SHA-256 of the whole, like `0A:FF`.
    pub sha256: String,
}

/// Why Go refuses a certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It is not the encoding of a certificate, or a damaged one.
    Malformed,
    /// Bytes follow it in the same block.
    Trailing,
    /// Its version is none of 1, 2, 3.
    Version,
    /// Its serial number is negative.
    NegativeSerial,
    /// It names two signature algorithms.
    Signature,
    /// Characters that its string type lacks, like `_` in a `PrintableString`.
    Name,
    /// Its key, and what is wrong with it.
    Key(&'static str),
    /// This extension is there twice.
    Duplicate(String),
    /// This extension is malformed.
    Extension(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => f.write_str("it is malformed"),
            Self::Trailing => f.write_str("more bytes follow it"),
            Self::Version => f.write_str("its version is not known"),
            Self::NegativeSerial => f.write_str("its serial number is negative"),
            Self::Signature => f.write_str("it names two signature algorithms"),
            Self::Name => f.write_str("a name in it has characters that its type lacks"),
            Self::Key(reason) => f.write_str(reason),
            Self::Duplicate(name) => write!(f, "its extension {name} is there twice"),
            Self::Extension(name) => write!(f, "its extension {name} is malformed"),
        }
    }
}

impl Certificate {
    /// Reads the certificate in a block.
    ///
    /// # Errors
    /// With the reason for which Go refuses it. Negative serial numbers are refused since Go 1.23.
    pub fn parse(block: &Block) -> Result<Self, Refusal> {
        let (rest, cert) = X509Certificate::from_der(&block.der).map_err(|_| Refusal::Malformed)?;
        if !rest.is_empty() {
            return Err(Refusal::Trailing);
        }
        let tbs = &cert.tbs_certificate;
        if tbs.version.0 > 2 {
            return Err(Refusal::Version);
        }
        if tbs.raw_serial().first().is_none_or(|first| first & 0x80 != 0) {
            return Err(Refusal::NegativeSerial);
        }
        if cert.signature_algorithm != tbs.signature {
            return Err(Refusal::Signature);
        }
        let mut facts = Self {
            place: block.place.clone(),
            headers: !block.headers.is_empty(),
            der: block.der.clone(),
            version: tbs.version.0 + 1,
            serial: hex(tbs.raw_serial()),
            subject: name(&tbs.subject)?,
            issuer: name(&tbs.issuer)?,
            self_signed: tbs.subject.as_raw() == tbs.issuer.as_raw(),
            not_before: tbs.validity.not_before.timestamp(),
            not_after: tbs.validity.not_after.timestamp(),
            basic_constraints: None,
            key_usage: None,
            purposes: None,
            dns: Vec::new(),
            ip: Vec::new(),
            signature: title(&cert.signature_algorithm.algorithm),
            key: Key::of_certificate(&tbs.subject_pki).map_err(Refusal::Key)?,
            spki: tbs.subject_pki.raw.to_vec(),
            sha256: hex(&Sha256::digest(&block.der)),
        };
        if facts.version == 3 {
            facts.take_extensions(tbs)?;
        }
        Ok(facts)
    }

    /// Whether it is marked as a CA.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.basic_constraints == Some(true)
    }

    fn take_extensions(&mut self, tbs: &TbsCertificate<'_>) -> Result<(), Refusal> {
        let mut seen = HashSet::new();
        for extension in tbs.extensions() {
            let malformed = || Refusal::Extension(title(&extension.oid));
            if !seen.insert(&extension.oid) {
                return Err(Refusal::Duplicate(title(&extension.oid)));
            }
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(basic) => self.basic_constraints = Some(basic.ca),
                ParsedExtension::KeyUsage(usage) => {
                    let bits = KeyUsage::ALL.into_iter().enumerate();
                    self.key_usage = Some(
                        bits.filter(|(bit, _)| usage.flags >> bit & 1 == 1)
                            .map(|(_, usage)| usage)
                            .collect(),
                    );
                }
                ParsedExtension::ExtendedKeyUsage(_) => {
                    let (_, oids) =
                        <Vec<Oid<'_>>>::from_der(extension.value).map_err(|_| malformed())?;
                    self.purposes = Some(oids.iter().map(Purpose::of).collect());
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    for name in &names.general_names {
                        self.take_name(name).ok_or_else(malformed)?;
                    }
                }
                ParsedExtension::AuthorityKeyIdentifier(_)
                | ParsedExtension::SubjectKeyIdentifier(_)
                | ParsedExtension::AuthorityInfoAccess(_)
                    if extension.critical =>
                {
                    return Err(malformed());
                }
                // Of the others, x509-parser refuses some that Go takes.
                ParsedExtension::ParseError { .. }
                    if ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"]
                        .contains(&extension.oid.to_id_string().as_str()) =>
                {
                    return Err(malformed());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// None if Go refuses the name, and with it the certificate.
    fn take_name(&mut self, name: &GeneralName<'_>) -> Option<()> {
        match *name {
            GeneralName::DNSName(host) if host.is_ascii() => self.dns.push(host.to_owned()),
            GeneralName::IPAddress(bytes) => self.ip.push(address(bytes)?),
            GeneralName::RFC822Name(text) | GeneralName::URI(text) if text.is_ascii() => {}
            GeneralName::DNSName(_)
            | GeneralName::RFC822Name(_)
            | GeneralName::URI(_)
            | GeneralName::Invalid(Tag(1 | 2 | 6), _) => return None,
            _ => {}
        }
        Some(())
    }
}

impl Purpose {
    fn of(oid: &Oid<'_>) -> Self {
        match oid.to_id_string().as_str() {
            "2.5.29.37.0" => Self::Any,
            "1.3.6.1.5.5.7.3.1" => Self::ServerAuth,
            "1.3.6.1.5.5.7.3.2" => Self::ClientAuth,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// An address as a certificate has it; Go refuses IPv4 in the guise of IPv6.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    let address = Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?);
    address.to_ipv4_mapped().is_none().then_some(address.into())
}

/// The name OpenSSL has for an object identifier, else its numbers.
fn title(oid: &Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

/// `0A:FF`.
fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// A name after RFC 4514: the most specific part first.
fn name(name: &X509Name<'_>) -> Result<String, Refusal> {
    let mut parts = Vec::new();
    for part in name.iter_rdn() {
        let attributes: Result<Vec<String>, Refusal> = part
            .iter()
            .map(|attribute| {
                let kind = attribute.attr_type();
                let key = oid2abbrev(kind, oid_registry())
                    .map_or_else(|_| kind.to_id_string(), str::to_owned);
                Ok(format!("{key}={}", value(attribute.attr_value())?))
            })
            .collect();
        parts.push(attributes?.join("+"));
    }
    parts.reverse();
    Ok(parts.join(","))
}

/// The value of a name's attribute, escaped. Go knows six string types and checks their content.
fn value(any: &Any<'_>) -> Result<String, Refusal> {
    let bytes = any.data;
    let ascii = |allowed: fn(&u8) -> bool| {
        bytes.iter().all(allowed).then(|| String::from_utf8_lossy(bytes).into_owned())
    };
    let text = match any.tag() {
        Tag::Utf8String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::PrintableString => {
            ascii(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(byte))
        }
        Tag::Ia5String => ascii(u8::is_ascii),
        Tag::NumericString => ascii(|byte| byte.is_ascii_digit() || *byte == b' '),
        Tag::T61String => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (units, rest) = bytes.as_chunks();
            let units: Vec<u16> = units.iter().copied().map(u16::from_be_bytes).collect();
            rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
        }
        _ => return Ok(format!("#{}", hex(bytes).replace(':', ""))),
    };
    text.map(|text| escape(&text)).ok_or(Refusal::Name)
}

/// RFC 4514, section 2.4; control characters too, so that none reaches a terminal.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, char) in text.chars().enumerate() {
        let edge = (char == ' ' && (index == 0 || index == last)) || (char == '#' && index == 0);
        if char.is_control() {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                escaped.push('\\');
                escaped.push_str(&hex(&[byte]));
            }
            continue;
        }
        if edge || "\"+,;<>\\".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
