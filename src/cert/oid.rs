//! The names of object identifiers. `x509-parser` has a registry of 150 of them, with descriptions,
//! that is put together as the program runs and takes thirty kilobytes; these are the ones that name
//! something in what is printed of a certificate.

/// What a distinguished name may hold, as RFC 4514 and OpenSSL abbreviate it, and the algorithms of
/// signatures, as OpenSSL calls them.
const NAMES: &str = "
0.9.2342.19200300.100.1.1 uid
0.9.2342.19200300.100.1.25 DC
1.2.840.113549.1.9.1 Email
1.2.840.113549.1.9.2 unstructuredName
1.3.6.1.4.1.311.60.2.1.1 msJurisdictionLocality
1.3.6.1.4.1.311.60.2.1.2 msJurisdictionStateOrProvince
1.3.6.1.4.1.311.60.2.1.3 msJurisdictionCountry
2.5.4.0 objectClass
2.5.4.1 aliasedEntryName
2.5.4.2 knowledgeInformation
2.5.4.3 CN
2.5.4.4 surname
2.5.4.5 serialNumber
2.5.4.6 C
2.5.4.7 L
2.5.4.8 ST
2.5.4.9 streetAddress
2.5.4.10 O
2.5.4.11 OU
2.5.4.12 title
2.5.4.13 description
2.5.4.14 searchGuide
2.5.4.15 businessCategory
2.5.4.16 postalAddress
2.5.4.17 postalCode
2.5.4.41 name
2.5.4.42 givenName
2.5.4.43 initials
2.5.4.44 generationQualifier
2.5.4.45 uniqueIdentifier
2.5.4.46 dnQualifier
1.2.643.2.2.3 id-GostR3411-94-with-GostR3410-2001
1.2.643.7.1.1.3.2 id-tc26-signwithdigest-gost3410-12-256
1.2.643.7.1.1.3.3 id-tc26-signwithdigest-gost3410-12-512
1.2.840.10040.4.3 dsa-with-sha1
1.2.840.10045.4.3.1 ecdsa-with-SHA224
1.2.840.10045.4.3.2 ecdsa-with-SHA256
1.2.840.10045.4.3.3 ecdsa-with-SHA384
1.2.840.10045.4.3.4 ecdsa-with-SHA512
1.2.840.113549.1.1.1 rsaEncryption
1.2.840.113549.1.1.2 md2WithRSAEncryption
1.2.840.113549.1.1.3 md4WithRSAEncryption
1.2.840.113549.1.1.4 md5WithRSAEncryption
1.2.840.113549.1.1.5 sha1WithRSAEncryption
1.2.840.113549.1.1.10 rsassa-pss
1.2.840.113549.1.1.11 sha256WithRSAEncryption
1.2.840.113549.1.1.12 sha384WithRSAEncryption
1.2.840.113549.1.1.13 sha512WithRSAEncryption
1.2.840.113549.1.1.14 sha224WithRSAEncryption
1.3.14.3.2.25 md5WithRSASignature
1.3.14.3.2.29 sha1WithRSAEncryption
1.3.36.3.3.1.2 rsaSignatureWithripemd160
1.3.101.112 ed25519
1.3.101.113 ed448
";

/// The name of an object identifier that is written in numbers, or the numbers.
pub fn name(oid: String) -> String {
    let lines = || NAMES.lines().filter_map(|line| line.split_once(' '));
    let known = lines().find_map(|(numbers, name)| (numbers == oid).then(|| name.to_owned()));
    known.unwrap_or(oid)
}

#[cfg(test)]
mod tests {
    use x509_parser::objects::{oid_registry, oid2abbrev};

    use super::*;

    #[test]
    fn the_names_are_those_of_the_registry() {
        let known = oid_registry().iter().map(|(oid, _)| oid);
        let known = known
            .filter_map(|oid| Some((oid.to_id_string(), oid2abbrev(oid, oid_registry()).ok()?)));
        let known: std::collections::HashMap<_, _> = known.collect();
        let mut count = 0;
        for line in NAMES.trim().lines() {
            let (numbers, title) = line.split_once(' ').unwrap();
            assert_eq!(known.get(numbers), Some(&title), "{line}");
            assert_eq!(name(numbers.to_owned()), title);
            count += 1;
        }
        assert!(count > 50, "{count}");
        assert_eq!(name("2.5.4".to_owned()), "2.5.4");
        assert_eq!(name("1.2.3".to_owned()), "1.2.3");
    }
}
