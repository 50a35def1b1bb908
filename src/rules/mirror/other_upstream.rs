//! A public mirror that has the images of another registry.

use crate::hosts::{content, remove_mirror};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "other_upstream", check);

/// Says that each host mirrors one registry, and that they must not be mixed.
const DAOCLOUD: &str = "https://github.com/DaoCloud/public-image-mirror";

/// Mirror, the registry that it mirrors, and where its operator says so.
const UPSTREAMS: &[(&str, &str, &str)] = &[
    ("docker.m.daocloud.io", "docker.io", DAOCLOUD),
    ("elastic.m.daocloud.io", "docker.elastic.co", DAOCLOUD),
    ("gcr.m.daocloud.io", "gcr.io", DAOCLOUD),
    ("gcr.mirrors.ustc.edu.cn", "gcr.io", "https://github.com/ustclug/mirrorrequest/issues/91"),
    ("ghcr.m.daocloud.io", "ghcr.io", DAOCLOUD),
    ("k8s-gcr.m.daocloud.io", "k8s.gcr.io", DAOCLOUD),
    ("k8s.m.daocloud.io", "registry.k8s.io", DAOCLOUD),
    ("mcr.m.daocloud.io", "mcr.microsoft.com", DAOCLOUD),
    (
        "mirror.gcr.io",
        "docker.io",
        "https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images",
    ),
    ("nvcr.m.daocloud.io", "nvcr.io", DAOCLOUD),
    ("quay.m.daocloud.io", "quay.io", DAOCLOUD),
    ("quay.mirrors.ustc.edu.cn", "quay.io", "https://github.com/ustclug/mirrorrequest/issues/135"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().iter() {
        let host = &*mirror.host;
        let Some((_, upstream, source)) = UPSTREAMS.iter().find(|(name, ..)| *name == host) else {
            continue;
        };
        let name = &mirror.entry.name;
        if serves(upstream, name) {
            continue;
        }
        let finding = sink
            .report(
                content(context.source, mirror.element.span),
                format!("`{host}` mirrors `{upstream}`, not `{name}`"),
            )
            .label(format!("has the images of `{upstream}`"))
            .also(mirror.entry.key, "the registry it is listed for")
            .note(format!(
                "an image of `{name}` is not found there, or another of the same name is taken"
            ))
            .help(format!("list it in `[registry.\"{upstream}\"]`; see {source}"));
        let fix = remove_mirror(&context.layout, mirror.entry, mirror.element, "remove it here");
        fix.map(|fix| finding.fix(fix));
    }
}

/// Whether a registry goes by that name too: Docker Hub has several, and `k8s.gcr.io` has moved.
fn serves(upstream: &str, name: &str) -> bool {
    match upstream {
        "docker.io" => name.ends_with("docker.io"),
        "registry.k8s.io" => matches!(name, "registry.k8s.io" | "k8s.gcr.io"),
        _ => name == upstream,
    }
}
