//! The facts of one certificate, and whether Go's `x509.ParseCertificate` takes it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ring::digest;
use serde_json::{Value, json};
use x509_parser::asn1_rs::{Any, FromDer, Oid, Tag};
use x509_parser::certificate::{TbsCertificate, X509Certificate};
use x509_parser::extensions::{GeneralName, GeneralSubtree, ParsedExtension};
use x509_parser::x509::X509Name;

use super::key::{self, Key};
use super::oid;
use super::pem::{Block, Place};
use crate::clock;
use crate::hash::HashSet;

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

/// Which names an authority may vouch for. Go holds roots to them as well.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NameConstraints {
    /// If there are any, a host name must lie in one of them.
    pub permitted_dns: Vec<String>,
    /// A host name must lie in none of them.
    pub excluded_dns: Vec<String>,
    /// If there are any, an address must lie in one of them; as address and mask.
    pub permitted_ip: Vec<Vec<u8>>,
    /// An address must lie in none of them.
    pub excluded_ip: Vec<Vec<u8>>,
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
    /// The common name of its subject.
    pub common_name: Option<String>,
    /// The subject as encoded; Go compares names by it.
    pub subject_der: Vec<u8>,
    /// The issuer as encoded.
    pub issuer_der: Vec<u8>,
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
    /// It has names of any kind in the extension for them.
    pub has_alternative_names: bool,
    /// None if it is not restricted.
    pub name_constraints: Option<NameConstraints>,
    /// Extensions marked critical that Go does not know; it then refuses to rely on it.
    pub unknown_critical: Vec<String>,
    /// Host names it is for. Go does not look at the subject for one.
    pub dns: Vec<String>,
    /// Addresses it is for.
    pub ip: Vec<IpAddr>,
    /// Like `ecdsa-with-SHA256`.
    pub signature: String,
    /// Its object identifier.
    pub signature_oid: String,
    /// Its key.
    pub key: Key,
    /// SHA-256 of the whole, like `0A:FF`.
    pub sha256: String,
}

/// Why Go refuses a certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It is not the encoding of anything, or ends too early.
    Truncated,
    /// It is not the encoding of a certificate. Go has a word for each part; here is none.
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
    /// The extension with this object identifier is there twice.
    Duplicate(String),
    /// An extension, and what is wrong with it.
    Extension(&'static str),
}

/// In Go's words.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truncated => f.write_str("x509: malformed certificate"),
            Self::Malformed => f.write_str("x509: malformed"),
            Self::Trailing => f.write_str("x509: trailing data"),
            Self::Version => f.write_str("x509: invalid version"),
            Self::NegativeSerial => f.write_str("x509: negative serial number"),
            Self::Signature => {
                f.write_str("x509: inner and outer signature algorithm identifiers don't match")
            }
            Self::Name => f.write_str("x509: invalid RDNSequence: invalid attribute value"),
            Self::Key(reason) | Self::Extension(reason) => write!(f, "x509: {reason}"),
            Self::Duplicate(oid) => {
                write!(f, "x509: certificate contains duplicate extension with OID \"{oid}\"")
            }
        }
    }
}

