//! Whether one certificate issued another.

use ring::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::asn1_rs::FromDer;
use x509_parser::certificate::X509Certificate;

use super::key::Algorithm;
use super::x509::Certificate;

/// How two certificates hang together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Issued {
    /// By name and signature.
    Yes,
    /// By name; the signature is of a kind that is not verified here.
    ByName,
    /// The name of the issuer is the same, and its key another: a CA that was made anew, most
    /// likely.
    OtherKey,
    /// The issuer has another name.
    No,
}

/// Whether `parent` issued `child`.
#[must_use]
pub fn issued(parent: &Certificate, child: &Certificate) -> Issued {
    if parent.subject_der != child.issuer_der {
        return Issued::No;
    }
    match is_signed(parent, child) {
        Some(true) => Issued::Yes,
        Some(false) => Issued::OtherKey,
        None => Issued::ByName,
    }
}

/// Verifies the signature, if its kind is one that `ring` knows.
fn is_signed(parent: &Certificate, child: &Certificate) -> Option<bool> {
    let algorithm = algorithm(&child.signature_oid, &parent.key.algorithm, parent.key.bits)?;
    let (_, parent) = X509Certificate::from_der(&parent.der).ok()?;
    let (_, child) = X509Certificate::from_der(&child.der).ok()?;
    let key = &parent.tbs_certificate.subject_pki.subject_public_key.data;
    let verified = UnparsedPublicKey::new(algorithm, key)
        .verify(child.tbs_certificate.as_ref(), &child.signature_value.data);
    Some(verified.is_ok())
}

fn algorithm(
    signature: &str,
    key: &Algorithm,
    bits: usize,
) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (signature, key, bits) {
        ("1.2.840.113549.1.1.11", Algorithm::Rsa, 2048..=8192) => {
            &algorithms::RSA_PKCS1_2048_8192_SHA256
        }
        ("1.2.840.113549.1.1.12", Algorithm::Rsa, 2048..=8192) => {
            &algorithms::RSA_PKCS1_2048_8192_SHA384
        }
        ("1.2.840.113549.1.1.13", Algorithm::Rsa, 2048..=8192) => {
            &algorithms::RSA_PKCS1_2048_8192_SHA512
        }
        ("1.2.840.10045.4.3.2", Algorithm::Ecdsa, 256) => &algorithms::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.2", Algorithm::Ecdsa, 384) => &algorithms::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", Algorithm::Ecdsa, 256) => &algorithms::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.3", Algorithm::Ecdsa, 384) => &algorithms::ECDSA_P384_SHA384_ASN1,
        ("1.3.101.112", Algorithm::Ed25519, _) => &algorithms::ED25519,
        _ => return None,
    })
}
