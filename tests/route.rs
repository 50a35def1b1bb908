//! Holds references and endpoints against what buildkitd's own resolver said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use bklint::decode::decode;
use bklint::effective::{endpoints, parse_reference};
use bklint::release::Releases;
use bklint::source::Source;
use bklint::tree::Tree;
use serde_json::{Value, json};

#[test]
fn references_and_hosts_equal_the_real_resolvers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/route/cases.jsonl");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let source = Source::new("case", case["toml"].as_str().unwrap().as_bytes().to_vec());
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        for result in case["result"].as_array().unwrap() {
            count += 1;
            let text = result["ref"].as_str().unwrap();
            let mut said = result.clone();
            let error = result["error"].as_str().map(str::to_owned);
            let refused = error.as_deref().is_some_and(|error| error.starts_with("reference: "));
            let ours = match parse_reference(text) {
                Ok(reference) => {
                    let hosts: Vec<Value> = endpoints(&decoded.config, &reference.domain)
                        .iter()
                        .map(|host| {
                            json!({ "url": host.url(), "push": host.push, "pull": host.pull,
                                "resolve": host.resolve, "referrers": host.referrers })
                        })
                        .collect();
                    json!({ "ref": text, "error": null, "domain": reference.domain,
                        "path": reference.path, "hosts": hosts })
                }
                Err(error) => json!({ "ref": text, "error": format!("reference: {error}"),
                    "domain": "", "path": "", "hosts": [] }),
            };
            if refused {
                said["hosts"] = json!([]);
            } else if error.is_some() {
                // Files that are missing are another module's business.
                said["hosts"] = ours["hosts"].clone();
                said["error"] = Value::Null;
            }
            if ours != said {
                wrong.push(format!("{} {text}: {said}\n   not {ours}", case["case"]));
            }
        }
    }
    assert!(count > 1000, "only {count}");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}
