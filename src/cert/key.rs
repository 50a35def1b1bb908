//! Keys: what kind, how large, and whether two belong together.
//!
//! Only what is public is kept of a private key. Where the file of an ECDSA key lacks the public
//! half, which hardly any program leaves out, the answer is "cannot tell".

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use x509_parser::asn1_rs::{Any, Class, FromDer, Tag};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::pem::{Block, Place};

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

/// A family of keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// RSA.
    Rsa,
    /// ECDSA on the NIST curve of that many bits.
    Ecdsa,
    /// Ed25519.
    Ed25519,
    /// None that Go's TLS can use; its object identifier.
    Other(String),
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
            Self::Ed25519 => "Ed25519",
            Self::Other(oid) => oid,
        })
    }
}

/// The public facts of a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its family.
    pub algorithm: Algorithm,
    /// Its size; 0 if the algorithm is not known.
    pub bits: usize,
    /// RSA: the modulus; ECDSA: the point; Ed25519: the key.
    public: Option<Vec<u8>>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({self})")
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.algorithm, self.bits) {
            (Algorithm::Ecdsa, bits) => write!(f, "ECDSA P-{bits}"),
            (Algorithm::Rsa, bits) => write!(f, "RSA {bits}"),
            (algorithm, _) => write!(f, "{algorithm}"),
        }
    }
}

impl Key {
    /// The key of a certificate.
    ///
    /// # Errors
    /// With the reason for which Go refuses the whole certificate.
    pub(super) fn of_certificate(info: &SubjectPublicKeyInfo<'_>) -> Result<Self, &'static str> {
        let data: &[u8] = &info.subject_public_key.data;
        let parameters = info.algorithm.parameters.as_ref();
        match info.algorithm.algorithm.to_id_string().as_str() {
            RSA if parameters.is_none_or(|any| any.tag() != Tag::Null) => {
                Err("RSA key missing NULL parameters")
            }
            RSA => {
                let mut data = data;
                take(&mut data, Tag::Sequence)
                    .and_then(|mut key| Self::rsa(natural(&mut key)?, natural(&mut key)?))
                    .ok_or("invalid RSA public key")
            }
            EC => {
                let bits = parameters.and_then(curve).ok_or("unsupported elliptic curve")?;
                match Self::ecdsa(bits, Some(data)) {
                    key @ Self { public: Some(_), .. } => Ok(key),
                    _ => Err("failed to unmarshal elliptic curve point"),
                }
            }
            ED25519 if parameters.is_some() => Err("Ed25519 key encoded with illegal parameters"),
            ED25519 if data.len() != 32 => Err("wrong Ed25519 public key size"),
            ED25519 => Ok(Self::ed25519(Some(data))),
            oid => Ok(Self { algorithm: Algorithm::Other(oid.to_owned()), bits: 0, public: None }),
        }
    }

    fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (first, _) = modulus.split_first()?;
        exponent.first()?;
        let bits = modulus.len() * 8 - first.leading_zeros() as usize;
        Some(Self { algorithm: Algorithm::Rsa, bits, public: Some(modulus.to_vec()) })
    }

    /// A compressed point says too little to compare, as does none.
    fn ecdsa(bits: usize, point: Option<&[u8]>) -> Self {
        let size = 1 + 2 * bits.div_ceil(8);
        let whole = |point: &&[u8]| point.first() == Some(&4) && point.len() == size;
        let public = point.filter(whole).map(<[u8]>::to_vec);
        Self { algorithm: Algorithm::Ecdsa, bits, public }
    }

    fn ed25519(public: Option<&[u8]>) -> Self {
        let public = public.filter(|key| key.len() == 32).map(<[u8]>::to_vec);
        Self { algorithm: Algorithm::Ed25519, bits: 256, public }
    }

    /// Reads a private key as Go's `crypto/tls` does: the label does not count, the three
    /// encodings are tried in turn.
    #[must_use]
    pub fn of_private(der: &[u8]) -> Option<Self> {
        pkcs1(der).or_else(|| pkcs8(der)).or_else(|| sec1(der, None, None))
    }

    /// Whether both are halves of one pair, if that can be told.
    #[must_use]
    pub fn pairs(&self, other: &Self) -> Option<bool> {
        let curves = self.algorithm == Algorithm::Ecdsa && self.bits != other.bits;
        if self.algorithm != other.algorithm || curves {
            return Some(false);
        }
        Some(self.public.as_ref()? == other.public.as_ref()?)
    }
}

/// A private key's block. Of its content only the public half is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrivateKey {
    /// The block's label, like `EC PRIVATE KEY`.
    pub label: String,
    /// The block's place.
    pub place: Place,
    /// A passphrase would be needed, and buildkitd has none.
    pub encrypted: bool,
    /// In OpenSSH's own format, which Go's TLS does not read.
    pub openssh: bool,
    /// Its facts; none if Go cannot read it.
    pub key: Option<Key>,
}

