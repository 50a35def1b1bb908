//! Settings that point at files of the host, which the container does not have.

use std::borrow::Cow;

use crate::model::Leaf;
use crate::report::{Finding, Impact};
use crate::rules::deploy::{driver, has_stock_image};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "host_path", check);

/// Where buildkitd looks for devices anyway, and where buildx and BuildKit's image put things.
const CDI: [&str; 3] = ["/etc/cdi", "/var/run/cdi", "/etc/buildkit/cdi"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let config = &context.decoded.config;
    let mut report = |leaf: &Leaf<Cow<'_, str>>, key: [&str; 2], then: &'static str, impact| {
        let field = leaf.field().filter(|field| !field.value.is_empty())?;
        (driver(context, sink).is_some() && has_stock_image(context)).then_some(())?;
        let title = format!("`{}` is not in the container", field.value);
        let finding = sink.report(field.span.inner(), title).key(key.concat()).impact(impact);
        finding.label("buildx does not copy it").note(then);
        finding.help(
            "build an image from moby/buildkit that has the file, and name it with `--driver-opt \
             image=…`",
        );
        Some(())
    };

    let tls = &config.grpc.tls;
    if !tls.cert.text().is_empty() && !tls.key.text().is_empty() {
        report(
            &tls.cert,
            ["grpc.tls", ".cert"],
            "buildkitd reads it at start and ends",
            Impact::Start,
        );
    }
    if config.provenance_env_dir.text().trim_end_matches('/') != "/etc/buildkit/provenance.d" {
        let then = "buildkitd passes over a folder that is missing; buildx puts the facts about \
                    a run on GitHub into /etc/buildkit/provenance.d";
        report(&config.provenance_env_dir, ["provenanceEnvDir", ""], then, Impact::Ignored);
    }
    for (name, worker) in context.live_workers() {
        let cni = worker.network_mode.text() == "cni";
        let impact = if cni { Impact::Start } else { Impact::Ignored };
        if matches!(worker.network_mode.text(), "" | "auto" | "cni") {
            let then = if cni {
                "buildkitd ends at start without it"
            } else {
                "all build steps share the network of the container, as without the key"
            };
            report(&worker.cni_config_path, [name, ".cniConfigPath"], then, impact);
        }
        let then = "buildkitd ends at start with \"snapshotter doesn't exist\"";
        let key = [name, ".proxySnapshotterPath"];
        report(&worker.proxy_snapshotter_path, key, then, Impact::Start);
        let own = ["/usr/bin/buildkit-runc", "/usr/bin/runc"];
        if worker.binary.text().starts_with('/') && !own.contains(&worker.binary.text()) {
            let then = "buildkitd ends at start with \"failed to find … binary\"";
            report(&worker.binary, [name, ".binary"], then, Impact::Start);
        }
    }
    for folder in config.cdi.spec_dirs.items() {
        let path = folder.value.trim_end_matches('/');
        if path.is_empty() || CDI.contains(&path) {
            continue;
        }
        if driver(context, sink).is_none() || !has_stock_image(context) {
            return;
        }
        let title = format!("`{}` is not in the container", folder.value);
        devices(sink.report(folder.span.inner(), title));
    }
}

fn devices(finding: &mut Finding) {
    finding
        .key("cdi.specDirs")
        .label("buildx does not copy it")
        .note("no device of that folder can be asked for")
        .help("leave the default, which holds what buildx itself sets up for GPUs");
}