impl Certificate {
    /// Reads the certificate in a block.
    ///
    /// # Errors
    /// With the reason for which Go refuses it. Negative serial numbers are refused since Go 1.23.
    pub fn parse(block: &Block) -> Result<Self, Refusal> {
        if key::take(&mut &*block.der, Tag::Sequence).is_none() {
            return Err(Refusal::Truncated);
        }
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
            common_name: tbs
                .subject
                .iter_common_name()
                .next()
                .and_then(|name| Some(name.as_str().ok()?.to_owned())),
            subject_der: tbs.subject.as_raw().to_vec(),
            issuer_der: tbs.issuer.as_raw().to_vec(),
            not_before: tbs.validity.not_before.timestamp(),
            not_after: tbs.validity.not_after.timestamp(),
            basic_constraints: None,
            key_usage: None,
            purposes: None,
            has_alternative_names: false,
            name_constraints: None,
            unknown_critical: Vec::new(),
            dns: Vec::new(),
            ip: Vec::new(),
            signature: oid::name(cert.signature_algorithm.algorithm.to_id_string()),
            signature_oid: cert.signature_algorithm.algorithm.to_id_string(),
            key: Key::of_certificate(&tbs.subject_pki).map_err(Refusal::Key)?,
            sha256: hex(digest::digest(&digest::SHA256, &block.der).as_ref()),
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

    /// Its facts for programs; `block` is its place among the certificates of its file.
    #[must_use]
    pub fn json(&self, block: (usize, usize)) -> Value {
        json!({
            "line": self.place.line,
            "block": block.0,
            "blocks": block.1,
            "subject": self.subject,
            "issuer": self.issuer,
            "serial": self.serial,
            "not_before": clock::instant(self.not_before),
            "not_after": clock::instant(self.not_after),
            "dns": self.dns,
            "ip": self.ip,
            "ca": self.is_ca(),
            "key": self.key.to_string(),
            "signature": self.signature,
            "sha256": self.sha256,
        })
    }

    /// Subject and issuer are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject_der == self.issuer_der
    }

    /// Whether Go lets its key sign other certificates (`CheckSignatureFrom`).
    #[must_use]
    pub fn may_sign(&self) -> bool {
        let marked = self.basic_constraints.unwrap_or(self.version < 3);
        let usage = self.key_usage.as_deref().unwrap_or_default();
        marked && (usage.is_empty() || usage.contains(&KeyUsage::CertSign))
    }

    /// Whether its extended key usage allows that purpose.
    #[must_use]
    pub fn allows(&self, purpose: &Purpose) -> bool {
        let purposes = self.purposes.as_deref().unwrap_or_default();
        purposes.is_empty() || purposes.contains(purpose) || purposes.contains(&Purpose::Any)
    }

