//! A file in `tlsconfigdir` that buildkitd passes over.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("certificate", "stray_file", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for folder in &context.tls().folders {
        for name in &folder.names {
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            let help = match ending {
                "key" if !folder.has(&format!("{stem}.cert")) => {
                    format!("put the certificate beside it as `{stem}.cert`")
                }
                "crt" | "cert" | "key" => continue,
                _ => match ending.to_ascii_lowercase().as_str() {
                    "pem" | "cer" | "crt" => {
                        format!("rename it: `{stem}.crt` for a CA, `{stem}.cert` for a pair")
                    }
                    "cert" | "key" => format!("rename it to `{}`", name.to_ascii_lowercase()),
                    _ => continue,
                },
            };
            sink.report(folder.span, format!("`{name}` in this folder is ignored"))
                .key(folder.key.as_str())
                .label("read for `.crt`, and `.cert` with `.key`")
                .also(folder.registry.key.inner(), "contacted without it")
                .note("buildkitd says nothing of the other files in the folder")
                .help(help);
        }
    }
}
