//! Where buildkitd looks for an image: `bklint route`.

use serde_json::{Value, json};

use crate::decode::dotted;
use crate::effective::{Endpoint, Mirror, Reference, Tls, endpoints, parse_reference};
use crate::rules::Context;
use crate::secrets::hide_key;
use crate::session::Session;
use crate::source::{Source, Span};
use crate::tls::{Role, TlsFile};
use crate::world::Failure;

/// One host that is asked.
#[derive(Clone, Debug)]
pub struct Host {
    /// The address of its API.
    pub url: String,
    /// Images are pushed to it.
    pub push: bool,
    /// The referrers API is used there.
    pub referrers: bool,
    /// How it proves who it is.
    pub tls: Tls,
    /// Files with authorities, beside those of the system.
    pub ca: Vec<String>,
    /// Files with certificates that are shown to it.
    pub client_certs: Vec<String>,
    /// The line, from 1, that makes buildkitd ask it; none for a registry without a table.
    pub line: Option<usize>,
    /// The line, from 1, of the table with its settings; none where it has defaults.
    pub settings: Option<usize>,
    /// It stands in `mirrors`.
    pub mirror: bool,
}

/// The way of one image.
#[derive(Clone, Debug)]
pub struct Route {
    /// The image as asked for.
    pub text: String,
    /// The same, normalised.
    pub reference: Option<Reference>,
    /// Why no host is asked.
    pub error: Option<String>,
    /// In the order they are asked.
    pub hosts: Vec<Host>,
    /// Tables that look as if they were about this image, with their lines: none of them is
    /// looked up for it.
    pub misses: Vec<(usize, String)>,
    /// Files that were not looked at.
    pub unchecked: Vec<String>,
}

impl Route {
    /// Follows an image through a file; none if buildkitd refuses the file.
    #[must_use]
    pub fn follow(session: &Session<'_>, source: &Source, image: &str) -> Option<Self> {
        session.look(source, |context, _| {
            context.decoded.faults.is_empty().then(|| Self::new(context, image))
        })
    }

    fn new(context: &Context<'_>, image: &str) -> Self {
        let mut route = Self {
            text: image.to_owned(),
            reference: None,
            error: None,
            hosts: Vec::new(),
            misses: Vec::new(),
            unchecked: Vec::new(),
        };
        let reference = match parse_reference(image) {
            Ok(reference) => reference,
            Err(error) => {
                route.error = Some(format!("reference: {error}"));
                return route;
            }
        };
        let line = |span: Span| context.source.line_index(span.start) + 1;
        let hosts = endpoints(&context.decoded.config, &reference.domain);
        for endpoint in &hosts {
            // Upstream gives up at the first file that it cannot read, for all hosts.
            route.error = route.error.or_else(|| fault(context, endpoint));
            route.unchecked.extend(
                files(context, endpoint)
                    .filter(|file| file.place.is_none() && !file.path.is_empty())
                    .map(|file| file.path.to_string()),
            );
        }
        if route.error.is_none() {
            route.hosts =
                hosts.iter().map(|endpoint| Host::new(context, endpoint, &line)).collect();
        }
        if hosts.iter().all(|endpoint| endpoint.mirror.is_none() && endpoint.block.is_none()) {
            let table = |name: &str| format!("[{}]", hide_key(&dotted(["registry", name])));
            let names = context.decoded.config.registry.iter();
            let near = names.filter(|entry| is_near(&entry.name, &reference.domain));
            route.misses = near.map(|entry| (line(entry.key), table(&entry.name))).collect();
            // `[registry.docker.io]` without quotes is a table in a table.
            let unquoted = context.decoded.unknown.iter().filter_map(|key| {
                let (first, rest) = key.path.split_first()?;
                let near = first == "registry" && is_near(&rest.join("."), &reference.domain);
                near.then(|| (line(key.span), format!("[registry.{}]", rest.join("."))))
            });
            route.misses.extend(unquoted);
        }
        route.reference = Some(reference);
        route
    }

    /// As JSON has it.
    #[must_use]
    pub fn json(&self) -> Value {
        let part = |part: fn(&Reference) -> &str| self.reference.as_ref().map_or("", part);
        let hosts = self.hosts.iter().map(|host| {
            json!({
                "url": host.url, "push": host.push, "pull": true, "resolve": true,
                "referrers": host.referrers,
                "verify": host.tls == Tls::Verified,
                "fallback_http": host.tls == Tls::UnverifiedOrPlain,
                "ca": host.ca, "client_certs": host.client_certs,
                "because": { "line": host.line, "settings": host.settings },
            })
        });
        json!({
            "ref": self.text,
            "domain": part(|reference| &reference.domain),
            "path": part(|reference| &reference.path),
            "error": self.error,
            "hosts": hosts.collect::<Vec<_>>(),
            "token_client": self.hosts.first().map(|host| &host.url),
            "unchecked": self.unchecked,
        })
    }
}

impl Host {
    fn new(context: &Context<'_>, endpoint: &Endpoint<'_>, line: &dyn Fn(Span) -> usize) -> Self {
        let settings = endpoint.block.map(|block| line(block.key));
        let written = |role: Role| {
            let all = files(context, endpoint).filter(move |file| file.role == role);
            all.map(|file| file.path.to_string()).collect()
        };
        Self {
            url: endpoint.url(),
            push: endpoint.push,
            referrers: endpoint.referrers,
            tls: endpoint.tls,
            ca: written(Role::RegistryCa),
            client_certs: written(Role::RegistryCert),
            line: endpoint.mirror.map(|mirror| line(mirror.span)).or(settings),
            settings,
            mirror: endpoint.mirror.is_some(),
        }
    }
}

/// The files of the table that a host has its settings from.
fn files<'c>(
    context: &'c Context<'_>,
    endpoint: &'c Endpoint<'_>,
) -> impl Iterator<Item = &'c TlsFile<'c>> {
    let name = endpoint.block.map(|block| &*block.name);
    let all = context.tls().files.iter();
    all.filter(move |file| name.is_some() && file.registry.map(|entry| &*entry.name) == name)
}

/// Why `loadTLSConfig` gives up.
fn fault(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Option<String> {
    for pair in endpoint.block.iter().flat_map(|block| block.keypair.iter()) {
        if pair.body.cert.text().is_empty() || pair.body.key.text().is_empty() {
            return Some(format!("failed to load keypair for {}", pair.body.cert.text()));
        }
    }
    files(context, endpoint).find_map(|file| {
        let failure = match file.failure()? {
            Failure::Missing => "no such file or directory".to_owned(),
            failure => failure.to_string(),
        };
        Some(match file.role {
            Role::RegistryCa => format!("failed to read {}: {failure}", file.path),
            _ => format!("failed to load keypair: {}: {failure}", file.path),
        })
    })
}

/// Whether somebody may have meant the registry by that name.
fn is_near(name: &str, domain: &str) -> bool {
    let host = Mirror::read(name).host;
    let hub = domain == "docker.io" && host.to_ascii_lowercase().ends_with("docker.com");
    let end = host.to_ascii_lowercase();
    hub || end == domain
        || end.ends_with(&format!(".{domain}"))
        || end.starts_with(&format!("{domain}:"))
}