    /// Whether it is for that host name or address, as Go's `VerifyHostname` has it.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.ip.contains(&address.to_canonical());
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        self.dns.iter().any(|pattern| match pattern.strip_prefix("*.") {
            // A star stands for one whole label, the first.
            Some(parent) => host.split_once('.').is_some_and(|(first, rest)| {
                !first.is_empty() && rest.eq_ignore_ascii_case(parent)
            }),
            None => !host.is_empty() && host.eq_ignore_ascii_case(pattern),
        })
    }

    fn take_extensions(&mut self, tbs: &TbsCertificate<'_>) -> Result<(), Refusal> {
        let mut seen = HashSet::default();
        for extension in tbs.extensions() {
            if !seen.insert(&extension.oid) {
                return Err(Refusal::Duplicate(extension.oid.to_id_string()));
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
                    let (_, oids) = <Vec<Oid<'_>>>::from_der(extension.value)
                        .map_err(|_| Refusal::Extension("invalid extended key usages"))?;
                    self.purposes = Some(oids.iter().map(Purpose::of).collect());
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    self.has_alternative_names = true;
                    for name in &names.general_names {
                        self.take_name(name)?;
                    }
                }
                ParsedExtension::NameConstraints(constraints) => {
                    let subtrees = |trees: &Option<Vec<GeneralSubtree<'_>>>| {
                        let (mut dns, mut ip) = (Vec::new(), Vec::new());
                        for tree in trees.iter().flatten() {
                            match tree.base {
                                GeneralName::DNSName(name) => dns.push(name.to_owned()),
                                GeneralName::IPAddress(bytes) => ip.push(bytes.to_vec()),
                                _ => {}
                            }
                        }
                        (dns, ip)
                    };
                    let (permitted_dns, permitted_ip) = subtrees(&constraints.permitted_subtrees);
                    let (excluded_dns, excluded_ip) = subtrees(&constraints.excluded_subtrees);
                    self.name_constraints = Some(NameConstraints {
                        permitted_dns,
                        excluded_dns,
                        permitted_ip,
                        excluded_ip,
                    });
                }
                ParsedExtension::AuthorityKeyIdentifier(_) if extension.critical => {
                    return Err(Refusal::Extension(
                        "authority key identifier incorrectly marked critical",
                    ));
                }
                ParsedExtension::SubjectKeyIdentifier(_) if extension.critical => {
                    return Err(Refusal::Extension(
                        "subject key identifier incorrectly marked critical",
                    ));
                }
                ParsedExtension::AuthorityInfoAccess(_) if extension.critical => {
                    return Err(Refusal::Extension(
                        "authority info access incorrectly marked critical",
                    ));
                }
                // Of the others, x509-parser refuses some that Go takes.
                ParsedExtension::ParseError { .. } => {
                    let reason = match extension.oid.to_id_string().as_str() {
                        "2.5.29.15" => "invalid key usage",
                        "2.5.29.17" => "invalid subject alternative names",
                        "2.5.29.19" => "invalid basic constraints",
                        "2.5.29.37" => "invalid extended key usages",
                        _ => continue,
                    };
                    return Err(Refusal::Extension(reason));
                }
                ParsedExtension::UnsupportedExtension { .. } if extension.critical => {
                    self.unknown_critical.push(extension.oid.to_id_string());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A name that Go refuses makes it refuse the certificate.
    fn take_name(&mut self, name: &GeneralName<'_>) -> Result<(), Refusal> {
        let malformed = |name: &GeneralName<'_>| match name {
            GeneralName::DNSName(_) | GeneralName::Invalid(Tag(2), _) => {
                Some("SAN dNSName is malformed")
            }
            GeneralName::RFC822Name(_) | GeneralName::Invalid(Tag(1), _) => {
                Some("SAN rfc822Name is malformed")
            }
            GeneralName::URI(_) | GeneralName::Invalid(Tag(6), _) => {
                Some("SAN uniformResourceIdentifier is malformed")
            }
            _ => None,
        };
        match *name {
            GeneralName::DNSName(host) if host.is_ascii() => self.dns.push(host.to_owned()),
            GeneralName::IPAddress(bytes) => self.ip.push(
                address(bytes).ok_or(Refusal::Extension("cannot parse IP address of length"))?,
            ),
            GeneralName::RFC822Name(text) | GeneralName::URI(text) if text.is_ascii() => {}
            _ => return malformed(name).map_or(Ok(()), |reason| Err(Refusal::Extension(reason))),
        }
        Ok(())
    }
}

impl NameConstraints {
    /// Whether they let the authority vouch for a host name or address.
    #[must_use]
    pub fn permit(&self, host: &str) -> bool {
        if let Ok(address) = host.parse::<IpAddr>() {
            let address = match address.to_canonical() {
                IpAddr::V4(four) => four.octets().to_vec(),
                IpAddr::V6(six) => six.octets().to_vec(),
            };
            let inside = |range: &Vec<u8>| {
                range.len() == 2 * address.len() && {
                    let (base, mask) = range.split_at(address.len());
                    address
                        .iter()
                        .zip(base)
                        .zip(mask)
                        .all(|((one, other), mask)| one & mask == other & mask)
                }
            };
            let free = self.permitted_ip.is_empty();
            return (free || self.permitted_ip.iter().any(inside))
                && !self.excluded_ip.iter().any(inside);
        }
        let inside = |domain: &String| {
            let labels = |name: &str| name.rsplit('.').map(str::to_ascii_lowercase).collect();
            let below = domain.starts_with('.');
            let domain = domain.strip_prefix('.').unwrap_or(domain);
            let (host, domain): (Vec<String>, Vec<String>) = (labels(host), labels(domain));
            domain == [""] || host.starts_with(&domain) && (!below || host.len() > domain.len())
        };
        let free = self.permitted_dns.is_empty();
        (free || self.permitted_dns.iter().any(inside)) && !self.excluded_dns.iter().any(inside)
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
                let key = oid::name(attribute.attr_type().to_id_string());
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
