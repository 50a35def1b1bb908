//! Options beside `mirrors` that do not reach the mirrors.

use crate::decode::dotted;
use crate::effective::{Tls, origin};
use crate::hosts::{content, is_public, part};
use crate::model::Field;
use crate::order::Order;
use crate::report::{Fix, Level};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!("mirror", "option_on_origin", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for table in context.mirrors().tables() {
        let entry = table.entry;
        let mirrors = table.stranded();
        let Some(mirror) = mirrors.first() else { continue };
        let flag = |field: Option<&Field<bool>>, name: &'static str| {
            field.filter(|field| field.value).map(|field| (name, field.key, field.span))
        };
        let mut options: Vec<(&str, Span, Span)> = Vec::new();
        options.extend(flag(entry.http.field(), "http"));
        options.extend(flag(entry.insecure.field(), "insecure"));
        let flags = options.len();
        if let Some(ca) = entry.ca.field().filter(|field| !field.value.is_empty()) {
            options.push(("ca", ca.key, ca.span));
        }
        if is_public(&entry.name) {
            let folder = entry.tlsconfigdir.field().filter(|field| !field.value.is_empty());
            options.extend(folder.map(|field| ("tlsconfigdir", field.key, field.span)));
            options.extend(entry.keypair.first().map(|pair| ("keypair", pair.key, pair.key)));
        }
        let Some(&(name, key, value)) = options.first() else { continue };
        let is_flag = flags > 0;
        let shown = if is_flag { format!("`{name} = true`") } else { format!("`{name}`") };
        let still =
            if name == "http" { "still contacted over HTTPS" } else { "still verified as usual" };
        // Of a written mirror only what may hold no secret is marked.
        let length = mirror.element.value.len();
        let finding = sink
            .report(
                if is_flag { key.to(value) } else { key },
                format!("{shown} does not reach the mirror"),
            )
            .also(content(context.source, entry.key), "the only host it applies to")
            .also(part(context.source, mirror.element, 0, length), still);
        for &(_, key, value) in options.iter().skip(1) {
            finding.also(key.to(value), "nor does this");
        }
        let origin = origin(&entry.name, Some(entry));
        let how = match origin.tls {
            Tls::Plain => "in plain text",
            Tls::Unverified | Tls::UnverifiedOrPlain => "without verification",
            Tls::Verified if name == "ca" => "with this `ca`",
            Tls::Verified => "with this client certificate",
        };
        finding.note(format!("buildkitd tries {} before {} {how}", mirror.url(), origin.url()));
        // A private registry may be meant, and a proxy with a CA of its own may stand before a
        // public one.
        if !is_public(&entry.name) || flags == 0 {
            finding.level(Level::Warn);
        }
        finding.help("write it in a table for the mirror");
        if options.iter().any(|(name, ..)| *name == "keypair") {
            continue;
        }
        // A private registry keeps what may well be its own.
        let layout = &context.layout;
        let keeps = !is_public(&entry.name);
        let title = if keeps { "copy" } else { "move" };
        let mut fix = Some(Fix::unsafe_(format!("{title} it to a table for the mirror")));
        for (_, key, _) in options.iter().filter(|_| !keeps) {
            fix = fix.and_then(|fix| fix.remove_pair(layout, *key));
        }
        let pairs: Vec<_> =
            options.iter().map(|(name, _, value)| (*name, context.source.slice(*value))).collect();
        let mut hosts: Vec<_> = mirrors.iter().map(|mirror| &*mirror.host).collect();
        hosts.order();
        hosts.dedup();
        for host in hosts {
            let header = dotted(["registry", host]);
            fix = fix.map(|fix| fix.add_table(layout, Some(entry.key), &header, &pairs));
        }
        fix.map(|fix| finding.fix(fix));
    }
}