impl PrivateKey {
    /// Whether Go's `tls.X509KeyPair` would try a block of that label.
    pub(super) fn is_label(label: &str) -> bool {
        label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY")
    }

    pub(super) fn of(block: &Block) -> Self {
        let openssh = block.der.strip_prefix(b"openssh-key-v1\0");
        let encrypted = block.label == "ENCRYPTED PRIVATE KEY"
            || block.headers.iter().any(|(name, _)| name == "DEK-Info")
            // The cipher's name, behind its length.
            || openssh.is_some_and(|rest| !rest.starts_with(b"\0\0\0\x04none"));
        let key = if encrypted { None } else { Key::of_private(&block.der) };
        let (label, place) = (block.label.clone(), block.place.clone());
        Self { label, place, encrypted, openssh: openssh.is_some(), key }
    }
}

/// `RSAPrivateKey` of RFC 8017.
fn pkcs1(mut der: &[u8]) -> Option<Key> {
    let mut body = take(&mut der, Tag::Sequence).filter(|_| der.is_empty())?;
    let version = take(&mut body, Tag::Integer)?;
    let key = Key::rsa(natural(&mut body)?, natural(&mut body)?)?;
    // The private exponent and two primes; the rest may be missing.
    for _ in 0..3 {
        natural(&mut body).filter(|number| !number.is_empty())?;
    }
    matches!(version, [0 | 1]).then_some(key)
}

/// `PrivateKeyInfo` of RFC 5208, with the public key that RFC 5958 adds.
fn pkcs8(mut der: &[u8]) -> Option<Key> {
    let mut body = take(&mut der, Tag::Sequence)?;
    take(&mut body, Tag::Integer)?;
    let mut algorithm = take(&mut body, Tag::Sequence)?;
    let oid = Any::from_der(algorithm).ok().map(|(rest, any)| {
        algorithm = rest;
        any
    })?;
    let parameters = Any::from_der(algorithm).ok().map(|(_, any)| any);
    let mut inner = take(&mut body, Tag::OctetString)?;
    // A bit string under an implicit tag: behind the number of unused bits.
    let public = tagged(body, 1).and_then(|bits| bits.strip_prefix(&[0]));
    match oid.oid().ok()?.to_id_string().as_str() {
        RSA => pkcs1(inner),
        EC => sec1(inner, Some(curve(&parameters?)?), public),
        ED25519 if parameters.is_none() => {
            let seed = take(&mut inner, Tag::OctetString)?;
            // Most files hold the seed alone; like Go, derive the rest and never believe the file.
            let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
            Some(Key::ed25519(Some(pair.public_key().as_ref())))
        }
        _ => None,
    }
}

/// `ECPrivateKey` of RFC 5915. Alone, it has to name its curve.
fn sec1(mut der: &[u8], bits: Option<usize>, public: Option<&[u8]>) -> Option<Key> {
    let mut body = take(&mut der, Tag::Sequence)?;
    if take(&mut body, Tag::Integer)? != [1] {
        return None;
    }
    take(&mut body, Tag::OctetString)?;
    let named = || curve(&Any::from_der(tagged(body, 0)?).ok()?.1);
    let bits = bits.or_else(named)?;
    let own =
        tagged(body, 1).and_then(|mut own| take(&mut own, Tag::BitString)?.strip_prefix(&[0]));
    Some(Key::ecdsa(bits, own.or(public)))
}

/// The size of the curve, if Go has it.
fn curve(parameters: &Any<'_>) -> Option<usize> {
    match parameters.as_oid().ok()?.to_id_string().as_str() {
        "1.3.132.0.33" => Some(224),
        "1.2.840.10045.3.1.7" => Some(256),
        "1.3.132.0.34" => Some(384),
        "1.3.132.0.35" => Some(521),
        _ => None,
    }
}

/// Takes one element and returns its content.
pub(super) fn take<'a>(der: &mut &'a [u8], tag: Tag) -> Option<&'a [u8]> {
    let (rest, any) = Any::from_der(der).ok()?;
    *der = rest;
    (any.class() == Class::Universal && any.tag() == tag).then_some(any.data)
}

/// Takes a number that is not negative, without leading zeros.
fn natural<'a>(der: &mut &'a [u8]) -> Option<&'a [u8]> {
    let number = take(der, Tag::Integer)?;
    if number.first()? & 0x80 != 0 {
        return None;
    }
    Some(number.strip_prefix(&[0]).unwrap_or(number))
}

/// The content of the first element with that context-specific tag.
fn tagged(mut der: &[u8], tag: u32) -> Option<&[u8]> {
    while let Ok((rest, any)) = Any::from_der(der) {
        if any.class() == Class::ContextSpecific && any.tag().0 == tag {
            return Some(any.data);
        }
        der = rest;
    }
    None
}
