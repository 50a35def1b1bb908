//! TLS files that decide nothing.

use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("registry", "tls_files_unused", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let insecure = entry.insecure.field().filter(|field| field.value);
        let http = entry.http.field().filter(|field| field.value);
        let Some(cause) = insecure.or(http) else { continue };
        let word = if insecure.is_some() { "insecure" } else { "http" };
        let ca = entry.ca.field().filter(|field| !field.value.is_empty());
        let folder = entry.tlsconfigdir.field().filter(|field| !field.value.is_empty());
        // A client certificate is shown whenever there is TLS, so only plain text makes it
        // pointless; and a folder may hold one.
        let (what, place) = match (ca, folder, entry.keypair.first()) {
            (Some(ca), _, _) => ("ca", ca.key),
            (None, Some(folder), _) if insecure.is_none() => ("tlsconfigdir", folder.key),
            (None, None, Some(pair)) if insecure.is_none() => ("keypair", pair.key),
            _ => continue,
        };
        // Of a table that nothing leads to, another rule speaks.
        if !table.is_reached() {
            continue;
        }
        let effect =
            if insecure.is_some() { "no certificate is verified" } else { "there is no TLS" };
        let note = if what == "tlsconfigdir" {
            "buildkitd still reads what lies in it"
        } else {
            "buildkitd still reads the files, and a missing one makes every request fail"
        };
        sink.report(place, format!("`{what}` decides nothing beside `{word} = true`"))
            .label("read, but without effect")
            .also(cause.key.to(cause.span), effect)
            .note(note)
            .help(format!(
                "remove `{word} = true` if the registry has a certificate, else `{what}`"
            ));
    }
}
