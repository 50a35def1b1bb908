//! Repositories for frontends that are none, or more or less than meant.

use crate::effective::{DOCKER_HUB, Reference, parse_reference};
use crate::hosts::{content, is_literal};
use crate::model::Element;
use crate::report::{Fix, Impact, Level};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("frontend", "allowed_repository", check);

const KEY: &str = "frontend.\"gateway.v0\".allowedRepositories";

/// Registries in which a repository lies below an account.
const BELOW_ACCOUNTS: [&str; 2] = ["ghcr.io", "quay.io"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let gateway = &context.decoded.config.frontend.gateway_v0;
    // Then nobody parses the list.
    if gateway.enabled.get() == Some(&false) {
        return;
    }
    for entry in gateway.allowed_repositories.items() {
        match parse_reference(&entry.value) {
            Err(reason) => {
                sink.report(entry.span.inner(), format!("`{}` is no repository", entry.value))
                    .key(KEY)
                    .impact(Impact::Start)
                    .label("expected a full name, like docker/dockerfile")
                    .note(format!("buildkitd reads the file, says \"{reason}\" and exits"));
            }
            Ok(reference) => judge(context, sink, entry, &reference),
        }
    }
}

fn judge(context: &Context<'_>, sink: &mut Sink<'_>, entry: &Element<'_>, read: &Reference) {
    let text = entry.value.as_ref();
    let Reference { domain, path } = read;
    let (name, tag) = split(text);
    let span = entry.span.inner();
    let fixed = |title: &'static str, text: &str| {
        let fix = Fix::unsafe_(title).replace(content(context.source, entry.span), text);
        is_literal(context.source, entry).then_some(fix)
    };
    let port = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_digit());
    if !name.contains('/')
        && (name.contains('.') || name == "localhost")
        && (tag.is_empty() || port)
    {
        sink.report(span, format!("`{text}` is read as an image, not as a registry"))
            .key(KEY)
            .label(format!("means docker.io/library/{name}"))
            .note("the full name is compared, so no frontend of that registry is allowed")
            .help("name each repository in full");
    } else if let "registry-1.docker.io" | "registry.hub.docker.com" = domain.as_str() {
        let finding = sink
            .report(span, format!("`{text}` is not how images of Docker Hub are named"))
            .key(KEY)
            .label("only frontends written with this host are allowed")
            .note(format!("`# syntax={path}` is {DOCKER_HUB}/{path} when it is compared"));
        fixed("name it as images do", path).map(|fix| finding.fix(fix));
    } else if domain.chars().any(char::is_uppercase) {
        let finding = sink
            .report(span, format!("`{domain}` is read as a host, for its upper-case letters"))
            .key(KEY)
            .label("repositories are written in lower case")
            .note("hosts are compared byte by byte, so hardly any frontend matches");
        fixed("write it in lower case", &text.to_lowercase()).map(|fix| finding.fix(fix));
    } else if BELOW_ACCOUNTS.contains(&domain.as_str()) && !path.contains('/') {
        sink.report(span, format!("`{text}` is an account, expected a repository in it"))
            .key(KEY)
            .label("allows nothing below it")
            .note("the full name is compared; there are no prefixes")
            .help("name each repository in full");
    } else if domain == DOCKER_HUB && path.starts_with("library/") && !text.contains('/') {
        let finding = sink
            .report(span, format!("`{text}` allows {DOCKER_HUB}/{path} alone"))
            .key(KEY)
            .level(Level::Warn)
            .label("an official image, and nothing below the name")
            .note("the full name is compared; official images hold no frontends");
        match name {
            "dockerfile" => {
                fixed("name it in full", "docker/dockerfile").map(|fix| finding.fix(fix))
            }
            _ => Some(finding.help("name the repository in full, like docker/dockerfile")),
        };
    } else if name.len() < text.len() {
        let finding = sink
            .report(span, format!("`{text}` allows every tag of `{name}`"))
            .key(KEY)
            .impact(Impact::Exposure)
            .level(Level::Warn)
            .label("tag and digest are dropped")
            .note("only the name is compared; a list cannot pin a version");
        fixed("say what is allowed", name).map(|fix| finding.fix(fix));
    }
}

/// The name of a reference without tag and digest, and its tag.
fn split(text: &str) -> (&str, &str) {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    // A colon before the last slash is that of a port.
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let (path, file) = name.split_at(last);
    file.split_once(':').map_or((name, ""), |(bare, tag)| {
        (text.get(..path.len() + bare.len()).unwrap_or(name), tag)
    })
}
